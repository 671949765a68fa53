"""Connection: one peer of an MLLP port. Bytes in, letters on to the group commit, answers out in order.

Before it asyncio reads the socket; after it `group_commit` keeps the letter and calls back. A protocol rather than streams:
nothing is awaited per message, so a connection costs no task.
"""

import asyncio
import socket
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

import structlog

from adt_feed.acks import ack, wants_ack
from adt_feed.callers import Caller, Meet, address_of, nobody_asks
from adt_feed.framing import TOO_LONG, Bad, MllpReader, wrap
from adt_feed.group_commit import Pending
from adt_feed.header import Header, another_follows
from adt_feed.letter import Letter
from adt_feed.limits import Counters, Limits
from adt_feed.tls import fingerprint
from flow import crash
from flow.errors import Unreadable

UNSENT_HIGH = 64 << 10  # bytes of answers the network has not taken, from which on nothing more is read
NO_CONTROL_ID = "no control id (MSH-10)"
TWO_MESSAGES = "two messages in one frame"
OUTAGE = "not stored, send again"
KEEPALIVE = (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 3))  # a dead peer is found in two minutes

logger = structlog.get_logger()


@dataclass(slots=True)
class Port:
    """What the connections of one port share."""

    feed: str
    limits: Limits
    now: Callable[[], datetime]
    put: Callable[[Pending], None]
    counters: Counters = field(default_factory=Counters)
    meet: Meet = nobody_asks
    open: dict["Connection", None] = field(default_factory=dict)  # the longest open first
    emptied: asyncio.Event = field(default_factory=asyncio.Event)  # set by the last connection to end
    closing: bool = False

    def enter(self, connection: "Connection") -> bool:
        """Whether there is room; who has never sent a message makes room, so that a silent crowd keeps nobody out."""
        if self.closing or (len(self.open) >= self.limits.connections and not self._made_room()):
            self.counters.turned_away += 1
            logger.warning("connection turned away", feed=self.feed, open=len(self.open))
            return False
        self.open[connection] = None
        self.counters.connections = len(self.open)
        return True

    def _made_room(self) -> bool:
        silent = next((one for one in self.open if not one.spoken and not one.given_up), None)
        if silent is not None:
            silent.cut("never sent a message, and the port is full")
        return silent is not None

    def leave(self, connection: "Connection") -> None:
        """A connection has ended."""
        self.open.pop(connection, None)
        self.counters.connections = len(self.open)
        if not self.open:
            self.emptied.set()


