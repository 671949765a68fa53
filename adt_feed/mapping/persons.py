"""Whom a message is about: the pseudonym and what allocation needs for the events, the details for the people table."""

import re
from datetime import date, datetime
from typing import NamedTuple

from adt_feed.mapping.context import Context, Group
from adt_feed.mapping.guards import guards
from adt_feed.mapping.times import moment
from adt_feed.message import NULL, Field, Segment
from flow.domain.commands import Person
from flow.domain.ids import PatientId
from flow.domain.person import PersonDetails, age_on
from flow.errors import Unreadable

SEXES = {"M": "M", "F": "F", "O": "O", "A": "O", "X": "O", "MALE": "M", "FEMALE": "F", "OTHER": "O"}
"""HL7 table 0001, and words; unknown and not applicable say nothing."""

RECORD_NUMBER = frozenset({"MR", "MRN"})

ABHA_NUMBER = re.compile(r"\d{2}-\d{4}-\d{4}-\d{4}", re.ASCII)
"""As it is written on the card; the same 14 digits without hyphens may be any number."""


class Number(NamedTuple):
    """An identifier and its assigning authority, "" where it is the hospital's own."""

    value: str
    authority: str = ""


def person(context: Context, group: Group, at: datetime) -> tuple[Person, PersonDetails]:
    """The person of a group. Raises Unreadable where no identifier stands in PID-3, PID-2 or PID-4."""
    pid = group.segment("PID")
    if pid is None:
        raise Unreadable("The message has no PID segment, so it names no patient.", code="no-patient")
    own = _record_number(context, pid)
    patient = context.pseudonym(own.value, own.authority)
    born, sex = _born(context, pid), SEXES.get(_text(pid.component(8)).upper())
    details = PersonDetails(
        patient, _name(pid), own.value, born, sex, _further(pid, own.value), _language(pid), guards(group, context.feed)
    )
    return Person(patient, sex, age_on(born, at.astimezone(context.zone).date())), details


def prior_person(context: Context, group: Group) -> PatientId:
    """MRG-1: the identifier that is given up. Raises Unreadable where there is none."""
    mrg = group.segment("MRG")
    prior = _choose(context, mrg, 1) if mrg else None
    if prior is None:
        raise Unreadable("The merge names no prior identifier (MRG-1).", code="no-prior")
    return context.pseudonym(prior.value, prior.authority)


def _record_number(context: Context, pid: Segment) -> Number:
    for field in (3, 2, 4):
        if found := _choose(context, pid, field):
            return found
    raise Unreadable("The message names no patient: PID-3, PID-2 and PID-4 are empty.", code="no-patient")


def _choose(context: Context, segment: Segment, field: int) -> Number | None:
    """The repetition typed MR or MRN, else the first that says anything; an ABHA is a record number only where there is no other."""
    said = [each for each in segment.repetitions(field) if _text(each.component(1))]
    typed = [each for each in said if each.component(5).strip().upper() in RECORD_NUMBER]
    own = [each for each in said if not _kind(each).startswith("ABHA")]
    chosen = next(iter(typed or own or said), None)
    return number(context, chosen) if chosen else None


def number(context: Context, field: Field) -> Number:
    """A CX; the authority (CX-4) is kept only where it is not the hospital's own."""
    authority = field.component(4).strip()
    return Number(field.component(1).strip(), "" if context.own_authority(authority) else authority)


def _further(pid: Segment, mrn: str) -> tuple[tuple[str, str], ...]:
    """The other identifiers as (type, value)."""
    values = [(_kind(each), each.component(1).strip()) for each in pid.repetitions(3)]
    return tuple((kind, value) for kind, value in values if value and value not in (mrn, NULL))


def _kind(field: Field) -> str:
    """ABHA number and address by their shape or type, else CX-5, else CX-4."""
    value, kind = field.component(1).strip(), field.component(5).strip() or field.component(4).strip()
    if ABHA_NUMBER.fullmatch(value):
        return "ABHA"
    if "ABHA" in kind.upper() or "ABDM" in kind.upper() or value.endswith(("@abdm", "@sbx")):
        return "ABHA" if value.isdigit() and len(value) == 14 else "ABHA-ADDRESS"
    return kind


def _name(pid: Segment) -> str:
    """Given name and family name, as people say it."""
    return " ".join(part for part in (_text(pid.component(5, 2)), _text(pid.component(5))) if part)


def _language(pid: Segment) -> str:
    """PID-15 (HL7 table 0296): its code, else its words."""
    return _text(pid.component(15)) or _text(pid.component(15, 2))


def _born(context: Context, pid: Segment) -> date | None:
    text = pid.component(7).strip()
    if len(text) < 8:
        return None
    found = moment(context, pid, 7)
    return found.astimezone(context.zone).date() if found else None


def _text(text: str) -> str:
    """Trimmed, and nothing where it is deleted."""
    return "" if text.strip() == NULL else text.strip()
