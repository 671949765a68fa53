"""Escalating, by the clock: what waits too long is told, and messages leave. Runs in every worker; each look is one transaction under an
advisory lock that one of them gets, so that two workers do no harm and nobody leads for life.

State is in Postgres: after a restart the next look goes on where the last one that was committed stood.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import structlog

from flow.clock import Clock
from flow.desk import Desk
from flow.domain.audit import Kind, Trace
from flow.domain.escalation import cases, take_round
from flow.history import escalations
from flow.history.audit import Audit
from flow.history.contacts import Contacts
from flow.history.messages import Messages, Waiting
from flow.history.pool import Database
from flow.main.house import House
from flow.main.inviting import Inviting
from flow.main.nearing import Nearing
from flow.main.notifying import Outcome, Send, sender
from flow.main.reporting import files_of
from flow.main.writing import KIND as PATIENT
from flow.timed import Timed

log = structlog.get_logger()
TRIES = 8
NOBODY = "no address"
SENDER = "bedflow"
"""Who writes to patients, in the trail."""
Invite = Callable[[], Awaitable[int]]
"""Lays down what patients are to be told."""
CUT_OFF = timedelta(minutes=5)


class Escalating:
    """The looks of one hospital; `send` is None where nothing may leave the house: then screens alone tell; `invite` writes patients."""

    def __init__(self, desk: Desk, database: Database, clock: Clock, send: Send | None = None, invite: Invite | None = None) -> None:
        self.desk, self.database, self.clock, self.send, self.invite = desk, database, clock, send, invite
        self.messages, self.audit = Messages(database), Audit(database)
        self.timed = Timed("escalations.wait")

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look and send for as long as the block lasts."""
        self.timed.every(10, self.look)
        if self.invite is not None:
            self.timed.every(10, self.invite)
        if self.send is not None:
            self.timed.every(5, self.deliver)
        async with self.timed.running():
            yield

    async def look(self) -> bool:
        """One look. False where another process is looking."""
        hospital, plan = self.desk.hospital, self.desk.plan
        rules, at = plan.escalations, self.clock.now()
        found = cases(hospital, rules, at)
        async with escalations.leading(self.database) as connection:
            if connection is None:
                return False
            open_now = await escalations.told(connection, plan.id)
            muted = await escalations.muted(connection, plan.id)
            noted = await escalations.noted_at(connection, plan.id, at - timedelta(minutes=rules.bundle_minutes))
            taken = take_round(rules, found, open_now, muted, noted, at, quiet=rules.is_quiet(at, plan.zone))
            await escalations.write(connection, plan.id, taken, at, messages=self.send is not None)
        for case, level, _ in taken.raised:
            log.info("escalation.raised", rule=case.rule, ward=case.ward, level=level)
        return True

    async def deliver(self) -> int:
        """Send what is due. Returns how many have left."""
        if self.send is None:
            return 0
        now = self.clock.now()
        if cut := await self.messages.cut_off(now - CUT_OFF):
            log.error("messages.cut_off", count=cut)
        sent = 0
        while not self.timed.is_stopping() and (message := await self.messages.take(now)) is not None:
            sent += await self._hand_over(message, self.send)
        return sent

    async def _told(self, message: Waiting, outcome: Outcome, at: datetime) -> None:
        """What went, or may have gone, to a patient: of which request or token, and nothing of the text or the number."""
        if message.kind == PATIENT and outcome in (Outcome.SENT, Outcome.UNKNOWN):
            told = {"message": message.id, "count": 1, "outcome": str(outcome), "of": message.addressee}
            await self.audit.note([Trace(at, Kind.LEFT, SENDER, view="message to a patient", detail=told)])

    async def _hand_over(self, message: Waiting, send: Send) -> bool:
        outcome, now = await send(message), self.clock.now()
        await self._told(message, outcome, now)
        match outcome:
            case Outcome.SENT:
                await self.messages.sent(message, now)
            case Outcome.UNKNOWN:
                await self.messages.give_up(message, "no answer in time, it may have arrived")
            case Outcome.NOBODY:
                await self.messages.give_up(message, NOBODY)
            case Outcome.REFUSED if message.tries >= TRIES:
                await self.messages.give_up(message, f"refused {message.tries} times")
            case Outcome.REFUSED:
                await self.messages.again(message, now + timedelta(seconds=15 * 2**message.tries))
        if outcome is not Outcome.SENT:
            log.warning("message.not_sent", message=message.id, tries=message.tries, outcome=outcome)
        return outcome is Outcome.SENT


def escalating(house: House) -> Escalating:
    """That of an open house."""
    contacts, undo = Contacts(house.database, house.vault), timedelta(seconds=house.settings.undo_seconds)
    inviting = Inviting(house.desk, house.database, contacts, house.clock, house.settings.notify, undo)
    nearing = Nearing(house.desk, house.database, contacts, house.clock, house.settings.notify, undo)

    async def find(message: Waiting) -> tuple[str, ...]:
        return await inviting.find(message) or await nearing.find(message)

    async def invite() -> int:
        return await inviting.invite() + await nearing.tell()

    return Escalating(house.desk, house.database, house.clock, sender(house.settings.notify, patient=find, report=files_of(house)), invite)
