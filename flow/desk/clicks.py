"""Commands of people: decided together in one group, each with its own outcome or refusal, all told after the commit."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeGuard

import structlog

from flow import crash
from flow.clock import Clock
from flow.desk.ask import Answer, Ask, Outcome
from flow.domain.audit import Kind, Trace
from flow.domain.cause import Cause, Origin
from flow.errors import Refused, Unavailable
from flow.history import commands as journal
from flow.history.audit import noted
from flow.history.group import Group
from flow.history.pool import NotStored

log = structlog.get_logger()
_FAULT = "Bedflow failed on this; nothing was changed. It has been noted in the log."
_NOT_STORED = "The change could not be stored; nothing happened. Try again."

Earlier = dict[tuple[str, str], journal.Earlier]


class Clicks:
    """Carries out commands."""

    def __init__(self, group: Group, clock: Clock) -> None:
        self.group = group
        self.clock = clock

    async def carry_out(self, asks: Sequence[Ask]) -> None:
        """Commit and answer. When the group fails each is tried by itself, so that one cannot fail the rest."""
        try:
            answers = await self._commit(asks)
            crash.here("before-click-answer")
        except (Unavailable, NotStored) as error:
            if len(asks) > 1 and isinstance(error, NotStored):
                for ask in asks:
                    await self.carry_out([ask])
                return
            log.error("desk.group_failed", kind=type(error).__name__, asks=len(asks))
            answers = [Unavailable(_NOT_STORED) for _ in asks]
        for ask, answer in zip(asks, answers, strict=True):
            ask.answer(answer)

    async def _commit(self, asks: Sequence[Ask]) -> list[Answer]:
        async with self.group.transaction(self.clock.now()) as group:
            keys = [(ask.actor.id, ask.key) for ask in asks if ask.key]
            earlier = await journal.by_key(group.connection, group.plan.id, keys)
            ids = await journal.new_ids(group.connection, len(asks))
            await group.fetch_for([ask.command for ask in asks])
            answers = [self._decide(group, ask, number, earlier) for ask, number in zip(asks, ids, strict=True)]
            done = [(ask, answer) for ask, number, answer in zip(asks, ids, answers, strict=True) if _is_new(answer, number)]
            group.also(
                noted(group.plan.id, [_trace(ask, answer, group.at) for ask, answer in done if ask.actor.origin is not Origin.SYSTEM])
            )
            return answers

    def _decide(self, group: Group, ask: Ask, number: int, earlier: Earlier) -> Answer:
        used = earlier.get((ask.actor.id, ask.key)) if ask.key else None
        if used is not None:
            if used.digest != ask.digest:  # nosemgrep: secret-compared # of what was asked, and no secret
                return Refused("This Idempotency-Key was used for another request.", code="key-reused")
            return Outcome((), used.seq_to, used.id)
        cause = Cause(ask.actor.origin, ask.actor.id, group.at, command=number)
        first = group.hospital.seq + 1
        try:
            entries = group.add_all([ask.command], cause)
        except Refused as refusal:
            return refusal
        except Exception as error:  # noqa: BLE001  # a fault of ours in one command must not stop the hospital
            log.error("command.fault", command=type(ask.command).__name__, kind=type(error).__name__)
            return Unavailable(_FAULT)
        last = group.hospital.seq
        group.carry(journal.Carried(number, ask.actor.id, ask.actor.origin, ask.command, ask.key, ask.digest, first, last))
        if ask.key:
            earlier[(ask.actor.id, ask.key)] = journal.Earlier(number, ask.digest, last)
        return Outcome(tuple(entries), last, number)


def _is_new(answer: Answer, number: int) -> TypeGuard[Outcome]:
    """Carried out now, not found under a key that was used before."""
    return isinstance(answer, Outcome) and answer.command == number


def _trace(ask: Ask, outcome: Outcome, at: datetime) -> Trace:
    who, seq = ask.actor, [entry.seq for entry in outcome.entries]
    detail: dict[str, object] = {"command": outcome.command, "seq": [seq[0], seq[-1]] if seq else []}
    if who.origin is not Origin.PERSON:
        detail["origin"] = str(who.origin)
    return Trace(at, Kind.WRITTEN, who.id, who.role, who.seat, who.address, type(ask.command).__name__, detail=detail)
