"""The audit trail through the web room: who signed in, wrote, was shown whom or was refused, with time and address."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from flow.domain.audit import Kind, Trace
from flow.domain.ids import PatientId
from flow.domain.person import PersonDetails
from flow.domain.roles import Role
from flow.errors import Unavailable
from flow.history.audit import Asked
from flow.history.pool import NotStored
from flow.web.security.readings import WINDOW, Readings
from tests.integration.test_desk import NOW, NURSE, admit
from tests.integration.web_house import ORIGIN, PASSWORD, Web, web

__all__ = ["web"]
FROM = "192.0.2.7"
BROWSER = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}


async def trail(web: Web, *kinds: Kind) -> list[Trace]:
    """What lies in the trail, oldest first."""
    asked = Asked(NOW - timedelta(days=1), NOW + timedelta(days=1), kinds)
    return [found.trace for found in reversed(await web.house.audit.find(asked, 1000))]


async def test_signing_in_wrongly_rightly_and_out_is_kept_with_the_address(web: Web) -> None:
    await web.account("asha", Role.ADMISSIONS)
    client = await web.client(BROWSER)
    assert (await client.post("/login", data={"account": "asha", "password": "wrong"})).status_code == 401
    assert (await client.post("/login", data={"account": "S3cret typed here", "password": "x"})).status_code == 401
    assert (await client.post("/login", data={"account": "asha", "password": PASSWORD})).status_code == 303
    page = await client.get("/")
    token = page.text.split('name="csrf" value="')[1].split('"')[0]
    assert (await client.post("/sign-out", data={"csrf": token})).status_code == 303
    found = await trail(web)
    told = [(trace.kind, trace.actor, trace.address) for trace in found]
    assert told == [
        (Kind.NOT_SIGNED_IN, "asha", FROM),
        (Kind.NOT_SIGNED_IN, "", FROM),
        (Kind.SIGNED_IN, "asha", FROM),
        (Kind.SIGNED_OUT, "asha", FROM),
    ]
    assert found[2].role == Role.ADMISSIONS and "S3cret" not in str(found)


async def test_a_command_is_in_the_trail_of_its_own_transaction_once(web: Web) -> None:
    client = await web.as_role(Role.ADMISSIONS)
    block = {"status": "maintenance", "reason": "repair"}
    for _ in range(2):
        answer = await client.post("/api/v1/beds/4B-A-01/status", json=block, headers={"idempotency-key": "k1"})
        assert answer.status_code == 200
    (trace,) = await trail(web, Kind.WRITTEN)
    assert (trace.role, trace.address, trace.view) == (Role.ADMISSIONS, FROM, "SetBedStatus")
    number = trace.detail["command"]
    assert isinstance(number, int)
    assert await web.house.audit.written([number]) == {number: [("bed-blocked", "bed", "4B-A-01")]}


async def test_what_the_desk_did_not_carry_out_is_written_down_by_its_route(web: Web) -> None:
    """Once it is done; a sign of life is no deed."""
    admin = await web.as_role(Role.ADMIN)
    assert (await admin.post("/admin/users/nobody/disable")).status_code == 404
    assert (await admin.post("/session/active")).status_code == 204
    await web.account("ravi", Role.NURSE, "4B")
    assert (await admin.post("/admin/users/ravi/disable")).status_code < 400
    (trace,) = await trail(web, Kind.WRITTEN)
    assert (trace.view, trace.address, trace.detail) == ("POST /admin/users/{user}/disable", FROM, {"user": "ravi"})


async def test_whose_names_were_shown_is_kept_at_once_and_again_as_a_count(web: Web) -> None:
    await web.core.desk.act(admit("V1", "4B-A-01"), NURSE)
    details = PersonDetails(web.house.people.pseudonym("MRN1"), "Asha Rao", "MRN1")
    await web.house.people.put([details], NOW)
    await web.core.desk.act(admit("V2", "4B-A-02", patient=details.patient), NURSE)
    nurse, manager = await web.as_role(Role.NURSE, "4B"), await web.as_role(Role.HOUSEKEEPING)
    for _ in range(3):
        assert (await nurse.get("/wards/4B")).status_code == 200
    assert (await manager.get("/api/v1/beds")).status_code == 200
    (read,) = await trail(web, Kind.READ)
    assert (read.role, read.view, read.place, read.patients) == (Role.NURSE, "GET /wards/{ward}", "4B", (details.patient,))
    assert "Asha" not in str(await trail(web)) and "MRN1" not in str(await trail(web))
    web.core.clock.advance(WINDOW)
    await web.house.trail.settle()
    (again,) = await trail(web, Kind.READ_AGAIN)
    assert again.detail["times"] == {details.patient: 2}
    assert (await nurse.get("/wards/4B")).status_code == 200
    assert len(await trail(web, Kind.READ)) == 2, "a new quarter of an hour"


def test_each_ward_is_counted_by_itself() -> None:
    """A count of looks at two wards would stand under the one that was looked at first."""
    readings, patients = Readings(), (PatientId("p1"),)
    looks = [
        Trace(NOW, Kind.READ, "asha", seat="s", view="GET /wards/{ward}", place=ward, patients=patients) for ward in ("4B", "ICU", "ICU")
    ]
    assert [readings.fresh(look) is not None for look in looks] == [True, True, False]
    assert [(again.place, again.detail["times"]) for again in readings.over()] == [("ICU", {"p1": 1})]


def test_whoever_looks_with_a_stolen_cookie_is_not_counted_with_its_owner() -> None:
    """The count would stand under the owner's address, and the thief's nowhere."""
    readings, patients = Readings(), (PatientId("p1"),)
    looks = [
        Trace(NOW, Kind.READ, "asha", seat="s", address=address, view="GET /wards/{ward}", place="4B", patients=patients)
        for address in ("10.0.0.4", "10.0.0.4", "192.0.2.9")
    ]
    assert [found.address for found in map(readings.fresh, looks) if found is not None] == ["10.0.0.4", "192.0.2.9"]


async def test_whom_the_census_names_for_its_reader_is_kept(web: Web) -> None:
    """Made for everybody at once, and kept for when Postgres is away: what counts is whom this reader's copy names."""
    people = [PersonDetails(web.house.people.pseudonym(mrn), f"Name {mrn}", mrn) for mrn in ("M1", "M2")]
    await web.house.people.put(people, NOW)
    for number, (person, bed) in enumerate(zip(people, ("4B-A-01", "ICU-I-01"), strict=True)):
        await web.core.desk.act(admit(f"V{number}", bed, patient=person.patient), NURSE)
    nurse, manager = await web.as_role(Role.NURSE, "4B"), await web.as_role(Role.MANAGER)
    assert "Name M1" in (await nurse.get("/census")).text
    assert "N•••" in (await manager.get("/census")).text
    admin = await web.as_role(Role.ADMIN)
    assert (await admin.get("/census")).status_code == 200
    read = [(trace.role, set(trace.patients)) for trace in await trail(web, Kind.READ)]
    assert read == [(Role.NURSE, {people[0].patient}), (Role.MANAGER, {person.patient for person in people})]


