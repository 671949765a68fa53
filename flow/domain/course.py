"""Folds a visit's facts into its course. Pure and total: the same set of facts gives the same course in any order of arrival.

`flow.domain.standing` says which facts stand; they are walked by event time (HL7.md rules 3 to 6, and the triggers' table).
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from flow.domain.ids import BedId
from flow.domain.standing import standing
from flow.domain.visit import DELETED, OPEN, Act, Course, Fact, Movement, VisitStatus
from flow.domain.way_told import WayTold

OVER = frozenset({VisitStatus.FINISHED, VisitStatus.CANCELLED})
BedAt = Callable[[str | None], BedId | None]


def chart(facts: Iterable[Fact], bed_at: BedAt) -> Course:
    """The course that a visit's facts amount to."""
    pen = _Pen(bed_at)
    for fact in standing(facts):
        pen.describe(fact)
        STEPS[fact.act](pen, fact)
    return pen.course()


class _Pen:
    """Writes a course down, fact by fact."""

    def __init__(self, bed_at: BedAt) -> None:
        self.bed_at = bed_at
        self.status: VisitStatus | None = None
        self.klass: str | None = None
        self.specialty: str | None = None
        self.way: WayTold | None = None
        self.movements: list[Movement] = []
        self.reserved: BedId | None = None
        self.expected: datetime | None = None
        self.away = False
        self.temporary: str | None = None
        self.back: datetime | None = None
        self.left_at: datetime | None = None
        self.admitted = False

    def course(self) -> Course:
        here = self.here if self.status in OPEN else None
        return Course(
            status=self.status or VisitStatus.PLANNED,
            klass=self.klass,
            specialty=self.specialty,
            place=here.place if here else None,
            claim=here.bed if here else None,
            movements=tuple(self.movements),
            reserved=self.reserved if self.status not in OVER and not (here and here.bed == self.reserved) else None,
            expected_free_at=self.expected if self.status in OPEN else None,
            away=self.away,
            temporary=self.temporary if self.away else None,
            expected_back=self.back if self.status is VisitStatus.ON_LEAVE else None,
            way=self.way,
        )

    @property
    def here(self) -> Movement | None:
        return self.movements[-1] if self.movements and self.movements[-1].end is None else None

    def describe(self, fact: Fact) -> None:
        self.klass = fact.klass or self.klass
        self.specialty = fact.specialty or self.specialty
        if fact.way is not None:
            self.way = self.way.then(fact.way) if self.way is not None else fact.way

    def open(self, fact: Fact) -> None:
        self.status = VisitStatus.IN_PROGRESS
        self.reserved = self.left_at = None

    def go_on(self, fact: Fact) -> None:
        """In the house, as before: who is there already keeps what is pending."""
        if self.status not in OPEN:
            self.open(fact)

    def is_at(self, place: str | None) -> bool:
        """Going there is no movement."""
        return place is None or (self.here is not None and self._same(self.here, place))

    def is_within(self, place: str | None) -> bool:
        """The place names no bed, and is the ward, the room or the house (`^^^Facility`) in which the patient lies: nothing new."""
        if not place or self._names_bed(place) or self.here is None:
            return False
        lies = [part.casefold() for part in (self.here.place or "").split("^")]
        return all(part in ("", *lies[level : level + 1]) for level, part in enumerate(place.casefold().split("^")[:2]))

    def lies_in_bed(self, fact: Fact) -> bool:
        """In a bed that the fact names no other for."""
        return self.here is not None and self.here.bed is not None and not self._names_bed(fact.place)

    def _names_bed(self, place: str | None) -> bool:
        """A bed of ours, or one that nobody knows (PL-3)."""
        return self.bed_at(place) is not None or any((place or "").split("^")[2:3])

    def move(self, fact: Fact) -> None:
        """Go to the fact's place; staying in the same place is no movement."""
        if fact.place is None or self.is_at(fact.place):
            return
        self.end(fact.at)
        self.movements.append(Movement(fact.place, self.bed_at(fact.place), fact.at))

    def pass_through(self, fact: Fact) -> None:
        """PV1-6 is another bed than ours: a move was missed. When it was nobody knows; that it was, the bed must be told."""
        bed = self.bed_at(fact.prior)
        if fact.prior and bed is not None and self.here is not None and bed not in (self.here.bed, self.bed_at(fact.place)):
            self.end(fact.at)
            self.movements.append(Movement(fact.prior, bed, fact.at))

    def close(self, at: datetime, status: VisitStatus) -> None:
        self.end(at)
        self.left_at = at if status is VisitStatus.FINISHED else None
        self.status, self.expected, self.away, self.admitted = status, None, False, False

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
    elif not _is_no_news(pen, fact):
        pen.open(fact)
        pen.away = False
        if fact.act is Act.TRANSFER:
            pen.pass_through(fact)
        pen.move(fact)
        pen.admitted = pen.admitted or fact.act in (Act.ADMIT, Act.TO_INPATIENT)


