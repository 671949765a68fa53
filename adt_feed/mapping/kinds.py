"""The one table of messages other than ADT: what each means (HL7.md, "Also read"). A row is followed as a trigger's is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from adt_feed.mapping.appointments import book
from adt_feed.mapping.context import Context
from adt_feed.mapping.locations import propose
from adt_feed.mapping.orders import note
from adt_feed.mapping.row import Reading
from flow.domain.clinical import NoteKind
from flow.domain.opd import TokenStatus


@dataclass(frozen=True, slots=True)
class Kind:
    """How a message is followed; `status` what a booking becomes, `sort` what an order is where the message does not say."""

    follow: Callable[[Context, "Kind"], Reading]
    status: TokenStatus = TokenStatus.BOOKED
    sort: NoteKind = NoteKind.OTHER
    result: bool = False


def _book(context: Context, kind: Kind) -> Reading:
    return book(context, kind.status)


def _note(context: Context, kind: Kind) -> Reading:
    return note(context, kind.sort, result=kind.result)


def _propose(context: Context, kind: Kind) -> Reading:
    return propose(context)


ORDER, MEDICINE = Kind(_note), Kind(_note, sort=NoteKind.MEDICINE)
RESULT = Kind(_note, sort=NoteKind.LAB, result=True)
KINDS: Mapping[tuple[str, str], Kind] = {
    ("SIU", "S12"): Kind(_book),
    ("SIU", "S13"): Kind(_book),
    ("SIU", "S14"): Kind(_book),
    ("SIU", "S15"): Kind(_book, TokenStatus.CANCELLED),
    ("SIU", "S16"): Kind(_book, TokenStatus.CANCELLED),
    ("SIU", "S17"): Kind(_book, TokenStatus.CANCELLED),
    ("SIU", "S26"): Kind(_book, TokenStatus.NO_SHOW),
    ("MFN", "M05"): Kind(_propose),
    ("ORM", "O01"): ORDER,
    ("ORM", ""): ORDER,  # before 2.3 many senders leave MSH-9.2 empty
    ("OMG", "O19"): ORDER,
    ("OML", "O21"): Kind(_note, sort=NoteKind.LAB),
    ("OMP", "O09"): MEDICINE,
    ("ORU", "R01"): RESULT,
    ("ORU", ""): RESULT,
    ("ORU", "R30"): RESULT,
    ("ORU", "R31"): RESULT,
    ("ORU", "R32"): RESULT,
    ("RDE", "O01"): MEDICINE,  # so called before 2.4, RDS as well
    ("RDE", "O11"): MEDICINE,
    ("RDE", "O25"): MEDICINE,
    ("RDS", "O01"): MEDICINE,
    ("RDS", "O13"): MEDICINE,
}
