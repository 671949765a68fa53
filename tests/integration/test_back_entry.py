"""The page on which a ward enters what it wrote on paper: who may enter what, what the history says of it, what the feed told meanwhile."""

import re
from datetime import timedelta

import httpx

from flow.desk import Actor
from flow.domain.back_entry import Deed, EnterBack
from flow.domain.bed import BedStatus
from flow.domain.cause import Origin
from flow.domain.commands import Chart, Person, SetBedStatus, Told
from flow.domain.ids import BedId, FeedId, PatientId, VisitId
from flow.domain.roles import Role
from flow.domain.visit import Act, Fact, Order
from tests.faults.stays import adt
from tests.integration.cleaning_house import HTMX, empty
from tests.integration.test_again import Lived, lived
from tests.integration.test_census import text
from tests.integration.test_desk import NOW
from tests.integration.test_signin import csrf, signed_in
from tests.integration.web_house import Web, web

__all__ = ["lived", "web"]
PAGE = "/back-entry/4B"
CAME = {"bed": "4B-A-01", "mrn": "77", "name": "Meera Iyer", "sex": "F", "at": "2026-11-21T14:05", "by": "AR 12"}
"""14:05 in Kolkata is 08:35 UTC; the test's house stands at 09:00."""


async def put(who: httpx.AsyncClient, deed: str, **said: str) -> httpx.Response:
    token = await csrf(who, PAGE)
    return await who.post(f"{PAGE}/{deed}", data={"csrf": token, **said}, headers=HTMX)


async def test_a_nurse_enters_who_came_and_the_history_says_that_it_comes_from_paper(web: Web) -> None:
    nurse = await signed_in(web, "asha", Role.NURSE, "4B")
    answer = await put(nurse, "came", **CAME)
    assert answer.status_code == 200, answer.text
    said = text(answer.text)
    assert "4B A1: entered from paper" in said, "the bar that takes it back"
    assert "21 Nov 14:05 4B A1: somebody came AR 12 14:30, asha" in said
    assert "A1 · Occupied · Meera Iyer · F" in said
    bed = web.core.desk.hospital.beds[BedId("4B-A-01")]
    assert (bed.status, bed.now.since) == (BedStatus.OCCUPIED, NOW - timedelta(minutes=25))
    story = (await (await web.as_role(Role.MANAGER)).get("/api/v1/history/beds/4B-A-01")).json()["items"][0]
    assert (story["kind"], story["source"]) == ("bed-occupied", "paper:asha")
    assert "4B A1 occupied, from paper, asha" in text((await (await web.as_role(Role.ADMISSIONS)).get("/admissions")).text)
    assert (story["at"][:16], story["recorded_at"][:16]) == ("2026-11-21T08:35", "2026-11-21T09:00")


async def test_whom_nobody_knows_is_entered_as_that(web: Web) -> None:
    """In an outage, the commonest line on the paper of the emergency department."""
    nurse = await signed_in(web, "asha", Role.NURSE, "4B")
    nobody = {name: said for name, said in CAME.items() if name in ("bed", "at", "by")}
    missing = await put(nurse, "came", **nobody)
    assert missing.status_code == 422 and "MRN is missing" in missing.text
    answer = await put(nurse, "came", **nobody, unknown="M")
    assert answer.status_code == 200, answer.text
    assert "Unknown male" in text(answer.text)


async def test_an_entry_is_taken_back_from_the_page(web: Web) -> None:
    nurse = await signed_in(web, "asha", Role.NURSE, "4B")
    action = re.search(r'action="(/undo/\d+)"', (await put(nurse, "came", **CAME)).text)
    assert action
    headers = {**HTMX, "hx-current-url": f"http://localhost:8000{PAGE}"}
    undone = await nurse.post(action[1], data={"csrf": await csrf(nurse, PAGE)}, headers=headers)
    assert undone.status_code == 200 and 'class="back-entry"' in undone.text
    assert web.core.desk.hospital.beds[BedId("4B-A-01")].status is BedStatus.AVAILABLE


async def test_what_cannot_be_is_refused_with_a_reason(web: Web) -> None:
    nurse = await signed_in(web, "asha", Role.NURSE, "4B")
    assert (await put(nurse, "came", **CAME)).status_code == 200
    again = await put(nurse, "came", **CAME)
    assert again.status_code == 409 and "has this patient in 4B A1 already" in again.text
    for wrong, status, words in (
        ({"at": "2026-11-21T14:40"}, 409, "has not come yet"),
        ({"at": ""}, 422, "when it happened"),
        ({"by": "Sister Asha of the night shift"}, 422, "initials"),
        ({"by": ""}, 422, "By is missing"),
        ({"bed": "ICU-I-01"}, 403, "not for this sign-in"),
    ):
        answer = await put(nurse, "came", **{**CAME, "mrn": "78", "bed": "4B-A-02", **wrong})
        assert (answer.status_code, words in answer.text) == (status, True), (wrong, answer.status_code, answer.text)
    assert (await put(nurse, "danced", **CAME)).status_code == 404
    moved = await put(nurse, "moved", bed="4B-A-01", to="ICU I1", at="2026-11-21T14:20", by="AR")
    assert moved.status_code == 403


