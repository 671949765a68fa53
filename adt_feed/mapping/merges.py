"""How a row about a merge, a move or a change of identifiers is followed: MRG has what is given up, PID and PV1 what stays.

Each PID of the message survives the MRGs that follow it. Beds follow the visits; the old identifiers stay as aliases.
"""

from dataclasses import replace

from adt_feed.mapping import times, visits
from adt_feed.mapping.context import Context, Group, merge_groups
from adt_feed.mapping.persons import person, prior_person
from adt_feed.mapping.row import Reading, Row
from flow.domain.commands import Command, MergePatients, MergeVisits, MoveVisit, Person
from flow.domain.ids import PatientId, VisitId
from flow.domain.person import PersonDetails
from flow.errors import Unreadable

PERSON = "person"


def merge(context: Context, row: Row) -> Reading:
    """A18, A30, A34-A36, A39-A43, A47, A49-A51: identifiers of a person, and numbers of their visits, turn out to be one."""
    commands: list[Command] = []
    people: list[PersonDetails] = []
    for group in merge_groups(context.message):
        whom, details = person(context, group, times.happened_at(context, cancel=False))
        people.append(replace(details, once=_prior_person(context, group, row)))
        if not _names_a_prior(context, group, row):
            raise Unreadable(f"The message names nothing that is given up ({_where(row)}).", code="no-prior")
        commands += [*_persons(context, group, whom, row), *_visits(context, group, whom, row)]
    return Reading(tuple(commands), tuple(people))


def move(context: Context, row: Row) -> Reading:
    """A44, A45: a visit, under its account or its own number, belongs to the person of PID; the number may change as well."""
    commands: list[Command] = []
    people: list[PersonDetails] = []
    for group in merge_groups(context.message):
        at = times.happened_at(context, cancel=False)
        whom, details = person(context, group, at)
        people.append(details)
        found = [(visits.prior_number(context, group, kind), visits.number_as(context, group, kind)) for kind in row.merges]
        named = [(old or new, new or old) for old, new in found]
        moved = next(((old, new) for old, new in named if old and new), None)
        if moved is None:
            raise Unreadable(f"The message names no visit that is moved ({_where(row)}).", code="no-prior")
        if not _visit_keys(context, row):
            continue
        commands.append(MoveVisit(moved[0], whom, at, times.order(context)))
        if moved[0] != moved[1]:
            commands.append(MergeVisits(moved[0], moved[1], whom, at, times.order(context)))
    return Reading(tuple(commands), tuple(people))


def _names_a_prior(context: Context, group: Group, row: Row) -> bool:
    return _prior_person(context, group, row) is not None or any(_named(context, group, kind) for kind in row.merges)


def _persons(context: Context, group: Group, whom: Person, row: Row) -> list[Command]:
    prior = _prior_person(context, group, row)
    return [MergePatients(prior, whom.patient)] if prior is not None and prior != whom.patient else []


def _prior_person(context: Context, group: Group, row: Row) -> PatientId | None:
    """MRG-1; where a row is about visits as well, it may be empty."""
    if PERSON not in row.merges:
        return None
    try:
        return prior_person(context, group)
    except Unreadable:
        if row.merges == (PERSON,):
            raise
        return None


def _visits(context: Context, group: Group, whom: Person, row: Row) -> list[Command]:
    at, order = times.happened_at(context, cancel=False), times.order(context)
    pairs = {pair for kind in _visit_keys(context, row) if (pair := _named(context, group, kind))}
    return [MergeVisits(prior, survivor, whom, at, order) for prior, survivor in sorted(pairs) if prior != survivor]


def _visit_keys(context: Context, row: Row) -> tuple[str, ...]:
    """The numbers a row is about that visits of this feed go by: an account says nothing of a visit where none goes by it."""
    return tuple(kind for kind in row.merges if kind in context.feed.visit_key)


def _named(context: Context, group: Group, kind: str) -> tuple[VisitId, VisitId] | None:
    """The number given up and the one that stays, where both are told."""
    if kind == PERSON:
        return None
    prior, survivor = visits.prior_number(context, group, kind), visits.number_as(context, group, kind)
    return (prior, survivor) if prior and survivor else None


def _where(row: Row) -> str:
    return ", ".join("MRG-1" if kind == PERSON else f"MRG-{visits.PRIOR_KEYS[kind]}" for kind in row.merges)
