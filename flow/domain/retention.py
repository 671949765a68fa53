"""What goes in time, and what of a hospital's records is still needed once its log has been cut. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from flow.domain.discharge import Discharge
from flow.domain.events import Record
from flow.domain.ids import PatientId
from flow.domain.opd import Token
from flow.domain.visit import Visit


class Gone(StrEnum):
    """Why a letter's text is no longer there: its time was over, or the person it spoke of was erased."""

    RETAINED_OUT = "retained-out"
    ERASED = "erased"


Key = tuple[str, str]
"""Entity and id."""


@dataclass(frozen=True, slots=True)
class Stood:
    """A record as it stood at the cut; `live` as the desk has it, `patient` whose it is."""

    record: Record
    live: bool
    patient: PatientId | None


def needed(stood: Mapping[Key, Stood], changed: Collection[Key], about: Collection[PatientId], first_day: date) -> set[Key]:
    """Which records the hospital goes on from: what was not over, what was told of later (`changed`), and of patients who are still about
    (`about`, and those of whom something was not over) visits, their discharges and notes: they are asked for when somebody speaks of the
    patient. Tokens are over with their day."""
    kept = {key for key, one in stood.items() if key in changed or (one.live and not _is_past(one.record, first_day))}
    present = {*about, *(one.patient for key in kept if (one := stood[key]).patient is not None)}
    kept |= {key for key, one in stood.items() if key[0] in ("visit", "note") and one.patient in present}
    kept |= _survivors(stood, kept)
    visits = {number for entity, number in kept if entity == "visit"}
    return kept | {key for key, one in stood.items() if isinstance(one.record, Discharge) and key[1] in visits}


def _is_past(record: Record, first_day: date) -> bool:
    return isinstance(record, Token) and record.day < first_day


def _survivors(stood: Mapping[Key, Stood], kept: Iterable[Key]) -> set[Key]:
    """The visits that kept ones were merged into."""
    found: set[Key] = set()
    asked = [key for key in kept if key[0] == "visit"]
    while asked:
        into = {("visit", visit.merged_into) for key in asked if isinstance(visit := stood[key].record, Visit) and visit.merged_into}
        asked = [key for key in into if key in stood and key not in found]
        found |= set(asked)
    return found
