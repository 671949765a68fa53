"""The discharges of the whole house: who is to leave, whom each waits for, the latest first. Drawn by templates/discharges.

flow.web hands in the live records and what the reader may know and tap.
"""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from flow.domain.discharge import Milestone
from flow.domain.discharge_rules import DischargeRules
from flow.domain.roles import Role
from flow.views.discharge_row import Delay, DischargeShown, owner_of
from flow.views.page import Chrome
from flow.views.ward_places import Choice

_LATEST_FIRST = (Delay.LATE, Delay.SOON, Delay.FINE)


@dataclass(frozen=True, slots=True)
class Leaving:
    """A discharge in its place. `bed` is how the house calls it (`4B A1`), empty where the patient lies in none; `person` as far as
    the reader may know; `pending` how many results are not final yet; `leave_at` is where to say that the patient has left, for who may."""

    shown: DischargeShown
    bed: str
    ward: str
    person: str
    pending: int
    leave_at: str = ""


@dataclass(frozen=True, slots=True)
class OwnerChip:
    """For whom how many patients wait, and how many of them too long; `here`: the list shows those alone."""

    owner: str
    count: int
    late: int
    href: str
    here: bool


@dataclass(frozen=True, slots=True)
class DischargesPage:
    """`mine` wait for the reader, `rows` for others alone, both the latest first; `chips` say whom they wait for, the reader first; `wards`
    to choose from; `prepared` those not ordered yet, whose insurer is asked early."""

    chrome: Chrome
    mine: tuple[Leaving, ...]
    rows: tuple[Leaving, ...]
    prepared: tuple[Leaving, ...]
    chips: tuple[OwnerChip, ...]
    wards: tuple[Choice, ...]
    ward: str
    owner: str
    total: int
    late: int
    board: str


def owned_by(role: Role, rules: DischargeRules) -> frozenset[str]:
    """Under what names discharges wait for somebody of a role: the steps for which it is asked first."""
    return frozenset(owner_of(step, rules) for step in Milestone if rules.owners.get(step, ())[:1] == (role,))


def discharges_page(
    chrome: Chrome,
    leaving: Iterable[Leaving],
    wards: tuple[Choice, ...],
    *,
    ward: str = "",
    owner: str = "",
    own: Collection[str] = (),
) -> DischargesPage:
    """The list, of one ward or one owner where these are chosen; `own` are the names under which they wait for the reader."""
    known = [each for each in leaving if ward in ("", each.ward)]
    ordered = [each for each in known if each.shown.ordered]
    shown = sorted((each for each in ordered if owner == "" or _waits_for(each, (owner,))), key=_rank)
    return DischargesPage(
        chrome=chrome,
        mine=tuple(each for each in shown if _waits_for(each, own)),
        rows=tuple(each for each in shown if not _waits_for(each, own)),
        prepared=tuple(sorted((each for each in known if not each.shown.ordered), key=_rank)),
        chips=_chips(ordered, ward, owner, own),
        wards=wards,
        ward=ward,
        owner=owner,
        total=len(ordered),
        late=sum(each.shown.delay is Delay.LATE for each in ordered),
        board=f"/discharges/board?ward={ward}&owner={owner}".replace(" ", "+"),
    )


def _waits_for(each: Leaving, owners: Collection[str]) -> bool:
    return any(held.owner in owners for held in each.shown.held)


def _rank(each: Leaving) -> tuple[int, str, str]:
    return _LATEST_FIRST.index(each.shown.delay), each.shown.expected, each.bed


def _chips(ordered: Iterable[Leaving], ward: str, owner: str, own: Collection[str]) -> tuple[OwnerChip, ...]:
    waiting: Counter[str] = Counter()
    late: Counter[str] = Counter()
    for each in ordered:
        for name in {held.owner for held in each.shown.held}:
            waiting[name] += 1
            late[name] += any(held.owner == name and held.delay is Delay.LATE for held in each.shown.held)
    return tuple(
        OwnerChip(name, count, late[name], f"/discharges?ward={ward}&owner={name}".replace(" ", "+"), name == owner)
        for name, count in sorted(waiting.items(), key=lambda pair: (pair[0] not in own, -pair[1], pair[0]))
    )
