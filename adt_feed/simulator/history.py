"""Weeks that never were: the model at life's own speed, played on a hospital of its own through the same mapping and decisions.

What comes out is given to the desk in the same order, so that the log holds what it would hold had it all been heard.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from adt_feed.mapping import read
from adt_feed.message import Message
from adt_feed.simulator.action import Timed
from adt_feed.simulator.model import Model
from adt_feed.simulator.world import Pseudonym
from flow.domain.cause import Cause, Origin
from flow.domain.commands import Command
from flow.domain.decide import decide
from flow.domain.events import Event, Kind
from flow.domain.hospital import Hospital, evolve, opened
from flow.domain.house_rules import rules_of
from flow.domain.ids import FeedId
from flow.domain.opd import Token
from flow.domain.plan import Plan
from flow.errors import Refused, Unreadable

KEPT = timedelta(hours=30)
"""How long ended stays, closed requests and tokens are kept in mind."""


def history(
    days: float, seed: int, until: datetime, plan: Plan, pseudonym: Pseudonym, *, clinic_days: float | None = None
) -> Iterator[Timed]:
    """Everything done in the days before `until`, in order of time: letters, and commands that change something.

    `pseudonym` is the people table's, so that requests and letters mean the same persons. Clinics work in the last
    `clinic_days` only, where given: their tokens are a third of all actions.
    """
    start = until - timedelta(days=days)
    clinics_from = until - timedelta(days=min(days, clinic_days)) if clinic_days is not None else None
    stage = Stage(plan, start, pseudonym)
    model = Model(plan, lambda: stage.hospital, pseudonym, seed=seed, speed=1.0, start=start, clinics_from=clinics_from)
    model.fill()
    for timed in model.run(until):
        if stage.play(timed) or timed.is_letter:
            yield timed


class Stage:
    """A hospital in memory on which actions are played. It is opened as a log is, event for event: taps name the version they saw."""

    def __init__(self, plan: Plan, at: datetime, pseudonym: Pseudonym) -> None:
        self.hospital = Hospital(plan)
        self.pseudonym = pseudonym
        self.feed = self.hospital.feed(plan.feeds[0].id if plan.feeds else FeedId("his"))
        self._swept = at
        for bed in opened(plan, at):
            self._add([Event(Kind.BED_OPENED, bed, at)])
        self._add([Event(Kind.RULES_CHANGED, rules_of(plan), at)])

    def play(self, timed: Timed) -> bool:
        """Perform one action; False when it was refused or changed nothing."""
        if timed.at - self._swept > timedelta(hours=6):
            self._sweep(timed.at)
        cause = Cause(Origin.FEED if timed.is_letter else Origin.PERSON, timed.actor, timed.at)
        try:
            return sum(self._add(decide(self.hospital, command, cause)) for command in self._commands(timed)) > 0
        except (Refused, Unreadable):
            return False

    def _commands(self, timed: Timed) -> tuple[Command, ...]:
        if not isinstance(timed.what, bytes):
            return (timed.what,)
        return read(Message.parse(timed.what), self.feed, self.pseudonym, timed.at, self.hospital.plan.bed_at).commands

    def _add(self, events: list[Event]) -> bool:
        for event in events:
            evolve(self.hospital, self.hospital.seq + 1, event)
        return bool(events)

    def _sweep(self, at: datetime) -> None:
        """Forget what is over, as the desk does, so that weeks cost no more than a day."""
        self._swept, hospital, edge = at, self.hospital, at - KEPT
        gone = [r.id for r in hospital.requests.values() if r.closed_at is not None and r.closed_at < edge]
        for request in gone:
            del hospital.requests[request]
        old = [token.id for token in hospital.tokens.values() if token.issued_at < edge or _is_over(token, at)]
        for token in old:
            del hospital.tokens[token]


def _is_over(token: Token, at: datetime) -> bool:
    """Of another day and closed; today's are counted on for the next number."""
    return token.closed_at is not None and at - token.issued_at > timedelta(hours=20)
