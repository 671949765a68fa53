"""A bed in doubt, from the contradiction to the nurse who looks: raised by the clock, asked of who is at work, answered with one tap."""

import asyncio
from datetime import timedelta

from flow.desk import Actor, Desk
from flow.domain.bed import BedStatus
from flow.domain.cause import Origin
from flow.domain.check import Check, Doubt, Looked, Seen
from flow.domain.check_commands import DoubtBed
from flow.domain.commands import ReportBed
from flow.domain.ids import BedId, VisitId, WardId
from flow.domain.roles import Role
from flow.history.checks import asked_since, on_duty
from flow.history.checks import looked as looked_at
from flow.history.ledger import ghost_beds
from flow.main.verifying import Verifying
from tests.integration.test_desk import admit
from tests.integration.test_signin import signed_in
from tests.integration.test_ward_places import _nurse
from tests.integration.web_house import Web, web

__all__ = ["web"]
CLEANER, OTHER, FEED = Actor("meena"), Actor("other", Origin.FEED), Actor("his", Origin.FEED)
BED = BedId("4B-A-01")


async def in_doubt(web: Web, bed: BedId = BED) -> Check:
    """Somebody is said to lie in a bed that a cleaner says is clean, and the clock has looked."""
    await web.core.desk.act(admit(f"V-{bed}", bed, web.core.clock.now(), f"p-{bed}"), FEED)
    await web.core.desk.act(DoubtBed(bed), CLEANER)
    return await looked(web, bed)


async def looked(web: Web, bed: BedId = BED) -> Check:
    await Verifying(web.core.desk, web.core.database, web.core.clock).look()
    assert await web.core.live.reached(web.core.desk.hospital.seq)
    (check,) = [check for check in web.core.live.checks.values() if check.bed == bed]
    return check


async def test_the_nurse_who_is_signed_in_is_asked_and_her_tap_frees_the_bed(web: Web) -> None:
    nurse = await signed_in(web, "asha", Role.NURSE, "4B")
    check = await in_doubt(web)
    assert (check.doubt, check.asked) == (Doubt.CLEANED_WHILE_OCCUPIED, "asha")
    page = (await nurse.get("/wards/4B/board")).text
    assert "Please look: what lies there?" in page
    assert "Empty and clean" in page
    web.core.clock.advance(timedelta(minutes=5))
    tapping = await _nurse(web)
    done = await tapping.post(f"/wards/4B/checks/{check.id}", data={"seen": "empty_clean"})
    assert done.status_code == 200, done.text
    assert web.core.desk.hospital.beds[BED].status is BedStatus.AVAILABLE
    assert "Please look" not in done.text
    assert "/undo/" in done.text
    late = await tapping.post(f"/wards/4B/checks/{check.id}", data={"seen": "occupied"})
    assert late.status_code == 409
    now = web.core.clock.now()
    told = await looked_at(web.core.database, now - timedelta(hours=1), now)
    assert (told.raised, told.answered, told.wrong, told.median) == (1, 1, 1, 5.0)
    assert await looked_at(web.core.database, now - timedelta(hours=1), now, "ICU") == Looked()
    (ghost,) = await ghost_beds(web.core.database, now - timedelta(hours=1), now)
    assert (ghost.bed, ghost.end - ghost.start) == (BED, timedelta(minutes=5))


async def test_a_tap_can_be_taken_back(web: Web) -> None:
    check, nurse = await in_doubt(web), await _nurse(web)
    done = await nurse.post(f"/api/v1/checks/{check.id}/answer", json={"seen": "empty_dirty"})
    assert done.status_code == 200, done.text
    assert web.core.desk.hospital.beds[BED].visit is None
    undone = await nurse.post(f"/api/v1/commands/{done.json()['command']}/undo")
    assert undone.status_code == 200, undone.text
    assert web.core.desk.hospital.beds[BED].visit == f"V-{BED}"
    assert web.core.desk.hospital.visits[VisitId(f"V-{BED}")].bed == BED
    assert web.core.desk.hospital.checks[check.id].is_live


async def test_three_a_shift_also_after_a_restart(web: Web) -> None:
    await signed_in(web, "asha", Role.NURSE, "4B")
    for bed in ("4B-A-01", "4B-A-02", "4B-A-03", "4B-B-01"):
        await in_doubt(web, BedId(bed))
    now = web.core.clock.now()
    assert dict(await on_duty(web.core.database, now - timedelta(minutes=15))) == {WardId("4B"): ["asha"]}
    assert await asked_since(web.core.database, now - timedelta(hours=1)) == {"asha": 3}
    assert [check.asked for check in web.core.live.checks.values()].count(None) == 1
    page = (await (await _nurse(web)).get("/wards/4B/board")).text
    assert "Beds in doubt" in page


