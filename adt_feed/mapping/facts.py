"""Facts: one row of the table applied to the segments about one patient."""

from dataclasses import replace
from datetime import datetime

from adt_feed.mapping import movements, places, times, visits
from adt_feed.mapping.context import Context, Group
from adt_feed.mapping.doctors import doctors
from adt_feed.mapping.leavings import told_way
from adt_feed.mapping.persons import person
from adt_feed.mapping.row import Row, Source
from adt_feed.message import NULL, Segment
from flow.domain.commands import Told
from flow.domain.person import PersonDetails
from flow.domain.visit import DELETED, Act, Edit, Fact


def tell(context: Context, group: Group, row: Row, act: Act) -> tuple[Told, PersonDetails]:
    """What the message tells about one visit, and the details of its patient."""
    fact = _fact(context, group, row, act)
    whom, details = person(context, group, fact.at)
    if context.feed.walk_ins:
        whom = replace(whom, pregnant=visits.pregnant(group.segment("PV1")))
    number = visits.visit_number(context, group)
    told = doctors(context, group.segment("PV1"), number)
    return Told(number, whom, fact), replace(details, doctors=told) if told else details


def _fact(context: Context, group: Group, row: Row, act: Act) -> Fact:
    movement, edit = _movement(context, row)
    return Fact(
        act=act,
        at=times.happened_at(context, cancel=row.cancels, pending=row.pends, numbered=edit is not None),
        order=times.order(context),
        place=_place(context, group, row),
        prior=places.place(group.segment("PV1"), 6) or None,
        undoes_at=times.undoes_at(context) if row.cancels else None,
        ended_at=_ended_at(context, group, row.ended),
        expected=_expected(context, group, row.expected),
        klass=visits.klass(context, group.segment("PV1")),
        specialty=visits.specialty(group.segment("PV1")),
        temporary=(places.place(group.segment("PV1"), 11) or None) if row.tracks else None,
        movement=movement,
        edit=edit,
        way=told_way(context, group, row),
    )


def _movement(context: Context, row: Row) -> tuple[str | None, Edit | None]:
    """The movement's number (ZBE-1) and what is done to it. An A08 is none, and takes no movement's place; it may take one out."""
    number, edit = movements.number(context.message), movements.edit(context.message)
    if number is None or (row.amends and edit is not Edit.CANCEL):
        return None, None
    return (number, edit) if edit else (None, None)


def _place(context: Context, group: Group, row: Row) -> str | None:
    """The first source that says anything. A cancel cannot delete a place: what it leaves out is undone from the history."""
    said = (places.place(group.segment(name), field) for name, field in row.places)
    found = next((each for each in said if each is not None), None)
    return (found or None) if row.cancels else found


def _expected(context: Context, group: Group, sources: tuple[Source, ...]) -> datetime | None:
    """The first source that says anything; DELETED where that is `""`."""
    said = (_moment_or_deleted(context, group.segment(name), field) for name, field in sources)
    return next((each for each in said if each is not None), None)


def _moment_or_deleted(context: Context, segment: Segment | None, field: int) -> datetime | None:
    deleted = segment is not None and segment.component(field).strip() == NULL
    return DELETED if deleted else times.moment(context, segment, field)


def _ended_at(context: Context, group: Group, source: Source | None) -> datetime | None:
    """A day without a time says less than the event's own time, and is not used."""
    return times.moment(context, group.segment(source[0]), source[1], hour_needed=True) if source else None
