"""What the HIS knows of a promised bed, where the admissions desk looks: on the page, and over the API."""

import asyncio

import pytest

from flow.desk import Actor
from flow.domain.cause import Origin
from flow.domain.commands import AssignBed, Chart, NoteNotice, Person, RequestBed, Told
from flow.domain.ids import BedId, PatientId, RequestId, VisitId
from flow.domain.request import BedRequest, Notice
from flow.domain.roles import Role
from flow.domain.visit import Act, Fact, Order
from tests.integration.test_signin import signed_in
from tests.integration.web_house import Web, web

__all__ = ["web"]
R1, P1, A1 = RequestId("R1"), PatientId("p1"), BedId("4B-A-01")
ASHA, COURIER, HIS = Actor("asha"), Actor("outbound:his", Origin.SYSTEM), Actor("his", Origin.FEED)


@pytest.fixture
async def promised(web: Web) -> Web:
    """A general bed, A1, is promised to a patient."""
    await web.core.desk.act(RequestBed(BedRequest(R1, P1, web.core.clock.now(), "general")), ASHA)
    await web.core.desk.act(AssignBed(R1, A1), ASHA)
    return web


async def plans(web: Web, place: str) -> None:
    """The HIS means the patient to come to a bed (A14)."""
    now = web.core.clock.now()
    await web.core.desk.act(Chart((Told(VisitId("V1"), Person(P1), Fact(Act.PLAN, now, Order(now), place)),), feed="his"), HIS)


async def seen(web: Web) -> tuple[str, str | None, str | None]:
    """The desk's page; notice and other bed over the API."""
    async with asyncio.timeout(10):
        while web.core.live.seq < web.core.desk.hospital.seq:
            await asyncio.sleep(0.01)
    page = await (await signed_in(web, "meera", Role.ADMISSIONS)).get("/admissions")
    api = await (await web.as_role(Role.ADMISSIONS)).get("/api/v1/bed-requests")
    (item,) = api.json()["items"]
    return page.text, item["notice"], item["his_bed"]


async def test_the_desk_reads_what_the_his_answered(promised: Web) -> None:
    page, notice, other = await seen(promised)
    assert "HIS" not in page and (notice, other) == (None, None)
    await promised.core.desk.act(NoteNotice(R1, A1, Notice.SENT), COURIER)
    page, notice, other = await seen(promised)
    assert "HIS told" in page and (notice, other) == ("sent", None)
    await promised.core.desk.act(NoteNotice(R1, A1, Notice.REFUSED), COURIER)
    page, notice, _ = await seen(promised)
    assert "HIS refused: type it there" in page and notice == "refused"


async def test_the_desk_reads_that_the_his_confirmed(promised: Web) -> None:
    await plans(promised, "4B^A^1")
    page, notice, other = await seen(promised)
    assert "HIS confirmed" in page and (notice, other) == ("confirmed", None)


async def test_the_desk_reads_which_other_bed_the_his_named(promised: Web) -> None:
    await plans(promised, "4B^A^2")
    page, notice, other = await seen(promised)
    assert "HIS used 4B" in page and (notice, other) == ("other_bed", "4B-A-02")


async def test_the_desk_reads_that_the_his_means_a_man_for_a_womens_bay(web: Web) -> None:
    """Its word stands and is asked no rule; whoever can mend it sees it, once it is meant and once he lies there."""
    now, he = web.core.clock.now(), Person(P1, sex="M")
    for number, (act, words) in enumerate([(Act.PLAN, "HIS promised a man a women&#39;s bay: 4B A1"), (Act.ADMIT, "HIS placed a man in")]):
        told = Told(VisitId("V1"), he, Fact(act, now, Order(now), "4B^A^1"))
        await web.core.desk.act(Chart((told,), feed="his"), HIS)
        async with asyncio.timeout(10):
            while web.core.live.seq < web.core.desk.hospital.seq:
                await asyncio.sleep(0.01)
        page = (await (await signed_in(web, f"meera{number}", Role.ADMISSIONS)).get("/admissions")).text
        assert words in page
