"""The tables of the replay: what was learnt later on the day, the beds at the minute, and the changes that the scrubber plays."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

from flow.domain.plan import Plan, Ward
from flow.views.replay_page import Asked, PastDayLike, Reading, ReplayPage, said, state_at
from flow.views.tables import Cell, Column, Kind, Report, Table, Value, table

LEARNT = (
    Column("bed", "Bed"),
    Column("from", "From, to", Kind.MOMENT),
    Column("to", "To", Kind.MOMENT, within=True),
    Column("shown_as", "Was shown as"),
    Column("known_to_be", "Is known to be"),
    Column("learnt_by", "Learnt by"),
    Column("learnt_at", "Learnt at", Kind.MOMENT),
)
BEDS = (
    Column("ward", "Ward"),
    Column("bed", "Bed"),
    Column("known_then", "As known then"),
    Column("corrected_since", "As corrected since"),
)
CHANGES = (
    Column("ward", "Ward"),
    Column("bed", "Bed"),
    Column("from", "From", Kind.MOMENT),
    Column("to", "To", Kind.MOMENT),
    Column("was", "Was"),
)


def report(page: ReplayPage, plan: Plan, wards: Iterable[Ward], found: PastDayLike, asked: Asked) -> Report:
    """The day of the wards shown; `asked` has the minute and the reading."""
    shown = tuple(wards)
    reading = next(step.words for step in page.readings if step.here)
    return Report(
        id="replay",
        title="Replay",
        hospital=page.chrome.hospital,
        period=page.day_words,
        filters=f"{f'ward {asked.ward}' if asked.ward else 'whole house'}, {reading.lower()}, beds at {page.at}",
        version="1",
        source="the hospital's log in both readings of the day",
        zone=plan.zone,
        tables=(
            _learnt(page),
            table("beds", f"Beds at {page.at}", BEDS, _beds(shown, found, asked), on_screen=False),
            table("changes", f"The day, {reading.lower()}", CHANGES, _changes(shown, found, asked, ZoneInfo(plan.zone)), on_screen=False),
        ),
    )


def _learnt(page: ReplayPage) -> Table:
    rows = [
        (
            row.bed,
            Cell(row.began, row.span.partition(" ")[0]),
            Cell(row.ended, row.span.partition(" ")[2]),
            *(row.was, row.now, row.how),
            Cell(row.learnt, row.when),
        )
        for row in page.rows
    ]
    return table("learnt", "What was learnt later", LEARNT, rows)


def _beds(wards: Iterable[Ward], found: PastDayLike, asked: Asked) -> Iterator[tuple[str, ...]]:
    for ward in wards:
        for bed in ward.beds:
            then, since = (said(state_at(found, bed.id, replace(asked, reading=reading))) for reading in (Reading.THEN, Reading.SINCE))
            yield ward.id, bed.id, then, since


def _changes(wards: Iterable[Ward], found: PastDayLike, asked: Asked, zone: ZoneInfo) -> Iterator[tuple[Value, ...]]:
    for ward in wards:
        for bed in ward.beds:
            day = found.beds.get(bed.id)
            for piece in (day.believed if asked.reading is Reading.THEN else day.known) if day is not None else ():
                yield ward.id, bed.id, piece.start.astimezone(zone), piece.end.astimezone(zone), said(piece.known)
