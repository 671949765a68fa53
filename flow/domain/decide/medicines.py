"""Medicines to take home, as a discharge's pharmacy waits for them: those that the order calls so (ORC-29), whenever they were ordered, and
those ordered since the patient is to leave, unless the order says that they are for the ward. `leaving` and `discharges` ask here. Pure."""

from collections.abc import Iterable
from dataclasses import replace

from flow.domain.clinical import ClinicalNote, NoteKind
from flow.domain.discharge import Discharge, Mark, Milestone

TO_COME = frozenset({"ordered", "scheduled", "in_progress"})
DONE = frozenset({"final", "corrected", "dispensed"})


def is_to_take_home(note: ClinicalNote, discharge: Discharge) -> bool:
    """By its word, else by when it was ordered."""
    return note.at >= discharge.begun_at if note.take_home is None else note.take_home


def supplied(notes: Iterable[ClinicalNote], discharge: Discharge) -> Discharge:
    """A discharge that begins, with what was ordered before: it waits for what is to come; when all was dispensed, its pharmacy is done."""
    if Milestone.PHARMACY not in discharge.left:
        return discharge
    home = [note for note in notes if note.visit == discharge.id and note.kind is NoteKind.MEDICINE and note.take_home]
    to_come = frozenset(note.id for note in home if note.state in TO_COME)
    done = [note for note in home if note.state in DONE]
    if to_come or not done:
        return replace(discharge, awaited=discharge.awaited | to_come)
    last = max(done, key=lambda note: (note.at, note.id))
    mark = Mark(min(last.at, discharge.begun_at), f"feed:{last.feed}")
    return replace(discharge, marks={**discharge.marks, Milestone.PHARMACY: mark})


def heard(discharge: Discharge, note: ClinicalNote, mark: Mark) -> Discharge:
    """The newest word on a medicine. When the last of them is dispensed the pharmacy is done."""
    if note.state in TO_COME:
        return replace(discharge, awaited=discharge.awaited | {note.id}) if is_to_take_home(note, discharge) else discharge
    if note.id not in discharge.awaited:
        return discharge
    rest = discharge.awaited - {note.id}
    done = {Milestone.PHARMACY: mark} if not rest and note.state in DONE else {}
    return replace(discharge, awaited=rest, marks={**discharge.marks, **done})
