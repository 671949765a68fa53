"""Where feeds are heard: several ports, each feed by its own rules, TLS where a client is named, and settings that must agree."""

import asyncio
import socket
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from adt_feed.letter import Letter
from adt_feed.sender import MllpClient
from adt_feed.tls import client_context
from flow.errors import Misconfigured, Unavailable
from flow.main.listening import Ports, feed_addresses, feeds_heard, tls_context
from flow.main.pace import OFTEN
from flow.main.running import Running
from flow.plan_file import parse_plan
from flow.setting_words import Address
from flow.settings import Settings
from tests.acceptance.house import free_port
from tests.certificates import Authority
from tests.integration.mllp_port import NOW, Journal, message, until
from tests.plans import small_plan
from tests.unit.test_plan_file import FEED, SMALL

LAB = FEED.replace("his", "lab")


class Desk:
    """What a listener knows of the desk."""

    def __init__(self) -> None:
        self.woken = 0

    def wake(self) -> None:
        self.woken += 1

    async def handle(self, letters: object) -> bool:
        return False

    async def open(self) -> None:
        return

    async def run(self) -> None:
        await asyncio.Event().wait()


class Empty(Journal):
    """A journal and a log in which nothing stands yet."""

    after = None

    async def feeds(self) -> dict[str, datetime]:
        return {}

    async def head(self) -> tuple[int, None]:
        return 0, None


class Away:
    """A database that is not there for the trail."""

    hospital = "small"

    def held(self) -> None:
        raise Unavailable("it is away")


def opened(hospital: str, journal: Journal, **environ: str) -> Ports:
    """The ports of a hospital file, before a journal that can be held or broken."""
    plan, settings = parse_plan(hospital, "small.toml"), Settings.from_environ(environ)
    clock = SimpleNamespace(now=lambda: NOW)
    house = SimpleNamespace(plan=plan, settings=settings, clock=clock, inbox=journal, desk=Desk(), database=Away())
    return Ports(house, {})  # type: ignore[arg-type]


async def sent(port: int, control_id: str, **more: object) -> str:
    """The code that one message is answered with; "" for silence."""
    codes: list[str] = []
    client = MllpClient("127.0.0.1", port, attempts=1, **{"patience": 5, **more})  # type: ignore[arg-type]
    try:
        await client.send([message(control_id)], lambda _, code: codes.append(code))
    except Unavailable:
        return ""
    finally:
        await client.close()
    return codes[0]


def listens(port: int) -> bool:
    """Whether somebody takes connections there; none is made."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections that are still open do not count
        try:
            other.bind(("127.0.0.1", port))
        except OSError:
            return True
        return False


class Ready(Desk):
    """A desk that handles at once whatever it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.given: list[str] = []

    async def handle(self, letters: Sequence[Letter]) -> bool:
        self.given += [letter.control_id for letter in letters]
        return True


async def test_letters_are_handled_at_once_unless_a_sender_works_off_a_pile() -> None:
    """A letter every five milliseconds waits for its decision; who sends half a millisecond after each answer is answered first."""
    journal, now = Journal(), NOW
    ports = opened(SMALL + FEED, journal)
    desk = vars(ports.house)["desk"] = Ready()
    vars(ports.house)["clock"] = SimpleNamespace(now=lambda: now)
    for number, apart in enumerate([5.0] * 20 + [0.5] * 20 + [5.0] * 2):
        now += timedelta(milliseconds=apart)
        await ports._keep([Letter("his", b"MSH", str(number), "", "", now)])
    kept = [int(letter.control_id) for letter in journal.letters]
    assert kept == list(range(20 + OFTEN - 1, 40))
    assert sorted([*kept, *map(int, desk.given)]) == list(range(42))


async def test_each_feed_has_its_port_and_says_its_own_in_an_outage() -> None:
    journal, own, shared = Journal(), free_port(), free_port()
    hospital = SMALL + FEED + LAB + f'listen = "127.0.0.1:{own}"\non_outage = "AE"\n'
    ports = opened(hospital, journal, BEDFLOW_MLLP=f"127.0.0.1:{shared}")
    async with AsyncExitStack() as stack:
        await ports.open(stack)
        assert [await sent(shared, "1"), await sent(own, "2")] == ["AA", "AA"]
        assert {letter.control_id: letter.feed for letter in journal.letters} == {"1": "his", "2": "lab"}
        assert {feed: counters.kept for feed, counters in ports.counters().items()} == {"his": 1, "lab": 1}
        assert ports.house.desk.woken == 2  # type: ignore[attr-defined]
        journal.error = Unavailable("the journal is away")
        assert [await sent(shared, "3"), await sent(own, "4")] == ["", "AE"]
    assert await sent(shared, "5") == ""


@pytest.mark.parametrize("busy", [0, 1])
async def test_no_feed_takes_letters_while_another_finishes_its_own(busy: int) -> None:
    journal, feeds = Journal(), (free_port(), free_port())
    ports = opened(SMALL + FEED + LAB + f'listen = "127.0.0.1:{feeds[1]}"\n', journal, BEDFLOW_MLLP=f"127.0.0.1:{feeds[0]}")
    journal.gate.clear()
    async with AsyncExitStack() as stack:
        await ports.open(stack)
        sending = asyncio.create_task(sent(feeds[busy], "1"))
        await asyncio.wait_for(journal.called.wait(), 5)
        stopping = asyncio.create_task(stack.aclose())
        await until(lambda: not any(map(listens, feeds)))
        journal.gate.set()
        assert await sending == "AA"
        await stopping


