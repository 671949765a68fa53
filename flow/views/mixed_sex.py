"""Mixed-sex breaches: rooms where men and women lie together that should not, as they stand now. The plan's page lists them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from flow.domain.bed import BedState
from flow.domain.ids import BedId
from flow.domain.plan import Plan, Room, SexPolicy
from flow.views.times import day_time, waited

EXEMPT = frozenset({"icu", "hdu", "nicu", "emergency"})
"""Where clinical need comes first."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A room, who lies there, and since when both sexes do, or a wrong one."""

    ward: str
    bay: str
    who: str
    since: datetime
    at: str
    lasts: str


def breaches(plan: Plan, beds: Mapping[BedId, BedState], at: datetime) -> tuple[Breach, ...]:
    """Every breach, the longest first."""
    return tuple(sorted(_each(plan, beds, at), key=lambda breach: (breach.since, breach.ward, breach.bay)))


def _each(plan: Plan, beds: Mapping[BedId, BedState], at: datetime) -> Iterator[Breach]:
    for room in plan.rooms.values():
        since = _since(room, [beds[bed] for bed in plan.roommates[room.id] if bed in beds and plan.beds[bed].type not in EXEMPT])
        if since is not None:
            women, men = (sum(beds[bed].sex == sex for bed in plan.roommates[room.id] if bed in beds and beds[bed].visit) for sex in "FM")
            who = f"{women} {'woman' if women == 1 else 'women'}, {men} {'man' if men == 1 else 'men'}"
            said = day_time(since.timestamp(), plan.zone)
            yield Breach(plan.ward[room.ward].name, room.name, who, since, said, waited(since.timestamp(), at.timestamp()))


def _since(room: Room, states: list[BedState]) -> datetime | None:
    first: dict[str, datetime] = {}
    for state in states:
        if state.visit is not None and state.sex in ("M", "F"):
            first[state.sex] = min(state.now.since, first.get(state.sex, state.now.since))
    if room.sex is SexPolicy.SAME and len(first) == 2:
        return max(first.values())
    wrong = {SexPolicy.FEMALE: "M", SexPolicy.MALE: "F"}.get(room.sex, "")
    return first.get(wrong)