def _is_no_news(pen: _Pen, fact: Fact) -> bool:
    """An A01 told again, and an A02 to where the patient is, only amend; an A02 that moves nobody (PV1-3 = PV1-6) reopens nothing."""
    if pen.status in OPEN and fact.act is Act.ADMIT:
        return pen.admitted and (pen.is_at(fact.place) or pen.is_within(fact.place))
    if pen.status in OPEN:
        return fact.act is Act.TRANSFER and pen.is_at(fact.place)
    return pen.status in OVER and fact.act is Act.TRANSFER and fact.place is not None and fact.place == fact.prior


def _plan(pen: _Pen, fact: Fact) -> None:
    """A05, A14: never occupies."""
    if pen.status in (None, VisitStatus.CANCELLED):
        pen.status = VisitStatus.PLANNED
    _reserve(pen, fact)


def _leave(pen: _Pen, fact: Fact) -> None:
    """A03: frees the current bed, whatever PV1-3 says; an unknown visit is left behind finished."""
    pen.close(fact.ended_at or fact.at, VisitStatus.FINISHED)


def _to_outpatient(pen: _Pen, fact: Fact) -> None:
    """A07: the bed is freed unless PV1-3 names one."""
    pen.open(fact)
    pen.admitted = False
    if fact.place is None:
        pen.end(fact.at)
    pen.move(fact)


def _amend(pen: _Pen, fact: Fact) -> None:
    """A08: may fill a missing bed; moves, evicts and reopens nobody (HL7.md rule 6)."""
    if pen.status in OPEN and (pen.here is None or pen.here.bed is None) and pen.bed_at(fact.place):
        pen.move(fact)


def _amend_transfer(pen: _Pen, fact: Fact) -> None:
    """A08 of a feed that transfers by it: moves who is in the house, opens and reopens nobody."""
    if pen.status in OPEN and not pen.is_within(fact.place):
        pen.move(fact)


def _amend_admit(pen: _Pen, fact: Fact) -> None:
    """A08 of a feed that admits by it: opens a visit that has not begun, never one that ended."""
    if pen.status in (None, VisitStatus.PLANNED):
        pen.open(fact)
    _amend_transfer(pen, fact)


def _never_came(pen: _Pen, fact: Fact) -> None:
    """A11: what it cancels never happened. An admission it does not know of (an earlier one, still standing) is left alone."""
    pen.movements.clear()
    pen.close(fact.at, VisitStatus.CANCELLED)


def _purge(pen: _Pen, fact: Fact) -> None:
    """A23: the record goes; only an open visit gives a bed back."""
    if pen.status is not VisitStatus.FINISHED:
        pen.close(fact.at, VisitStatus.CANCELLED)


def _moved_back(pen: _Pen, fact: Fact) -> None:
    """A12: after the cancelling the patient is at PV1-3 (HL7.md rule 1); who has left stays away. A ward alone does not take the bed
    away that is lain in there."""
    if pen.status in OPEN or pen.status is None:
        pen.go_on(fact)
        if not pen.is_within(fact.place):
            pen.move(fact)


def _reopened(pen: _Pen, fact: Fact) -> None:
    """A13: the patient is in the house again, at PV1-3."""
    pen.go_on(fact)
    pen.status = VisitStatus.IN_PROGRESS
    _moved_back(pen, fact)


def _cancel_plan(pen: _Pen, fact: Fact) -> None:
    pen.reserved = None
    if pen.status in (None, VisitStatus.PLANNED):
        pen.status = VisitStatus.CANCELLED


def _reserve(pen: _Pen, fact: Fact) -> None:
    """A15: the pending bed; where none is named, it stays the one that was."""
    if fact.place is not None:
        pen.reserved = pen.bed_at(fact.place)


def _unreserve(pen: _Pen, fact: Fact) -> None:
    """A26: the bed of PV2-1; another that is pending by now stays so."""
    if pen.bed_at(fact.place) in (None, pen.reserved):
        pen.reserved = None


def _expect(pen: _Pen, fact: Fact) -> None:
    """A16: expected to be free at PV2-9."""
    pen.expected = _renewed(fact.expected, pen.expected)


def _renewed(said: datetime | None, known: datetime | None) -> datetime | None:
    """An empty field changes nothing, `""` deletes (HL7.md rule 5)."""
    return None if said == DELETED else said or known


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
        pen.back = _renewed(fact.expected, pen.back if pen.status is VisitStatus.ON_LEAVE else None)
        _returned(pen, fact)
        pen.status = VisitStatus.ON_LEAVE


def _returned(pen: _Pen, fact: Fact) -> None:
    """A22: back from leave, in the bed that was kept unless PV1-3 names another."""
    if pen.status in OPEN or pen.status is None:
        pen.go_on(fact)
        pen.status = VisitStatus.IN_PROGRESS
        if not pen.lies_in_bed(fact):
            pen.move(fact)


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