async def test_a_port_that_can_answer_nobody_stops_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any fault of ours behind the commit: a supervisor starts the process anew, and what was not answered comes again."""
    house = opened(SMALL + FEED, Empty(), BEDFLOW_MLLP=f"127.0.0.1:{free_port()}").house
    files = SimpleNamespace(keep=lambda *_: asyncio.sleep(0, 1))
    monkeypatch.setattr("flow.main.running.HospitalFiles", lambda *_: files)
    vars(house).update(
        redis_url="redis://127.0.0.1:1", log=Empty(), people=SimpleNamespace(get=None, on_guards=lambda _: None), vault=None, file=""
    )
    vars(house.desk).update(hospital=SimpleNamespace(seq=0), on_commit=lambda _: None)
    monkeypatch.setattr("adt_feed.connection.Connection.flush", lambda _: {}["a fault of ours"])
    resting = SimpleNamespace(committed=None, run=asyncio.Event().wait)
    monkeypatch.setattr("flow.main.running.Withholding", lambda *_: resting)
    running = Running(house)
    async with AsyncExitStack() as stack:
        await running.start(stack, frozenset({"feed"}))
        assert await sent(house.settings.mllp.port, "1", patience=1) == ""
        with pytest.raises(ExceptionGroup):
            await asyncio.wait_for(running.until(asyncio.Event()), 5)


async def test_feeds_with_a_client_share_one_tls_port(tmp_path: Path) -> None:
    journal, authority, port, plain = Journal(), Authority(tmp_path), free_port(), free_port()
    own = authority.signs("bedflow")
    files = {"CERT": own.cert, "KEY": own.key, "CLIENT_CA": authority.cert}
    environ = {f"BEDFLOW_MLLP_TLS_{name}": str(file) for name, file in files.items()}
    hospital = SMALL + FEED + 'client = "engine"\n' + LAB + 'client = "analyser"\n' + FEED.replace("his", "ris")
    addresses = {"BEDFLOW_MLLP_TLS": f"127.0.0.1:{port}", "BEDFLOW_MLLP": f"127.0.0.1:{plain}"}
    ports = opened(hospital, journal, **environ, **addresses)
    async with AsyncExitStack() as stack:
        await ports.open(stack)
        for number, name in enumerate(("engine", "analyser", "engine")):
            shown = client_context(authority.cert, *authority.signs(name))
            assert await sent(port, str(number), ssl=shown) == "AA"
        assert await sent(port, "plain") == ""
        assert await sent(plain, "3") == "AA"
    assert [letter.feed for letter in journal.letters] == ["his", "lab", "his", "ris"]


def test_where_feeds_are_heard() -> None:
    hospital = SMALL + FEED + LAB + 'listen = "127.0.0.1:3000"\n' + FEED.replace("his", "ris") + 'client = "ris"\n'
    plan, settings = parse_plan(hospital, "small.toml"), Settings.from_environ({})
    assert feed_addresses(plan, settings) == [("his", settings.mllp), ("ris", settings.mllp_tls), ("lab", Address("127.0.0.1", 3000))]


PLAIN, TLS = SMALL + FEED, SMALL + FEED + 'client = "engine"\n'


@pytest.mark.parametrize(
    ("hospital", "names", "words"),
    [
        (TLS, (), "his is heard over TLS, for which BEDFLOW_MLLP_TLS_CERT, BEDFLOW_MLLP_TLS_KEY, BEDFLOW_MLLP_TLS_CLIENT_CA must be set"),
        (TLS, ("CERT", "KEY"), "for which BEDFLOW_MLLP_TLS_CLIENT_CA must be set"),
        (PLAIN, ("CERT",), "BEDFLOW_MLLP_TLS_KEY, BEDFLOW_MLLP_TLS_CLIENT_CA must be set as well"),
        (PLAIN, ("CERT", "KEY", "CLIENT_CA"), "nobody would use TLS"),
        (TLS, ("CERT", "KEY", "CLIENT_CA"), "cannot be used"),
    ],
)
def test_settings_and_feeds_that_do_not_agree_are_refused(hospital: str, names: tuple[str, ...], words: str) -> None:
    settings = Settings.from_environ({f"BEDFLOW_MLLP_TLS_{name}": "/missing.pem" for name in names})
    with pytest.raises(Misconfigured, match=words):
        tls_context(settings, feeds_heard(parse_plan(hospital, "small.toml"), settings))


def test_without_tls_nothing_is_asked_for() -> None:
    settings = Settings.from_environ({})
    assert tls_context(settings, feeds_heard(small_plan(), settings)) is None


PORT = 'listen = "127.0.0.1:3000"\n'


@pytest.mark.parametrize(
    ("feeds", "words"),
    [
        (FEED + PORT + LAB + PORT, "feeds his and lab have the same listen '127.0.0.1:3000'"),
        (FEED + PORT + 'client = "x"\n' + LAB + PORT, "feeds his and lab share a port: each must name its client"),
        (FEED + PORT + LAB + PORT + 'client = "x"\n', "feeds his and lab share a port: each must name its client"),
        (FEED + 'client = "x"\n' + LAB + 'client = "x"\n', "feeds his and lab have the same client 'x'"),
    ],
)
def test_a_file_whose_feeds_cannot_be_told_apart_is_refused(feeds: str, words: str) -> None:
    with pytest.raises(Misconfigured, match=words):
        parse_plan(SMALL + feeds, "small.toml")
