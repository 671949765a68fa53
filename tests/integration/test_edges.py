"""What a request must be before anybody looks at it: for one of our names, from somewhere, and not too often."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog
from redis.asyncio import Redis
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.audit import Kind, Trace
from flow.domain.roles import Role
from flow.main.running import connect
from flow.settings import Settings
from flow.state.hits import Hits
from flow.web.app import gated
from flow.web.door import Door, Open
from flow.web.security.hosts import names_of
from flow.web.security.limits import in_memory
from tests.integration.test_audit import trail
from tests.integration.test_desk import open_house
from tests.integration.web_house import ORIGIN, PASSWORD, Web, make_web, web
from tests.keeper import keeper

__all__ = ["web"]


@pytest.fixture
async def tight(dsn: str, redis_url: str, tmp_path: Path) -> Any:
    """A house in which an address may ask ten times a minute, a token six times, a person eight times and for three files."""
    async with AsyncExitStack() as stack:
        core = await open_house(stack, dsn, redis_url, tmp_path)
        few = {"BEDFLOW_RATE_ADDRESS": "10", "BEDFLOW_RATE_TOKEN": "6", "BEDFLOW_RATE_PERSON": "8", "BEDFLOW_RATE_FILES": "3"}
        environ = {"BEDFLOW_DATA_DIR": str(tmp_path), "BEDFLOW_PUBLIC_URL": ORIGIN, "BEDFLOW_SECOND_FACTOR": "offered", **few}
        yield make_web(core, stack, tmp_path, settings=Settings.from_environ(environ))


async def from_(web: Web, address: str, **headers: str) -> httpx.AsyncClient:
    """Somebody whose connection comes from there."""
    transport = httpx.ASGITransport(app=web.app, client=(address, 4000))
    return await web.stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url=ORIGIN, headers=headers))


async def test_our_own_names_are_served(web: Web) -> None:
    client = await web.client()
    for host in ("localhost", "localhost:9", "LOCALHOST:8000", "127.0.0.1", "127.8.9.1:80", "[::1]:8000"):
        assert (await client.get("/login", headers={"host": host})).status_code == 200, host


HOSTILE = ["evil.example", "localhost.evil.example", "evil.example:8000", "localhost@evil.example", "evil.example/localhost", "10.0.0.9"]
HOSTILE += [
    "",
    " ",
    "localhost:8000, evil.example",
    "[::1",
    "[::ffff:10.0.0.9]",
    "0x7f.1",
    "127.0.0.1.evil.example",
    "localhost\\evil",
    "bücher",
]


async def test_another_host_is_answered_with_nothing_of_ours(web: Web) -> None:
    asking = await web.as_role(Role.ADMISSIONS)
    for host in HOSTILE:
        answer = await asking.get("/api/v1/beds", headers={"host": host.encode("latin-1", "replace")})
        assert (answer.status_code, answer.json()["code"]) == (421, "other-host"), host
        assert "evil" not in answer.text + "".join(answer.headers.values())


async def test_two_hosts_and_none_are_refused_and_a_probe_need_not_know_ours(web: Web) -> None:
    client = await web.client()
    assert (await client.get("/login", headers=[("host", "localhost"), ("host", "evil.example")])).status_code == 400
    for probe in ("/healthz", "/readyz"):
        assert (await client.get(probe, headers={"host": "10.0.0.9"})).json() == {"status": "ok"}


async def test_a_page_of_another_name_cannot_act_as_our_own_origin(web: Web) -> None:
    """DNS rebinding: an old browser without Fetch Metadata sends the other name as its origin and as our host."""
    client = await web.client({"host": "evil.example", "origin": "http://evil.example"})
    answer = await client.post("/login", data={"name": "ravi", "password": "x"})
    assert answer.status_code == 421
    assert [trace.detail["code"] for trace in await refusals(web)] == ["other-host"]


async def refusals(web: Web) -> list[Trace]:
    """Who was turned away, in order."""
    return [trace for trace in await trail(web) if trace.kind is Kind.REFUSED]


def test_the_names_follow_the_settings() -> None:
    def names(**environ: str) -> frozenset[str]:
        return names_of(Settings.from_environ(environ))

    assert names() == {"localhost", "127.0.0.1"}
    assert names(BEDFLOW_PUBLIC_URL="https://Beds.example:8443") == {"localhost", "127.0.0.1", "beds.example"}
    assert "10.1.2.3" in names(BEDFLOW_HTTP="10.1.2.3:80")


FORWARDED = [
    ("127.0.0.1", ["192.0.2.9"], "192.0.2.9"),
    ("127.0.0.1", ["6.6.6.6, 192.0.2.9"], "192.0.2.9"),
    ("127.0.0.1", ["6.6.6.6", "192.0.2.9"], "192.0.2.9"),
    ("127.0.0.1", ["192.0.2.9, 127.0.0.1"], "192.0.2.9"),
    ("127.0.0.1", ["[2001:db8::7]:99"], "2001:db8::7"),
    ("192.0.2.7", ["6.6.6.6"], "192.0.2.7"),
    ("192.0.2.7", ["127.0.0.1"], "192.0.2.7"),
]


async def test_the_trail_has_the_clients_address_and_believes_a_trusted_proxy_alone(web: Web) -> None:
    for peer, said, kept in FORWARDED:
        client = await from_(web, peer)
        headers = [("x-forwarded-for", each) for each in said] + [("authorization", "Bearer bf_wrong")]
        assert (await client.get("/api/v1/beds", headers=headers)).status_code == 401
        assert [trace.address for trace in await refusals(web)][-1] == kept, said


async def test_an_address_that_asks_too_often_waits_and_others_do_not(tight: Web) -> None:
    eager, other, proxied = await from_(tight, "192.0.2.1"), await from_(tight, "192.0.2.2"), await from_(tight, "127.0.0.1")
    assert [(await eager.get("/login")).status_code for _ in range(12)] == [200] * 10 + [429] * 2
    assert (await eager.get("/login")).headers["retry-after"] == "60"
    assert (await other.get("/login")).status_code == 200
    assert (await proxied.get("/login", headers={"x-forwarded-for": "192.0.2.1"})).status_code == 429
    assert [(await proxied.get("/login")).status_code for _ in range(12)] == [200] * 12, "a programme of this machine"


async def test_a_token_that_asks_too_often_waits_wherever_it_asks_from(tight: Web) -> None:
    tokens = [await tight.house.tokens.create(Role.ADMISSIONS, None) for _ in range(2)]
    seats = [await from_(tight, f"192.0.2.{number}") for number in (1, 2)]
    busy, calm = ({"authorization": f"Bearer {token}"} for token in tokens)
    assert [(await seats[number % 2].get("/api/v1/beds", headers=busy)).status_code for number in range(8)] == [200] * 6 + [429] * 2
    assert (await seats[0].get("/api/v1/beds", headers=calm)).status_code == 200


async def test_a_person_in_two_browsers_is_one_and_waits_in_both(tight: Web) -> None:
    for name in ("mira", "ravi"):
        await tight.account(name, Role.MANAGER)
    seats = [await from_(tight, f"192.0.2.{number}") for number in (3, 4)]
    other = await from_(tight, "192.0.2.5")
    for seat, name in zip((*seats, other), ("mira", "mira", "ravi"), strict=True):
        assert (await seat.post("/login", data={"account": name, "password": PASSWORD})).status_code == 303
    asked = [(await seats[number % 2].get("/manager/board")).status_code for number in range(10)]
    assert asked == [200] * 8 + [429] * 2
    assert (await other.get("/manager/board")).status_code == 200


async def test_files_of_figures_are_few_and_pages_go_on(tight: Web) -> None:
    token = {"authorization": f"Bearer {await tight.house.tokens.create(Role.MANAGER, None)}"}
    client = await from_(tight, "192.0.2.6")
    asked = [await client.get(f"/manager/midnights.{kind}", headers=token) for kind in ("csv", "xlsx", "csv", "csv")]
    assert [answer.status_code for answer in asked] == [200, 200, 200, 429]
    assert "3 files in a minute" in asked[3].text
    assert (await client.get("/manager/midnights", headers=token)).status_code == 200


async def test_hsts_speaks_of_names_below_ours_where_the_house_says_so(tight: Web) -> None:
    environ = {"BEDFLOW_DATA_DIR": str(tight.house.settings.data_dir), "BEDFLOW_PUBLIC_URL": "https://localhost"}
    year = "max-age=31536000"
    for more, said in (({}, year), ({"BEDFLOW_HSTS_SUBDOMAINS": "1"}, f"{year}; includeSubDomains")):
        core = tight.core
        web = make_web(core, tight.stack, tight.house.settings.data_dir, settings=Settings.from_environ({**environ, **more}))
        assert (await (await web.client()).get("/login")).headers["strict-transport-security"] == said
    assert "strict-transport-security" not in (await (await tight.client()).get("/login")).headers


async def test_who_takes_too_long_is_given_up_and_told(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it waits for is let go; a time-out of its own is no deadline of ours."""
    let_go = asyncio.Event()

    async def endless(request: Request) -> Response:
        try:
            await asyncio.Event().wait()
        finally:
            let_go.set()
        raise AssertionError

    async def impatient(request: Request) -> Response:
        raise TimeoutError

    web.app.router.routes[:0] = [gated(Door("GET", f"/api/v1/{each.__name__}", each, Open.TO_ALL)) for each in (endless, impatient)]
    monkeypatch.setattr("flow.web.security.gate.ANSWERED_WITHIN", 0.05)
    client = await web.client()
    answer = await client.get("/api/v1/endless")
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "too-slow", "10")
    assert let_go.is_set()
    assert (await client.get("/api/v1/impatient")).json()["code"] == "fault"


