"""Facts: one row of the table applied to the segments about one patient."""

from datetime import datetime

from adt_feed.mapping import places, times, visits
from adt_feed.mapping.context import Context, Group
from adt_feed.mapping.persons import person
from adt_feed.mapping.row import Row, Source
from flow.domain.commands import Told
from flow.domain.person import PersonDetails
from flow.domain.visit import Act, Edit, Fact

LONGEST = 250
"""Characters of a movement's number that are compared."""


def tell(context: Context, group: Group, row: Row, act: Act) -> tuple[Told, PersonDetails]:
    """What the message tells about one visit, and the details of its patient."""
    fact = _fact(context, group, row, act)
    whom, details = person(context, group, fact.at)
    return Told(visits.visit_number(context, group), whom, fact), details


EDITS = {"INSERT": Edit.INSERT, "UPDATE": Edit.UPDATE, "CANCEL": Edit.CANCEL, "DELETE": Edit.CANCEL}
"""ZBE-4. A REFERENCE names a movement and changes nothing of it."""


def _fact(context: Context, group: Group, row: Row, act: Act) -> Fact:
    movement, edit = _movement(context)
    return Fact(
        act=act,
        at=times.happened_at(context, cancel=row.cancels),
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
    )


def _movement(context: Context) -> tuple[str | None, Edit | None]:
    """ZBE-1 (an EI, kept with its namespace) and ZBE-4 (IHE PAM, ITI-31)."""
    zbe = context.message.first("ZBE")
    edit = EDITS.get(zbe.component(4).strip().upper()) if zbe else None
    if zbe is None or edit is None:
        return None, None
    named = "^".join(part for part in (zbe.component(1).strip(), zbe.component(1, 2).strip()) if part)
    return (named[:LONGEST] or None, edit) if named else (None, None)


def _place(context: Context, group: Group, row: Row) -> str | None:
    """The first source that says anything. A cancel cannot delete a place: what it leaves out is undone from the history."""
    said = (places.place(group.segment(name), field) for name, field in row.places)
    found = next((each for each in said if each is not None), None)
    return (found or None) if row.cancels else found


def _expected(context: Context, group: Group, sources: tuple[Source, ...]) -> datetime | None:
    said = (times.moment(context, group.segment(name), field) for name, field in sources)
    return next((each for each in said if each is not None), None)


def _ended_at(context: Context, group: Group, source: Source | None) -> datetime | None:
    """A day without a time says less than the event's own time, and is not used."""
    return times.moment(context, group.segment(source[0]), source[1], hour_needed=True) if source else None
