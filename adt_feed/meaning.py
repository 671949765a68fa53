"""Meaning: what Bedflow would do with a message, for people who connect systems. Nothing is done.

It goes the road of a letter up to the commands; what the hospital then makes of them depends on what it knows of the visit.
"""

from dataclasses import dataclass
from datetime import datetime

from adt_feed.mapping import read
from adt_feed.message import Message
from flow.domain.commands import Chart, Command
from flow.domain.course import BedAt
from flow.domain.ids import PatientId
from flow.domain.plan import Feed
from flow.errors import Unreadable

SOMEBODY = PatientId("somebody")


@dataclass(frozen=True, slots=True)
class Meaning:
    """`understood`: what is to happen, a phrase each, empty for a letter that says nothing of beds and visits; `parked` the code of
    the reason it would be laid in the exceptions tray for, "" for none, `reason` in words; `warnings` are codes."""

    understood: tuple[str, ...] = ()
    parked: str = ""
    reason: str = ""
    warnings: tuple[str, ...] = ()


def meaning(raw: bytes, feed: Feed, bed_at: BedAt, at: datetime) -> Meaning:
    """What it means by the feed's rules. `bed_at` finds a bed by its place; `at` stands in where it tells no time."""
    try:
        found = read(Message.parse(raw, feed.charset), feed, lambda _mrn, _authority: SOMEBODY, at, bed_at)
    except Unreadable as problem:
        return Meaning(parked=problem.code, reason=problem.reason)
    return Meaning(tuple(_phrase(one) for one in found.commands) or _of_persons(len(found.people)), warnings=tuple(found.warnings))


def _phrase(command: Command) -> str:
    name = type(command).__name__
    if not isinstance(command, Chart):
        return name
    return f"{name}: " + ", ".join(str(told.fact.act.value) for told in command.told)


def _of_persons(count: int) -> tuple[str, ...]:
    return ("a person's details",) if count else ()
