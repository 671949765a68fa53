"""Orders and results: the newest word on each, kept by visit. They move nobody (HL7.md rule 6); they do steps of a discharge."""

from dataclasses import replace

from flow.domain.commands import NoteOrder
from flow.domain.decide.draft import Draft
from flow.domain.decide.leaving import heed_note
from flow.domain.events import Kind
from flow.domain.visit import OPEN


def note_order(draft: Draft, command: NoteOrder) -> None:
    """Note it; an older word, or a repeat, changes nothing. Without a visit number it is the patient's only open visit, if there is one."""
    said = command.note
    known = draft.hospital.notes.get(said.id)
    if known is not None and said.order <= known.order:
        return
    patient = draft.hospital.survivor(said.patient)
    visit = draft.number(said.visit) if said.visit else None
    if visit is None:
        found = draft.hospital.visits_of(patient, *OPEN)
        visit = found[0].id if len(found) == 1 else (known.visit if known else None)
    note = replace(said, patient=patient, visit=visit, seq=0)
    draft.write(Kind.ORDER_NOTED, note, said.at)
    heed_note(draft, note)