async def test_an_address_says_what_may_be_asked_of_it(web: Web) -> None:
    client = await web.client()
    for method, path, allowed in (
        ("PUT", "/api/v1/bed-requests", "GET, HEAD, POST"),
        ("OPTIONS", "/api/v1/bed-requests/1/assignment", "DELETE, POST"),
        ("TRACE", "/login", "GET, HEAD, POST"),
        ("DELETE", "/healthz", "GET, HEAD"),
        ("OPTIONS", "/api/v1/hl7/letters/replay", "POST"),
    ):
        answer = await client.request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed), path


async def test_two_processes_count_together_in_redis_and_alone_without_it(redis_url: str) -> None:
    clients = [connect(redis_url) for _ in range(2)]
    one, two = (Hits(client, "small", in_memory()) for client in clients)
    for few in (4, 200):
        counted = [await hits.hit(f"sign-in:ravi {few}", few, 60) for _ in range(few) for hits in (one, two)]
        assert (sum(counted), counted[:few]) == (few, [True] * few)
    clients.append(connect(keeper(redis_url)))
    keys = [key async for key in clients[2].scan_iter("*")]
    assert keys
    assert all(key.startswith(b"{bedflow:small}:hits:") and b"ravi" not in key for key in keys)
    assert all([await clients[2].ttl(key) > 0 for key in keys])
    for client in clients:
        await client.aclose()
    gone = Hits(Redis(unix_socket_path="/nowhere", retry=None), "small", in_memory())
    with structlog.testing.capture_logs() as logs:
        assert [await gone.hit("pin", 3, 60) for _ in range(5)] == [True] * 3 + [False] * 2
    assert [line["event"] for line in logs] == ["limits.counted_apart"], "asked once, not at every try"
