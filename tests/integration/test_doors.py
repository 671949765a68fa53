"""Every door, every role, the own ward and another, over HTTP: who has no right is refused before the handler runs, who has it comes in.

The handlers are replaced by one that counts; all that stands before them is as it is served: layers, sessions, CSRF, gates. What each may
is worked out here from the matrix once more, in other words than the gate's.
"""

import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from flow.domain.roles import MATRIX, May, Reach, Role
from flow.history.accounts import Account
from flow.web import app as web_app
from flow.web.door import Door, Open, Where
from flow.web.routes import API, PAGES
from flow.web.security.audience import Allow
from flow.web.security.cookies import csrf_key, csrf_token
from flow.web.security.trail import Trail
from realtime.topics import KINDS, parse_topics
from tests.integration.test_desk import NOW, open_house
from tests.integration.web_house import ORIGIN, PASSWORD, Web, make_web
from tests.plans import small_plan

DOORS = (*API, *PAGES)
WARDS = ("4B", "ICU")
BEDS = {"4B": "4B-A-01", "ICU": "ICU-I-01"}
OWN = "4B"
BOUND = (Role.NURSE, Role.DOCTOR, Role.DISPLAY, Role.HOUSEKEEPING, Role.SUPERVISOR, Role.PORTER)
"""Roles that are tried bound to a ward as well as free."""
PROGRAMMES = (Role.DISPLAY, Role.INTEGRATION)
"""Whose way in is a token; all others sign in."""
HOUSE_WIDE = {May.COUNTS, May.UNDO, May.USERS, May.USERS_READ, May.DEVICES, May.PAIR, May.METRICS}


@dataclass(frozen=True)
class Somebody:
    """Who tries: a role, the ward they are bound to, and what their browser or programme sends."""

    role: Role
    ward: str | None
    headers: tuple[tuple[bytes, bytes], ...]
    token: str
    address: str

    def __str__(self) -> str:
        return f"{self.role} of {self.ward}"


@dataclass
class Tried:
    """The application with handlers that only count."""

    app: Any
    people: list[Somebody]
    reached: "Counter[str]"

    async def ask(self, who: Somebody | None, method: str, path: str, query: str = "", *, csrf: bool = True) -> int:
        """The status of one request."""
        headers = [(b"host", b"localhost:8000"), (b"origin", ORIGIN.encode()), (b"hx-request", b"true")]
        if who is not None:
            headers += [*who.headers, *([(b"x-csrf-token", who.token.encode())] if csrf else [])]
        statuses: list[int] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        client = (who.address if who is not None else "192.0.2.1", 4000)
        scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(), "headers": headers, "client": client}
        await self.app(scope | {"scheme": "http", "server": ("localhost", 8000), "root_path": "", "http_version": "1.1"}, receive, send)
        return statuses[0]


class Listens:
    """Stands for the stream: asks who may listen, and sends nothing."""

    kinds = frozenset(KINDS)

    def __init__(self, allow: Allow) -> None:
        self._allow = allow

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        await self._allow(request, parse_topics(request.query_params["topics"], small_plan()))
        await Response(status_code=204)(scope, receive, send)


@pytest.fixture
async def tried(dsn: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Tried]:
    reached: Counter[str] = Counter()

    async def count(request: Request) -> Response:
        door = request.scope["door"]
        reached[f"{door.method} {door.path}"] += 1
        return Response(status_code=204)

    async def quiet(self: Trail, traces: Any) -> None:
        """What is written down of each try, and logged, has tests of its own."""

    monkeypatch.setattr(Trail, "_write", quiet)
    monkeypatch.setattr("flow.web.problems.log", structlog.wrap_logger(None, processors=[drop]))
    for name, doors in (("API", API), ("PAGES", PAGES)):
        monkeypatch.setattr(web_app, name, tuple(replace(door, handler=count) for door in doors))
    async with AsyncExitStack() as stack:
        core = await open_house(stack, dsn, redis_url, tmp_path)
        web = make_web(core, stack, tmp_path, stream=lambda allow: Route("/api/v1/stream", Listens(allow)))
        bound = [(role, ward) for role in Role for ward in ((None, OWN) if role in BOUND else (None,))]
        yield Tried(web.app, [await somebody(web, number, *each) for number, each in enumerate(bound)], reached)


async def somebody(web: Web, number: int, role: Role, ward: str | None) -> Somebody:
    """A signed-in browser, or a programme, from an address of its own."""
    address = f"192.0.2.{number + 10}"
    if role in PROGRAMMES:
        token = await web.house.tokens.create(role, ward, NOW)
        return Somebody(role, ward, ((b"authorization", f"Bearer {token}".encode()),), "", address)
    account = Account(f"{role}{number}", str(role), role, ward)  # type: ignore[arg-type]
    if number == 0:
        await web.house.accounts.add(account, PASSWORD, NOW)  # hashed once: the others take it over
    async with web.house.database.write() as connection:
        await connection.execute(
            "insert into account (hospital, id, name, role, ward, password, created_at)"
            " select hospital, $2, $2, $3, $4, password, created_at from account where hospital = $1 limit 1 on conflict do nothing",
            *(web.house.database.hospital, account.id, role, ward),
        )
    secret = await web.house.sessions.start(account, NOW)
    return Somebody(role, ward, ((b"cookie", f"bedflow={secret}".encode()),), csrf_token(csrf_key(secret)), address)


