"""Another system that is told of our beds, and a log and a queue in memory to tell it from."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from adt_feed.framing import MllpReader, wrap
from adt_feed.message import Message
from adt_feed.outbound import Courier, Follower, House, mllp
from flow.domain.cause import Cause, Origin
from flow.domain.charges import Ledger
from flow.domain.commands import Command
from flow.domain.decide import decide
from flow.domain.events import Entry, Event, Kind
from flow.domain.hospital import Hospital, evolve, opened
from flow.domain.ids import BedId, PatientId, VisitId
from flow.domain.outgoing import Batch, Waiting
from flow.domain.person import PersonDetails
from flow.errors import Unavailable
from tests.plans import small_plan

PLAN = small_plan()
FEED = PLAN.feeds[0]
T0 = datetime(2026, 3, 1, 4, 30, tzinfo=UTC)
A1, A2 = BedId("4B-A-01"), BedId("4B-A-02")


@dataclass
class Log:
    """A log in memory, with a hospital to decide by, and the queue of one feed."""

    hospital: Hospital = field(default_factory=lambda: Hospital(PLAN))
    entries: list[Entry] = field(default_factory=list)
    saved: int | None = None
    letters: list[Waiting] = field(default_factory=list)
    states: dict[int, str] = field(default_factory=dict)
    outages: int = 0

    def __post_init__(self) -> None:
        self.append([Event(Kind.BED_OPENED, bed, T0) for bed in opened(PLAN, T0)], Cause(Origin.SYSTEM, "opening", T0))

    def append(self, events: list[Event], cause: Cause) -> None:
        for event in events:
            record = evolve(self.hospital, self.hospital.seq + 1, event)
            self.entries.append(Entry(self.hospital.seq, replace(event, record=record), cause))

    def does(self, command: Command, origin: Origin = Origin.PERSON, actor: str = "asha") -> None:
        cause = Cause(origin, actor, T0 + timedelta(minutes=len(self.entries)))
        self.append(decide(self.hospital, command, cause), cause)

    async def after(self, seq: int) -> Sequence[Entry]:
        return [entry for entry in self.entries if entry.seq > seq]

    async def nobody(self, patients: Iterable[PatientId]) -> dict[PatientId, PersonDetails]:
        return {}

    # -- the queue ----------------------------------------------------------------------------------------------------

    async def cursor(self) -> int | None:
        return self.saved

    async def post(self, batch: Batch) -> None:
        if self.outages:
            self.outages -= 1
            raise Unavailable("the store is away")
        known = {letter.key for letter in self.letters}
        for posted in batch.posted:
            if posted.key not in known:
                self.letters.append(Waiting(len(self.letters), posted.kind, posted.key, posted.subject, posted.body))
        self.saved = self.saved if batch.seq is None else batch.seq

    async def charged(self, visits: Sequence[VisitId]) -> dict[VisitId, Ledger]:
        return {}

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[bool]:
        yield True

    async def next(self) -> Waiting | None:
        waiting = (letter for letter in self.letters if self.states.get(letter.id, "waiting") == "waiting")
        return next(waiting, None)

    async def sent(self, waiting: Waiting, code: str) -> None:
        if self.outages:
            self.outages -= 1
            raise Unavailable("the store is away")
        self.states[waiting.id] = "sent"

    async def refused(self, waiting: Waiting, code: str) -> None:
        self.letters[waiting.id] = replace(waiting, attempts=waiting.attempts + 1)

    async def dead(self, waiting: Waiting, code: str, reason: str) -> None:
        self.states[waiting.id] = f"dead: {reason}"


@dataclass
class Receiver:
    """Another system: keeps what it hears and answers with a code; `deaf` closes so many connections without a word."""

    code: str = "AA"
    deaf: int = 0
    heard: list[Message] = field(default_factory=list)
    grown: asyncio.Event = field(default_factory=asyncio.Event)
    address: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        frames = MllpReader(1 << 16)
        try:
            while data := await reader.read(4096):
                for frame in frames.feed(data):
                    if self.deaf:
                        self.deaf -= 1
                        return
                    assert isinstance(frame, bytes)
                    writer.write(self.hear(frame))
        finally:
            writer.close()

    def hear(self, frame: bytes) -> bytes:
        self.heard.append(Message.parse(frame))
        self.grown.set()
        return wrap(f"MSH|^~\\&|HIS||||||ACK|1|P|2.5.1\rMSA|{self.code}|{self.heard[-1].control_id}\r".encode())

    async def until(self, count: int) -> list[tuple[str, str]]:
        """What was said of beds, once there is so much."""
        async with asyncio.timeout(10):
            while len(self.heard) < count:
                self.grown.clear()
                await self.grown.wait()
        return [(npu.field(1), npu.field(2)) for message in self.heard for npu in message.segments("NPU")]


@asynccontextmanager
async def listening(receiver: Receiver) -> AsyncIterator[Receiver]:
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    receiver.address = f"{host}:{port}"
    async with server:
        yield receiver


@asynccontextmanager
async def following(log: Log, address: str) -> AsyncIterator[Follower]:
    async with mllp(address) as send:
        courier = Courier("his", log, send, pause=no_pause)
        house = House(lambda: log.hospital, log.after, log.nobody, lambda: T0)
        follower = Follower(FEED.id, house, log, courier.wake)
        tasks = [asyncio.create_task(follower.follow(log.hospital.seq)), asyncio.create_task(courier.run())]
        try:
            async with asyncio.timeout(10):
                while log.saved is None:
                    await asyncio.sleep(0)
            yield follower
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def no_pause(_: float) -> None:
    await asyncio.sleep(0)
