"""When a message says it happened, and where it stands among others of the same moment (HL7.md rule 3)."""

from datetime import UTC, datetime

from adt_feed.mapping import movements
from adt_feed.mapping.context import Context
from adt_feed.message import Segment, parse_timestamp
from flow.domain.visit import Order

LONGEST_NUMBER = 15
"""Digits; longer control ids are compared as text."""


def moment(context: Context, segment: Segment | None, field: int, *, hour_needed: bool = False) -> datetime | None:
    """A time field in UTC; None where it names none, or, with `hour_needed`, only a day."""
    text = segment.component(field).strip() if segment else ""
    return None if hour_needed and len(text) < 10 else part(context, text)


def part(context: Context, text: str) -> datetime | None:
    """The text of a time in UTC; None where it is none."""
    found = parse_timestamp(text.strip(), context.zone) if text.strip() else None
    return found.astimezone(UTC) if found else None


def happened_at(context: Context, *, cancel: bool, pending: bool = False, numbered: bool = False) -> datetime:
    """EVN-6, of a numbered movement its start (ZBE-2), save in a cancel, where they are the time of what is cancelled; else EVN-2, else
    MSH-7. What is `pending` was told of when it was told of, though EVN-6 may name the time at which it is expected."""
    event, header = context.message.first("EVN"), context.message.first("MSH")
    told = moment(context, event, 2) or moment(context, header, 7) or context.received_at
    occurred = None if cancel else (_started_at(context) if numbered else None) or moment(context, event, 6)
    return min(occurred or told, told) if pending else occurred or told


def _started_at(context: Context) -> datetime | None:
    """ZBE-2. A day without a time would move what is current to its midnight; of a historic movement it is better than today."""
    return moment(context, context.message.first("ZBE"), 2, hour_needed=not movements.is_historic(context.message))


def undoes_at(context: Context) -> datetime | None:
    """EVN-6 of a cancel: the time of the event it cancels."""
    return moment(context, context.message.first("EVN"), 6)


def order(context: Context) -> Order:
    """MSH-7, MSH-13, MSH-10 where numeric, MSH-10 as text."""
    control = context.message.control_id.strip()
    numeric = control.isascii() and control.isdigit() and len(control) <= LONGEST_NUMBER
    return Order(
        sent=moment(context, context.message.first("MSH"), 7) or happened_at(context, cancel=True),
        sequence=context.message.sequence or 0,
        number=int(control) if numeric else 0,
        control=control,
    )
