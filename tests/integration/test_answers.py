"""What every answer says to a browser: no other site may read it, it is what it says it is, and a fault tells nothing."""

import pytest
import structlog

from flow.domain.roles import Role
from flow.history.secret import new_secret
from flow.web.api import beds
from tests.integration.test_signin import csrf, signed_in
from tests.integration.web_house import Web, web

__all__ = ["web"]
ASKED = (
    "/login",
    "/admissions",
    "/api/v1/beds",
    "/api/v1/openapi.json",
    "/manager/midnights.csv",
    "/nothing",
    "/api/v1/nothing",
    "/healthz",
)


async def test_no_other_site_may_read_or_frame_an_answer(web: Web) -> None:
    browser = await signed_in(web, "asha", Role.ADMISSIONS)
    for path in ASKED:
        for method in ("GET", "OPTIONS"):
            asked = {"origin": "https://evil.example", "access-control-request-method": "POST"}
            answer = await browser.request(method, path, headers=asked)
            assert not [name for name in answer.headers if name.startswith("access-control-")], (method, path)
            policy = answer.headers["content-security-policy"].split("; ")
            assert {"default-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'"} <= set(policy), path
            assert answer.headers["x-content-type-options"] == "nosniff", path


async def test_an_answer_says_what_it_is_and_in_which_letters(web: Web) -> None:
    browser = await signed_in(web, "asha", Role.ADMISSIONS)
    for path in ASKED:
        kind = (await browser.get(path)).headers["content-type"]
        assert "charset=utf-8" in kind or kind in ("application/json", "application/problem+json"), (path, kind)


async def test_a_fault_tells_nothing_of_the_inside(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither to a programme nor to a browser; the log has its kind and its route, and no word of what it was about."""

    def fails(*_: object) -> None:
        raise KeyError("select name from person where mrn = 'CANARY'")

    monkeypatch.setattr(beds, "picture", fails)
    programme, browser = await web.as_role(Role.ADMISSIONS), await signed_in(web, "asha", Role.ADMISSIONS)
    with structlog.testing.capture_logs() as logs:
        for asking in (programme, browser):
            answer = await asking.get("/api/v1/beds")
            assert answer.status_code == 500
            assert "the fault is in its log" in answer.text
            assert not any(word in answer.text for word in ("CANARY", "KeyError", "Traceback", "select", ".py"))
    told = [line for line in logs if line["event"] == "web.fault"]
    assert [(line["kind"], line["route"]) for line in told] == [("KeyError", "/api/v1/beds")] * 2
    assert "CANARY" not in repr(logs)


async def test_of_a_field_that_comes_twice_the_last_counts_everywhere(web: Web) -> None:
    """So that what was checked is what is used."""
    browser = await signed_in(web, "asha", Role.ADMISSIONS)
    page = await csrf(browser, "/")
    twice = f"csrf=wrong&csrf={page}"
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert (await browser.post("/sign-out", content=f"csrf={page}&csrf=wrong", headers=headers)).status_code == 403
    assert (await browser.post("/sign-out", content=twice, headers=headers)).status_code == 303
    programme = await web.as_role(Role.ADMISSIONS)
    assert {bed["ward"] for bed in (await programme.get("/api/v1/beds?ward=ICU&ward=4B")).json()["items"]} == {"4B"}
    answer = await programme.post("/api/v1/beds/4B-A-01/status", content='{"status": "available", "status": "cleaning"}')
    assert (answer.status_code, answer.json()["status"]) == (200, "cleaning")


async def test_cookies_are_lax_unread_by_scripts_and_hard_to_guess(web: Web) -> None:
    await web.account("asha", Role.ADMISSIONS)
    secrets = set()
    for _ in range(3):
        browser = await web.client()
        answer = await browser.post("/login", data={"account": "asha", "password": "correct horse battery"})
        for cookie in answer.headers.get_list("set-cookie"):
            assert "HttpOnly" in cookie and "samesite=lax" in cookie.lower() and "Domain" not in cookie, cookie
        secrets.add(browser.cookies["bedflow"])
    assert len(secrets) == 3
    assert len({new_secret() for _ in range(1000)}) == 1000
    assert all(len(secret) >= 43 for secret in secrets), "256 bits in base64"
