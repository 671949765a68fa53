"""Data quality from a cleaner's taps to the page: read without anybody's id, filtered by the address, the file as the page."""

from datetime import timedelta

import pytest

from flow.domain.bed import BedStatus, OutOfUse
from flow.domain.commands import AssignBed, ReleaseBed, RequestBed, SetBedStatus
from flow.domain.held_back import Left
from flow.domain.ids import BedId, PatientId, RequestId
from flow.domain.request import BedRequest
from flow.domain.roles import Role
from flow.history.data_quality import entries
from tests.integration.cleaning_house import empty
from tests.integration.test_desk import NOW, NURSE, admit, discharge
from tests.integration.web_house import Web, web

__all__ = ["web"]
MINUTE = timedelta(minutes=1)


async def told(web: Web, count: int) -> None:
    """So many cleans as the log's projection writes them, of two minutes and of twenty in turn, told five minutes later."""
    columns = [
        "hospital",
        "id",
        "bed",
        "ward",
        "why",
        "kind",
        "stat",
        "cleaner",
        "asked_at",
        "started_at",
        "cleaned_at",
        "failed",
        "passed",
    ]
    columns += ["ended_at", "outcome", "seq"]
    rows = []
    for number in range(count):
        begun = NOW - (number + 1) * 10 * MINUTE
        clean = begun + (2 if number % 2 else 20) * MINUTE
        head = (web.core.database.hospital, f"J{number}", "4B-A-01", "4B", "left", "routine", False, "somebody-secret", begun)
        rows.append((*head, begun, clean, 0, 0, clean + 5 * MINUTE, "done", -number))
    async with web.core.database.write() as connection:
        await connection.copy_records_to_table("clean_job", records=rows, columns=columns)


async def test_a_page_of_signs_without_anybody(web: Web) -> None:
    manager, clock = await web.as_role(Role.MANAGER), web.core.clock
    clock.advance(60 * MINUTE)
    await told(web, 30)
    page = (await manager.get("/manager/data-quality?range=24h&sign=quick_cleans")).text
    assert "Cleans under four minutes" in page and "Tokens passed over" not in page.split("<section")[1]
    assert "2.0 min of work" in page and "What else it may be" in page
    assert "somebody-secret" not in page and "gaming" not in page.casefold()
    rows = (await manager.get("/manager/data-quality.csv?range=24h&sign=quick_cleans")).text.splitlines()
    assert rows[0] == "ward,shift,found,found_note,count,share,share_note"
    assert sum(int(row.split(",")[4]) for row in rows[1:]) == 30
    nothing = (await manager.get("/manager/data-quality?range=24h&sign=quick_cleans&ward=ICU")).text
    assert "none to look at" in nothing and "Nothing stands out where enough was looked at." in nothing


async def test_blocks_are_read_from_the_beds_own_history(web: Web) -> None:
    clock, bed = web.core.clock, BedId("4B-B-01")
    await empty(web)
    begun = clock.now()
    await web.core.desk.act(SetBedStatus(bed, BedStatus.MAINTENANCE, reason=OutOfUse.REPAIR), NURSE)
    clock.advance(40 * MINUTE)
    await web.core.desk.act(SetBedStatus(bed, BedStatus.AVAILABLE), NURSE)
    (block,) = (await entries(web.core.database, NOW - MINUTE, clock.now() + MINUTE)).blocks
    assert (block.bed, block.ward, block.start, block.end) == (bed, "4B", begun, begun + 40 * MINUTE)


async def test_promises_are_read_with_what_became_of_them(web: Web) -> None:
    """Of a clean bed one is let go, the second's patient comes, after whom a third is let go, and a fourth stands."""
    desk, clock, bed = web.core.desk, web.core.clock, BedId("4B-B-02")
    for number in range(4):
        await desk.act(RequestBed(BedRequest(RequestId(f"R{number}"), PatientId(f"q{number}"), NOW, "general")), NURSE)
    for number in (0, 1, 2, 3):
        clock.advance(5 * MINUTE)
        await desk.act(AssignBed(RequestId(f"R{number}"), bed), NURSE)
        clock.advance(20 * MINUTE)
        if number == 1:
            came = clock.now()
            await desk.act(admit("V1", bed, came - MINUTE, "q1"), NURSE)
            await desk.act(discharge("V1", clock.now(), "q1"), NURSE)
            await desk.act(SetBedStatus(bed, BedStatus.AVAILABLE), NURSE)
        elif number < 3:
            await desk.act(ReleaseBed(RequestId(f"R{number}")), NURSE)
    found = sorted((await entries(web.core.database, NOW - MINUTE, clock.now() + MINUTE)).promises, key=lambda each: each.start)
    assert [(p.bed, p.ward, p.came, p.is_vain, p.taken) for p in found] == [
        (bed, "4B", False, True, None),
        (bed, "4B", True, False, None),
        (bed, "4B", False, True, came),
        (bed, "4B", False, False, came),
    ]
    assert [(p.start - NOW) / MINUTE for p in found] == [5, 30, 55, 80]
    assert [p.end is None for p in found] == [False, False, False, True]


async def test_a_leaving_told_late_is_read_with_its_entry_and_dirty_since_then(web: Web) -> None:
    """Left after an hour, entered after two, clean after three: dirty for one hour, and not for two."""
    desk, clock, bed = web.core.desk, web.core.clock, BedId("4B-B-03")
    await desk.act(admit("V7", bed, NOW, "q7"), NURSE)
    clock.set(NOW + 120 * MINUTE)
    await desk.act(discharge("V7", NOW + 60 * MINUTE, "q7"), NURSE)
    clock.set(NOW + 180 * MINUTE)
    await desk.act(SetBedStatus(bed, BedStatus.AVAILABLE), NURSE)
    found = await entries(web.core.database, NOW - MINUTE, clock.now() + MINUTE)
    assert found.leavings == [Left(bed, "4B", NOW + 60 * MINUTE, NOW + 120 * MINUTE)]
    (dirty,) = found.dirty
    assert (dirty.bed, dirty.ward, dirty.start, dirty.clean) == (bed, "4B", NOW + 120 * MINUTE, NOW + 180 * MINUTE)


async def test_beds_left_late_stand_on_the_page_with_their_rows(web: Web) -> None:
    """Twenty patients of one ward leave, five of them forty minutes before anybody enters it, all five at once."""
    desk, clock, bed = web.core.desk, web.core.clock, BedId("4B-B-01")
    for number in range(20):
        left = clock.now() + MINUTE
        await desk.act(admit(f"V{number}", bed, clock.now(), f"q{number}"), NURSE)
        clock.set(left + (40 * MINUTE if number < 5 else MINUTE))
        await desk.act(discharge(f"V{number}", left, f"q{number}"), NURSE)
        await desk.act(SetBedStatus(bed, BedStatus.AVAILABLE), NURSE)
    page = (await (await web.as_role(Role.MANAGER)).get("/manager/data-quality?range=24h&sign=left_late")).text
    assert "Left, and still shown in bed <small>5 of 20</small>" in page
    assert page.count("shown occupied for 40 min") == 5
    assert not any(f"q{number}" in page for number in range(5))


@pytest.mark.parametrize("asked", ["range=ever", "sign=x&ward=y&shift=z"])
async def test_nonsense_in_the_address_is_left_out(web: Web, asked: str) -> None:
    assert (await (await web.as_role(Role.MANAGER)).get(f"/manager/data-quality?{asked}")).status_code == 200