class Connection(asyncio.Protocol):
    """`given_up` is set when the peer must ask again: what it sent and nobody kept is dropped, so that its order holds."""

    def __init__(self, port: Port) -> None:
        self.given_up = False
        self.spoken = False  # at least one frame was a message
        self._port = port
        self._reader = MllpReader(port.limits.max_frame)
        self._transport: asyncio.Transport | None = None
        self._clock = asyncio.get_running_loop().time
        self._out: list[bytes] = []
        self._in_hand: deque[Pending] = deque()  # what the group commit has not got: the other lane has letters of ours before it
        self._lane = False  # of what the group commit has of ours
        self._committing = 0
        self._unanswered = 0
        self._unanswered_bytes = 0
        self._bad = 0
        self._paused = False
        self._finishing = False  # no more will be read; close after the last answer
        self._frame_since: float | None = None
        self._unread_since: float | None = None

    # -- asyncio calls these ------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Enter the port's register, or be turned away where it is full."""
        self._transport = cast("asyncio.Transport", transport)
        entered = self._port.enter(self)
        self._port.meet(_caller(self._port.feed, transport, "" if entered else "the port is full"))
        if not entered:
            self._transport.abort()
            return
        self._transport.set_write_buffer_limits(high=UNSENT_HIGH)
        _keep_alive(transport.get_extra_info("socket"))

    def data_received(self, data: bytes) -> None:
        """Hand on every letter that is whole now."""
        found = self._reader.feed(data)
        if found:
            now = self._port.now()
            for one in found:
                self._take(one, now)
            self._hold_back()
        if not self._reader.mid_frame:
            self._frame_since = None
        elif found or self._frame_since is None:
            self._frame_since = self._clock()

    def eof_received(self) -> bool:
        """The peer has said everything; it may still wait for answers (not over TLS, which closes both ways at once)."""
        self._finishing = True
        encrypted = self._transport is None or self._transport.get_extra_info("ssl_object") is not None
        return self._unanswered > 0 and not encrypted

    def pause_writing(self) -> None:
        """The peer does not read its answers: read nothing more from it."""
        self._unread_since = self._clock()
        self._hold_back()

    def resume_writing(self) -> None:
        """It reads again."""
        self._unread_since = None
        self._read_on()

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave the register. Letters handed on are kept all the same: they were received."""
        port = self._port
        self._transport = None
        port.leave(self)
        if self._reader.mid_frame:
            port.counters.bad += 1
        if self._bad or self._reader.mid_frame:
            logger.info("connection ended", feed=port.feed, bad=self._bad, mid_frame=self._reader.mid_frame)

    # -- the group commit calls these ---------------------------------------------------------------------------------

    def answer(self, pending: Pending, now: datetime) -> None:
        """The letter is committed: prepare what its sender asked to hear."""
        self._settled(pending.letter)
        if self._transport is None:
            return
        problem = pending.letter.problem
        if code := wants_ack(pending.header, not problem):
            self._out.append(wrap(ack(pending.header, code, problem, now=now)))
            self._port.counters.refused += bool(problem)

    def outage(self, pending: Pending, now: datetime) -> None:
        """The letter is not committed: silence and a closed connection, since engines retry on silence but not on AE.

        So it is for a sender that would hear AE but asks for no such answer (MSH-15, MSH-16): going on would look like success.
        """
        self._settled(pending.letter)
        code = wants_ack(pending.header, ok=False) if self._port.limits.ae_on_outage else None
        if code is None:
            self.cut("outage")
        else:
            self._out.append(wrap(ack(pending.header, code, OUTAGE, now=now)))
            self._port.counters.refused += 1

    def flush(self) -> None:
        """Send what was prepared, in one write, and go on."""
        self._put()
        if self._out and self._transport is not None:
            self._port.counters.acked += len(self._out)
            self._transport.write(b"".join(self._out))
            crash.here("acks-written")
        self._out.clear()
        self._read_on()
        if self._finishing and not self._unanswered:
            self.close()

    # -- the listener calls these -------------------------------------------------------------------------------------

    def finish(self) -> None:
        """Read no more; close after the last answer."""
        self._finishing = True
        if self._transport is not None and not self._paused:
            self._paused = True
            self._transport.pause_reading()
        if not self._unanswered:
            self.close()

    def close(self) -> None:
        """Send what is written and close."""
        if self._transport is not None:
            self._transport.close()

    def cut(self, reason: str) -> None:
        """Close at once; what nobody kept is dropped."""
        if self.given_up:
            return
        self.given_up = True
        self._in_hand.clear()
        self._port.counters.cut += 1
        logger.warning("connection cut", feed=self._port.feed, reason=reason)
        if self._transport is not None:
            self._transport.abort()

    def overdue(self, now: float) -> str | None:
        """Why this peer should be cut, if it should; `now` is the loop's time."""
        limits = self._port.limits
        if self._unread_since is not None and now - self._unread_since > limits.unread_seconds:
            return "answers left unread"
        if self._frame_since is not None and not self._paused and now - self._frame_since > limits.stall_seconds:
            return "frame not finished"
        return None

    # -----------------------------------------------------------------------------------------------------------------

    def _take(self, one: bytes | Bad, now: datetime) -> None:
        counters = self._port.counters
        if not isinstance(one, Bad):
            counters.received += 1
            self._hand_on(one, now)
            return
        counters.bad += 1
        self._bad += 1
        if self._bad == 1:
            logger.warning("bad frame", feed=self._port.feed, reason=one.reason, size=one.sample_size)
        if one.reason == TOO_LONG:
            self._hand_on(one.sample, now, f"{TOO_LONG}: over {self._port.limits.max_frame} bytes")

    def _hand_on(self, payload: bytes, now: datetime, problem: str = "") -> None:
        """To the group commit, with what the header says. A frame its sender began again is not handed on: it comes again."""
        crash.here("letter-framed")
        try:
            header = Header.read(payload)
        except Unreadable as error:
            letter = Letter(self._port.feed, payload, "", "", "", now, problem or error.reason)
            pending = Pending(self, letter, None)
        else:
            self.spoken = True
            problem = problem or _problem(payload, header)
            letter = Letter(self._port.feed, payload, header.control_id, header.sender, header.trigger, now, problem)
            pending = Pending(self, letter, header)
        self._unanswered += 1
        self._unanswered_bytes += len(payload)
        self._in_hand.append(pending)
        self._put()

    def _put(self) -> None:
        """To the group commit, as far as one lane takes it: the next commit must not overtake the one before."""
        while self._in_hand and (not self._committing or self._in_hand[0].long == self._lane):
            pending = self._in_hand.popleft()
            self._lane = pending.long
            self._committing += 1
            self._port.put(pending)

    def _settled(self, letter: Letter) -> None:
        self._committing -= 1
        self._unanswered -= 1
        self._unanswered_bytes -= len(letter.raw)

    def _full(self, share: int = 1) -> bool:
        limits = self._port.limits
        return self._unanswered * share > limits.unanswered or self._unanswered_bytes * share > limits.unanswered_bytes

    def _hold_back(self) -> None:
        if not self._paused and self._transport is not None and (self._unread_since is not None or self._full()):
            self._paused = True
            self._transport.pause_reading()

    def _read_on(self) -> None:
        if self._paused and not self._finishing and self._unread_since is None and not self._full(share=2):
            self._paused = False
            self._frame_since = self._clock() if self._reader.mid_frame else None
            if self._transport is not None and not self._transport.is_closing():
                self._transport.resume_reading()


def _problem(payload: bytes, header: Header) -> str:
    if not header.control_id_bytes:
        return NO_CONTROL_ID
    return TWO_MESSAGES if another_follows(payload) else ""


def _caller(feed: str, transport: asyncio.BaseTransport, refused: str) -> Caller:
    peer = transport.get_extra_info("ssl_object")
    return Caller(address_of(transport), feed, fingerprint(peer) if peer is not None else "", refused)


def _keep_alive(peer: socket.socket | None) -> None:
    if peer is None or peer.family not in {socket.AF_INET, socket.AF_INET6}:
        return
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in KEEPALIVE:
        if option := getattr(socket, name, None):
            peer.setsockopt(socket.IPPROTO_TCP, option, value)
