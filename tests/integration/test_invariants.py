"""Random commands on real stores: the live picture, the desk and a freshly loaded hospital agree, and no invariant breaks."""

import random
from datetime import timedelta

import pytest

from flow.desk import Actor
from flow.domain.bed import BedStatus, CleanKind, OutOfUse, Stage
from flow.domain.cause import Origin
from flow.domain.commands import AssignBed, CancelRequest, Chart, Command, Person, ReleaseBed, RequestBed, SetBedStatus, Told
from flow.domain.ids import PatientId, RequestId, VisitId
from flow.domain.request import BedRequest
from flow.domain.visit import Act, Fact, Order
from flow.errors import Refused, Unreadable
from flow.history.past import beds_at
from tests.integration.test_desk import House, house
from tests.plans import small_plan

__all__ = ["house"]
BEDS = list(small_plan().beds)
ACTORS = (Actor("nurse"), Actor("his", Origin.FEED))

OPEN_TWICE = """
select count(*) from (
  select kind, bed from occupancy where to_at is null and seq_to is null group by 1, 2 having count(*) > 1
  union all
  select kind, holder from occupancy where to_at is null and seq_to is null group by 1, 2 having count(*) > 1) t
"""
GAPS = """
select count(*) from bed_interval a join bed_interval b on a.bed = b.bed and a.hospital = b.hospital and b.was is not null
 and b.seq = (select min(seq) from bed_interval c where c.bed = a.bed and c.seq > a.seq)
where a.to_at is distinct from b.from_at or a.status <> b.was
"""


def some_command(dice: random.Random, house: House) -> Command:
    bed, number = dice.choice(BEDS), dice.randrange(12)
    at = house.clock.now() - timedelta(minutes=dice.randrange(90))
    fact = Fact(dice.choice(list(Act)), at, Order(at, 0, dice.randrange(1000)), place=dice.choice([bed, bed, None, "Nowhere^^X"]))
    told = Told(VisitId(f"V{number}"), Person(PatientId(f"p{number}"), dice.choice("MF"), 40), fact)
    request = RequestId(f"R{number}")
    return dice.choice(
        [
            Chart((told,), feed="his"),
            Chart((told,), by_person=True),
            SetBedStatus(bed, dice.choice(list(BedStatus)), dice.choice([None, *Stage]), reason=dice.choice([None, *OutOfUse])),
            SetBedStatus(bed, BedStatus.AVAILABLE),
            SetBedStatus(bed, BedStatus.CLEANING, Stage.IN_PROGRESS, CleanKind.STAT),
            RequestBed(BedRequest(request, PatientId(f"p{number}"), house.clock.now(), "general", sex="F")),
            AssignBed(request, bed),
            ReleaseBed(request),
            CancelRequest(request),
        ]
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_random_commands_never_break_an_invariant(house: House, seed: int) -> None:
    dice = random.Random(seed)
    seq, accepted = 0, 0
    for _ in range(250):
        house.clock.advance(timedelta(seconds=dice.randrange(120)))
        try:
            outcome = await house.desk.act(some_command(dice, house), dice.choice(ACTORS))
        except (Refused, Unreadable):
            continue
        seq, accepted = outcome.seq, accepted + bool(outcome.entries)
    assert accepted > 40
    assert await house.live.reached(seq)
    _, fresh = await house.desk.whole()
    mine = house.desk.hospital
    assert house.live.beds == mine.beds == fresh.beds
    assert house.live.requests == {r.id: r for r in mine.requests.values() if r.is_live} == fresh.requests
    assert {v.id: v.bed for v in mine.visits.values() if v.bed} == {b.visit: b.id for b in mine.beds.values() if b.visit}
    assert (await beds_at(house.database, house.clock.now()))[1] == mine.beds
    async with house.database.read() as connection:
        assert await connection.fetchval(OPEN_TWICE) == 0
        assert await connection.fetchval(GAPS) == 0
        held = await connection.fetch("select holder, bed from occupancy where kind = 'occupied' and to_at is null and seq_to is null")
        promised = await connection.fetch("select holder, bed from occupancy where kind = 'reserved' and to_at is null and seq_to is null")
    assert {row["bed"]: row["holder"] for row in held} == {b.id: b.visit for b in mine.beds.values() if b.visit}
    assert {row["bed"]: row["holder"] for row in promised} == {b.id: b.reserved_for for b in mine.beds.values() if b.reserved_for}