async def test_who_is_turned_away_is_kept_and_nobody_fills_the_disk_by_knocking(web: Web) -> None:
    client = await web.as_role(Role.HOUSEKEEPING)
    assert (await client.get("/manager")).status_code == 403
    (trace,) = await trail(web, Kind.REFUSED)
    assert (trace.role, trace.view, trace.detail["code"]) == (Role.HOUSEKEEPING, "GET /manager", "forbidden")
    for _ in range(80):
        await client.get("/manager")
    assert len(await trail(web, Kind.REFUSED)) == 60
    stranger = await web.client()
    assert (await stranger.get("/manager")).status_code == 303, "the way to the sign-in page is no refusal"


async def test_a_trace_that_cannot_be_written_waits_and_is_written_later(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    await web.account("ravi", Role.NURSE, "4B")
    admin = await web.as_role(Role.ADMIN)

    async def away(traces: Sequence[Trace]) -> None:
        raise Unavailable("PostgreSQL is away.")

    with monkeypatch.context() as patch:
        patch.setattr(web.house.audit, "note", away)
        assert (await admin.post("/admin/users/ravi/disable")).status_code < 400
    assert await trail(web) == []
    await web.house.trail.settle()
    assert [trace.view for trace in await trail(web)] == ["POST /admin/users/{user}/disable"]


async def test_no_address_keeps_the_trail_waiting(web: Web) -> None:
    """A NUL is text that Postgres cannot hold; who sends one is turned away, and the trail goes on."""
    client = await web.as_role(Role.BILLING)
    assert (await client.get("/wards/4%00B")).status_code in (403, 404)
    assert (await client.get("/manager")).status_code == 403
    found = await trail(web, Kind.REFUSED)
    assert [trace.view for trace in found] == ["GET /wards/{ward}", "GET /manager"]
    assert found[0].place == "4\ufffdB"


async def test_what_waits_is_written_once_by_requests_that_come_together(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    traces, note = [Trace(NOW, Kind.READ, name) for name in ("first", "second", "third")], web.house.audit.note

    async def away(traces: Sequence[Trace]) -> None:
        raise Unavailable("PostgreSQL is away.")

    async def slowly(traces: Sequence[Trace]) -> None:
        await asyncio.sleep(0.05)
        await note(traces)

    with monkeypatch.context() as patch:
        patch.setattr(web.house.audit, "note", away)
        await web.house.trail._write(traces[:1])
        patch.setattr(web.house.audit, "note", slowly)
        await asyncio.gather(web.house.trail._write(traces[1:2]), web.house.trail._write(traces[2:]))
    assert sorted(trace.actor for trace in await trail(web)) == ["first", "second", "third"]


@pytest.mark.parametrize("table", ["audit", "audit_seal", "log", "reveal"])
@pytest.mark.parametrize("deed", ["update {} set hospital = 'x'", "delete from {}", "truncate {} cascade"])
async def test_the_trail_may_only_be_added_to(web: Web, table: str, deed: str) -> None:
    with pytest.raises(NotStored, match="InsufficientPrivilege"):
        async with web.core.database.write() as connection:
            await connection.execute(deed.format(table))


async def test_the_trail_is_found_by_who_whom_where_and_what(web: Web) -> None:
    traces = [
        Trace(NOW, Kind.READ, "asha", "nurse", "s1", FROM, "GET /wards/{ward}", "4B", ("p1", "p2")),  # type: ignore[arg-type]
        Trace(NOW + timedelta(minutes=1), Kind.WRITTEN, "ravi", "admin", "s2", "192.0.2.9", "POST /x"),
    ]
    await web.house.audit.note(traces)
    asked = Asked(NOW, NOW + timedelta(hours=1))
    everything = await web.house.audit.find(asked, 10)
    assert [found.trace for found in everything] == list(reversed(traces))
    assert [found.trace for found in await web.house.audit.find(Asked(NOW, asked.end, actor="asha"), 10)] == traces[:1]
    assert [found.trace for found in await web.house.audit.find(Asked(NOW, asked.end, patient="p2"), 10)] == traces[:1]  # type: ignore[arg-type]
    assert [found.trace for found in await web.house.audit.find(Asked(NOW, asked.end, address="192.0.2.9"), 10)] == traces[1:]
    assert [found.trace for found in await web.house.audit.find(Asked(NOW, asked.end, before=everything[0].id), 10)] == traces[:1]
    assert await web.house.audit.actors(NOW) == ["asha", "ravi"]
