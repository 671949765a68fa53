"""Any past minute as known then and as corrected since: against the log folded by hand, and a late letter worked out on paper."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from flow.desk import Actor
from flow.domain.bed import BedState, BedStatus
from flow.domain.cause import Origin
from flow.domain.commands import Chart, Person, Told
from flow.domain.events import Entry
from flow.domain.ids import PatientId, VisitId
from flow.domain.visit import Act, Fact, Order, Visit, VisitStatus
from flow.errors import Refused, Unreadable
from flow.history.conditions import caught_up
from flow.history.log import Log
from flow.history.migrate import migrations
from flow.history.past import known_at
from flow.history.pictures import beds_of, keep_picture
from tests.integration.test_desk import House, house
from tests.integration.test_invariants import some_command

__all__ = ["house"]
Reading = dict[str, tuple[BedStatus, str | None]]
HIS = Actor("his", Origin.FEED)


def as_known_then(log: Sequence[Entry], moment: datetime) -> Reading:
    """The last record of each bed that had been written down by then."""
    beds = {e.event.record.id: e.event.record for e in log if e.cause.recorded_at <= moment and isinstance(e.event.record, BedState)}
    return {bed.id: (bed.status, bed.visit) for bed in beds.values()}


def as_corrected(log: Sequence[Entry], moment: datetime, known: datetime) -> Reading:
    """Every word told by `known`, in its order: a condition wipes what was believed of its time and of all after it, a visit's last record
    says where it lay."""
    told = [entry.event.record for entry in log if entry.cause.recorded_at <= known]
    lines: dict[str, list[BedState]] = {}
    last: dict[str, tuple[object, ...]] = {}
    for bed in (record for record in told if isinstance(record, BedState)):
        if last.get(bed.id) != (bed.now.since, bed.status):
            last[bed.id] = (bed.now.since, bed.status)
            lines[bed.id] = [one for one in lines.get(bed.id, []) if one.now.since < bed.now.since] + [bed]
    visits = {record.id: record for record in told if isinstance(record, Visit)}
    lay = [(bed, start, end, visit) for visit in visits.values() for bed, start, end in _lay(visit)]
    return {bed: found for bed, line in lines.items() if (found := _read(bed, line, lay, moment))}


def _lay(visit: Visit) -> list[tuple[str, datetime, datetime | None]]:
    if visit.course.status is VisitStatus.CANCELLED and not visit.course.movements:
        return []
    over = [(move.bed, move.start, move.end) for move in visit.course.movements if move.bed and move.end]
    return [*over, (visit.bed, visit.since, None)] if visit.bed and visit.since else list(over)


def _read(
    bed: str, line: list[BedState], lay: list[tuple[str, datetime, datetime | None, Visit]], at: datetime
) -> tuple[BedStatus, str | None] | None:
    word = next((one for one in reversed(line) if one.now.since <= at), None)
    if word is None:
        return None
    here = [(start, end, visit) for where, start, end, visit in lay if where == bed and start <= at]
    there = [(start, visit) for start, end, visit in here if end is None or at < end]
    if there:
        return BedStatus.OCCUPIED, min(there, key=lambda one: (one[0], one[1].id))[1].id
    if word.status is not BedStatus.OCCUPIED:
        return word.status, None
    if any(end > max(word.now.since, start) for start, end, _ in here if end):
        return BedStatus.CLEANING, None
    return (word.before.status if word.before else BedStatus.AVAILABLE), None


async def _live(house: House, dice: random.Random, steps: int) -> None:
    """Letters and clicks up to an hour and a half late, cancels among them, undone clicks."""
    for _ in range(steps):
        house.clock.advance(timedelta(seconds=dice.randrange(240)))
        try:
            done = await house.desk.act(some_command(dice, house), dice.choice((Actor("nurse"), HIS)))
            if dice.random() < 0.1:
                await house.desk.undo(done.command, Actor("nurse"))
        except (Refused, Unreadable):
            continue


async def _answer(house: House, moment: datetime, known: datetime) -> Reading:
    _, beds = await known_at(house.database, moment, known)
    return {bed.id: (bed.status, bed.visit) for bed in beds.values()}


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
async def test_both_readings_are_the_log_folded_by_hand(house: House, seed: int) -> None:
    dice, start = random.Random(seed), house.clock.now()
    await _live(house, dice, 220)
    log = await Log(house.database).after(0, 100_000)
    length, corrected = (house.clock.now() - start).total_seconds(), 0
    for _ in range(120):
        moment = start + timedelta(seconds=dice.uniform(0, length))
        later = moment + (house.clock.now() - moment) * dice.choice([0.01, dice.random(), 1])
        then = as_known_then(log, moment)
        assert await _answer(house, moment, moment) == then
        since = await _answer(house, moment, later)
        assert since == as_corrected(log, moment, later)
        corrected += since != then
    assert corrected > 10, "something was learnt late"


async def test_with_nothing_told_late_both_readings_are_one(house: House) -> None:
    dice, moments = random.Random(5), []
    for step in range(60):
        house.clock.advance(timedelta(minutes=3))
        now, bed = house.clock.now(), dice.choice(["4B-A-01", "4B-A-02", "4B-B-01"])
        act = dice.choice([Act.ADMIT, Act.TRANSFER, Act.DISCHARGE])
        told = Told(VisitId(f"V{dice.randrange(4)}"), Person(PatientId("p")), Fact(act, now, Order(now, 0, step), place=bed))
        await house.desk.act(Chart((told,), feed="his"), HIS)
        moments.append(now + timedelta(minutes=1))
    for moment in moments[::5]:
        assert await _answer(house, moment, house.clock.now()) == await _answer(house, moment, moment)


async def test_a_history_kept_before_is_read_back_the_same(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The migration makes of an older log what is kept behind it step by step."""
    monkeypatch.setattr("flow.history.conditions.AT_ONCE", 7)
    await _live(house, random.Random(6), 200)
    await caught_up(house.database)
    text = next(path for path in migrations() if path.stem == "0145_bed_condition").read_text()
    async with house.database.read() as connection:
        kept = await connection.fetch("select * from bed_condition order by bed, seq_from")
        await connection.execute("drop table bed_condition")
        await connection.execute(text)
        assert await connection.fetch("select * from bed_condition order by bed, seq_from") == kept
    assert len([row for row in kept if row["seq_to"] is not None]) > 2


