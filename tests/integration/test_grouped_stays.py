"""The stays as of each Seq are those of the records told by then, however the records were grouped into transactions."""

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import groupby

import pytest

from flow.desk import Actor
from flow.domain.bed import BedStatus
from flow.domain.cause import Cause, Origin
from flow.domain.commands import Chart, Person, Told
from flow.domain.events import Entry
from flow.domain.ids import PatientId, VisitId
from flow.domain.visit import Act, Fact, Order, Visit
from flow.errors import Refused, Unreadable
from flow.history.bundle import carry_out
from flow.history.group import Group
from flow.history.log import Log
from flow.history.occupancy import Stood, projected
from flow.history.past import known_at
from flow.history.queries import load
from tests.integration.test_desk import House, house
from tests.integration.test_invariants import BEDS, some_command
from tests.plans import small_plan

__all__ = ["house"]
HIS = Actor("his", Origin.FEED)
COMING = (Act.ADMIT, Act.TRANSFER, Act.TRANSFER, Act.DISCHARGE)
CANCEL = {Act.ADMIT: Act.CANCEL_ADMIT, Act.TRANSFER: Act.CANCEL_TRANSFER, Act.DISCHARGE: Act.CANCEL_DISCHARGE}
STAYS = "select holder, bed, from_at, to_at, seq_from, seq_to from occupancy where kind = 'occupied'"


async def test_a_transfer_and_its_cancel_in_one_transaction_are_known_between_them(house: House) -> None:
    """Admitted to A1, moved to A2 ten minutes later, and that was a mistake ten minutes later: the desk hears all three at once, and
    each minute is read back as it was known then."""
    one, two, start = "4B-A-01", "4B-A-02", house.clock.now()
    person, visit = Person(PatientId("p1"), "F", 40), VisitId("V1")

    def fact(act: Act, minute: int, place: str, undoes: int | None = None) -> Fact:
        at = start + timedelta(minutes=minute)
        return Fact(act, at, Order(at, 0, minute), place=place, undoes_at=None if undoes is None else start + timedelta(minutes=undoes))

    letters = [(10, fact(Act.ADMIT, 10, one)), (20, fact(Act.TRANSFER, 20, two)), (30, fact(Act.CANCEL_TRANSFER, 30, one, undoes=20))]
    async with Group(house.database, small_plan()).transaction(start + timedelta(hours=1)) as group:
        for minute, each in letters:
            cause = Cause(Origin.FEED, "his", start + timedelta(minutes=minute))
            assert group.add_all([Chart((Told(visit, person, each),), feed="his")], cause)
    shown = []
    for minute in (15, 25, 35):
        moment = start + timedelta(minutes=minute)
        beds = (await known_at(house.database, moment, moment + timedelta(minutes=1)))[1]
        shown.append([(beds[bed].status, beds[bed].visit) for bed in (one, two)])
    taken, free = (BedStatus.OCCUPIED, visit), (BedStatus.AVAILABLE, None)
    assert shown == [[taken, free], [(BedStatus.CLEANING, None), taken], [taken, free]]


@pytest.mark.parametrize("seed", [1, 2])
async def test_stays_do_not_depend_on_the_groups(house: House, seed: int) -> None:
    dice = random.Random(seed)
    await _live(house, dice)
    log = await Log(house.database).after(0, 100_000)
    told = [list(entries) for _, entries in groupby(log, key=lambda entry: entry.cause)]
    wanted = _by_hand(log)
    assert len({frozenset(each) for each in wanted}) > 40, "patients came, moved and left"
    assert await _kept(house, log) == wanted, "as the desk wrote them"
    for largest in (1, 4, 30, len(told)):
        await _write_anew(house, list(_grouped(told, largest, dice)))
        assert await _kept(house, log) == wanted, f"in groups of up to {largest}"


async def _live(house: House, dice: random.Random) -> None:
    """Letters of a few patients, some told late, cancels among them, undone clicks."""
    last: dict[str, list[Fact]] = {}
    for number in range(250):
        house.clock.advance(timedelta(seconds=dice.randrange(240)))
        visit, at = f"V{dice.randrange(5)}", house.clock.now() - timedelta(minutes=dice.choice([0, 0, dice.randrange(30)]))
        before = last.setdefault(visit, [])
        fact = Fact(dice.choice(COMING), at, Order(at, 0, number), place=dice.choice(BEDS))
        if before and dice.random() < 0.4:
            wrong = before.pop()
            fact = Fact(CANCEL[wrong.act], at, Order(at, 0, number), place=before[-1].place if before else None, undoes_at=wrong.at)
        else:
            before.append(fact)
        told = Told(VisitId(visit), Person(PatientId(f"p{visit}"), "F", 40), fact)
        command = some_command(dice, house) if dice.random() < 0.1 else Chart((told,), feed="his")
        try:
            done = await house.desk.act(command, HIS if dice.random() < 0.9 else Actor("nurse"))
            if dice.random() < 0.1:
                await house.desk.undo(done.command, Actor("nurse"))
        except (Refused, Unreadable):
            continue


def _by_hand(log: Sequence[Entry]) -> list[set[tuple[object, ...]]]:
    """After each entry, where each visit lay by its last record."""
    lay: dict[str, set[tuple[object, ...]]] = {}
    found = []
    for visit in (entry.event.record for entry in log):
        if isinstance(visit, Visit):
            over = {(visit.id, move.bed, move.start, move.end) for move in visit.course.movements if move.bed and move.end}
            lay[visit.id] = over | ({(visit.id, visit.bed, visit.since, None)} if visit.bed and visit.since else set())
        found.append({stay for stays in lay.values() for stay in stays})
    return found


async def _kept(house: House, log: Sequence[Entry]) -> list[set[tuple[object, ...]]]:
    async with house.database.read() as connection:
        rows = [tuple(row) for row in await connection.fetch(STAYS)]
    found = []
    for entry in log:
        known = [stay for *stay, first, last in rows if first <= entry.seq and (last is None or last > entry.seq)]
        found.append(set(map(tuple, known)))
        assert len(known) == len(found[-1]), "no stay stands twice"
    return found


def _grouped(told: Sequence[list[Entry]], largest: int, dice: random.Random) -> Iterator[list[Entry]]:
    """The entries of some commands together, never a part of one."""
    done = 0
    while done < len(told):
        count = dice.randint(1, largest) if largest < len(told) else largest
        yield [entry for entries in told[done : done + count] for entry in entries]
        done += count


async def _write_anew(house: House, groups: Sequence[list[Entry]]) -> None:
    plan, clear = small_plan(), load("models")
    async with house.database.write() as connection:
        for name in ("clear_stays", "clear_intervals"):
            await connection.execute(clear[name], plan.id)
        stood = Stood()
        for entries in groups:
            await carry_out(connection, projected(plan, entries, stood))
            stood.go_on(entries)
