"""Merged visits and leaves of absence on real stores: aliases outlive a restart, and every screen's source follows them."""

from datetime import timedelta

from flow.desk import Actor
from flow.domain.cause import Origin
from flow.domain.commands import Chart, MergeVisits, Person, Told
from flow.domain.feed_commands import ChangeFeed
from flow.domain.ids import BedId, FeedId, PatientId, VisitId
from flow.domain.roles import Role
from flow.domain.visit import Act, Fact, Order
from flow.history.group import Group
from tests.integration.web_house import PASSWORD, Web, web

__all__ = ["web"]
FEED = Actor("his", Origin.FEED)
PERSON = Person(PatientId("p1"))


def told(web: Web, visit: str, act: Act, place: str | None = None, **more: object) -> Chart:
    at = web.core.clock.advance(timedelta(hours=1)) or web.core.clock.now()
    return Chart((Told(VisitId(visit), PERSON, Fact(act, at, Order(at), place, **more)),), feed="his")  # type: ignore[arg-type]


async def test_an_old_number_is_the_new_visit_after_a_restart(web: Web) -> None:
    desk, api = web.core.desk, await web.as_role(Role.ADMISSIONS)
    await desk.act(told(web, "OLD", Act.ADMIT, "4B^A^1"), FEED)
    now = web.core.clock.now()
    await desk.act(MergeVisits(VisitId("OLD"), VisitId("NEW"), PERSON, now, Order(now)), FEED)
    again = Group(web.core.database, desk.plan)  # another process takes over
    desk._group = desk._clicks.group = desk._letters.group = again
    await desk.act(told(web, "OLD", Act.TRANSFER, "4B^A^2"), FEED)
    assert "OLD" in again.hospital.visits
    visit = (await api.get("/api/v1/visits/OLD")).json()
    assert (visit["number"], visit["bed"], [move["bed"] for move in visit["movements"]]) == ("NEW", "4B-A-02", ["4B-A-01", "4B-A-02"])
    assert (await api.get("/api/v1/visits/NEW")).json() == visit


async def test_a_patient_on_leave_keeps_the_bed_and_the_ward_sees_until_when(web: Web) -> None:
    desk, api = web.core.desk, await web.as_role(Role.NURSE, "4B")
    await desk.act(told(web, "V1", Act.ADMIT, "4B^A^1"), FEED)
    back = web.core.clock.now() + timedelta(days=2)
    left = await desk.act(told(web, "V1", Act.LEAVE_OF_ABSENCE, expected=back), FEED)
    assert await web.core.live.reached(left.seq)
    bed, visit = (await api.get("/api/v1/beds/4B-A-01")).json(), (await api.get("/api/v1/visits/V1")).json()
    assert (bed["status"], bed["on_leave"], visit["status"], visit["bed"]) == ("occupied", True, "on_leave", "4B-A-01")
    assert bed["expected_back"] == visit["expected_back"]
    page = await web.client()
    await web.account("nurse", Role.NURSE, "4B")
    await page.post("/login", data={"account": "nurse", "password": PASSWORD})
    assert "On leave · back" in (await page.get("/wards/4B")).text


async def test_a_mapped_place_is_still_known_after_a_restart(web: Web) -> None:
    desk = web.core.desk
    await desk.act(ChangeFeed(FeedId("his"), places={"NEW^1^9": BedId("4B-A-03")}), Actor("engineer"))
    desk._group = desk._clicks.group = desk._letters.group = Group(web.core.database, desk.plan)
    await desk.act(told(web, "V1", Act.ADMIT, "NEW^1^9"), FEED)
    assert desk.hospital.beds[BedId("4B-A-03")].visit == "V1"
