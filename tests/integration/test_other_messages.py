"""Bookings, orders and proposals on real stores: kept, found again after a restart, shown on the clinic's page and with the visit."""

from datetime import datetime, timedelta

from flow.desk import Actor
from flow.domain.cause import Origin
from flow.domain.clinical import ClinicalNote, NoteKind
from flow.domain.commands import Book, Chart, NoteOrder, Person, ProposeBed, SettleProposal, Told
from flow.domain.ids import FeedId, PatientId, VisitId
from flow.domain.opd import TokenStatus
from flow.domain.proposal import BedProposal
from flow.domain.roles import Role
from flow.domain.visit import Act, Fact, Order
from flow.history.group import Group
from tests.integration.web_house import PASSWORD, Web, web

__all__ = ["web"]
FEED, HIS, P1, V1 = Actor("his", Origin.FEED), FeedId("his"), PatientId("p1"), VisitId("V1")


def restart(web: Web) -> None:
    """Another process takes over."""
    desk = web.core.desk
    desk._group = desk._clicks.group = desk._letters.group = Group(web.core.database, desk.plan)


def booking(at: datetime, status: TokenStatus, due: datetime, sent: int = 0) -> Book:
    told = at + timedelta(minutes=sent)
    return Book("F1", HIS, ("ENT",), due, status, P1, None, told, Order(told))


async def test_a_booking_is_shown_with_its_time_and_arrives_by_a_tap(web: Web) -> None:
    now = web.core.clock.now()
    await web.core.desk.act(booking(now, TokenStatus.BOOKED, now + timedelta(minutes=30)), FEED)
    restart(web)
    done = await web.core.desk.act(booking(now, TokenStatus.BOOKED, now + timedelta(minutes=45), sent=1), FEED)
    assert await web.core.live.reached(done.seq)
    await web.account("desk", Role.OPD)
    browser = await web.client()
    await browser.post("/login", data={"account": "desk", "password": PASSWORD})
    page = (await browser.get("/opd/ENT")).text
    assert "Booked, not here yet · 1" in page and "No-show" in page
    api = await web.as_role(Role.OPD)
    (token,) = (await api.get("/api/v1/opd/clinics/ENT/queue")).json()["items"]
    assert (token["status"], token["number"], token["appointment"]) == ("booked", "E-001", "F1")
    assert datetime.fromisoformat(token["due_at"]) == now + timedelta(minutes=45)
    arrived = await api.post(f"/api/v1/opd/tokens/{token['id']}/arrive", json={})
    assert arrived.json()["status"] == "waiting"
    late = await web.core.desk.act(booking(now, TokenStatus.CANCELLED, now, sent=2), FEED)
    assert await web.core.live.reached(late.seq)
    (token,) = (await api.get("/api/v1/opd/clinics/ENT/queue")).json()["items"]
    assert token["status"] == "waiting"


async def test_an_appointment_of_weeks_ago_is_moved_and_not_doubled(web: Web) -> None:
    now = web.core.clock.now()
    await web.core.desk.act(booking(now, TokenStatus.BOOKED, now + timedelta(days=1)), FEED)
    web.core.clock.advance(timedelta(days=20))
    restart(web)
    assert not web.core.desk.hospital.tokens
    await web.core.desk.act(booking(now, TokenStatus.BOOKED, now + timedelta(days=20, minutes=5), sent=1), FEED)
    (token,) = web.core.desk.hospital.tokens.values()
    assert token.due_at == now + timedelta(days=20, minutes=5)
    async with web.core.database.read() as connection:
        assert await connection.fetchval("select count(*) from record where entity = 'token'") == 1


async def test_orders_are_told_with_the_visit_and_older_words_do_not_count_after_a_restart(web: Web) -> None:
    now, desk = web.core.clock.now(), web.core.desk
    await desk.act(Chart((Told(V1, Person(P1), Fact(Act.ADMIT, now, Order(now), "4B^A^1")),), feed="his"), FEED)

    def note(state: str, minutes: int) -> NoteOrder:
        told = now + timedelta(minutes=minutes)
        return NoteOrder(ClinicalNote("his/p1/77", P1, V1, NoteKind.LAB, "58410-2", state, told, Order(told)))

    await desk.act(note("final", 5), FEED)
    restart(web)
    assert (await desk.act(note("preliminary", 2), FEED)).entries == ()
    visit = (await (await web.as_role(Role.ADMISSIONS)).get("/api/v1/visits/V1")).json()
    assert [(order["id"], order["kind"], order["code"], order["state"]) for order in visit["orders"]] == [("77", "lab", "58410-2", "final")]


async def test_a_settled_proposal_stays_settled_after_a_restart(web: Web) -> None:
    now, desk = web.core.clock.now(), web.core.desk
    said = ProposeBed(BedProposal("icu^9", HIS, "ICU^^9", "Bed 9", "B", "add", now, Order(now)))
    await desk.act(said, FEED)
    await desk.act(SettleProposal("icu^9"), Actor("engineer"))
    restart(web)
    assert (await desk.act(said, FEED)).entries == ()
