"""From the text of a hospital file to the plan: parse, say what is unknown, draw, check."""

import difflib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

import msgspec

from flow.domain.ids import BedId, ClinicId, FeedId, HospitalId, RoomId, WardId
from flow.domain.plan import Bed, Box, Clinic, ClinicRoom, Feed, Plan, Room, SexPolicy, Ward
from flow.errors import Misconfigured
from flow.plan_file.check import check
from flow.plan_file.layout import Drawing, draw, metres
from flow.plan_file.lines import Lines, Path, path_of
from flow.plan_file.problems import Problems
from flow.plan_file.schema import TABLES, BedTable, ClinicTable, FeedTable, File, RoomTable, WardTable


def load_plan(path: FilePath) -> Plan:
    """The plan of a file. Raises Misconfigured with file, line and what to do for everything that is wrong in it."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{path}: the hospital file cannot be read ({error}). Set BEDFLOW_HOSPITAL to one.") from error
    return parse_plan(text, str(path))


def parse_plan(text: str, source: str) -> Plan:
    """The plan of a text; `source` is its name in errors."""
    lines = Lines(text)
    problems = Problems(source, lines)
    file = _file(text, source, problems)
    check(file, problems)
    problems.stop()
    wards = tuple(_ward(ward) for ward in file.wards)
    return Plan(
        HospitalId(file.hospital.id),
        file.hospital.name,
        file.hospital.zone,
        wards,
        tuple(_clinic(clinic) for clinic in file.clinics),
        tuple(_feed(feed, file.hospital.zone) for feed in file.feeds),
    )


def _file(text: str, source: str, problems: Problems) -> File:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        at = line[1] if line else "1"
        raise Misconfigured(f"The hospital file cannot be used:\n{source}:{at}: not TOML: {error}", code="hospital-file") from error
    _unknown_keys(data, (), problems)
    problems.stop()
    try:
        return msgspec.convert(data, File)
    except msgspec.ValidationError as error:
        words, _, where = str(error).partition(" - at `")
        problems.add(path_of(where.rstrip("`")), words)
        problems.stop()
        raise


def _unknown_keys(data: Mapping[str, Any], path: Path, problems: Problems) -> None:
    """Every key that no table has, with the word that was probably meant."""
    table = TABLES[".".join(part for part in path if isinstance(part, str))]
    for key, value in data.items():
        if key not in table.__struct_fields__:
            near = difflib.get_close_matches(key, table.__struct_fields__, 1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; known are {', '.join(table.__struct_fields__)}"
            problems.add((*path, key), f"unknown key {key!r}{hint}")
        elif ".".join(part for part in (*path, key) if isinstance(part, str)) in TABLES:
            rows = value if isinstance(value, list) else [value]
            for index, row in enumerate(rows):
                if isinstance(row, dict):
                    _unknown_keys(row, (*path, key, index) if isinstance(value, list) else (*path, key), problems)


def _ward(ward: WardTable) -> Ward:
    tables = [_bed_tables(room) for room in ward.rooms]
    drawing = draw([len(beds) for beds in tables])
    rooms, beds = [], []
    for index, (room, bed_tables) in enumerate(zip(ward.rooms, tables, strict=True)):
        box = _box(room, drawing.rooms[index].room)
        room_id = RoomId(f"{ward.id}-{room.id}")
        rooms.append(Room(room_id, WardId(ward.id), room.name, SexPolicy(room.sex), room.type, box))
        boxes = drawing.rooms[index].beds
        beds += [_bed(ward, room, table, n, _box(table, boxes[n]), drawing) for n, table in enumerate(bed_tables)]
    return Ward(
        WardId(ward.id),
        ward.name,
        ward.specialty,
        ward.floor,
        ward.type,
        ward.age_min,
        ward.age_max,
        tuple(rooms),
        tuple(beds),
        drawing.labels,
    )


def _bed_tables(room: RoomTable) -> list[BedTable]:
    """The beds of a room: `beds` of them by rule, changed where a table names `n`, and those with ids of their own."""
    special = {table.n: table for table in room.bed if table.n is not None}
    numbered = [special.get(n, BedTable()) for n in range(1, room.beds + 1)]
    return numbered + [table for table in room.bed if table.n is None]


def _bed(ward: WardTable, room: RoomTable, table: BedTable, index: int, box: Box, drawing: Drawing) -> Bed:
    number = room.first + index
    return Bed(
        BedId(table.id or bed_id(ward.id, room.id, number)),
        WardId(ward.id),
        RoomId(f"{ward.id}-{room.id}"),
        table.label or f"{room.label or room.id}{number}",
        table.type or room.type,
        frozenset(room.features) | frozenset(table.features),
        table.metres if table.metres is not None else metres(box, drawing.station),
        box,
        tuple(table.aliases),
    )


def bed_id(ward: str, room: str, number: int) -> str:
    """`4B-A-03`."""
    return f"{ward}-{room}-{number:02d}"


def _box(table: RoomTable | BedTable, drawn: Box) -> Box:
    if table.x is None or table.y is None:
        return drawn
    return Box(table.x, table.y, table.width or drawn.width, table.height or drawn.height)


def _clinic(clinic: ClinicTable) -> Clinic:
    rooms = tuple(ClinicRoom(room.id, room.name) for room in clinic.rooms)
    return Clinic(ClinicId(clinic.id), clinic.name, clinic.specialty, clinic.floor, clinic.prefix, rooms)


def _feed(feed: FeedTable, zone: str) -> Feed:
    places = {place: BedId(bed) for place, bed in feed.places.items()}
    return Feed(
        FeedId(feed.id),
        feed.name,
        feed.zone or zone,
        feed.listen,
        feed.outbound,
        feed.a08,
        feed.charset,
        places,
        feed.statuses,
        feed.classes,
    )