async def test_it_is_withdrawn_when_the_systems_agree_again(web: Web) -> None:
    await web.core.desk.act(admit("V1", BED, web.core.clock.now()), FEED)
    await web.core.desk.act(ReportBed(BED, "U", web.core.clock.now()), OTHER)
    assert (await looked(web)).doubt is Doubt.REPORTED_OTHERWISE
    await web.core.desk.act(ReportBed(BED, "O", web.core.clock.now()), OTHER)
    assert await Verifying(web.core.desk, web.core.database, web.core.clock).look() == 1
    assert await web.core.live.reached(web.core.desk.hospital.seq)
    assert web.core.live.checks == {}, "what is over leaves the picture"
    assert await Verifying(web.core.desk, web.core.database, web.core.clock).look() == 0


async def test_two_who_claim_a_bed_are_told_apart_by_name(web: Web) -> None:
    nurse = await _nurse(web)
    await nurse.post("/wards/4B/beds/4B-A-01/admit", data={"mrn": "MRN-1", "name": "Meera Iyer", "sex": "F"})
    first = web.core.desk.hospital.beds[BED].visit
    claim = admit("V-2", BED, web.core.clock.now(), "p-2")
    await web.core.desk.act(type(claim)(claim.told), FEED)
    check = await looked(web)
    assert check.doubt is Doubt.TWO_CLAIMS
    page = (await nurse.get("/wards/4B/board")).text
    assert "Meera Iyer, A1" in page
    assert f'value="occupied:{first}"' in page
    done = await nurse.post(f"/wards/4B/checks/{check.id}", data={"seen": "occupied:V-2"})
    assert done.status_code == 200, done.text
    assert web.core.desk.hospital.beds[BED].visit == "V-2"


async def test_other_wards_and_displays_are_not_asked(web: Web) -> None:
    check = await in_doubt(web)
    icu, display = await _nurse(web, "ICU"), await web.as_role(Role.DISPLAY, "4B")
    assert (await icu.post(f"/api/v1/checks/{check.id}/answer", json={"seen": "occupied"})).status_code == 403
    assert (await icu.post(f"/wards/4B/checks/{check.id}", data={"seen": "occupied"})).status_code == 403
    assert (await icu.get("/api/v1/checks")).json()["items"] == []
    assert (await display.get("/api/v1/checks")).status_code == 403
    assert (await display.get("/wards/4B/board")).text.count('name="seen"') == 0
    admissions = await web.as_role(Role.ADMISSIONS)
    told = (await admissions.get(f"/api/v1/beds/{BED}")).json()["confidence"]
    assert (told["level"], told["source"], told["why"]) == ("in_doubt", "feed:his", "a cleaner says it is clean")
    levels = [bed["confidence"]["level"] for bed in (await admissions.get("/api/v1/beds?ward=4B")).json()["items"]]
    assert levels.count("in_doubt") == 1
    assert (await display.get(f"/api/v1/beds/{BED}")).json()["confidence"] is None
    (item,) = (await admissions.get("/api/v1/checks")).json()["items"]
    assert (item["id"], item["doubt"], item["seen"]) == (check.id, Doubt.CLEANED_WHILE_OCCUPIED, None)
    assert (await admissions.post("/api/v1/checks/none/answer", json={"seen": Seen.OCCUPIED})).status_code == 404


async def test_what_another_process_wrote_is_looked_at_too(web: Web) -> None:
    core = web.core
    other = Desk(core.database, core.desk.plan, web.house.inbox, web.house.people, core.clock, lambda letter, hospital: None)
    await other.open()
    for command, actor in ((admit("V1", BED, core.clock.now()), FEED), (DoubtBed(BED), CLEANER)):
        asking = asyncio.ensure_future(other.act(command, actor))
        await asyncio.sleep(0)
        await other.step()
        await asking
    assert core.desk.hospital.beds[BED].visit is None, "this process has heard nothing of it"
    assert await Verifying(core.desk, core.database, core.clock).look() == 1
    assert [check.bed for check in core.desk.hospital.checks.values()] == [BED]


async def test_many_beds_in_doubt_are_one_group(web: Web) -> None:
    """So that a night shift's discovery does not keep the desk from letters."""
    beds = [bed for bed, state in web.core.desk.hospital.beds.items() if state.status is BedStatus.AVAILABLE][:4]
    for bed in beds:
        await web.core.desk.act(admit(f"V-{bed}", bed, web.core.clock.now(), f"p-{bed}"), FEED)
        await web.core.desk.act(DoubtBed(bed), CLEANER)
    groups: list[int] = []
    web.core.desk.on_commit(lambda: groups.append(len(web.core.desk.committed)))
    assert await Verifying(web.core.desk, web.core.database, web.core.clock).look() == len(beds)
    assert [size for size in groups if size] == [len(beds)]
    assert {check.bed for check in web.core.desk.hospital.checks.values()} == set(beds)
