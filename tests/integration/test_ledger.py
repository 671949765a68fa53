"""The minute ledger on its way from the log to the managers' screen: the same sums on the page, in the file and over the API."""

import csv
import io
from datetime import timedelta

from flow.desk import Actor
from flow.domain.bed import BedStatus, Stage
from flow.domain.cause import Origin
from flow.domain.commands import AssignBed, RequestBed, SetBedStatus
from flow.domain.ids import BedId, PatientId, RequestId
from flow.domain.request import BedRequest
from flow.domain.roles import Role
from flow.history.ledger import ghost_beds, minute_ledger
from tests.exported import Shown
from tests.integration.test_desk import admit, discharge
from tests.integration.web_house import Web, web

__all__ = ["web"]
CLEANER, FEED = Actor("meena"), Actor("his", Origin.FEED)
BED = BedId("4B-A-01")
MINUTE = timedelta(minutes=1)


async def live(web: Web) -> None:
    """A bed's morning: taken, left (told 40 minutes late), cleaned after 30 minutes in 20, free for 50: held for 25 of them, promised
    for the last 15."""
    desk, clock = web.core.desk, web.core.clock
    await desk.act(admit("V1", BED, clock.now()), FEED)
    clock.advance(timedelta(hours=5))
    left = clock.now()
    clock.advance(40 * MINUTE)
    await desk.act(discharge("V1", left), FEED)
    clock.advance(30 * MINUTE)
    await desk.act(SetBedStatus(BED, BedStatus.CLEANING, stage=Stage.IN_PROGRESS), CLEANER)
    clock.advance(20 * MINUTE)
    await desk.act(SetBedStatus(BED, BedStatus.AVAILABLE), CLEANER)
    asked = BedRequest(RequestId("R1"), PatientId("p2"), clock.now(), "general")
    await desk.act(RequestBed(asked), CLEANER)
    clock.advance(10 * MINUTE)
    await desk.act(AssignBed(asked.id, BED, until=clock.now() + 30 * MINUTE, hold=True), CLEANER)
    clock.advance(25 * MINUTE)
    await desk.act(AssignBed(asked.id, BED), CLEANER)
    clock.advance(15 * MINUTE)
    await desk.act(admit("V2", BED, clock.now(), "p2"), FEED)
    clock.advance(10 * MINUTE)


async def test_each_minute_of_a_morning_has_its_owner(web: Web) -> None:
    await live(web)
    now = web.core.clock.now()
    found = await minute_ledger(web.core.database, now - timedelta(days=1), now, "UTC", "4B")
    own = {(each.stretch, each.owner): each.time / MINUTE for each in found.sums}
    assert own["turnover", "waiting_for_cleaning"] == 70.0
    assert own["turnover", "cleaning"] == 20.0
    assert own["waiting", "assigned_not_arrived"] == 15.0, "a hold is no promise"
    assert found.ended["turnover"].median == 90.0  # type: ignore[index]  # a StrEnum is its word
    (ghost,) = await ghost_beds(web.core.database, now - timedelta(days=1), now)
    assert (ghost.bed, (ghost.end - ghost.start) / MINUTE) == (BED, 40.0)


async def test_page_file_and_api_say_the_same(web: Web) -> None:
    await live(web)
    manager = await web.as_role(Role.MANAGER)
    page = await manager.get("/manager/ledger?range=24h&ward=4B")
    assert page.status_code == 200, page.text
    assert "100.0 %" in page.text
    rows = list(csv.DictReader(io.StringIO((await manager.get("/manager/ledger.csv?range=24h&ward=4B")).text)))
    answer = (await manager.get("/api/v1/ledger?ward=4B")).json()
    assert sum(share["percent"] for share in answer["shares"]) == 100
    assert sum(item["seconds"] for item in answer["items"]) == answer["seconds"]
    cleaning = {share["owner"]: share["seconds"] for share in answer["shares"]}["cleaning"]
    assert cleaning == 1200
    assert sum(float(row["seconds"]) for row in rows if row["owner"] == "cleaning") == 1200
    assert ["–", "0.3", "–", "0.3"] in [row[1:5] for row in Shown(page.text).rows("causes") if row[0] == "Cleaning"]
    assert answer["ghost_seconds"] == 2400
    assert [(each["ward"], each["done"], each["clean"]["p50"]) for each in answer["cleans"]] == [(None, 1, 20.0), ("4B", 1, 20.0)]
    assert "How long cleaning took" in page.text and "<td>20</td><td>20</td>" in page.text
    assert ">0.7<" in page.text


async def test_who_reads_the_ledger(web: Web) -> None:
    nurse = await web.as_role(Role.NURSE, "4B")
    assert (await nurse.get("/manager/ledger")).status_code == 403
    assert (await nurse.get("/api/v1/ledger")).json()["ward"] == "4B"
    assert (await nurse.get("/api/v1/ledger?ward=ICU")).status_code == 403
    manager = await web.as_role(Role.MANAGER)
    assert (await manager.get("/manager/ledger?ward=nowhere")).status_code == 404
    assert (await manager.get("/api/v1/ledger?from=2026-11-20T00:00:00Z&to=2026-11-19T00:00:00Z")).status_code == 422
