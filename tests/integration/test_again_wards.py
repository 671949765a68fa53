"""I7 for what wards do by hand: the journal decided again gives the same hospital, arrivals, swaps, scores and closed rooms with it."""

from datetime import datetime, timedelta

from flow.domain.acuity import Level
from flow.domain.bed import BedStatus, OutOfUse
from flow.domain.care import Isolation
from flow.domain.commands import AssignBed, RequestBed, SetBedStatus
from flow.domain.ids import BedId, RequestId, RoomId, VisitId
from flow.domain.request import BedRequest
from flow.domain.ward_commands import (
    CloseBed,
    CloseRoom,
    ConfirmArrival,
    KeepBed,
    MarkAcuity,
    MarkIsolation,
    PlacePatient,
    SeeScore,
    SwapPatients,
)
from tests.faults.stays import adt
from tests.integration.test_again import Lived, lived

__all__ = ["lived"]
DAY = datetime(2026, 11, 20)  # noqa: DTZ001  # a message's own local time
A1, A2, A3, B1 = (BedId(f"4B-B-{number:02d}") for number in (1, 2, 3, 4))


def oru(control: str, visit: str, score: int, at: datetime) -> bytes:
    when = at.strftime("%Y%m%d%H%M%S")
    return (
        f"MSH|^~\\&|EMR|H|BED|H|{when}||ORU^R01|{control}|P|2.5\rPID|1||M{visit}^^^H^MR||CANARY^{visit}||19700101|F\r"
        f"PV1|1|I|||||||||||||||||{visit}\rOBR|1|||OBS\rOBX|1|NM|NEWS2||{score}||||||F|||{when}\r"
    ).encode()


async def test_what_wards_did_is_decided_again(lived: Lived) -> None:
    lived.clock.advance(timedelta(minutes=5))
    await lived.expire()
    for bed in (A1, A2, A3, B1):
        await lived.act(SetBedStatus(bed, BedStatus.AVAILABLE))
    await lived.hear([adt("A01", "w1", A1, "X1", DAY), adt("A01", "w2", A2, "X2", DAY)])
    newcomer = lived.people.pseudonym("MN7")
    await lived.act(RequestBed(BedRequest(RequestId("RX"), newcomer, lived.clock.now(), "general", sex="F")))
    await lived.act(AssignBed(RequestId("RX"), A3))
    assert await lived.act(ConfirmArrival(A3, VisitId("M-1"))) is not None
    assert await lived.act(SwapPatients(VisitId("X1"), VisitId("X2"))) is not None
    assert await lived.act(MarkIsolation(VisitId("M-1"), Isolation.DROPLET, "flu")) is not None
    assert await lived.act(PlacePatient(VisitId("X1"), B1, ("no monitor",), "agreed")) is not None
    now = lived.clock.now().replace(tzinfo=None) + timedelta(hours=5, minutes=30)
    await lived.hear([adt("A01", "w3", A3, "N7", now), oru("w4", "N7", 8, now), oru("w5", "X2", 1, now)])
    assert await lived.act(MarkAcuity(VisitId("X2"), Level.MEDIUM)) is not None
    assert lived.desk.hospital.beds[A3].acuity.alarm_since is not None  # type: ignore[union-attr]
    assert await lived.act(SeeScore(VisitId("N7"))) is not None
    assert await lived.act(CloseBed(A1, OutOfUse.REPAIR, "rail")) is not None
    assert await lived.act(KeepBed(A1)) is not None
    assert await lived.act(CloseRoom(RoomId("4B-B"), OutOfUse.INFECTION, "norovirus")) is not None
    await lived.hear([adt("A03", "w6", "", "N7", now + timedelta(minutes=5)), adt("A02", "w7", A1, "X1", now + timedelta(minutes=6))])
    await lived.act(SetBedStatus(A3, BedStatus.AVAILABLE))
    beds = lived.desk.hospital.beds
    assert beds[A3].status is BedStatus.MAINTENANCE and beds[A1].visit in ("X1", "X2")
    assert lived.desk.hospital.visits[VisitId("M-1")].merged_into == "N7"
    verdict = await lived.decided_again()
    assert verdict.differences == []
    assert verdict.surprises == []
