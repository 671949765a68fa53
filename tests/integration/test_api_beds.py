"""Beds over the API: counts, lists, setting a status, and every way it can be refused."""

import gzip
import json

from flow.domain.roles import Role
from tests.integration.web_house import Web, web

__all__ = ["web"]
BED = "/api/v1/beds/4B-A-01"


async def test_availability_counts_the_beds(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    answer = await desk.get("/api/v1/beds/availability")
    assert answer.status_code == 200
    body = answer.json()
    assert body["totals"] == {
        "available": 9,
        "occupied": 0,
        "cleaning": 0,
        "maintenance": 0,
        "reserved": 0,
        "free": 9,
        "staffed": 9,
        "temporary": 0,
    }
    assert [(ward["ward"], [kind["type"] for kind in ward["types"]]) for ward in body["wards"]] == [
        ("4B", ["general", "private"]),
        ("ICU", ["icu"]),
    ]
    assert (body["seq"], body["as_of"][-1]) == (web.core.live.seq, "Z")


async def test_availability_is_not_sent_twice(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    first = await desk.get("/api/v1/beds/availability")
    same = await desk.get("/api/v1/beds/availability", headers={"if-none-match": first.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    housekeeping = await web.as_role(Role.HOUSEKEEPING)
    done = await housekeeping.post(f"{BED}/status", json={"status": "cleaning"})
    assert done.status_code == 200
    after = await desk.get("/api/v1/beds/availability", headers={"if-none-match": first.headers["etag"]})
    assert (after.status_code, after.json()["totals"]["cleaning"]) == (200, 1)


async def test_a_display_counts_its_ward_alone(web: Web) -> None:
    display = await web.as_role(Role.DISPLAY, "ICU")
    body = (await display.get("/api/v1/beds/availability")).json()
    assert ([ward["ward"] for ward in body["wards"]], body["totals"]["available"]) == (["ICU"], 2)


async def test_the_bytes_are_gzipped_once_for_those_who_take_them(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    async with desk.stream("GET", "/api/v1/beds/availability", headers={"accept-encoding": "gzip"}) as answer:
        raw = b"".join([part async for part in answer.aiter_raw()])
    assert answer.headers.get("content-encoding") == "gzip" and json.loads(gzip.decompress(raw))["totals"]["available"] == 9


async def test_beds_come_in_pages(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    first = (await desk.get("/api/v1/beds?limit=4")).json()
    rest = (await desk.get(f"/api/v1/beds?limit=100&cursor={first['next']}")).json()
    assert [bed["id"] for bed in first["items"] + rest["items"]] == list(web.house.plan.beds)
    assert rest["next"] is None
    assert {bed["type"] for bed in (await desk.get("/api/v1/beds?ward=4B&type=private&status=available")).json()["items"]} == {"private"}


async def test_a_status_is_set_and_undone(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    answer = await desk.post(f"{BED}/status", json={"status": "maintenance", "reason": "repair", "note": "rail"})
    bed = answer.json()
    assert (answer.status_code, bed["status"], bed["reason"], bed["note"]) == (200, "maintenance", "repair", "rail")
    assert bed["source"].startswith("person:token-")
    assert (await desk.get(BED)).json()["seq"] == bed["seq"]
    undone = await desk.post(f"/api/v1/commands/{bed['command']}/undo")
    assert undone.status_code == 200
    assert (await desk.get(BED)).json()["status"] == "available"


async def test_a_stale_look_is_refused(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    seq = (await desk.get(BED)).json()["seq"]
    assert (await desk.post(f"{BED}/status", json={"status": "cleaning", "if_seq": seq})).status_code == 200
    late = await desk.post(f"{BED}/status", json={"status": "maintenance", "reason": "repair", "if_seq": seq})
    assert (late.status_code, late.json()["code"]) == (409, "stale")
    assert late.headers["content-type"] == "application/problem+json"


async def test_refusals_say_why(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    cases = [
        (f"{BED}/status", {"status": "occupied"}, 409, "illegal-transition"),
        (f"{BED}/status", {"status": "maintenance"}, 409, "reason-missing"),
        (f"{BED}/status", {"status": "dusty"}, 422, "invalid-field"),
        (f"{BED}/status", {"status": "cleaning", "colour": "red"}, 422, "invalid-field"),
        ("/api/v1/beds/9Z-Q-99/status", {"status": "cleaning"}, 404, "unknown-bed"),
    ]
    for path, body, status, code in cases:
        answer = await desk.post(path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), body
        assert answer.json()["detail"]


async def test_bad_bodies_are_told_apart(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    broken = await desk.post(f"{BED}/status", content=b'{"status":', headers={"content-type": "application/json"})
    assert (broken.status_code, broken.json()["code"]) == (400, "bad-json")
    form = await desk.post(f"{BED}/status", data={"status": "cleaning"})
    assert (form.status_code, form.json()["code"]) == (415, "not-json")
    huge = await desk.post(f"{BED}/status", content=b'"' + b"x" * 300_000 + b'"', headers={"content-type": "application/json"})
    assert (huge.status_code, huge.json()["code"]) == (413, "body-too-long")
    lost = await desk.get("/api/v1/nothing")
    assert (lost.status_code, lost.json()["code"]) == (404, "not-found")
    wrong = await desk.delete(BED)
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method-not-allowed")


async def test_the_same_key_is_carried_out_once(web: Web) -> None:
    desk = await web.as_role(Role.ADMISSIONS)
    key = {"idempotency-key": "tap-1"}
    first = await desk.post(f"{BED}/status", json={"status": "cleaning"}, headers=key)
    again = await desk.post(f"{BED}/status", json={"status": "cleaning"}, headers=key)
    assert (again.status_code, again.content, again.headers["idempotent-replayed"]) == (200, first.content, "true")
    other = await desk.post(f"{BED}/status", json={"status": "maintenance", "reason": "repair"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "key-reused")


async def test_a_cleaner_cannot_take_a_bed_out_of_use(web: Web) -> None:
    cleaner = await web.as_role(Role.HOUSEKEEPING)
    answer = await cleaner.post(f"{BED}/status", json={"status": "maintenance", "reason": "repair"})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
