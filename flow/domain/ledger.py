"""The minute ledger: every minute of an idle bed is owned by exactly one cause, and the causes add up to the whole. Pure.

A bed's life from one patient to the next has three stretches, each half open, each beginning where the one before ends:

* *leaving*: from the patient's being fit to leave (`fit_at`) until the patient has left this bed. A discharge that was called off has none.
* *turnover*: from then until the bed is ready, which is the first time that it stands available.
* *waiting*: from then until the next patient lies in it. Found dirty or taken out of use once more, it stays in this stretch:
  the minutes go to the cleaning or the repair.

A bed's opening counts as a leaving. A stretch may take no time: a bed that is taken before it was clean has no *waiting*.

**One owner a minute.** Causes run beside each other, so each claims its time with a rank, and a minute goes to the claim of the lowest
rank that covers it; the order in which claims are told cannot matter. Ranks are, in *leaving*, the place of the step in the steps of the
patient's way (`discharge.WAYS`): all steps not yet done claim together, and the first of them owns the minute, for the later ones wait
for it. When every step is done and the patient is still there, the minute is the transport's (of the dead, the mortuary's). A step that
nobody ever marked, though a later one was marked, was not needed and owns nothing once the patient has left. In *turnover* and *waiting*:
out of use before cleaning (in work, in inspection, else waiting for it, a pause included) before promised-but-not-come before unassigned.
What no claim covers is waiting for cleaning in *turnover* and unassigned in *waiting*.
`flow.history.ledger` reads the pieces, `flow.views.ledger_page` shows the sums.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby, pairwise

from flow.domain.bed import BedStatus, Stage
from flow.domain.discharge import Discharge, Milestone, Way
from flow.domain.ids import BedId, VisitId, WardId


class Stretch(StrEnum):
    """The three parts of the way from one patient to the next."""

    LEAVING = "leaving"
    TURNOVER = "turnover"
    WAITING = "waiting"


class Owner(StrEnum):
    """Who or what a minute was lost to."""

    DOCTOR = "doctor"
    PHARMACY = "pharmacy"
    BILLING = "billing"
    TPA = "tpa"
    ONWARD = "onward_care"
    POLICE_MORTUARY = "police_mortuary"
    TRANSPORT = "transport"
    WAITING_FOR_CLEANING = "waiting_for_cleaning"
    CLEANING = "cleaning"
    INSPECTION = "inspection"
    UNASSIGNED = "unassigned"
    NOT_ARRIVED = "assigned_not_arrived"
    MAINTENANCE = "maintenance"


OWNER_OF: Mapping[Milestone, Owner] = {
    Milestone.ORDER: Owner.DOCTOR,
    Milestone.SUMMARY: Owner.DOCTOR,
    Milestone.CERTIFICATE: Owner.DOCTOR,
    Milestone.PHARMACY: Owner.PHARMACY,
    Milestone.BILLING: Owner.BILLING,
    Milestone.TPA: Owner.TPA,
    Milestone.ONWARD: Owner.ONWARD,
    Milestone.POLICE: Owner.POLICE_MORTUARY,
    Milestone.MORTUARY: Owner.POLICE_MORTUARY,
    Milestone.TRANSPORT: Owner.TRANSPORT,
    Milestone.EXIT: Owner.TRANSPORT,
}
"""Whom a step that is not yet done keeps waiting for."""

_OF_THE_DEAD = frozenset({Way.DEATH, Way.MEDICO_LEGAL})
_CLEANING: Mapping[Stage | None, Owner] = {Stage.IN_PROGRESS: Owner.CLEANING, Stage.INSPECTION: Owner.INSPECTION}
_OUT_OF_USE, _DIRTY, _PROMISED = range(3)
_OTHERWISE: Mapping[Stretch, Owner] = {Stretch.TURNOVER: Owner.WAITING_FOR_CLEANING, Stretch.WAITING: Owner.UNASSIGNED}


@dataclass(frozen=True, slots=True)
class Piece:
    """A bed in one condition, from `start` until before `end`; `reserved`: promised to somebody (a hold
    is no promise), `visit` who lies in it."""

    bed: BedId
    ward: WardId
    start: datetime
    end: datetime
    status: BedStatus
    stage: Stage | None = None
    reserved: bool = False
    visit: VisitId | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A cause that says the time from `start` until before `end` is its own; the lowest `rank` is heard."""

    rank: int
    owner: Owner
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Share:
    """Time that one cause owns."""

    owner: Owner
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Idle:
    """One stretch of one bed: its `shares` follow each other without gap or overlap from `start` to `end`. `open`: it goes on."""

    bed: BedId
    ward: WardId
    stretch: Stretch
    start: datetime
    end: datetime
    shares: tuple[Share, ...]
    open: bool = False


