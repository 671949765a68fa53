"""Rubbish at every door: whatever is sent, the answer is a clear problem of the sender's, never a fault of ours, and nothing changes."""

import json
import random
import re
from typing import Any

import pytest

from flow.domain.roles import Role
from flow.web.api.wire import to_cursor
from flow.web.door import Door
from flow.web.routes import API, PAGES
from tests.integration.web_house import Web, web

__all__ = ["web"]
ODD: list[Any] = [
    None,
    True,
    -1,
    2**70,
    0.5,
    "",
    "\x00",
    "x" * 5000,
    "\U0001f6cf",
    "'; drop table bed; --",
    "{{7*7}}",
    [],
    [None],
    {},
    {"a": {"b": []}},
]
ODD += ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "2026-01-01", "../../etc/passwd", "<script>alert(1)</script>"]
PLACES = ["%00", "..%2F..", "x" * 400, "%F0%9F%9B%8F", "4B-A-01%0A", "'", "-1", "99999999999999999999", "%25s"]
BODIES = [b"", b"null", b"[]", b"{", b"\xff\xfe", b'{"status":"\\ud800"}', b"[" * 20_000, b'{"a":' * 5000, b"1e999", b"NaN", b'""']
WRITERS = {Role.ADMISSIONS, Role.HOUSEKEEPING, Role.MANAGER, Role.ADMIN, Role.OPD}


def filled(door: Door, place: str | None = None) -> str:
    values = {"ward": "4B", "bed": "4B-A-01", "clinic": "ENT", "room": "1", "step": "start", "audience": "public"}
    return re.sub(r"{(\w+)}", lambda hit: place or values.get(hit[1], "1"), door.path)


def fields_of(door: Door) -> list[str]:
    return list(getattr(door.takes, "__struct_encode_fields__", ())) or [
        "status",
        "bed",
        "reason",
        "priority",
        "to",
        "mrn",
        "name",
        "until",
    ]


async def callers(web: Web) -> list[Any]:
    return [await web.as_role(role) for role in sorted(WRITERS)]


@pytest.mark.parametrize("seed", [1, 2])
async def test_odd_values_in_every_field(web: Web, seed: int) -> None:
    chance, before = random.Random(seed), web.house.desk.hospital.seq
    everybody = await callers(web)
    for door in (*API, *PAGES):
        if door.method == "GET":
            continue
        for caller in everybody:
            body = {name: chance.choice(ODD) for name in fields_of(door) if chance.random() < 0.7}
            kind = {"json": body} if door.path.startswith("/api/") else {"data": {k: str(v) for k, v in body.items()}}
            answer = await caller.request(door.method, filled(door), headers={"idempotency-key": f"{seed}"}, **kind)
            assert answer.status_code < 500, (seed, door.method, door.path, body, answer.text[:300])
    beds = web.house.desk.hospital.beds.values()
    assert all(bed.status in ("available", "cleaning", "maintenance") for bed in beds)
    assert web.house.desk.hospital.seq >= before


async def test_bodies_that_are_none(web: Web) -> None:
    for caller in await callers(web):
        for door in API:
            if door.takes is None or door.method == "GET":
                continue
            for raw in BODIES:
                answer = await caller.post(filled(door), content=raw, headers={"content-type": "application/json"})
                assert answer.status_code < 500, (door.path, raw[:40], answer.text[:300])
                if answer.status_code >= 400:
                    assert answer.headers["content-type"] == "application/problem+json", (door.path, raw[:40])


async def test_addresses_that_name_nothing(web: Web) -> None:
    for caller in await callers(web):
        for door in (*API, *PAGES):
            for place in PLACES if "{" in door.path else []:
                answer = await caller.request(door.method, filled(door, place))
                assert 300 <= answer.status_code < 500, (door.method, door.path, place, answer.status_code, answer.text[:200])


async def test_odd_questions(web: Web) -> None:
    odd = ["%00", "-1", "x" * 3000, to_cursor("\x00"), to_cursor("x" * 2000), "9999-12-31T23:59:59-12:00", "%F0%9F%9B%8F", ""]
    everybody = await callers(web)
    for door in API:
        if door.method != "GET" or door.stream:
            continue
        names = [query.name for query in door.query]
        for caller in everybody:
            for name in names:
                for value in odd:
                    answer = await caller.get(f"{filled(door)}?{name}={value}")
                    assert answer.status_code < 500, (door.path, name, value[:40], answer.text[:300])


async def test_what_is_typed_comes_back_as_text(web: Web) -> None:
    """HTML and template text in a name stays text on every screen that shows it."""
    desk = await web.as_role(Role.ADMISSIONS)
    evil = "<script>alert(1)</script>{{7*7}}"
    made = await desk.post("/api/v1/visits", json={"patient": {"mrn": "<b>M", "name": evil}, "bed": "4B-A-01"})
    assert made.status_code == 201 and json.loads(made.text)["person"]["name"] == evil
    await desk.post("/api/v1/bed-requests", json={"patient": {"mrn": "M2", "name": evil}, "type": "general", "from": evil})
    for page in ("/wards/4B", "/admissions"):
        text = (await desk.get(page)).text
        assert "<script>alert" not in text and "&lt;script&gt;alert" in text, page
        assert "{{7*7}}" in text
