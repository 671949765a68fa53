"""Folds a visit's facts into its course. Pure and total: the same set of facts gives the same course in any order of arrival.

Numbered movements are edited first, then cancels take out what they undo; the rest is walked by event time (HL7.md rules 3, 4 and 6,
and the triggers' table).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from flow.domain.ids import BedId
from flow.domain.visit import OPEN, Act, Course, Edit, Fact, Movement, Order, VisitStatus

BedAt = Callable[[str | None], BedId | None]
NEVER = datetime.max.replace(tzinfo=UTC)
"""`undoes_at` of a cancel whose work is done."""

UNDOES: Mapping[Act, frozenset[Act]] = {
    Act.CANCEL_ADMIT: frozenset({Act.ADMIT, Act.REGISTER}),
    Act.CANCEL_TRANSFER: frozenset({Act.TRANSFER, Act.SWAP}),
    Act.CANCEL_DISCHARGE: frozenset({Act.DISCHARGE}),
    Act.CANCEL_PLAN: frozenset({Act.PLAN}),
    Act.CANCEL_PEND_TRANSFER: frozenset({Act.PEND_TRANSFER}),
    Act.CANCEL_PEND_DISCHARGE: frozenset({Act.PEND_DISCHARGE}),
    Act.CANCEL_LEAVE_FOR: frozenset({Act.LEAVE_FOR}),
    Act.CANCEL_ARRIVE_BACK: frozenset({Act.ARRIVE_BACK}),
    Act.CANCEL_LEAVE: frozenset({Act.LEAVE_OF_ABSENCE}),
    Act.CANCEL_RETURN: frozenset({Act.RETURN}),
}


def chart(facts: Iterable[Fact], bed_at: BedAt) -> Course:
    """The course that a visit's facts amount to."""
    pen = _Pen(bed_at)
    for fact in _standing(sorted(_edited(facts), key=_place_in_line)):
        pen.describe(fact)
        STEPS[fact.act](pen, fact)
    return pen.course()


def _place_in_line(fact: Fact) -> tuple[datetime, Order, str, str, str]:
    """The rank, and for facts of one rank (a control id used twice) what they say, so that arrival never decides."""
    return fact.at, fact.order, fact.act, fact.place or "", fact.prior or ""


def _edited(facts: Iterable[Fact]) -> list[Fact]:
    """Each numbered movement as its newest message has it (IHE PAM, ITI-31, Historic Movement): an update replaces it, a cancel
    takes it out, whichever came first."""
    numbered: dict[str, list[Fact]] = {}
    rest = []
    for fact in facts:
        if fact.movement is None:
            rest.append(fact)
        else:
            numbered.setdefault(fact.movement, []).append(fact)
    for told in numbered.values():
        newest = max(told, key=lambda fact: (fact.order, *_place_in_line(fact)))
        if newest.edit is not Edit.CANCEL:
            rest.append(newest)
        elif newest.act in UNDOES:  # it says as well where the patient is now; what it undoes is gone already
            alone = all(fact.act in UNDOES for fact in told)
            rest.append(newest if alone else replace(newest, undoes_at=NEVER))
    return rest


def _standing(facts: list[Fact]) -> list[Fact]:
    """Without the facts that a later cancel undoes; the cancels themselves stay, they say where the patient is now."""
    standing = list(facts)
    for fact in facts:
        undone = _undone_by(fact, standing)
        if undone is not None:
            standing = [each for each in standing if not (each.rank < fact.rank and _is_repeat(each, undone))]
    return standing


def _is_repeat(fact: Fact, other: Fact) -> bool:
    """The same event, told again under another control id."""
    return fact.act is other.act and replace(fact, order=other.order) == other


def _undone_by(cancel: Fact, standing: list[Fact]) -> Fact | None:
    """The latest earlier fact of the kind a cancel undoes, preferring the one at its EVN-6."""
    kinds = UNDOES.get(cancel.act, frozenset()) if cancel.undoes_at != NEVER else frozenset()
    earlier = [fact for fact in standing if fact.act in kinds and fact.rank < cancel.rank]
    named = [fact for fact in earlier if fact.at == cancel.undoes_at]
    return max(named or earlier, key=_place_in_line, default=None)


