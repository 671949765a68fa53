"""A hospital to be attacked: its people and programmes with what they hold, cookies that should be dead, attempts as bytes, and its truth
(the trail, the state) read from Postgres itself, past the product's own readers."""

import asyncio
import re
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

import asyncpg
import httpx

from flow.domain.ids import WardId
from flow.domain.roles import Role
from flow.history.accounts import Account, Accounts, Tokens
from flow.main import open_house
from flow.settings import Settings
from tests.acceptance.house import PASSWORD, HouseProcess

PEOPLE = (
    *(("asha", Role.ADMISSIONS, ""), ("nina", Role.NURSE, "4B"), ("ravi", Role.NURSE, "ICU"), ("mona", Role.MANAGER, "")),
    *(("adam", Role.ADMIN, ""), ("olga", Role.AUDITOR, ""), ("hari", Role.HOUSEKEEPING, ""), ("sita", Role.SUPERVISOR, "")),
    *(("dev", Role.DOCTOR, "4B"), ("bill", Role.BILLING, ""), ("pia", Role.PHARMACY, ""), ("paul", Role.PORTER, "")),
    *(("opal", Role.OPD, ""), ("ines", Role.INTEGRATION, ""), ("wall", Role.DISPLAY, "4B")),
)
"""One of each role, and a nurse of another ward; `wall` and `ines` come by tokens alone."""
BY_TOKEN = (Role.DISPLAY, Role.INTEGRATION)
_STATE = """
select md5(concat_ws('|',
    (select max(seq) from head), (select count(*) from letter), (select count(*) from session),
    (select string_agg(concat_ws(',', id, name, role, ward, password, disabled_at), ';' order by id) from account),
    (select string_agg(concat_ws(',', id, role, ward, revoked_at), ';' order by id) from token),
    (select string_agg(concat_ws(',', id, kind, name, audience, ward, revoked_at), ';' order by id) from device),
    (select count(*) from passkey), (select count(*) from authenticator), (select count(*) from cleaner), (select count(*) from floor_plan),
    (select count(*) from share), (select count(*) from contact), (select count(*) from clean_problem),
    (select count(*) from push_subscription)
))
"""


class Traced(NamedTuple):
    """A line of the audit trail."""

    kind: str
    code: str
    actor: str
    view: str


class Answer(NamedTuple):
    """What came back: the status of the first answer (0: none), all that was said, and how many answers there were."""

    status: int
    text: str
    answers: int