def drop(*_: Any) -> Any:
    """A line of the log that nobody reads."""
    raise structlog.DropEvent


def address(door: Door, ward: str) -> str:
    """The door's path, in a ward."""
    values = {"ward": ward, "bed": BEDS[ward], "clinic": "ENT", "clinics": "ENT", "audience": "public"}
    return re.sub(r"{(\w+)}", lambda hit: values.get(hit[1], "1"), door.path)


def passes(door: Door, who: Somebody, ward: str) -> bool:
    """What the matrix says, by hand."""
    person = who.role not in PROGRAMMES
    if not isinstance(door.needs, May):
        return door.needs in (Open.TO_ALL, Open.SIGNED_IN) or (door.needs is Open.PERSON and person)
    cell = MATRIX[who.role][door.needs]
    if cell is Reach.NO:
        return False
    held = cell is Reach.WARD or (cell is Reach.ALL and who.ward is not None and door.needs not in HOUSE_WIDE)
    if not held:
        return True
    if who.ward is None or door.where is Where.WHOLE:
        return False
    if door.where in (Where.CLINIC, Where.CLINICS):
        return who.ward == "ENT"
    return door.where not in (Where.WARD, Where.BED) or ward == who.ward


async def test_every_door_lets_in_whom_the_matrix_lets_in_and_stops_all_others_before_the_handler(tried: Tried) -> None:
    wrong = []
    for door in DOORS:
        name = f"{door.method} {door.path}"
        wards = WARDS if door.where in (Where.WARD, Where.BED) else (OWN,)
        for who in tried.people:
            for ward in wards:
                before, wanted = tried.reached[name], passes(door, who, ward)
                status = await tried.ask(who, door.method, address(door, ward))
                came_in = tried.reached[name] > before
                if came_in != wanted or (status == 204) != wanted or (not wanted and status not in (401, 403)):
                    wrong.append(f"{name} {who} in {ward}: {status}, wanted {'in' if wanted else 'out'}")
        if door.needs is not Open.TO_ALL:
            status = await tried.ask(None, door.method, address(door, OWN))
            wrong += [] if status == 401 or (status == 303 and door.method == "GET") else [f"{name} nobody: {status}"]
    assert wrong == []
    assert set(tried.reached) >= {f"{d.method} {d.path}" for d in DOORS if d.needs not in (Open.HALF, Open.UNLOCKING, Open.STATION)}


async def test_nothing_is_written_without_the_pages_own_token(tried: Tried) -> None:
    people = [who for who in tried.people if who.role not in PROGRAMMES]
    for door in DOORS:
        who = next((each for each in people if passes(door, each, OWN)), None)
        if door.method == "GET" or who is None:
            continue
        before = tried.reached.copy()
        assert await tried.ask(who, door.method, address(door, OWN), csrf=False) == 403, door.path
        assert tried.reached == before, door.path


TOPICS = {
    "ward": (May.BEDS, lambda ward: f"ward:{ward}"),
    "opd": (May.QUEUE, lambda ward: "opd:ENT"),
    "house": (May.COMMAND, lambda ward: "house"),
    "cleaning": (May.DIRTY_WALL, lambda ward: f"cleaning:{ward}"),
    "desk": (May.WAITING, lambda ward: "desk"),
    "housekeeping": (May.JOBS, lambda ward: "housekeeping"),
    "discharges": (May.DISCHARGES, lambda ward: "discharges"),
    "transports": (May.TRANSPORTS, lambda ward: "transports"),
}


async def test_every_topic_is_heard_by_whom_the_matrix_says(tried: Tried) -> None:
    """A display shows a board of the house only where it was paired for it."""
    assert TOPICS.keys() == KINDS.keys()
    wrong = []
    for kind, (right, topic) in TOPICS.items():
        where = Where.WARD if kind in ("ward", "cleaning") else Where.CLINIC if kind == "opd" else Where.FILTERED
        where = Where.WHOLE if kind == "house" else where
        door = Door("GET", "/api/v1/stream", print, right, where)  # type: ignore[arg-type]
        for who in tried.people:
            for ward in WARDS if where is Where.WARD else (OWN,):
                shut = who.role is Role.DISPLAY and kind in ("house", "cleaning")
                wanted = 204 if passes(door, who, ward) and not shut else 403
                status = await tried.ask(who, "GET", "/api/v1/stream", f"topics={topic(ward)}")
                wrong += [] if status == wanted else [f"{topic(ward)} {who}: {status}"]
        assert await tried.ask(None, "GET", "/api/v1/stream", f"topics={topic(OWN)}") == 401
    assert wrong == []