class _Pen:
    """Writes a course down, fact by fact."""

    def __init__(self, bed_at: BedAt) -> None:
        self.bed_at = bed_at
        self.status: VisitStatus | None = None
        self.klass: str | None = None
        self.specialty: str | None = None
        self.movements: list[Movement] = []
        self.reserved: BedId | None = None
        self.expected: datetime | None = None
        self.away = False
        self.temporary: str | None = None
        self.back: datetime | None = None
        self.left_at: datetime | None = None

    def course(self) -> Course:
        here = self.here if self.status in OPEN else None
        return Course(
            status=self.status or VisitStatus.PLANNED,
            klass=self.klass,
            specialty=self.specialty,
            place=here.place if here else None,
            claim=here.bed if here else None,
            movements=tuple(self.movements),
            reserved=self.reserved if self.status not in (VisitStatus.FINISHED, VisitStatus.CANCELLED) else None,
            expected_free_at=self.expected if self.status in OPEN else None,
            away=self.away,
            temporary=self.temporary if self.away else None,
            expected_back=self.back if self.status is VisitStatus.ON_LEAVE else None,
        )

    @property
    def here(self) -> Movement | None:
        return self.movements[-1] if self.movements and self.movements[-1].end is None else None

    def describe(self, fact: Fact) -> None:
        self.klass = fact.klass or self.klass
        self.specialty = fact.specialty or self.specialty

    def open(self, fact: Fact) -> None:
        self.status = VisitStatus.IN_PROGRESS
        self.reserved = self.left_at = None

    def move(self, fact: Fact) -> None:
        """Go to the fact's place; staying in the same place is no movement."""
        if fact.place is None or (self.here and self._same(self.here, fact.place)):
            return
        self.end(fact.at)
        self.movements.append(Movement(fact.place, self.bed_at(fact.place), fact.at))

    def close(self, at: datetime, status: VisitStatus) -> None:
        self.end(at)
        self.left_at = at if status is VisitStatus.FINISHED else None
        self.status, self.expected, self.away = status, None, False

    def slip_in(self, fact: Fact) -> None:
        """A movement before the leaving, heard of after it."""
        last = self.movements[-1] if self.movements else None
        if fact.place is None or self.left_at is None or (last and self._same(last, fact.place)):
            return
        if last is not None:
            self.movements[-1] = Movement(last.place, last.bed, last.start, max(fact.at, last.start))
        self.movements.append(Movement(fact.place, self.bed_at(fact.place), fact.at, self.left_at))

    def _same(self, here: Movement, place: str) -> bool:
        bed = self.bed_at(place)
        return here.place == place or (bed is not None and here.bed == bed)

    def end(self, at: datetime) -> None:
        if self.here:
            last = self.movements.pop()
            self.movements.append(Movement(last.place, last.bed, last.start, max(at, last.start)))


def _come(pen: _Pen, fact: Fact) -> None:
    """A01, A04, A02, A06, A17: the patient is in the house, at this place. What is dated before the end of a stay (PV1-45 of an
    A03 that was told ahead of it) belongs into that stay and reopens nothing."""
    if pen.left_at is not None and fact.at < pen.left_at:
        pen.slip_in(fact)
        return
    pen.open(fact)
    pen.away = False
    pen.move(fact)


def _plan(pen: _Pen, fact: Fact) -> None:
    """A05, A14: never occupies."""
    if pen.status in (None, VisitStatus.CANCELLED):
        pen.status = VisitStatus.PLANNED
    pen.reserved = pen.bed_at(fact.place)


def _leave(pen: _Pen, fact: Fact) -> None:
    """A03: frees the current bed, whatever PV1-3 says; an unknown visit is left behind finished."""
    pen.close(fact.ended_at or fact.at, VisitStatus.FINISHED)


def _to_outpatient(pen: _Pen, fact: Fact) -> None:
    """A07: the bed is freed unless PV1-3 names one."""
    pen.open(fact)
    if fact.place is None:
        pen.end(fact.at)
    pen.move(fact)


def _amend(pen: _Pen, fact: Fact) -> None:
    """A08: may fill a missing bed; moves, evicts and reopens nobody (HL7.md rule 6)."""
    if pen.status in OPEN and (pen.here is None or pen.here.bed is None) and pen.bed_at(fact.place):
        pen.move(fact)


def _amend_transfer(pen: _Pen, fact: Fact) -> None:
    """A08 of a feed that transfers by it: moves who is in the house, opens and reopens nobody."""
    if pen.status in OPEN:
        pen.move(fact)


def _amend_admit(pen: _Pen, fact: Fact) -> None:
    """A08 of a feed that admits by it: opens a visit that has not begun, never one that ended."""
    if pen.status in (None, VisitStatus.PLANNED):
        pen.open(fact)
    if pen.status in OPEN:
        pen.move(fact)


