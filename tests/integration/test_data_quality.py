"""Data quality from a cleaner's taps to the page: read without anybody's id, filtered by the address, the file as the page."""

from datetime import timedelta

import pytest

from flow.domain.bed import BedStatus, OutOfUse
from flow.domain.commands import SetBedStatus
from flow.domain.ids import BedId
from flow.domain.roles import Role
from flow.history.data_quality import entries
from tests.integration.cleaning_house import empty
from tests.integration.test_desk import NOW, NURSE
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
    _, (block,), _ = await entries(web.core.database, NOW - MINUTE, clock.now() + MINUTE)
    assert (block.bed, block.ward, block.start, block.end) == (bed, "4B", begun, begun + 40 * MINUTE)


@pytest.mark.parametrize("asked", ["range=ever", "sign=x&ward=y&shift=z"])
async def test_nonsense_in_the_address_is_left_out(web: Web, asked: str) -> None:
    assert (await (await web.as_role(Role.MANAGER)).get(f"/manager/data-quality?{asked}")).status_code == 200
