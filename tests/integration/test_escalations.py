"""Escalations on real stores: told once whoever looks and however often, nothing lost over a restart, muted by a manager's tap."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flow.addressees import addressees
from flow.domain.cleaning_commands import AskClean, Tap, TapClean
from flow.domain.escalation import Case, Round
from flow.domain.ids import BedId
from flow.domain.roles import Role
from flow.errors import Misconfigured
from flow.history import escalations
from flow.history.escalations import Escalations
from flow.history.messages import Messages, Waiting
from flow.main.escalating import CUT_OFF, TRIES, Escalating
from flow.main.notifying import Outcome, by_apprise, sender
from tests.integration.test_desk import NOW, NURSE, House, open_house
from tests.integration.web_house import Web, web

__all__ = ["web"]
BED, OTHER = BedId("4B-A-01"), BedId("4B-A-02")
DAYTIME = NOW.replace(hour=5)
"""10:30 in Kolkata."""
MINUTE = timedelta(minutes=1)


class Post:
    """Where messages go; `broken` refuses them, `dies` kills the process that sends."""

    def __init__(self) -> None:
        self.out: list[tuple[str, str]] = []
        self.broken = False
        self.dies = False

    async def __call__(self, message: Waiting) -> Outcome:
        if not self.broken:
            self.out.append((message.addressee, message.text))
        if self.dies:
            raise Killed
        return Outcome.REFUSED if self.broken else Outcome.SENT


class Killed(BaseException):
    """The process is gone."""


@pytest.fixture
async def core(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        found = await open_house(stack, dsn, redis_url, tmp_path)
        found.clock.set(max(DAYTIME, NOW) if DAYTIME > NOW else DAYTIME + timedelta(days=1))
        yield found


def worker(core: House, post: Post | None = None) -> Escalating:
    """A worker that has just started."""
    return Escalating(core.desk, core.database, core.clock, post)


async def rows(core: House) -> list[tuple[str, int, int]]:
    async with core.database.read() as connection:
        return [(t.rule, t.level, t.noted) for t in await escalations.told(connection, core.database.hospital)]


async def dirty(core: House, *beds: BedId) -> None:
    for bed in beds:
        await core.desk.act(AskClean(bed), NURSE)


async def begin(core: House, bed: BedId) -> None:
    job = core.desk.hospital.beds[bed].job
    assert job is not None
    await core.desk.act(TapClean(bed, Tap.START, "c1", job=job.id), NURSE)


async def test_a_bed_that_waits_is_told_level_by_level_and_leaves_when_it_is_cleaned(core: House) -> None:
    post = Post()
    look = worker(core, post)
    await dirty(core, BED)
    core.clock.advance(29 * MINUTE)
    await look.look()
    assert await rows(core) == []
    for minutes, expected in ((1, [("clean-waiting", 1, 1)]), (15, [("clean-waiting", 2, 2)]), (30, [("clean-waiting", 3, 3)])):
        core.clock.advance(minutes * MINUTE)
        await look.look()
        await look.deliver()
        assert await rows(core) == expected
    assert [to for to, _ in post.out] == ["supervisor", "manager"]
    assert post.out[0][1] == "Ward 4B: 1 bed waits to be cleaned (longest 15 min past the aim)"
    await begin(core, BED)
    await look.look()
    assert await rows(core) == []
    assert (await Escalations(core.database).rates(core.clock.now()))["clean-waiting"].acted == 1


async def test_many_workers_at_once_tell_everything_once(core: House) -> None:
    post = Post()
    workers = [worker(core, post) for _ in range(6)]
    await dirty(core, BED, OTHER)
    core.clock.advance(50 * MINUTE)
    for _ in range(5):
        await asyncio.gather(*(each.look() for each in workers))
        await asyncio.gather(*(each.deliver() for each in workers))
    assert len(await rows(core)) == 2
    assert post.out == [("supervisor", "Ward 4B: 2 beds wait to be cleaned (longest 20 min past the aim)")]


async def test_only_one_leads_at_a_time(core: House) -> None:
    async with escalations.leading(core.database) as first:
        assert first is not None
        assert await worker(core).look() is False
    assert await worker(core).look() is True


async def test_a_worker_that_dies_before_its_commit_leaves_nothing_and_the_next_tells(core: House, monkeypatch: pytest.MonkeyPatch) -> None:
    post = Post()
    await dirty(core, BED)
    core.clock.advance(50 * MINUTE)
    whole = escalations.write

    async def torn(connection: Any, hospital: str, taken: Round, at: datetime, *, messages: bool) -> None:
        await whole(connection, hospital, taken, at, messages=messages)
        raise Killed

    monkeypatch.setattr(escalations, "write", torn)
    with pytest.raises(Killed):
        await worker(core, post).look()
    assert (await rows(core), await worker(core, post).deliver()) == ([], 0)
    monkeypatch.undo()
    for _ in range(3):
        await worker(core, post).look()
        await worker(core, post).deliver()
    assert len(post.out) == 1


async def test_a_message_laid_down_before_a_restart_leaves_after_it_once(core: House) -> None:
    post = Post()
    await dirty(core, BED)
    core.clock.advance(50 * MINUTE)
    await worker(core, post).look()
    assert await worker(core, post).deliver() == 1
    assert await worker(core, post).deliver() == 0
    assert len(post.out) == 1


async def test_a_worker_that_is_to_stop_leaves_the_next_message_to_the_next_worker(core: House) -> None:
    post = Post()
    for bed, minutes in ((BED, 50), (OTHER, 60)):
        await dirty(core, bed)
        core.clock.advance(minutes * MINUTE)
        await worker(core, post).look()
    stops = worker(core, post)
    whole = stops.messages.sent

    async def sent_and_stop(message: Waiting, at: datetime) -> None:
        await whole(message, at)
        stops.timed._stopping = True

    stops.messages.sent = sent_and_stop  # type: ignore[method-assign]
    assert (await stops.deliver(), await stops.deliver()) == (1, 0)
    assert await worker(core, post).deliver() == 2
    assert [to for to, _ in post.out] == ["supervisor", "manager", "supervisor"]


async def test_a_message_cut_off_in_the_middle_is_not_sent_twice_and_is_shown(core: House) -> None:
    post = Post()
    await dirty(core, BED)
    core.clock.advance(50 * MINUTE)
    await worker(core, post).look()
    post.dies = True
    with pytest.raises(Killed):
        await worker(core, post).deliver()
    post.dies = False
    core.clock.advance(CUT_OFF + MINUTE)
    assert await worker(core, post).deliver() == 0
    assert len(post.out) == 1
    (message,) = await Messages(core.database).latest(NOW - timedelta(days=1))
    assert message.given_up == "cut off while it was sent"
    core.clock.advance(30 * MINUTE)
    await worker(core, post).look()
    await worker(core, post).deliver()
    assert [to for to, _ in post.out] == ["supervisor", "manager"], "the next level is told all the same"


async def test_a_gateway_that_refuses_is_asked_again_later_and_given_up_in_the_end(core: House) -> None:
    post = Post()
    post.broken = True
    await dirty(core, BED)
    core.clock.advance(50 * MINUTE)
    await worker(core, post).look()
    assert await worker(core, post).deliver() == 0
    assert await worker(core, post).deliver() == 0
    post.broken = False
    core.clock.advance(MINUTE)
    assert await worker(core, post).deliver() == 1
    post.broken = True
    await dirty(core, BedId("ICU-I-01"))
    core.clock.advance(50 * MINUTE)
    await worker(core, post).look()
    for _ in range(TRIES + 2):
        core.clock.advance(timedelta(hours=3))
        await worker(core, post).deliver()
    (message, *_) = [each for each in await Messages(core.database).latest(NOW) if each.ward == "ICU"]
    assert (message.given_up, message.sent_at) == (f"refused {TRIES} times", None)


async def test_without_addresses_nothing_is_laid_down_and_screens_still_tell(core: House) -> None:
    await dirty(core, BED)
    core.clock.advance(80 * MINUTE)
    await worker(core).look()
    assert await rows(core) == [("clean-waiting", 3, 3)]
    assert await Messages(core.database).latest(NOW) == []
    assert sender(addressees("")) is None


async def test_at_night_the_manager_sleeps(core: House) -> None:
    post = Post()
    core.clock.set(core.clock.now().replace(hour=18, minute=0))
    await dirty(core, BED)
    await core.desk.act(AskClean(OTHER, stat=True), NURSE)
    core.clock.advance(80 * MINUTE)
    await worker(core, post).look()
    await worker(core, post).deliver()
    assert sorted(await rows(core)) == [("clean-waiting", 1, 0), ("stat-waiting", 2, 2)]
    assert {text for _, text in post.out} == {"Ward 4B: 1 urgent clean waits (longest 70 min past the aim)"}
    core.clock.advance(timedelta(hours=7))
    await worker(core, post).look()
    await worker(core, post).deliver()
    assert any("1 bed waits to be cleaned" in text for _, text in post.out)


# --- what leaves the house ---


async def test_messages_go_to_the_addresses_of_their_role_off_the_event_loop() -> None:
    import threading

    sent: list[tuple[tuple[str, ...], str, bool]] = []

    def notify(addresses: tuple[str, ...], text: str) -> Outcome:
        sent.append((addresses, text, threading.current_thread() is threading.main_thread()))
        return Outcome.SENT

    send = sender(addressees("supervisor=json://a manager=json://b"), notify)
    assert send is not None
    assert await send(Waiting(1, "escalation", "4B", "supervisor", "hello", 1)) is Outcome.SENT
    assert await send(Waiting(2, "escalation", "4B", "nurse", "hello", 1)) is Outcome.NOBODY
    assert sent == [(("json://a",), "hello", False)]


def test_a_role_that_there_is_not_stops_the_start() -> None:
    with pytest.raises(Misconfigured, match="boss"):
        sender(addressees("boss=json://x"))


async def test_what_a_gateway_raises_is_a_refusal_and_its_words_are_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    def notify(addresses: tuple[str, ...], text: str) -> Outcome:
        raise RuntimeError("token secret-4711 refused")

    send = sender(addressees("json://secret-4711"), notify)
    assert send is not None and await send(Waiting(1, "escalation", "4B", "supervisor", "hello", 1)) is Outcome.REFUSED
    assert "4711" not in capsys.readouterr().out


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # apprise asks for it on older Pythons
async def test_apprise_delivers_over_http() -> None:
    """The real library against a gateway of ours on this machine."""
    got: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        got.append(await reader.readexactly(int(length[1])) if length else b"")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        assert await asyncio.to_thread(by_apprise, (f"json://127.0.0.1:{port}/",), "Ward 4B: 2 beds wait") is Outcome.SENT
    assert b"Ward 4B: 2 beds wait" in got[0]
    assert await asyncio.to_thread(by_apprise, (f"json://127.0.0.1:{port}/",), "nobody listens") is Outcome.REFUSED


# --- the screens ---

HX = {"hx-request": "true"}


async def raised(web: Web, rule: str, count: int, acted: int) -> None:
    """A history: so many told of, so many acted on."""
    now = web.core.clock.now()
    async with web.core.database.write() as connection:
        hospital = web.core.database.hospital
        found = tuple((Case(rule, f"old-{n}", "4B", "4B A1", now), 1, 1) for n in range(count))
        await escalations.write(connection, hospital, Round(raised=found), now - timedelta(days=3), messages=False)
        told = [each for each in await escalations.told(connection, hospital) if each.subject.startswith("old-")]
        over = tuple((each.id, n < acted) for n, each in enumerate(told))
        await escalations.write(connection, hospital, Round(over=over), now, messages=False)


async def test_each_role_hears_what_is_theirs_at_its_level(web: Web) -> None:
    core = web.core
    core.clock.set(core.clock.now().replace(hour=5) + timedelta(days=1))
    await dirty(core, BED)
    core.clock.advance(31 * MINUTE)
    await worker(core).look()
    bells = {}
    for role, ward in ((Role.SUPERVISOR, None), (Role.NURSE, "4B"), (Role.NURSE, "ICU"), (Role.ADMISSIONS, None), (Role.MANAGER, None)):
        client = await web.as_role(role, ward)
        found = re.search(r"<b>(\d+)</b>", (await client.get("/escalations/bell")).text)
        bells[f"{role}{ward or ''}"] = int(found[1]) if found else 0
    assert bells == {"supervisor": 1, "nurse4B": 1, "nurseICU": 0, "admissions": 0, "manager": 1}
    nurse = await web.as_role(Role.NURSE, "4B")
    page = (await nurse.get("/escalations")).text
    assert "4B A1" in page and "bed waits to be cleaned" in page and "1/3" in page and "Mute" not in page
    assert 'id="bell"' in (await nurse.get("/wards/4B")).text
    assert (await (await web.as_role(Role.PORTER)).get("/escalations")).status_code == 403


async def test_a_rule_that_nobody_acts_on_proposes_to_be_muted_and_a_managers_tap_does_it(web: Web) -> None:
    core = web.core
    await raised(web, "clean-waiting", 25, 2)
    await raised(web, "bed-request", 25, 20)
    manager = await web.as_role(Role.MANAGER)
    page = (await manager.get("/escalations")).text
    assert page.count("Hardly ever acted on") == 1 and "2 of 25 in 14 days" in page and "20 of 25 in 14 days" in page
    assert (await (await web.as_role(Role.SUPERVISOR)).post("/escalations/rules/clean-waiting/mute")).status_code == 403
    muted = (await manager.post("/escalations/rules/clean-waiting/mute", headers=HX)).text
    assert "Hardly ever" not in muted and "muted since" in muted and "Tell again" in muted
    await dirty(core, BED)
    core.clock.advance(60 * MINUTE)
    await worker(core).look()
    assert await rows(core) == []
    heard = (await manager.post("/escalations/rules/clean-waiting/unmute", headers=HX)).text
    assert "Tell again" not in heard
    await worker(core).look()
    assert [rule for rule, _, _ in await rows(core)] == ["clean-waiting"]
    assert (await manager.post("/escalations/rules/nothing/mute")).status_code == 404
    assert (await manager.post("/escalations/rules/clean-waiting/sing")).status_code == 404