def _never_came(pen: _Pen, fact: Fact) -> None:
    """A11: what it cancels never happened. An admission it does not know of (an earlier one, still standing) is left alone."""
    pen.movements.clear()
    pen.close(fact.at, VisitStatus.CANCELLED)


def _purge(pen: _Pen, fact: Fact) -> None:
    """A23: the record goes; only an open visit gives a bed back."""
    if pen.status is not VisitStatus.FINISHED:
        pen.close(fact.at, VisitStatus.CANCELLED)


def _moved_back(pen: _Pen, fact: Fact) -> None:
    """A12: after the cancelling the patient is at PV1-3 (HL7.md rule 1); who has left stays away."""
    if pen.status in OPEN or pen.status is None:
        _reopened(pen, fact)


def _reopened(pen: _Pen, fact: Fact) -> None:
    """A13: the patient is in the house again, at PV1-3."""
    pen.open(fact)
    pen.move(fact)


def _cancel_plan(pen: _Pen, fact: Fact) -> None:
    pen.reserved = None
    if pen.status in (None, VisitStatus.PLANNED):
        pen.status = VisitStatus.CANCELLED


def _reserve(pen: _Pen, fact: Fact) -> None:
    """A15: the pending bed."""
    pen.reserved = pen.bed_at(fact.place)


def _unreserve(pen: _Pen, fact: Fact) -> None:
    pen.reserved = None


def _expect(pen: _Pen, fact: Fact) -> None:
    """A16: expected to be free at PV2-9."""
    pen.expected = fact.expected


def _unexpect(pen: _Pen, fact: Fact) -> None:
    pen.expected = None


def _away(pen: _Pen, fact: Fact) -> None:
    """A09: leaving for somewhere; the census bed stays assigned."""
    pen.away, pen.temporary = pen.status in OPEN, fact.temporary


def _back(pen: _Pen, fact: Fact) -> None:
    """A10: arriving, at a temporary place (PV1-11) or back; the census bed stays what it was."""
    pen.away, pen.temporary = pen.status in OPEN and fact.temporary is not None, fact.temporary


def _on_leave(pen: _Pen, fact: Fact) -> None:
    """A21: on leave of absence until PV2-47; the bed stays assigned. Who has left the house is not on leave from it."""
    if pen.status in OPEN or pen.status is None:
        _reopened(pen, fact)
        pen.status, pen.back = VisitStatus.ON_LEAVE, fact.expected


def _returned(pen: _Pen, fact: Fact) -> None:
    """A22: back from leave, at PV1-3 where it names another place than before."""
    if pen.status in OPEN or pen.status is None:
        _reopened(pen, fact)


def _as_it_stands(pen: _Pen, fact: Fact) -> None:
    """A32, A33, A52, A53: what they cancel is out of the history; nothing else is told."""


STEPS: Mapping[Act, Callable[[_Pen, Fact], None]] = {
    Act.ADMIT: _come,
    Act.REGISTER: _come,
    Act.TRANSFER: _come,
    Act.SWAP: _come,
    Act.TO_INPATIENT: _come,
    Act.TO_OUTPATIENT: _to_outpatient,
    Act.PLAN: _plan,
    Act.DISCHARGE: _leave,
    Act.AMEND: _amend,
    Act.AMEND_TRANSFER: _amend_transfer,
    Act.AMEND_ADMIT: _amend_admit,
    Act.PURGE: _purge,
    Act.PEND_TRANSFER: _reserve,
    Act.PEND_DISCHARGE: _expect,
    Act.LEAVE_FOR: _away,
    Act.ARRIVE_BACK: _back,
    Act.CANCEL_ADMIT: _never_came,
    Act.CANCEL_TRANSFER: _moved_back,
    Act.CANCEL_DISCHARGE: _reopened,
    Act.CANCEL_PLAN: _cancel_plan,
    Act.CANCEL_PEND_TRANSFER: _unreserve,
    Act.CANCEL_PEND_DISCHARGE: _unexpect,
    Act.LEAVE_OF_ABSENCE: _on_leave,
    Act.RETURN: _returned,
    Act.CANCEL_LEAVE_FOR: _as_it_stands,
    Act.CANCEL_ARRIVE_BACK: _as_it_stands,
    Act.CANCEL_LEAVE: _as_it_stands,
    Act.CANCEL_RETURN: _as_it_stands,
}