async def test_a_picture_and_what_was_told_since_are_the_log(house: House) -> None:
    dice = random.Random(7)
    for _ in range(4):
        await _live(house, dice, 40)
        house.clock.advance(timedelta(hours=5))
    pictures: list[int] = []
    while (taken := await keep_picture(house.database, house.clock.now())) is not None:
        pictures.append(taken)
    assert len(pictures) >= 3 and pictures == sorted(set(pictures))
    log = await Log(house.database).after(0, 100_000)
    for seq in (*pictures, *(dice.randrange(1, log[-1].seq + 1) for _ in range(40))):
        told = {e.event.record.id: e.event.record for e in log if e.seq <= seq and isinstance(e.event.record, BedState)}
        assert {bed.id: bed for bed in (await beds_of(house.database, seq)).values()} == told


def _letter(act: Act, at: datetime, number: int, place: str | None = None) -> Chart:
    return Chart((Told(VisitId("V1"), Person(PatientId("p1"), "F", 40), Fact(act, at, Order(at, 0, number), place=place)),), feed="his")


async def test_a_late_transfer_worked_out_by_hand(house: House) -> None:
    """Admitted to A1 at 13:00. Moved to A2 at 14:00, told at 14:30. At 15:30 that was a mistake: the move is cancelled.

    The plan of 14:05 showed A1 occupied. At 15:00 the same minute was known better: A1 left and to be cleaned, A2 occupied. Now it is
    again as it was shown: nobody ever moved, and A2 was free all the time."""
    one, two, visit = "4B-A-01", "4B-A-02", "V1"

    async def hears(hour: int, minute: int, letter: Chart) -> None:
        house.clock.advance(datetime(2026, 11, 21, hour, minute, tzinfo=UTC) - house.clock.now())
        await house.desk.act(letter, HIS)

    def clock(hour: int, minute: int) -> datetime:
        return datetime(2026, 11, 21, hour, minute, tzinfo=UTC)

    await hears(13, 0, _letter(Act.ADMIT, clock(13, 0), 1, one))
    await hears(14, 30, _letter(Act.TRANSFER, clock(14, 0), 2, two))
    cancel = Fact(Act.CANCEL_TRANSFER, clock(15, 30), Order(clock(15, 30), 0, 3), place=one, undoes_at=clock(14, 0))
    await hears(15, 30, Chart((Told(VisitId(visit), Person(PatientId("p1")), cancel),), feed="his"))
    house.clock.advance(timedelta(minutes=30))
    shown = [await _answer(house, clock(14, 5), known) for known in (clock(14, 5), clock(15, 0), house.clock.now())]
    assert [(reading[one], reading[two]) for reading in shown] == [
        ((BedStatus.OCCUPIED, visit), (BedStatus.AVAILABLE, None)),
        ((BedStatus.CLEANING, None), (BedStatus.OCCUPIED, visit)),
        ((BedStatus.OCCUPIED, visit), (BedStatus.AVAILABLE, None)),
    ]


@pytest.mark.parametrize(
    ("letters", "shown", "now"),
    [
        ([(0, Act.ADMIT, 0, "4B-A-01"), (60, Act.CANCEL_ADMIT, 60, None)], BedStatus.OCCUPIED, BedStatus.AVAILABLE),
        ([(0, Act.ADMIT, 0, "4B-A-01"), (10, Act.DISCHARGE, 10, None), (60, Act.CANCEL_DISCHARGE, 60, None)], "cleaning", "occupied"),
        ([(60, Act.ADMIT, 5, "4B-A-01")], BedStatus.AVAILABLE, BedStatus.OCCUPIED),
        ([(0, Act.ADMIT, 0, "4B-A-01"), (60, Act.DISCHARGE, 10, None)], BedStatus.OCCUPIED, BedStatus.CLEANING),
    ],
    ids=["a cancelled admission", "an undone discharge", "an admission told late", "a discharge told late"],
)
async def test_what_is_learnt_late_shows(house: House, letters: list[tuple[int, Act, int, str | None]], shown: str, now: str) -> None:
    """Of the minute twenty minutes on: minutes told, what, minutes when it was."""
    start = house.clock.now()
    for number, (told, act, at, place) in enumerate(letters):
        house.clock.advance(start + timedelta(minutes=told) - house.clock.now())
        await house.desk.act(_letter(act, start + timedelta(minutes=at), number, place), HIS)
    house.clock.advance(timedelta(hours=1))
    moment = start + timedelta(minutes=20)
    readings = [(await _answer(house, moment, known))["4B-A-01"][0] for known in (moment, house.clock.now())]
    assert readings == [shown, now]
