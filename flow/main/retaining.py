"""Retaining: once a day the worker throws away what need not be kept any longer; `bedflow retention run` does the same at once.

Letters' texts, then the oldest of the log and of the trail, openings and doctors of visits, then persons of whom nothing is left. Each
step is a transaction of its own: a run that was cut off goes on where it stopped, and two at once do no harm. Each run is written into the
trail.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from flow.clock import Clock
from flow.domain.audit import Kind, Trace
from flow.domain.ids import PatientId
from flow.domain.plan import Plan
from flow.errors import BedflowError, Refused
from flow.history.audit import Audit
from flow.history.cutting import Cutting
from flow.history.inbox import Inbox, Letter
from flow.history.lapsing import Lapsing
from flow.history.pool import Database
from flow.history.retention import Retention, Run, Speaks
from flow.keeps import Keeps
from flow.main.house import House
from flow.timed import Timed
from flow.vault import Vault
from flow.views.retention import COUNTED

log = structlog.get_logger()
EVERY_SECONDS, FIRST = 24 * 3600.0, 1800.0
ACTOR = "retention"
NO_OWNER = (
    "The log, the trail, openings and doctors of visits were left as they are: this role may not take anything out of them. "
    "Set BEDFLOW_DATABASE_OWNER_URL for the worker."
)
Stop = Callable[[], bool]
Told = Callable[[str, int], None]
"""Told after each step: what went, and how much of it."""


@dataclass(slots=True)
class _Done:
    """What a run has come to so far."""

    gone: dict[str, int] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    tell: Told = lambda what, count: None

    def add(self, what: str, count: int) -> None:
        """So much more of it went."""
        self.gone[what] = self.gone.get(what, 0) + count
        self.tell(what, count)


class Retaining:
    """Of one hospital. `owner_dsn` is for whoever owns the tables."""

    def __init__(
        self, database: Database, owner_dsn: str, plan: Plan, vault: Vault, inbox: Inbox, clock: Clock, keeps: Keeps, speaks: Speaks
    ) -> None:
        self.database, self.owner_dsn, self.plan, self.vault = database, owner_dsn, plan, vault
        self.clock, self.keeps = clock, keeps
        self.retention = Retention(database, inbox, speaks)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Once a day for as long as the block lasts."""
        timed = Timed("retention.waits")
        timed.every(EVERY_SECONDS, lambda: self.run(ACTOR, stop=timed.is_stopping), first=FIRST)
        async with timed.running():
            yield

    async def run(self, by: str, stop: Stop = lambda: False, tell: Told = lambda what, count: None) -> Run:
        """Throw away what is over, as far as nobody holds it."""
        began, done = self.clock.now(), _Done(tell=tell)
        await self._letters(began, done, stop)
        await self._cut(began, done, stop)
        await self._persons(began, done, stop)
        found = Run(began, self.clock.now(), by, done.gone, tuple(done.kept))
        await self.retention.put(found)
        detail = {COUNTED[what]: count for what, count in found.gone.items()} | ({"left": list(found.kept)} if found.kept else {})
        await Audit(self.database).note([Trace(found.ended_at, Kind.WRITTEN, by, view="retention, run", detail=detail)])
        log.info("retention.done", **{what.replace(" ", "_"): count for what, count in found.gone.items()})
        return found

    async def _letters(self, now: datetime, done: _Done, stop: Stop) -> None:
        before, more = self.keeps.letters.before(now), True
        while more and not stop():
            batch = await self.retention.letters(before, now)
            done.add("letters", batch.gone)
            done.add("letters held", batch.held)
            more = batch.more
        while not stop() and (count := await self.retention.outgoing(before)):
            done.add("outgoing", count)

    async def _cut(self, now: datetime, done: _Done, stop: Stop) -> None:
        owner = await Database.connect(self.owner_dsn, self.database.hospital, size=1)
        try:
            cutting = Cutting(owner, self.plan, self.vault)
            if not await cutting.owns():
                done.kept.append(NO_OWNER)
                return
            limits = (self.keeps.history.before(now), self.keeps.trail.before(now))
            while not stop() and (went := await cutting.step(*limits, now)) is not None:
                for what, count in (("entries", went.entries), ("records", went.records), ("traces", went.traces)):
                    done.add(what, count)
            await self._lapse(Lapsing(owner), now, done, stop)
        except Refused as refusal:
            log.error("retention.refused", code=refusal.code)
            done.kept.append(refusal.reason)
        finally:
            await owner.close()

    async def _lapse(self, lapsing: Lapsing, now: datetime, done: _Done, stop: Stop) -> None:
        for what, step, span in (("openings", lapsing.openings, self.keeps.openings), ("doctors", lapsing.doctors, self.keeps.doctors)):
            while not stop() and (count := await step(span.before(now), now)):
                done.add(what, count)
        await lapsing.runs(self.keeps.trail.before(now))

    async def _persons(self, now: datetime, done: _Done, stop: Stop) -> None:
        after: str | None = ""
        while after is not None and not stop():
            count, last = await self.retention.persons(self.keeps.history.before(now), after)
            done.add("persons", count)
            after = last or None


def retaining(house: House) -> Retaining:
    """Of a house with its stores open."""

    def speaks(letter: Letter) -> set[PatientId] | None:
        try:
            return {person.patient for person in house.desk.interpret(letter, house.desk.hospital).people}
        except BedflowError:
            return None
        except Exception as error:  # noqa: BLE001  # whatever a stranger's bytes do to us: a letter that nobody can read is held
            log.warning("retention.unread", letter=letter.id, error=type(error).__name__)
            return None

    return Retaining(house.database, house.dsn, house.plan, house.vault, house.inbox, house.clock, house.settings.keeps, speaks)