def owned(start: datetime, end: datetime, claims: Iterable[Claim], otherwise: Owner) -> tuple[Share, ...]:
    """Share the time from `start` to `end` out among the claims; what nobody claims is `otherwise`'s. Neighbours of one owner are one."""
    known = [claim for claim in claims if claim.start < claim.end and claim.start < end and claim.end > start]
    edges = {start, end, *(claim.start for claim in known), *(claim.end for claim in known)}
    within = sorted(edge for edge in edges if start <= edge <= end)
    parts = ((_first(known, left, otherwise), left, right) for left, right in pairwise(within))
    return tuple(_joined(parts))


def _first(claims: Sequence[Claim], at: datetime, otherwise: Owner) -> Owner:
    covering = [(claim.rank, claim.owner) for claim in claims if claim.start <= at < claim.end]
    return min(covering)[1] if covering else otherwise


def _joined(parts: Iterable[tuple[Owner, datetime, datetime]]) -> Iterator[Share]:
    for owner, group in groupby(parts, key=lambda part: part[0]):
        rows = list(group)
        yield Share(owner, rows[0][1], rows[-1][2])


def fit_at(discharge: Discharge) -> datetime | None:
    """When the patient was fit to leave: at the order; where the way has none, or nobody told of it until the patient had left, when the
    discharge was begun. None for one that was called off, and while the order is still to come."""
    if discharge.called_off:
        return None
    order = discharge.marks.get(Milestone.ORDER)
    if order is not None:
        return order.at
    return None if Milestone.ORDER in discharge.steps and discharge.is_live else discharge.begun_at


def step_claims(discharge: Discharge, start: datetime, end: datetime) -> Iterator[Claim]:
    """What the steps of a discharge claim of the time between: each until it was done, in the order of the way."""
    before_exit = [step for step in discharge.steps if step is not Milestone.EXIT]
    told = max((place for place, step in enumerate(before_exit) if step in discharge.marks), default=-1)
    for place, step in enumerate(before_exit):
        mark = discharge.marks.get(step)
        if mark is not None:
            yield Claim(place, OWNER_OF[step], start, min(mark.at, end))
        elif discharge.is_live or place > told:
            yield Claim(place, OWNER_OF[step], start, end)


def idle(pieces: Iterable[Piece], discharges: Mapping[VisitId, Discharge], now: datetime) -> Iterator[Idle]:
    """The stretches of beds, of each bed in order of time. Pieces may come in any order; those of one bed do not overlap.
    What reaches up to `now` is open."""
    ordered = sorted(pieces, key=lambda piece: (piece.bed, piece.start, piece.end))
    for (_, occupied), group in groupby(ordered, key=lambda piece: (piece.bed, piece.status is BedStatus.OCCUPIED)):
        run = list(group)
        yield from _leavings(run, discharges, now) if occupied else _between(run, now)


def _leavings(run: Iterable[Piece], discharges: Mapping[VisitId, Discharge], now: datetime) -> Iterator[Idle]:
    for visit, group in groupby(run, key=lambda piece: piece.visit):
        discharge = discharges.get(visit) if visit is not None else None
        fit = fit_at(discharge) if discharge is not None else None
        rows = list(group)
        start, end = max(rows[0].start, fit or rows[0].start), rows[-1].end
        if discharge is None or fit is None or start >= end:
            continue
        last = Owner.POLICE_MORTUARY if discharge.way in _OF_THE_DEAD else Owner.TRANSPORT
        shares = owned(start, end, step_claims(discharge, start, end), last)
        yield Idle(rows[0].bed, rows[0].ward, Stretch.LEAVING, start, end, shares, end >= now)


def _between(run: Sequence[Piece], now: datetime) -> Iterator[Idle]:
    start, end = run[0].start, run[-1].end
    ready = next((piece.start for piece in run if piece.status is BedStatus.AVAILABLE), end)
    claims = [claim for piece in run for claim in condition_claims(piece)]
    for stretch, left, right in ((Stretch.TURNOVER, start, ready), (Stretch.WAITING, ready, end)):
        if left < right:
            shares = owned(left, right, claims, _OTHERWISE[stretch])
            yield Idle(run[0].bed, run[0].ward, stretch, left, right, shares, right >= now)


def condition_claims(piece: Piece) -> Iterator[Claim]:
    """What an empty bed's condition claims."""
    if piece.status is BedStatus.MAINTENANCE:
        yield Claim(_OUT_OF_USE, Owner.MAINTENANCE, piece.start, piece.end)
    elif piece.status is BedStatus.CLEANING:
        yield Claim(_DIRTY, _CLEANING.get(piece.stage, Owner.WAITING_FOR_CLEANING), piece.start, piece.end)
    if piece.reserved:
        yield Claim(_PROMISED, Owner.NOT_ARRIVED, piece.start, piece.end)
