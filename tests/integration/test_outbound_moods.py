"""The road out over real stores and a real wire, to a receiver with moods: it drops, fails, answers what nobody asked, refuses, is away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from adt_feed.framing import MllpReader, wrap
from adt_feed.message import Message
from flow.desk import Actor
from flow.domain.bed import BedStatus
from flow.domain.commands import SetBedStatus
from flow.domain.ids import BedId
from flow.history.log import Log
from flow.history.outbox import DeadLetters
from flow.history.people import People
from flow.main.house import House as Opened
from flow.main.telling import tell
from flow.settings import Settings
from flow.vault import open_vault
from tests.integration.test_desk import House as Core
from tests.integration.test_desk import open_house
from tests.plans import small_plan

ASHA = Actor("asha")
BEDS = tuple(BedId(f"4B-{room}-{number:02d}") for room in "AB" for number in (1, 2, 3))
PLACES = [f"4B^{room}^{number}" for room in "AB" for number in (1, 2, 3)]


@dataclass
class Moody:
    """Meets message after message with the next mood: a code, `drop` (read it and hang up), `stray` (another's answer, then AA)."""

    moods: list[str] = field(default_factory=list)
    accepted: list[Message] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        frames = MllpReader(1 << 16)
        try:
            while data := await reader.read(4096):
                for frame in frames.feed(data):
                    assert isinstance(frame, bytes)
                    mood = self.moods.pop(0) if self.moods else "AA"
                    if mood == "drop":
                        return
                    for answer in self.answers(Message.parse(frame), mood):
                        writer.write(wrap(answer))
        finally:
            writer.close()

    def answers(self, message: Message, mood: str) -> list[bytes]:
        """What it says to one message."""
        self.heard.append(message.control_id)
        code = "AA" if mood == "stray" else mood
        if code == "AA":
            self.accepted.append(message)
        others = [acknowledged("AR", "of-another")] if mood == "stray" else []
        return [*others, acknowledged(code, message.control_id)]

    @property
    def places(self) -> list[str]:
        """The beds it was told of and took."""
        return [npu.field(1) for message in self.accepted for npu in message.segments("NPU")]


def acknowledged(code: str, control_id: str) -> bytes:
    return f"MSH|^~\\&|HIS||||||ACK|1|P|2.5.1\rMSA|{code}|{control_id}\r".encode()


@dataclass
class Out:
    """A hospital that tells a moody receiver of its beds."""

    core: Core
    dead: DeadLetters
    receiver: Moody
    port: int

    async def dirty(self) -> None:
        """Every bed of the ward wants cleaning, one after the other."""
        for bed in BEDS:
            await self.core.desk.act(SetBedStatus(bed, BedStatus.CLEANING), ASHA)

    async def states(self) -> dict[str, int]:
        """Letters by state."""
        return {row["state"]: row["letters"] for row in await self.dead.counts()}

    async def until(self, **wanted: int) -> None:
        """Once the queue holds so many letters of each state, and no others."""
        async with asyncio.timeout(20):
            while await self.states() != wanted:
                await asyncio.sleep(0.01)


@pytest.fixture
async def out(dsn: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Out]:
    monkeypatch.setattr("adt_feed.outbound.courier.FIRST_PAUSE", 0.01)
    async with AsyncExitStack() as stack:
        reserved = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        port = reserved.sockets[0].getsockname()[1]
        reserved.close()
        await reserved.wait_closed()
        small = small_plan()
        plan = replace(small, feeds=(replace(small.feeds[0], outbound=f"127.0.0.1:{port}", sends=("A20",)),))
        core = await open_house(stack, dsn, redis_url, tmp_path, plan)
        vault = open_vault(tmp_path)
        settings = Settings.from_environ({"BEDFLOW_DATA_DIR": str(tmp_path)})
        parts = (People(core.database, vault), core.desk.inbox, core.desk, Log(core.database))
        opened = Opened(settings, "", plan, core.clock, vault, core.database, dsn, redis_url, *parts)
        tasks: list[asyncio.Task[None]] = []
        await tell(opened, stack, lambda work: tasks.append(asyncio.ensure_future(work)))
        stack.push_async_callback(stop, tasks)
        yield Out(core, DeadLetters(core.database, core.clock), Moody(), port)


async def stop(tasks: list["asyncio.Task[None]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_whatever_its_mood_each_letter_is_taken_once_and_in_order(out: Out) -> None:
    out.receiver.moods = ["drop", "AA", "AE", "drop", "CE", "CA", "stray", "drop", "drop", "AA"]
    async with await asyncio.start_server(out.receiver.serve, "127.0.0.1", out.port):
        await out.dirty()
        await out.until(sent=len(BEDS))
    taken = [message.control_id for message in out.receiver.accepted]
    assert out.receiver.places == [place for place in PLACES if place != PLACES[1]]  # the second was taken with CA
    assert len(set(taken)) == len(taken)
    assert len(set(out.receiver.heard)) == len(BEDS)
    assert len(out.receiver.heard) == len(BEDS) + 2  # what it failed on came again under its own number


async def test_who_is_away_is_told_everything_once_it_is_back(out: Out) -> None:
    await out.dirty()
    await out.until(waiting=len(BEDS))
    async with await asyncio.start_server(out.receiver.serve, "127.0.0.1", out.port):
        await out.until(sent=len(BEDS))
    assert out.receiver.places == PLACES


async def test_what_it_refuses_is_laid_aside_and_the_next_go_on(out: Out) -> None:
    out.receiver.moods = ["AA", "AR", "AA", *["AE"] * 5]
    async with await asyncio.start_server(out.receiver.serve, "127.0.0.1", out.port):
        await out.dirty()
        await out.until(sent=len(BEDS) - 2, dead=2)
        assert out.receiver.places == [PLACES[0], PLACES[2], *PLACES[4:]]
        for row in await out.dead.page("dead", None, 10):
            await out.dead.resend(row["id"])
        await out.until(sent=len(BEDS))
    assert sorted(out.receiver.places) == PLACES
