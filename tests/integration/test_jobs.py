"""What happens by the clock."""

from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

from flow.domain.bed import BedStatus
from flow.domain.commands import AssignBed, RequestBed
from flow.domain.ids import PatientId, RequestId
from flow.domain.opd_timetable import Regular
from flow.domain.request import BedRequest, RequestStatus
from flow.history.inbox import Inbox
from flow.history.pool import Database
from flow.jobs import Jobs
from tests.integration.test_desk import BED, DESK, NOW, House, house, open_house
from tests.plans import small_plan

__all__ = ["house"]


async def test_a_promise_runs_out(house: House) -> None:
    request = RequestId("R1")
    await house.desk.act(RequestBed(BedRequest(request, PatientId("p1"), NOW, "general")), DESK)
    await house.desk.act(AssignBed(request, BED, until=NOW + timedelta(minutes=15)), DESK)
    jobs = Jobs(house.desk, house.desk.inbox, house.clock)
    assert await jobs.release_expired() == 0
    house.clock.advance(timedelta(minutes=15))
    assert await jobs.release_expired() == 1
    bed = house.desk.hospital.beds[BED]
    assert (bed.status, bed.reserved_for) == (BedStatus.AVAILABLE, None)
    assert house.desk.hospital.requests[request].status is RequestStatus.WAITING


async def test_a_letter_that_waits_raises_the_alarm(house: House) -> None:
    jobs = Jobs(house.desk, house.desk.inbox, house.clock)
    assert not await jobs.watch_feeds()
    async with house.database.read() as connection:
        await connection.execute(
            "insert into letter (hospital, feed, sender, control_id, trigger, received_at, fingerprint, body, state)"
            " values ('other', 'his', '', '1', 'A01', $1, '\\x00', '\\x00', 'received')",
            NOW,
        )
    house.clock.advance(timedelta(minutes=1))
    assert not await jobs.watch_feeds(), "another hospital's letters are not ours"
    others = Inbox(Database(house.database.pool, "other"), house.desk.inbox.vault)
    assert await Jobs(house.desk, others, house.clock).watch_feeds()


async def test_a_rooms_day_opens_by_the_clock_once(dsn: str, redis_url: str, tmp_path: Path) -> None:
    small = small_plan()
    regular = Regular("Dr Iyer", "1", ("sat", "mon"), time(9), time(13))
    plan = replace(small, clinics=(replace(small.clinics[0], timetable=(regular,)),))
    async with AsyncExitStack() as stack:
        house = await open_house(stack, dsn, redis_url, tmp_path, plan)
        jobs = Jobs(house.desk, house.desk.inbox, house.clock)
        assert (await jobs.open_sessions(), await jobs.open_sessions()) == (1, 0)
        (session,) = house.desk.hospital.rooms["ENT/1"].sessions
        assert (session.doctor, session.begins.hour, session.begins.utcoffset()) == ("Dr Iyer", 9, timedelta(hours=5, minutes=30))
        house.clock.advance(timedelta(days=1))
        assert await jobs.open_sessions() == 1
        assert house.desk.hospital.rooms["ENT/1"].sessions == (), "a Sunday"
