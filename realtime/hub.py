"""The hub: one in each web process. Notes what changed for whom, encodes each frame once per group of like clients, and gives it to each
of them, fifty times a second in the long run.

Before it: `realtime.drawing`, which draws the tiles. After it: `realtime.stream`, whose writers take it to the sockets.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from math import inf
from operator import methodcaller
from typing import TypeVar

import structlog

from flow.domain.bed import BedState
from flow.domain.events import Record
from flow.domain.ids import BedId
from flow.domain.plan import Plan
from flow.state.live import Change, Live
from flow.views.bed_tile import Audience
from flow.views.cleaning_jobs import CleanLike
from realtime.drawing import Drawing
from realtime.frames import FAREWELL, Frame, Packet, announcement, heartbeat, tiles_frame
from realtime.listeners import Delivery, Listeners
from realtime.mailbox import Client, Mailbox
from realtime.topics import BOARDS, Topic, changes_boards, topic_of

log = structlog.get_logger()

REST, AT_ONCE = 0.02, 3
"""Seconds between two frames to one group, and never less than the last one took to write: so many changes after a rest go at once, a ward
under fire gets fifty frames a second in the long run, and thousands of screens take half of the loop at most."""
BOARD_PAUSE = 0.5
"""The same for the boards, whose every tile looks at the whole house."""
HEARTBEAT = 5.0
TRY_AGAIN = 5.0
"""Seconds until what could not be drawn is tried again."""

C = TypeVar("C", bound=Client)


class Group:
    """Clients with the same topics and audience; they share every byte. `changed` are topics of which any tile may be another, `beds` those
    of which nothing else is. `due` is when they may be sent the next frame, `paid` until when the frames before it
    are rested from; `told` is the Seq of their last frame; `blind` that their picture could not be drawn: they hear no heartbeat,
    and so say that they are not live."""

    def __init__(self, topics: frozenset[Topic], audience: Audience, seq: int) -> None:
        self.topics = topics
        self.boards = frozenset(topic for topic in topics if topic.kind in BOARDS)
        self.audience = audience
        self.clients = Listeners()
        self.changed: set[Topic] = set()
        self.beds: set[BedId] = set()
        self.nudged = False
        self.anew = False
        self.due = self.paid = 0.0
        self.sent: dict[str, tuple[int, bytes]] = {}
        self.snapshot: Frame | None = None
        self.told = seq
        self.blind = False

    @property
    def has_news(self) -> bool:
        """A frame is to be sent."""
        return self.anew or self.nudged or bool(self.changed) or bool(self.beds)


class Hub:
    """Fans the live picture out to groups of clients; `order` is that of cleaning."""

    def __init__(self, live: Live, plan: Plan, order: Callable[[], Sequence[CleanLike]] = tuple) -> None:
        self.live = live
        self.plan = plan
        self._drawing = Drawing(live, plan, order)
        self._day = self._drawing.day
        self._groups: dict[tuple[frozenset[Topic], Audience], Group] = {}
        self._dirty = asyncio.Event()
        self._unsubscribe = live.subscribe(self._changed)
        self._told = live.as_of
        self._closing = False
        self._begin()

    @property
    def clients(self) -> int:
        """How many streams are open."""
        return sum(len(group.clients) for group in self._groups.values())

    async def run(self) -> None:
        """Send frames and heartbeats until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._send_changes())
            tasks.create_task(self._send_heartbeats())

    def join(self, topics: frozenset[Topic], audience: Audience, last_seen: int | None = None) -> Mailbox:
        """A new client's mailbox, holding what it lacks."""
        return self.admit(Mailbox(), topics, audience, last_seen)

    def admit(self, client: C, topics: frozenset[Topic], audience: Audience, last_seen: int | None = None) -> C:
        """Give a new client what it lacks: all, or what changed since `last_seen` (Last-Event-ID); from now on every frame."""
        group = self._groups.setdefault((topics, audience), Group(topics, audience, self.live.seq))
        lacks = self._made(group, lambda: self._catch_up(group, last_seen)) if self.live.epoch is not None else None
        if lacks is not None:
            client.put(lacks)
            client.beat(self._heartbeat(self.live.seq))
        group.clients.add(client)
        if self._closing:
            client.close(FAREWELL)
        return client

    def leave(self, topics: frozenset[Topic], audience: Audience, client: Client) -> None:
        """The client is gone."""
        group = self._groups.get((topics, audience))
        if group is not None:
            group.clients.remove(client)
            if not group.clients:
                del self._groups[(topics, audience)]

    def announce(self, kind: str, name: str) -> None:
        """Say an event without data to those who listen to topics of a kind: what it is about stands in no log and no picture."""
        said = announcement(name)
        for group in self._groups.values():
            if any(topic.kind == kind for topic in group.topics):
                for _ in group.clients.deliver(said.chunk, methodcaller("say", name, said)):
                    pass

    def close(self) -> None:
        """Say farewell to everybody; streams end by themselves."""
        if self._closing:
            return
        self._closing = True
        self._unsubscribe()
        for group in self._groups.values():
            for client in group.clients.everybody():
                client.close(FAREWELL)

    def _changed(self, change: Change) -> None:
        """The picture changed; note where, and let the sender wake."""
        self._drawing.note(change)
        if change.snapshot:
            self._begin()
            for group in self._groups.values():
                group.anew, group.snapshot = True, None
            self._dirty.set()
        elif change.records:
            told = [(record, topic_of(record, self.plan)) for record in change.records]
            for group in self._groups.values():
                self._note(group, told)
            self._dirty.set()
        self._say_when_back(change.as_of)

    def _begin(self) -> None:
        """This process took a picture. What a screen saw longer ago says nothing of what it lacks."""
        self._since = self.live.seq

    def _say_when_back(self, as_of: datetime) -> None:
        """After a time without news, a heartbeat at once: screens that say NOT LIVE need not wait for the next."""
        if (as_of - self._told).total_seconds() > HEARTBEAT:
            for _ in self._beat():
                pass
        self._told = as_of

    def _note(self, group: Group, told: Iterable[tuple[Record, Topic | None]]) -> None:
        for record, topic in told:
            if topic in group.topics and topic is not None:
                if isinstance(record, BedState) and record.id in self.plan.beds:
                    group.beds.add(record.id)
                else:
                    group.changed.add(topic)
            if group.boards and changes_boards(record):
                group.changed |= group.boards
            if any(each.nudged_by(record, self.plan, self.live.beds) for each in group.topics):
                group.nudged = True

    async def _send_changes(self) -> None:
        """A group that rests is sent its news when it is due; nobody else waits for it."""
        loop = asyncio.get_running_loop()
        alarm: asyncio.TimerHandle | None = None
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            deliveries, waiting = self._due(loop.time())
            for group, delivery in deliveries:
                begun = loop.time()
                for _ in delivery:
                    await asyncio.sleep(0)
                group.due = max(group.due, 2 * loop.time() - begun)
            if alarm is not None:
                alarm.cancel()
            alarm = None if waiting is None else loop.call_at(waiting, self._dirty.set)

    def flush(self) -> None:
        """Send each group what has changed, all at once."""
        for _, delivery in self._due(inf)[0]:
            for _ in delivery:
                pass

    def _due(self, now: float) -> tuple[list[tuple[Group, Delivery]], float | None]:
        """What each group is to be sent whose last frame was not a moment ago; and when the first of the others is due, None for none."""
        deliveries, later = [], []
        for group in [group for group in self._groups.values() if group.has_news]:
            if group.due > now:
                later.append(group.due)
                continue
            frame = self._made(group, lambda group=group: self._news(group))  # type: ignore[misc]
            group.due = self._rested(group, now) if now < inf else 0.0
            if frame is not None and frame.packet.data:
                deliveries.append((group, group.clients.deliver(frame.packet.chunk, methodcaller("put", frame))))
        return deliveries, min(later, default=None)

    @staticmethod
    def _rested(group: Group, now: float) -> float:
        """When a group that is sent a frame now may be sent the next."""
        if group.blind or group.boards:
            return now + (TRY_AGAIN if group.blind else BOARD_PAUSE)
        group.paid = max(group.paid, now - (AT_ONCE - 1) * REST) + REST
        return group.paid

    def _made(self, group: Group, make: Callable[[], Frame]) -> Frame | None:
        """A frame; None of what cannot be drawn. That blinds this group alone, until it can: the other screens and the feeds go on."""
        try:
            frame = make()
        except Exception as error:  # noqa: BLE001  # whatever a record does to a drawing
            if not group.blind:
                log.error("hub.blind", topics=",".join(map(str, sorted(group.topics))), kind=type(error).__name__)
            group.blind = group.anew = True
            self._dirty.set()
            return None
        group.blind = False
        return frame

    def _news(self, group: Group) -> Frame:
        """All its tiles when the picture is another, else those that changed."""
        anew, changed, beds, nudged = group.anew, group.changed, group.beds, group.nudged
        group.anew, group.changed, group.beds, group.nudged = False, set(), set(), False
        if anew:
            group.sent, group.snapshot, group.told = {}, None, self.live.seq
            return self._whole(group)
        drawn = [row for topic in sorted(changed) for row in self._drawing.rows(topic, group.audience)]
        drawn += [self._drawing.bed(bed, group.audience) for bed in sorted(beds & self.live.beds.keys())]
        tiles = {key: data for key, seq, data in drawn if self._is_news(group, key, seq, data)}
        group.snapshot, group.told = None, self.live.seq
        return self._frame(tiles, nudge=nudged)

    @staticmethod
    def _is_news(group: Group, key: str, seq: int, data: bytes) -> bool:
        if group.sent.get(key) == (seq, data):
            return False
        group.sent[key] = (seq, data)
        return True

    async def _send_heartbeats(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT)
            self.time_passes()
            for _ in self._beat():
                await asyncio.sleep(0)

    def time_passes(self) -> None:
        """What a board says changes by the clock alone: it is drawn again with each heartbeat. At midnight clinics begin anew."""
        self._drawing.time_passes()
        past, self._day = self._day, self._drawing.day
        for group in self._groups.values():
            group.changed |= group.boards
            if self._day != past and any(topic.kind == "opd" for topic in group.topics):
                group.anew, group.snapshot = True, None
            if group.has_news:
                self._dirty.set()

    def _beat(self) -> Delivery:
        """To each group the Seq that it was told of, though there is more that it will be sent."""
        now, seeing = self._heartbeat(self.live.seq), [group for group in self._groups.values() if not group.blind]
        beats = [(group.clients, self._heartbeat(group.told) if group.has_news else now) for group in seeing]
        return chain.from_iterable([clients.deliver(beat.chunk, methodcaller("beat", beat)) for clients, beat in beats])

    def _heartbeat(self, seq: int) -> Packet:
        return heartbeat(seq, datetime.now(UTC), self.live.as_of, self.live.feeds)

    def _catch_up(self, group: Group, last_seen: int | None) -> Frame:
        """A snapshot, or only the tiles newer than what the client has seen, if that lies in this picture's time. The version of a tile is
        its Seq."""
        if last_seen is None or not self._since <= last_seen <= self.live.seq:
            return self._whole(group)
        timed = group.boards | {topic for topic in group.topics if topic.kind == "opd"}
        drawn = [(topic in timed, row) for topic in group.topics for row in self._drawing.rows(topic, group.audience)]
        group.sent = {key: (seq, data) for _, (key, seq, data) in drawn} | group.sent
        missed = {key: data for always, (key, seq, data) in drawn if always or seq > last_seen}
        nudge = last_seen < self.live.seq and any(not topic.has_tiles for topic in group.topics)
        return self._frame(missed, nudge=nudge)

    def _whole(self, group: Group) -> Frame:
        """The group's snapshot, encoded once per Seq. What the others of the group were sent stays noted as it was: what the newcomer sees
        already they are still owed."""
        if group.snapshot is None or group.snapshot.seq != self.live.seq:
            drawn = [row for topic in sorted(group.topics) for row in self._drawing.rows(topic, group.audience)]
            group.sent = {key: (seq, data) for key, seq, data in drawn} | group.sent
            tiles = {key: data for key, _, data in drawn}
            group.snapshot = self._frame(tiles, whole=True)
        return group.snapshot

    def _frame(self, tiles: Mapping[str, bytes], *, whole: bool = False, nudge: bool = False) -> Frame:
        return tiles_frame(self.live.seq, self.live.as_of.isoformat(), tiles, whole=whole, nudge=nudge)
