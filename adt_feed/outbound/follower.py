"""Follower: turns the log into letters for one feed and lays them into its queue, in one step with its cursor.

Before it the log, after it the queue. Everything is told of an entry or nothing, so a kill loses and doubles nothing; the same entry
always makes the same control id (MSH-10), so a receiver knows a repeat.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from adt_feed.outbound.bed_reports import BedReports
from adt_feed.outbound.promised import promise, promises
from adt_feed.outbound.queue import Queue
from adt_feed.outbound.room_charges import statement
from flow import crash
from flow.domain.charges import Ledger, Line, charges, difference
from flow.domain.events import Entry
from flow.domain.hospital import Hospital
from flow.domain.ids import FeedId, PatientId, VisitId
from flow.domain.outgoing import Batch, Posted
from flow.domain.person import PersonDetails
from flow.domain.plan import Feed, Plan
from flow.domain.request import BedRequest
from flow.domain.visit import OPEN, Visit
from flow.errors import Unavailable

log = structlog.get_logger()
QUIET = 5.0
"""Seconds after which the log is looked at though nobody said that it grew."""
PAUSE = 1.0
"""Seconds to wait while a store is away."""
RECKONING = timedelta(minutes=1)
"""How often open stays are looked at for hours and midnights that have passed."""

EntriesAfter = Callable[[int], Awaitable[Sequence[Entry]]]
"""The log's next entries after a Seq, in order; none when it is read to its end."""
People = Callable[[Iterable[PatientId]], Awaitable[Mapping[PatientId, PersonDetails]]]


@dataclass(frozen=True, slots=True)
class House:
    """What a follower asks of the hospital: as it stands, its log, its people, its clock; `hold` is how long a tap can be undone."""

    hospital: Callable[[], Hospital]
    entries_after: EntriesAfter
    people: People
    now: Callable[[], datetime]
    hold: timedelta = timedelta(0)


class Follower:
    """Follows the log for one feed. `wake` says that it has grown."""

    def __init__(self, feed: FeedId, house: House, queue: Queue, posted: Callable[[], None] = lambda: None) -> None:
        self.feed = feed
        self.house = house
        self.queue = queue
        self._posted = posted
        self._grown = asyncio.Event()
        self._reports = BedReports(house.hospital().plan)
        self._reckoned: datetime | None = None

    def wake(self) -> None:
        """The log has grown."""
        self._grown.set()

    async def follow(self, head: int) -> None:
        """Until cancelled. `head` is where the log ends now: a new feed is not told of the past."""
        seq: int | None = None
        while True:
            self._grown.clear()
            try:
                seq = await self.begin(head) if seq is None else seq
                entries = await self.house.entries_after(seq)
                if entries:
                    await self.tell(entries)
                    seq = entries[-1].seq
                else:
                    await self.reckon()
            except Unavailable as outage:
                log.warning("outbound.waits", feed=self.feed, seq=seq, seconds=PAUSE, reason=outage.reason)
                await asyncio.sleep(PAUSE)
                continue
            if not entries:
                await self._rest()

    async def begin(self, head: int) -> int:
        """Where to go on; a new feed begins at the head."""
        seq = await self.queue.cursor()
        if seq is None:
            await self.queue.post(Batch(seq=head))
        return head if seq is None else seq

    async def tell(self, entries: Sequence[Entry]) -> None:
        """Lay down what these entries are worth."""
        feed = self.house.hospital().feed(self.feed)
        posted: list[Posted] = []
        known = None
        if "A20" in feed.sends:
            posted, known = await asyncio.to_thread(self._reports.of, feed, entries)
        promised, withdrawn = promises(entries) if "A14" in feed.sends else ([], [])
        posted += await self._promises(promised)
        charged: Mapping[VisitId, Sequence[Line]] = {}
        if "P03" in feed.sends:
            letters, charged = await self._charges(self._touched(entries), f"{entries[-1].seq}C")
            posted += letters
        crash.here("before-outbox")
        await self.queue.post(Batch(posted, charged, entries[-1].seq, withdrawn))
        if known is not None:
            self._reports.keep(known)
        if posted:
            self._posted()

    def _touched(self, entries: Sequence[Entry]) -> list[Visit]:
        """The visits these entries changed, as they stand; the hospital may be ahead of the log as read here."""
        told = {record.id: record for entry in entries if isinstance(record := entry.event.record, Visit)}
        now = self.house.hospital().visits
        return [now[key] if key in now and now[key].seq >= visit.seq else visit for key, visit in told.items()]

    async def reckon(self) -> None:
        """Charge the hours and midnights that have passed in open stays, at most once a minute."""
        now, hospital = self.house.now(), self.house.hospital()
        if "P03" not in hospital.feed(self.feed).sends or (self._reckoned and now - self._reckoned < RECKONING):
            return
        self._reckoned = now
        open_stays = [visit for visit in hospital.visits.values() if visit.is_open]
        posted, charged = await self._charges(open_stays, f"{int(now.timestamp())}T")
        if charged:
            await self.queue.post(Batch(posted, charged))
            self._posted()

    async def _promises(self, found: Sequence[tuple[Entry, BedRequest]]) -> list[Posted]:
        if not found:
            return []
        hospital = self.house.hospital()
        people = await self.house.people({request.patient for _, request in found})
        letters = []
        for entry, request in found:
            person = people.get(request.patient)
            if person is not None and person.mrn:
                visit = _visit_of(hospital, request)
                feed = hospital.feed(self.feed)
                letters.append(await asyncio.to_thread(promise, feed, hospital.plan, entry, request, person, visit, self.house.hold))
        return letters

    async def _charges(self, visits: Sequence[Visit], key: str) -> tuple[list[Posted], dict[VisitId, list[Line]]]:
        """Letters for the visits whose charges differ from what was charged, and the lines of each."""
        hospital, now = self.house.hospital(), self.house.now()
        feed, plan = hospital.feed(self.feed), hospital.plan
        charged = await self.queue.charged([visit.id for visit in visits]) if visits else {}
        lines = await asyncio.to_thread(_differences, feed, plan, visits, charged, now)
        people = await self.house.people({visit.patient for visit in visits if visit.id in lines}) if lines else {}
        letters: list[Posted] = []
        for number, visit in enumerate(visit for visit in visits if visit.id in lines):
            name = f"{plan.id}-{key}{number}"
            letters += await asyncio.to_thread(statement, feed, plan, visit, lines[visit.id], people.get(visit.patient), name, now)
        return letters, lines

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(QUIET):  # wait_for can swallow a cancel that comes with the wake
                await self._grown.wait()


def _visit_of(hospital: Hospital, request: BedRequest) -> Visit | None:
    """The visit a bed is promised for: the one asked for where it is open, else another open one, else the one asked for."""
    visits = hospital.visits_of(request.patient, *OPEN)
    asked = hospital.visits.get(request.visit) if request.visit else None
    return asked if asked in visits or not visits else visits[0]


def _differences(
    feed: Feed, plan: Plan, visits: Sequence[Visit], charged: Mapping[VisitId, Ledger], until: datetime
) -> dict[VisitId, list[Line]]:
    """What is to be charged and credited, of the visits where it is anything. Long stays have a thousand hours: not in the event loop."""
    due = {visit.id: charges(visit.course, plan.beds, feed.charges or "hour", feed.zone, until) for visit in visits}
    found = {key: difference(charged.get(key, {}), ledger) for key, ledger in due.items()}
    return {key: lines for key, lines in found.items() if lines}
