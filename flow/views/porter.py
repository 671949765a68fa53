"""The porter's phone: the next job and its one big button, and what comes after. From where, to where, how: nobody's name.

flow.web hands in the live records and the phone's language; templates/porter draws it at first paint and at each change.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flow.domain.ids import TransportId, VisitId
from flow.domain.plan import Plan
from flow.domain.transport import TRANSPORTS, Carried, Transport, TransportStatus, is_calling
from flow.domain.transport_commands import Ride
from flow.domain.transport_rules import THE_EXIT
from flow.views.page import Chrome
from flow.views.phone import Language, Who, language_switch
from flow.views.transport_rows import CARRIED, in_order, is_late
from flow.views.words import Tongue, Words

SHOWN, AHEAD = 8, 3
"""Jobs in the list; and how many a phone can do, one after the other, without a network."""
_S = TransportStatus
_BIG = {
    _S.REQUESTED: (Ride.ACCEPT, "I take it", "i-arrow"),
    _S.ACCEPTED: (Ride.PICK_UP, "Picked up", "i-up"),
    _S.PICKED_UP: (Ride.DELIVER, "Delivered", "i-check"),
}


@dataclass(frozen=True, slots=True)
class PorterJob:
    """`tap` is what the big button does, `picture` the stage it shows; `floor_from` and `floor_to` where the places are, in words;
    `minutes` since it was asked for; `calls`: the phone rings for it."""

    id: TransportId
    seq: int
    status: TransportStatus
    origin: str
    to: str
    floor_from: str
    floor_to: str
    carried: str
    icon: str
    thing: bool
    oxygen: bool
    urgent: bool
    calls: bool
    late: bool
    minutes: int
    tap: Ride
    words: str
    picture: str
    may_give_back: bool
    mine: bool
    speech: str

    @property
    def wide(self) -> bool:
        """A place has a word that would be broken in half the width of a phone ("Theatre 1"): it gets a line of its own."""
        return max(map(len, f"{self.origin} {self.to}".split())) > 6


@dataclass(frozen=True, slots=True)
class PorterPage:
    """`job` is the one this porter has, else the next; `faces` the same one after each tap, and the next ones before and after each:
    what the phone shows while it has no network (`beyond`: there are more than those); `queue` what follows, `others` how many colleagues
    are at, `who` holds the phone."""

    chrome: Chrome
    words: Words
    languages: tuple[Language, ...]
    job: PorterJob | None
    faces: tuple[PorterJob, ...]
    beyond: bool
    queue: tuple[PorterJob, ...]
    more: int
    others: int
    who: Who
    notice: str = ""


def porter_page(
    chrome: Chrome,
    plan: Plan,
    jobs: Iterable[Transport],
    who: Who,
    at: datetime,
    words: Words,
    *,
    languages: Iterable[Tongue] = (),
    ward: str | None = None,
) -> PorterPage:
    """The page of one porter; `ward` where the phone is one ward's own."""
    porter, known = who.id, [job for job in in_order(jobs) if ward in (None, job.ward)]
    own = [job for job in known if job.porter == porter]
    chosen = [*own, *(job for job in known if job.status is _S.REQUESTED)]
    shown = [_job(job, plan, porter, at, words) for job in chosen[: SHOWN + 1]]
    first = shown[0] if shown else None
    return PorterPage(
        chrome=replace(chrome, lang=words.lang),
        words=words,
        languages=language_switch(words.lang, languages),
        job=first,
        faces=tuple(replace(_job(face, plan, porter, at, words), calls=False) for face in _all_faces(chosen[:AHEAD], porter)),
        beyond=len(chosen) > AHEAD,
        queue=tuple(shown[1:]),
        more=max(0, len(chosen) - 1 - SHOWN),
        others=sum(job.porter not in (None, porter) for job in known),
        who=who,
    )


def _all_faces(jobs: Sequence[Transport], porter: str) -> Iterator[Transport]:
    """What the phone may come to show, tap by tap: the first job as it is stands there already."""
    for job in jobs:
        if job is not jobs[0]:
            yield job
        yield from _faces(job, porter)


def _faces(job: Transport, porter: str) -> list[Transport]:
    """The job after each tap that is still to come."""
    order = (_S.REQUESTED, _S.ACCEPTED, _S.PICKED_UP)
    return [replace(job, status=status, porter=porter) for status in order[order.index(job.status) + 1 :]]


def _job(job: Transport, plan: Plan, porter: str, at: datetime, words: Words) -> PorterJob:
    said, icon = CARRIED[job.carried]
    tap, big, picture = _BIG[job.status]
    to = words.say("Exit") if job.leaving and job.to == THE_EXIT else job.to
    return PorterJob(
        id=job.id,
        seq=job.seq,
        status=job.status,
        origin=job.origin,
        to=to,
        floor_from=_floor(plan, job.ward, words),
        floor_to=_floor(plan, _ward_named(plan, job.to), words),
        carried=words.say(said),
        icon=icon,
        thing=job.carried is Carried.THING,
        oxygen=job.oxygen,
        urgent=job.priority == 1,
        calls=is_calling(job),
        late=is_late(job, plan.transport, at),
        minutes=max(0, int((at - job.requested_at).total_seconds() // 60)),
        tap=tap,
        words=words.say(big),
        picture=picture,
        may_give_back=job.status is _S.ACCEPTED and _S.REQUESTED in TRANSPORTS[job.status],
        mine=job.porter == porter,
        speech=words.say("From {origin} to {to}. {carried}.", origin=job.origin, to=to, carried=words.say(said)),
    )


def _ward_named(plan: Plan, words: str) -> str:
    return next((ward.id for ward in plan.wards if ward.name == words), "")


def _floor(plan: Plan, ward: str, words: Words) -> str:
    found = next((each for each in plan.wards if each.id == ward), None)
    return words.say("Floor {floor}", floor=found.floor) if found is not None and found.floor else ""


def visits_under_way(jobs: Iterable[Transport]) -> set[VisitId]:
    """The visits for which a porter is asked already."""
    return {job.visit for job in jobs if job.is_live and job.visit is not None}
