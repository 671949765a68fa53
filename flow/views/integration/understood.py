"""What a letter was understood to say, in sentences: a pure view over its commands. No name is in a command, so none is in a sentence."""

from collections.abc import Callable, Iterable
from datetime import datetime

from flow.domain.clinical import ClinicalNote
from flow.domain.commands import Book, Chart, Command, MergePatients, MergeVisits, MoveVisit, NoteOrder, ProposeBed, ReportBed, Told
from flow.domain.ids import BedId
from flow.domain.visit import DELETED, Act
from flow.views.admin import stamp

BedAt = Callable[[str | None], BedId | None]

_ACTS = {
    Act.ADMIT: "Admit",
    Act.REGISTER: "Register",
    Act.PLAN: "Plan",
    Act.TRANSFER: "Transfer",
    Act.DISCHARGE: "Discharge",
    Act.TO_INPATIENT: "Make an inpatient of",
    Act.TO_OUTPATIENT: "Make an outpatient of",
    Act.AMEND: "Amend",
    Act.AMEND_TRANSFER: "Amend and move",
    Act.AMEND_ADMIT: "Amend and admit",
    Act.SWAP: "Swap",
    Act.PEND_TRANSFER: "Expect a transfer of",
    Act.PEND_DISCHARGE: "Expect the discharge of",
    Act.LEAVE_FOR: "Away for a while:",
    Act.ARRIVE_BACK: "Back in the bed:",
    Act.LEAVE_OF_ABSENCE: "On leave:",
    Act.RETURN: "Back from leave:",
    Act.PURGE: "Remove",
}
_STATUSES = {"C": "closed", "H": "housekeeping", "K": "contaminated", "U": "unoccupied", "O": "occupied", "I": "isolated"}


def understood(commands: Iterable[Command], bed_at: BedAt, zone: str) -> list[str]:
    """A sentence a command, two for a swap; times in the hospital's zone."""
    return [sentence for command in commands for sentence in _sentences(command, bed_at, zone)]


def _sentences(command: Command, bed_at: BedAt, zone: str) -> list[str]:
    match command:
        case Chart():
            return [_told(told, bed_at, zone) for told in command.told]
        case MergePatients():
            return ["Two patient records are one person: the prior one's visits go on under the survivor"]
        case MergeVisits():
            return [f"Merge visit {command.prior} into visit {command.survivor}, {_at(command.at, zone)}"]
        case MoveVisit():
            return [f"Visit {command.visit} belongs to another patient than it was charted under"]
        case ReportBed():
            said = f"{command.code} ({_STATUSES[command.code]})" if command.code in _STATUSES else command.code
            return [f"Bed {_place(command.place, bed_at)} reported {said}, {_at(command.at, zone)}"]
        case Book():
            return [_booked(command, zone)]
        case NoteOrder():
            return [_noted(command.note)]
        case ProposeBed():
            return [f"The location master names {_place(command.proposal.place, bed_at)} ({command.proposal.action})"]
        case _:
            return [_spelt(type(command).__name__)]


def _told(told: Told, bed_at: BedAt, zone: str) -> str:
    fact = told.fact
    act = _ACTS.get(fact.act) or fact.act.replace("_", " ").capitalize()
    said = f"{act} visit {told.visit}" if told.visit else f"{act} the visit of this patient (no number)"
    if fact.place == "":
        said += " to no place"
    elif fact.place is not None:
        said += f" to {_place(fact.place, bed_at)}"
    if fact.expected == DELETED:
        said += ", expected no longer"
    elif fact.expected is not None:
        said += f", expected {stamp(fact.expected, zone)}"
    if fact.movement is not None:
        said += f", movement {fact.movement}" + (f" ({fact.edit})" if fact.edit else "")
    return f"{said}, {_at(fact.at, zone)}"


def _place(place: str, bed_at: BedAt) -> str:
    bed = bed_at(place)
    return f"{place} = bed {bed}" if bed is not None else f"{place} (no bed)"


def _booked(command: Book, zone: str) -> str:
    clinic = f" at {command.words[0]}" if command.words else ""
    due = f" for {stamp(command.due_at, zone)}" if command.due_at else ""
    return f"Appointment {command.appointment}{clinic}{due} is {command.status.replace('_', ' ')}, {_at(command.at, zone)}"


def _noted(note: ClinicalNote) -> str:
    whose = f"visit {note.visit}" if note.visit else "the patient"
    return f"Note for {whose}: {note.kind} order {note.id} is {note.state.replace('_', ' ')}"


def _at(at: datetime, zone: str) -> str:
    return f"at {stamp(at, zone)}"


def _spelt(name: str) -> str:
    """`MakeBooking` as `Make booking`."""
    words = "".join(f" {char.lower()}" if char.isupper() else char for char in name).strip()
    return words.capitalize()