@dataclass
class Truth:
    """A connection of our own to the house's Postgres, in a thread with a loop of its own: a browser's loop may run in the test's."""

    environ: Mapping[str, str]
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _connection: Any = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._connection is not None:
            self.run(self._connection.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Wait for something in that thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def people(self) -> dict[str, str]:
        """Everybody's account, and a token of each by name."""

        async def work() -> dict[str, str]:
            async with open_house(Settings.from_environ(self.environ)) as found:
                self._connection = await asyncpg.connect(found.dsn)
                accounts, tokens = Accounts(found.database), Tokens(found.database)
                for name, role, ward in PEOPLE:
                    if role not in BY_TOKEN:
                        await accounts.add(Account(name, name.title(), role, WardId(ward) if ward else None), PASSWORD)
                return {name: await tokens.create(role, ward or None) for name, role, ward in PEOPLE}

        made: dict[str, str] = self.run(work())
        return made

    def state(self) -> str:
        """A print of everything that an attempt could have changed."""
        return str(self.run(self._connection.fetchval(_STATE)))

    def seq(self) -> int:
        """How far the log goes."""
        return int(self.run(self._connection.fetchval("select coalesce(max(seq), 0) from head")))

    def trail(self) -> dict[str, list[Traced]]:
        """The audit trail by the address that somebody came from."""
        rows = self.run(self._connection.fetch("select address, kind, detail->>'code' as code, actor, view from audit order by id"))
        found: dict[str, list[Traced]] = {}
        for row in rows:
            found.setdefault(row["address"], []).append(Traced(row["kind"], row["code"] or "", row["actor"], row["view"]))
        return found


class Town:
    """The house, and what stands for the words between @ signs in an attempt: tokens by name, `cookie NAME`, `csrf NAME`, and others."""

    def __init__(self, house: HouseProcess, truth: Truth) -> None:
        self.house, self.truth = house, truth
        self.words: dict[str, str] = {"host": f"127.0.0.1:{house.http}", "origin": house.origin, **truth.people()}
        self._far = 0
        self._open = ExitStack()

    def far(self) -> str:
        """An address that nobody had before."""
        self._far += 1
        return f"198.18.{self._far // 250}.{self._far % 250 + 1}"

    def browser(self, **headers: str) -> httpx.Client:
        """A browser from an address of its own."""
        asks = {"x-forwarded-for": self.far(), **headers}
        return self._open.enter_context(httpx.Client(base_url=self.house.origin, headers=asks, timeout=20))

    def close(self) -> None:
        """All browsers."""
        self._open.close()

    def signed_in(self, name: str) -> httpx.Client:
        """A browser in which somebody has signed in; `cookie NAME` and `csrf NAME` are known from then on."""
        browser = self.browser()
        answer = browser.post("/login", data={"account": name, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        self.words |= {f"cookie {name}": browser.cookies["bedflow"], f"csrf {name}": csrf(browser)}
        return browser

    def say(self, sent: bytes, address: str) -> bytes:
        """An attempt with its words filled in; @length@ is that of its body."""
        head, gap, body = (self._filled(part, address) for part in sent.partition(b"\r\n\r\n"))
        return head.replace(b"@length@", str(len(body)).encode()) + gap + body

    def _filled(self, part: bytes, address: str) -> bytes:
        words = {**self.words, "from": address}
        return re.sub(rb"@(\w[\w ]*)@", lambda hit: words[hit[1].decode()].encode() if hit[1] != b"length" else hit[0], part)

    def attempt(self, sent: bytes, address: str = "", peer: str = "127.0.0.1") -> Answer:
        """Send it on a connection of its own, and read until the house has ended that, or is silent."""
        return heard(("127.0.0.1", self.house.http), self.say(sent, address), peer)


def heard(door: tuple[str, int], sent: bytes, peer: str = "127.0.0.1", patience: float = 5.0) -> Answer:
    """What a port answers to bytes."""
    got = b""
    with socket.create_connection(door, timeout=patience, source_address=(peer, 0)) as line, suppress(OSError):
        line.sendall(sent)
        while chunk := line.recv(65536):
            got += chunk
    found = re.findall(rb"(?:^|\r\n|[^\r\n])HTTP/1\.1 (\d{3}) ", got)
    return Answer(int(found[0]) if found else 0, got.decode("utf-8", "replace"), len(found))


def csrf(browser: httpx.Client, page: str = "/my-sign-in") -> str:
    """A token that belongs to the browser's cookie."""
    found = re.search(r'name="csrf" value="(\w+)"', browser.get(page).text)
    assert found is not None
    return found[1]


@contextmanager
def besieged(house: HouseProcess) -> Iterator[Town]:
    """The town of a running house."""
    with Truth(house.environ) as truth:
        town = Town(house, truth)
        try:
            yield town
        finally:
            town.close()


def http(method: str, path: str, who: str = "", body: str = "", *more: str, form: bool = False) -> bytes:
    """A request on a connection that ends with it. `who`: somebody's token, or `cookie NAME`, which comes with the page's own token where
    `csrf NAME` stands in `more`; `form`: the body is a form's, else JSON."""
    lines = [f"{method} {path} HTTP/1.1", "host: @host@", "x-forwarded-for: @from@", "connection: close"]
    if who:
        lines.append(f"cookie: bedflow=@{who}@" if who.startswith("cookie ") else f"authorization: Bearer @{who}@")
    if body or method not in ("GET", "HEAD"):
        lines += [f"content-type: application/{'x-www-form-urlencoded' if form else 'json'}", "content-length: @length@"]
    return ("\r\n".join([*lines, *more]) + "\r\n\r\n" + body).encode()


def late(work: Callable[[], Answer]) -> Callable[[], Answer]:
    """Begin something slow now, in a thread; called, it waits for the answer."""
    found: list[Answer] = []
    thread = threading.Thread(target=lambda: found.append(work()), daemon=True)
    thread.start()

    def answer() -> Answer:
        thread.join(60)
        return found[0]

    return answer


def dripping(door: tuple[str, int], pieces: Iterator[bytes], within: float = 40.0) -> Answer:
    """Send a piece every half second, until the house has had enough."""
    got, over = b"", threading.Event()
    with socket.create_connection(door, timeout=within) as line:

        def drip() -> None:
            with suppress(OSError):
                for piece in pieces:
                    line.sendall(piece)
                    if over.wait(0.5):
                        return

        hand = threading.Thread(target=drip, daemon=True)
        hand.start()
        with suppress(OSError):
            while chunk := line.recv(65536):
                got += chunk
        over.set()
        hand.join(within)
    found = re.findall(rb"HTTP/1\.1 (\d{3}) ", got)
    return Answer(int(found[0]) if found else 0, got.decode("utf-8", "replace"), len(found))
