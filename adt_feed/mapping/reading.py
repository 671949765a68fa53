"""The last step: the row of the trigger is looked up and followed; what has no row is left for the exceptions tray."""

from datetime import datetime

from adt_feed.mapping.context import Context, Pseudonym
from adt_feed.mapping.kinds import KINDS
from adt_feed.mapping.row import Reading
from adt_feed.mapping.triggers import TRIGGERS
from adt_feed.message import Message
from flow.domain.course import BedAt
from flow.domain.plan import Feed
from flow.errors import Unreadable

__all__ = ["Reading", "read"]


def read(message: Message, feed: Feed, pseudonym: Pseudonym, received_at: datetime, bed_at: BedAt) -> Reading:
    """The commands, persons and warnings of one message.

    Raises Unreadable: `not-mapped` for a message that means nothing here; `no-patient`, `no-prior`, `no-bed`, `swap-incomplete`,
    `no-movement`, `no-appointment`, `no-time`, `no-order` or `no-place` for one that does not say enough; `review` for a person to see.
    """
    context = Context(message, feed, pseudonym, received_at, bed_at)
    if message.type in ("ADT", ""):
        row = TRIGGERS.get(message.trigger)
        if row is not None:
            return row.follow(context, row)
    elif (kind := KINDS.get((message.type, message.trigger))) is not None:
        return kind.follow(context, kind)
    raise Unreadable(f"{_kind(message)} is not mapped; it is kept and can be replayed.", code="not-mapped")


def _kind(message: Message) -> str:
    """Type and trigger as far as they look like codes; free text could hold a name."""
    named = f"{message.type}^{message.trigger}".strip("^")
    return named if 0 < len(named) < 12 and named.replace("^", "").isalnum() else "A message of this kind"
