"""What the admissions desk costs on the wire until it stands, for a browser that has nothing yet: the sample hospital, a long list."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest

from allocation.engine import Engine, Suggestions
from flow.domain.commands import AssignBed, RequestBed
from flow.domain.ids import PatientId, RequestId
from flow.domain.person import PersonDetails
from flow.domain.request import BedRequest
from flow.domain.roles import Role
from flow.plan_file import load_plan
from flow.templating import CHECKOUT
from flow.web.rooms import Admissions
from tests.integration.test_desk import DESK, NOW, open_house
from tests.integration.test_signin import signed_in
from tests.integration.web_house import Web, make_web

MOST = 85_000
"""Of the 90,000 bytes of the desk's gate (tests/acceptance/test_lighthouse.py); the rest is kept for hospitals with more to say."""
WAITING, PROMISED = 60, 12
GIVEN = (
    "Aarav",
    "Bhavna",
    "Chitra",
    "Deepak",
    "Esha",
    "Farhan",
    "Gauri",
    "Harish",
    "Indira",
    "Jatin",
    "Kavita",
    "Lakshmi",
    "Mohan",
    "Nandini",
    "Omkar",
)
FAMILY = (
    "Agarwal",
    "Banerjee",
    "Chatterjee",
    "Deshpande",
    "Fernandes",
    "Ghosh",
    "Iyer",
    "Joshi",
    "Khan",
    "Menon",
    "Nair",
    "Patel",
    "Rao",
    "Subramanian",
    "Verma",
    "Yadav",
)
TYPES = ("general", "general", "private", "icu")
ORIGINS = ("ED bay 6", "OPD clinic 3", "Recovery", "Referred from Sri Lakshmi Nursing Home")
SPECIALTIES = ("Medicine", "Surgery", "Orthopaedics", "Cardiology", "Neurology")
NEEDS = (frozenset[str](), frozenset({"oxygen"}), frozenset({"oxygen", "suction"}))
DATE = b"date: Sun, 22 Nov 2026 04:00:31 GMT\r\n"
"""What uvicorn adds to every answer."""


def asked(number: int) -> BedRequest:
    """The `number`th request: no two alike."""
    return BedRequest(
        RequestId(f"r-{number * 7919 % 100_003:05d}"),
        PatientId(f"p{number}"),
        NOW - timedelta(minutes=number * 17 % 420),
        TYPES[number % 4],
        NEEDS[number % 3],
        sex="MF"[number % 2],
        age=number * 31 % 70 + 20,
        specialty=SPECIALTIES[number % 5],
        priority=number % 4 + 1,
        origin=ORIGINS[number % 4],
    )


def person(number: int) -> PersonDetails:
    """Who that request is for."""
    name = f"{GIVEN[number * 7 % 15]} {FAMILY[number * 11 % 16]}"
    return PersonDetails(PatientId(f"p{number}"), mrn=f"CGH-{number * 104_729 % 1_000_000:06d}", name=name, birth_date=date(1960, 1, 1))


@pytest.fixture
async def web(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Web]:
    plan = load_plan(CHECKOUT / "flow/sample/city_general.toml")
    async with AsyncExitStack() as stack:
        core = await open_house(stack, dsn, redis_url, tmp_path, plan)

        def suggest(request: BedRequest, limit: int) -> Suggestions:
            """The best bed of each ward: a page with as many maps as it may have."""
            found = Engine(plan).suggest(request, core.desk.hospital, core.clock.now(), len(plan.beds))
            best = {plan.beds[each.bed].ward: each for each in reversed(found.ranked)}
            return replace(found, ranked=tuple(sorted(best.values(), key=found.ranked.index))[:limit])

        yield make_web(core, stack, tmp_path, admissions=Admissions(suggest=suggest))


async def fill(web: Web) -> None:
    """Sixty wait, and a dozen have their bed promised."""
    everyone = range(WAITING + PROMISED)
    await web.house.people.put([person(number) for number in everyone], NOW)
    for number in everyone:
        await web.core.desk.act(RequestBed(asked(number)), DESK)
    for number in range(0, 4 * PROMISED, 4):
        best = web.house.admissions.suggest(asked(number), 1).ranked[0].bed
        done = await web.core.desk.act(AssignBed(asked(number).id, best), DESK)
    assert await web.core.live.reached(done.seq)


async def weighed(browser: httpx.AsyncClient, address: str) -> tuple[int, str]:
    """An answer's bytes, its head and its body as they go out, and what a browser reads."""
    async with browser.stream("GET", address, headers={"accept-encoding": "gzip, deflate, br, zstd"}) as answer:
        assert answer.status_code == 200, address
        body = len(b"".join([part async for part in answer.aiter_raw()]))
    head = len(b"HTTP/1.1 200 OK\r\n" + DATE + b"\r\n") + sum(len(name) + len(value) + 4 for name, value in answer.headers.raw)
    again = await browser.get(address)
    return head + body, again.text if "text" in again.headers["content-type"] else ""


async def test_the_desk_stands_within_its_bytes_while_sixty_wait(web: Web) -> None:
    await fill(web)
    desk = await signed_in(web, "asha", Role.ADMISSIONS)
    whole, html = await weighed(desk, "/admissions")
    assert html.count('class="request"') == WAITING and html.count("promised-r-") == PROMISED and html.count('class="plan map"') == 5
    weights = {"/admissions": whole}
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', html):
        weights[address] = (await weighed(desk, address))[0]
    print(f"the desk while {WAITING} wait: {sum(weights.values())} bytes in {len(weights)} answers")
    assert sum(weights.values()) <= MOST, weights
