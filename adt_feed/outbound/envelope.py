"""What all letters we write have in common: the header, times, places and persons in the feed's own words."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from hl7apy.core import Message

from flow.domain.ids import BedId
from flow.domain.outgoing import Posted
from flow.domain.person import PersonDetails
from flow.domain.plan import Feed, Plan
from flow.domain.visit import Visit

VERSION = "2.5.1"
log = structlog.get_logger()
_ESCAPED = str.maketrans({"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\", "\r": " ", "\n": " "})


def letter(feed: Feed, plan: Plan, kind: str, key: str, at: datetime) -> Any:
    """A message with its MSH filled; `kind` is MSH-9 (`ADT^A15^ADT_A15`), `key` MSH-10, `at` MSH-7."""
    message = Message(kind.split("^")[2], version=VERSION)
    message.msh.msh_3, message.msh.msh_4 = "BEDFLOW", escaped(plan.id)
    message.msh.msh_5 = escaped(feed.id)
    message.msh.msh_7 = time(at, feed)
    message.msh.msh_9 = kind
    message.msh.msh_10 = key
    message.msh.msh_11 = "P"
    message.msh.msh_12 = VERSION
    message.msh.msh_18 = "UNICODE UTF-8"
    return message


def written(message: Any) -> bytes:
    """The message as bytes."""
    text: str = message.to_er7()
    return text.encode()


def time(at: datetime, feed: Feed) -> str:
    """With the offset of the feed's zone."""
    return f"{at.astimezone(ZoneInfo(feed.zone)):%Y%m%d%H%M%S%z}"


def place_of(feed: Feed, plan: Plan, bed: BedId) -> str:
    """The PL by which the feed knows the bed: its own spelling, else the bed's first alias, else ward, room and bed."""
    found = plan.beds[bed]
    own = next((spelling for spelling, meant in feed.places.items() if meant == bed), None)
    return own or next(iter(found.aliases), f"{found.ward}^{found.room}^{bed}")


def name_person(message: Any, person: PersonDetails) -> None:
    """PID: MRN, name (family name last, as people say it), birth, sex."""
    given, _, family = person.name.rpartition(" ")
    message.pid.pid_3 = f"{escaped(person.mrn)}^^^^MR"
    message.pid.pid_5 = f"{escaped(family)}^{escaped(given)}".rstrip("^")
    if person.birth_date:
        message.pid.pid_7 = f"{person.birth_date:%Y%m%d}"
    if person.sex:
        message.pid.pid_8 = person.sex


def number_visit(message: Any, visit: Visit) -> None:
    """PV1-19: the number with its authority, where that is not the hospital's own; empty for a visit that only we have numbered."""
    if not visit.keyless:
        authority, colon, number = visit.id.rpartition(":")
        message.pv1.pv1_19 = f"{escaped(number)}^^^{escaped(authority)}" if colon else escaped(number)


def escaped(text: str) -> str:
    """Text as it may stand in a field (HL7 2.5.1, 2.7)."""
    return text.translate(_ESCAPED)


def safely(kind: str, key: str, subject: str, write: Callable[[], bytes], due: datetime | None = None) -> Posted:
    """The letter; one that cannot be written (a spelling that HL7 cannot hold, a fault of ours) is dead from the start, and seen."""
    try:
        return Posted(kind, key, write(), subject, due)
    except Exception as error:  # noqa: BLE001  # one letter must not stop the others, nor the hospital
        log.error("outbound.unwritten", kind=kind, key=key, error=type(error).__name__)
        return Posted(kind, key, b"", subject, due, f"Bedflow could not write it ({type(error).__name__})")
