"""I7 with beds in doubt: what was asked, seen and taken back is decided again from the journal to the same hospital."""

import asyncio
from datetime import datetime, timedelta

from flow.desk import Actor
from flow.domain.check import Doubt, Seen
from flow.domain.check_commands import AnswerCheck, AskCheck, DoubtBed
from flow.domain.commands import ReportBed
from flow.domain.ids import BedId, TransportId, VisitId
from flow.domain.transport import Transport
from flow.domain.transport_commands import MoveTransport, RequestTransport, Ride
from flow.main.verifying import VERIFIER, Verifying
from tests.faults.stays import BEDS, adt
from tests.integration.test_again import Lived, lived

__all__ = ["lived"]
DAY = datetime(2026, 11, 21)  # noqa: DTZ001  # a message's own local time
OTHER = Actor("other")


async def look(lived: Lived) -> None:
    """What the verifier does every few seconds."""
    looking = asyncio.ensure_future(Verifying(lived.desk, lived.database, lived.clock).look())
    while not looking.done():
        await asyncio.sleep(0.005)
        if lived.desk._asks:
            await lived.desk.step()
    await looking


async def test_checks_are_decided_again_as_they_were(lived: Lived) -> None:
    await lived.open()
    first, second, third = beds = [bed for bed in BEDS if lived.desk.hospital.beds[BedId(bed)].visit is not None][:3]
    leaving = [lived.desk.hospital.beds[BedId(bed)].visit or "" for bed in beds]
    await lived.hear([adt("A03", f"left-{visit}", "", visit, DAY - timedelta(hours=1)) for visit in leaving])
    came = zip(beds, ("C1", "C2", "C3"), strict=True)
    await lived.hear([adt("A01", visit, f"4B^^{bed}", visit, DAY) for bed, visit in came])
    await lived.hear([adt("A01", "x", f"4B^^{first}", "C4", DAY + timedelta(minutes=1))])
    await lived.act(DoubtBed(BedId(second)))
    await lived.act(ReportBed(third, "U", lived.clock.now()), OTHER)
    await look(lived)
    checks = {check.bed: check for check in lived.desk.hospital.checks.values() if check.bed in beds}
    assert checks.keys() == {first, second, third}
    since = lived.clock.now() - timedelta(hours=1)
    for check in checks.values():
        await lived.act(AskCheck(check.id, "asha", since, 2), VERIFIER)
    assert [check.asked for check in lived.desk.hospital.checks.values()].count("asha") == 2, "the third is one too many"
    await lived.act(AnswerCheck(checks[BedId(first)].id, Seen.OCCUPIED, VisitId("C4")))
    done = await lived.act(AnswerCheck(checks[BedId(second)].id, Seen.EMPTY_CLEAN))
    assert done is not None
    await lived._through(lived.desk.undo(done, Actor("nurse")))
    await lived.act(AnswerCheck(checks[BedId(second)].id, Seen.EMPTY_DIRTY))
    await lived.act(ReportBed(third, "O", lived.clock.now()), OTHER)
    await look(lived)
    assert not any(check.is_live for check in lived.desk.hospital.checks.values() if check.bed in beds)
    await lived.hear([adt("A03", "z", "", "C2", DAY + timedelta(hours=1))])
    verdict = await lived.decided_again()
    assert (verdict.differences, verdict.surprises) == ([], [])
    before = dict(lived.desk.hospital.beds)
    await lived.open()
    assert lived.desk.hospital.beds == before


async def test_an_exit_by_a_porters_and_a_nurses_word_is_decided_again_as_it_was(lived: Lived) -> None:
    await lived.open()
    bed = next(BedId(bed) for bed in BEDS if lived.desk.hospital.beds[BedId(bed)].visit is not None)
    visit, number = lived.desk.hospital.beds[bed].visit, TransportId("T-1")
    assert visit is not None
    ward = lived.desk.plan.beds[bed].ward
    asked = Transport(number, ward, lived.desk.plan.bed_name(bed), "Exit", lived.clock.now(), bed=bed, leaving=True)
    await lived.act(RequestTransport(asked))
    for ride in (Ride.ACCEPT, Ride.PICK_UP, Ride.DELIVER):
        await lived.act(MoveTransport(number, ride, "anil"))
    out = lived.desk.hospital.transports[number].delivered_at
    await look(lived)
    (check,) = [check for check in lived.desk.hospital.checks.values() if check.bed == bed and check.is_live]
    assert (check.doubt, check.out_at) == (Doubt.BROUGHT_OUT, out)
    await lived.act(AnswerCheck(check.id, Seen.EMPTY_DIRTY, may_discharge=True))
    assert (lived.desk.hospital.visits[visit].is_open, lived.desk.hospital.beds[bed].visit) == (False, None)
    verdict = await lived.decided_again()
    assert (verdict.differences, verdict.surprises) == ([], [])