async def test_moving_and_leaving_and_cleaning_are_entered_by_those_who_may(web: Web) -> None:
    nurse, desk = await signed_in(web, "asha", Role.NURSE, "4B"), await signed_in(web, "mira", Role.ADMISSIONS)
    head = await signed_in(web, "lata", Role.SUPERVISOR)
    assert (await put(desk, "came", **CAME)).status_code == 200
    assert (await put(nurse, "moved", bed="4B-A-01", to="A2", at="2026-11-21T14:10", by="AR")).status_code == 200
    assert (await put(nurse, "left", bed="4B-A-02", at="2026-11-21T14:20", by="AR")).status_code == 200
    clean = {"bed": "4B-A-01", "at": "2026-11-21T14:25", "by": "K-7"}
    assert (await put(nurse, "cleaned", **clean)).status_code == 403
    assert (await put(head, "left", bed="4B-A-02", at="2026-11-21T14:25", by="K-7")).status_code == 403
    assert (await put(head, "cleaned", **clean)).status_code == 200
    beds = web.core.desk.hospital.beds
    assert (beds[BedId("4B-A-01")].status, beds[BedId("4B-A-02")].status) == (BedStatus.AVAILABLE, BedStatus.CLEANING)
    page = (await head.get(PAGE)).text
    assert "A bed was cleaned" in page and "Somebody came</h2>" not in page and "Meera" not in page
    assert "A bed was cleaned" not in (await nurse.get(PAGE)).text


async def test_what_the_feed_told_meanwhile_stands_beside_the_forms(web: Web) -> None:
    nurse = await signed_in(web, "asha", Role.NURSE, "4B")
    await empty(web)
    fact = Fact(Act.ADMIT, NOW - timedelta(minutes=2), Order(NOW), place="4B^A^3")
    told = Chart((Told(VisitId("V9"), Person(PatientId("p9")), fact),), feed=FeedId("his"))
    outcome = await web.core.desk.act(told, Actor("his", Origin.FEED))
    assert await web.core.live.reached(outcome.seq)
    said = text((await nurse.get(PAGE)).text)
    assert "14:28 4B A3: somebody came (HIS) 14:33" in said and "A1: left" not in said, "what people tapped is no news of the feed"
    refused = await put(nurse, "came", **{**CAME, "bed": "4B-A-03"})
    assert refused.status_code == 409 and "somebody else in 4B A3, since 21 Nov 14:28 (told by HIS)" in refused.text


async def test_the_census_leads_to_it(web: Web) -> None:
    nurse, manager = await signed_in(web, "asha", Role.NURSE, "4B"), await signed_in(web, "noor", Role.MANAGER)
    assert f'href="{PAGE}"' in (await nurse.get("/census")).text
    assert "/back-entry" not in (await manager.get("/census")).text
    desk = await web.as_role(Role.ADMISSIONS)
    assert 'href="/back-entry/ICU"' in (await desk.get("/census/ICU")).text, "the ward on the paper, not the first of the house"
    assert 'href="/back-entry"' in (await desk.get("/census")).text
    assert (await nurse.get("/back-entry")).headers["location"] == PAGE
    assert (await (await signed_in(web, "lata", Role.SUPERVISOR)).get("/back-entry")).headers["location"] == PAGE


async def test_the_journal_decided_again_gives_what_was_entered(lived: Lived) -> None:
    """With what the feed told before, meanwhile and after."""
    await lived.expire()
    for bed in ("4B-B-01", "4B-B-02"):
        await lived.act(SetBedStatus(BedId(bed), BedStatus.AVAILABLE))
    lived.clock.advance(timedelta(hours=3))
    now, patient = lived.clock.now(), lived.people.pseudonym("MP9")
    for deed, bed, minutes in ((Deed.CAME, "4B-B-01", 120), (Deed.MOVED, "4B-B-01", 90), (Deed.CLEANED, "4B-B-01", 60)):
        to = BedId("4B-B-02") if deed is Deed.MOVED else None
        line = EnterBack(deed, BedId(bed), now - timedelta(minutes=minutes), "AR", to, patient, "F", 40, VisitId("M-P9"))
        assert await lived.act(line) is not None, deed
    local = now.replace(tzinfo=None) + timedelta(hours=5, minutes=30)
    await lived.hear([adt("A01", "b1", "4B-B-02", "P9", local - timedelta(minutes=85))])
    assert await lived.act(EnterBack(Deed.LEFT, BedId("4B-B-02"), now - timedelta(minutes=20), "AR")) is not None
    assert lived.desk.hospital.visits[VisitId("M-P9")].merged_into == "P9"
    verdict = await lived.decided_again()
    assert (verdict.differences, verdict.surprises) == ([], [])
