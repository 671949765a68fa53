"""A clinic beyond calling: groups, passing over, tests, other rooms, sessions, admission advised, waits; on its page and over the API."""

from flow.domain.opd import Token, TokenStatus
from flow.domain.request import MadeBy
from flow.domain.roles import Role
from tests.integration.test_api_pages import tap, undo_of
from tests.integration.test_signin import signed_in
from tests.integration.web_house import Web, web

__all__ = ["web"]
ENT = "/api/v1/opd/clinics/ENT"


def the(web: Web, number: str) -> Token:
    return next(t for t in web.house.desk.hospital.tokens.values() if t.number == number)


async def test_the_api_of_a_clinic(web: Web) -> None:
    opd = await web.as_role(Role.OPD)
    for group in ("ordinary", "ordinary", "follow_up", "elderly"):
        assert (await opd.post(f"{ENT}/tokens", json={"group": group})).json()["group"] == group
    assert [t["number"] for t in (await opd.get(f"{ENT}/queue")).json()["items"]] == ["E-004", "E-003", "E-001", "E-002"]
    assert (await opd.post(f"{ENT}/tokens", json={"tele": True})).status_code == 409
    called = (await opd.post(f"{ENT}/call-next", json={"room": "1"})).json()
    token = f"/api/v1/opd/tokens/{called['id']}"
    passed = (await opd.post(f"{token}/skip")).json()
    assert (called["number"], passed["status"], passed["passed"]) == ("E-004", "waiting", 1)
    assert (await opd.post(f"{token}/room", json={"room": "2"})).json()["only"] == "2"
    assert (await opd.post(f"{token}/room", json={"room": "2"})).status_code == 409
    assert (await opd.post(f"{token}/room", json={"room": "9"})).status_code == 404
    at = {"begins": "2026-11-21T09:00:00+05:30", "ends": "2026-11-21T13:00:00+05:30"}
    held = (await opd.post(f"{ENT}/rooms/1/session", json={"doctor": "Dr Iyer", **at})).json()
    assert [each["doctor"] for each in held["sessions"]] == ["Dr Iyer"]
    assert (await opd.post(f"{ENT}/rooms/1/session", json=at)).json()["sessions"] == []
    waits = (await opd.get(f"{ENT}/waits")).json()
    assert (waits["called"], waits["waiting"], waits["p90"]) == (1, 3, None)
    assert any("at most 2 elderly (from 60) or pregnant and 1 follow-up" in rule for rule in waits["policy"])


async def test_admission_advised_over_the_api(web: Web) -> None:
    opd = await web.as_role(Role.OPD)
    number = (await opd.post(f"{ENT}/tokens", json={})).json()["id"]
    token = f"/api/v1/opd/tokens/{number}"
    await opd.post(f"{ENT}/call-next", json={"room": "1"})
    assert (await opd.post(f"{token}/admission", json={"type": "general", "patient": "55501"})).status_code == 409
    await opd.post(f"{token}/start")
    assert (await opd.post(f"{token}/admission", json={"type": "general"})).status_code == 422
    assert (await opd.post(f"{token}/admission", json={"type": "palace", "patient": "55501"})).status_code == 422
    seen = (await opd.post(f"{token}/admission", json={"type": "general", "patient": "55501", "priority": 2})).json()
    wanted = web.house.desk.hospital.requests[seen["request"]]
    assert (seen["status"], wanted.made_by, wanted.origin, wanted.priority) == ("finished", MadeBy.OPD, "OPD ENT, E-001", 2)
    desk = await web.as_role(Role.ADMISSIONS)
    assert seen["request"] in [each["id"] for each in (await desk.get("/api/v1/bed-requests")).json()["items"]]


async def test_the_page_of_a_clinic(web: Web) -> None:
    opd = await signed_in(web, "clinic", Role.OPD)

    async def does(path: str, **form: str) -> str:
        answer = await tap(opd, "/opd/ENT", f"/opd/ENT{path}", **form)
        assert answer.status_code == 200, answer.text
        return answer.text

    await does("/tokens", group="ordinary")
    assert "Pregnant" in await does("/tokens", group="pregnant")
    await does("/rooms/1/call-next")
    first = the(web, "E-002").id
    assert "Admission advised" in await does(f"/tokens/{first}/start")
    assert "At tests · 1" in await does(f"/tokens/{first}/tests")
    assert "At tests" not in (await does(f"/tokens/{first}/return"))
    assert "for Room 2" in await does(f"/tokens/{first}/room", room="2")
    assert "Dr Iyer" in await does("/rooms/1/session", doctor="Dr Iyer", begins="00:00", ends="23:59")
    await does("/rooms/2/call-next")
    await does(f"/tokens/{first}/start")
    advised = await does(f"/tokens/{first}/admission", type="general", priority="3", unknown="F")
    wanted = the(web, "E-002").request
    assert the(web, "E-002").status is TokenStatus.FINISHED and wanted is not None
    assert web.house.desk.hospital.requests[wanted].is_live
    assert (await tap(opd, "/opd/ENT", undo_of(advised))).status_code == 200
    assert (the(web, "E-002").status, web.house.desk.hospital.requests[wanted].is_live) == (TokenStatus.IN_ROOM, False)
    nobody = await tap(opd, "/opd/ENT", f"/opd/ENT/tokens/{the(web, 'E-001').id}/admission", type="general")
    assert nobody.status_code == 422
