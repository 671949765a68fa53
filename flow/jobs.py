"""What happens by the clock and not by a hand: promises that run out, requests that lapse, feeds that fall silent.

Runs in the worker; `flow.timed` keeps the times. Each job is idempotent, so that two workers on one hospital do no harm.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from flow.clock import Clock
from flow.desk import Actor, Desk
from flow.domain.alerts import Alarm
from flow.domain.bed import BedStatus
from flow.domain.cause import Origin
from flow.domain.commands import ClosePlace, Command, ExpireRequest, MarkReady, ReleaseBed
from flow.domain.ids import RequestId
from flow.domain.move_end import why_lapsed, why_over
from flow.domain.opd_commands import OpenSessions
from flow.domain.opd_timetable import sessions_of
from flow.domain.request import BedRequest, RequestStatus
from flow.errors import Refused, Unavailable
from flow.history.displays import Displays
from flow.history.feeds import Feeds
from flow.history.inbox import Inbox
from flow.timed import Timed

log = structlog.get_logger()
EXPIRY = Actor("expiry", Origin.SYSTEM)
RAISED = {"unhandled": "letters.wait", "silent": "feed.silent"}
ENDED = {"unhandled": "letters.go_on", "silent": "feed.speaks"}


class Jobs:
    """The jobs of one hospital."""

    def __init__(self, desk: Desk, inbox: Inbox, clock: Clock) -> None:
        self.desk = desk
        self.inbox = inbox
        self.clock = clock
        self.feeds = Feeds(inbox.database, desk.plan)
        self.displays = Displays(inbox.database)
        self._standing: dict[tuple[str, str], Alarm] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the jobs for as long as the block lasts."""
        timed = Timed("jobs.wait")
        timed.every(15, self.release_expired)
        timed.every(15, self.wait)
        timed.every(60, self.open_sessions, first=0)
        timed.every(60, self.clear_places)
        timed.every(10, self.watch_feeds)
        timed.every(3600, self.count_habits, first=20)
        timed.every(3600, self.forget_displays, first=40)
        async with timed.running():
            yield

    async def release_expired(self) -> int:
        """Promises whose time has passed are taken back; the requests wait again. Returns how many."""
        now = self.clock.now()
        due = [bed for bed in self.desk.hospital.beds.values() if bed.reserved_until is not None and bed.reserved_until <= now]
        released = 0
        for bed in due:
            kind, _, number = (bed.reserved_for or "").partition(":")
            if kind == "request":
                released += await self._do(ReleaseBed(RequestId(number)), "promise.kept", number)
        return released

    async def wait(self) -> int:
        """Requests that nobody touched lapse; those whose time has come are ready to move. Returns how many changed."""
        now, rules = self.clock.now(), self.desk.plan.requests
        changed = 0
        for request in [r for r in self.desk.hospital.requests.values() if r.is_unplaced]:
            if rules.lapses_at(request) <= now:
                changed += await self._do(ExpireRequest(request.id), "request.kept", request.id)
            elif request.status is RequestStatus.WAITING and request.unplaced_at(now) is RequestStatus.READY:
                changed += await self._do(MarkReady(request.id, request.ready_at), "request.kept", request.id)
        return changed + await self._end_moves(now)

    async def _end_moves(self, now: datetime) -> int:
        """Questions that nobody answered and moves that the night has caught end, and what has become pointless."""
        moves = [request for request in self.desk.hospital.requests.values() if request.move is not None and request.is_live]
        over = [move for move in moves if self._is_over(move, now)]
        return sum([await self._do(ExpireRequest(move.id), "request.kept", move.id) for move in over])

    def _is_over(self, move: BedRequest, now: datetime) -> bool:
        hospital, plan = self.desk.hospital, self.desk.plan
        return (why_lapsed(move, now, plan) or why_over(move, hospital.visits.get, hospital.requests, plan)) is not None

    async def open_sessions(self) -> int:
        """Each consulting room's day begins with what the timetable has for it. Returns how many days were opened."""
        plan, rooms = self.desk.plan, self.desk.hospital.rooms
        day, opened = self.clock.now().astimezone(ZoneInfo(plan.zone)).date(), 0
        for clinic in plan.clinics:
            for room in dict.fromkeys(regular.room for regular in clinic.timetable):
                state = rooms.get(f"{clinic.id}/{room}")
                if state is None or state.opened is None or state.opened < day:
                    held = sessions_of(clinic.timetable, room, day, plan.zone)
                    opened += await self._do(OpenSessions(clinic.id, room, day, held), "sessions.kept", f"{clinic.id}/{room}")
        return opened

    async def clear_places(self) -> int:
        """Temporary places that stand empty are taken away. Returns how many."""
        before = self.clock.now() - timedelta(minutes=self.desk.plan.requests.place_minutes)
        places = [bed for bed in self.desk.hospital.beds.values() if bed.temporary is not None]
        empty = [bed for bed in places if bed.status is BedStatus.AVAILABLE and bed.now.since <= before]
        return sum([await self._do(ClosePlace(bed.id), "place.kept", bed.id) for bed in empty])

    async def _do(self, command: Command, otherwise: str, record: str) -> int:
        """1 when it is done; else the reason is logged and the next round tries again."""
        try:
            await self.desk.act(command, EXPIRY)
        except (Refused, Unavailable) as error:
            log.warning(otherwise, record=record, reason=error.reason)
            return 0
        return 1

    async def count_habits(self) -> None:
        """What is usual for each feed is counted anew."""
        await self.feeds.count_habits(self.clock.now())

    async def forget_displays(self) -> None:
        """What displays showed more than a year and a month ago."""
        await self.displays.forget(self.clock.now())

    async def watch_feeds(self) -> tuple[Alarm, ...]:
        """Alarms of the feeds (`flow.domain.alerts`): each is logged once when it is raised and once when it ends. Those that stand."""
        try:
            standing = {alarm.key: alarm for alarm in await self.feeds.alarms(self.clock.now())}
        except Unavailable:
            return tuple(self._standing.values())
        for key in standing.keys() - self._standing.keys():
            log.error(RAISED[key[0]], feed=key[1], since=str(standing[key].since))
        for key in self._standing.keys() - standing.keys():
            log.info(ENDED[key[0]], feed=key[1])
        self._standing = standing
        return tuple(standing.values())
