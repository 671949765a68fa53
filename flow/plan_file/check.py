"""What a hospital file may not say: one id for two beds, an empty ward, a place that means two beds, tiles that overlap."""

import re
from collections.abc import Iterator
from itertools import combinations
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flow.domain.plan import place_key
from flow.plan_file.lines import Path
from flow.plan_file.problems import Problems
from flow.plan_file.schema import BedTable, File, RoomTable, WardTable

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
TABLE_0116 = frozenset("CHKUOI")


def check(file: File, problems: Problems) -> None:
    """Note every contradiction."""
    _zone(file.hospital.zone, ("hospital", "zone"), problems)
    _ids(file, problems)
    if not file.wards:
        problems.add(("hospital",), "a hospital needs at least one [[wards]]")
    beds = _beds(file, problems)
    for index, ward in enumerate(file.wards):
        _ward(ward, ("wards", index), problems)
    _clinics(file, problems)
    _feeds(file, beds, problems)


def _zone(name: str, path: Path, problems: Problems) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        problems.add(path, f"unknown time zone {name!r}; use a name like Asia/Kolkata")


def _ids(file: File, problems: Problems) -> None:
    for kind in ("wards", "clinics", "feeds"):
        seen: set[str] = set()
        for index, row in enumerate(getattr(file, kind)):
            if not _ID.fullmatch(row.id):
                problems.add((kind, index, "id"), f"{row.id!r} is no id: use letters, digits, dot, dash, underscore, 40 at most")
            if row.id in seen:
                problems.add((kind, index, "id"), f"{kind[:-1]} {row.id!r} stands twice")
            seen.add(row.id)


def _each_bed(file: File) -> Iterator[tuple[str, BedTable | None, Path, WardTable]]:
    for w, ward in enumerate(file.wards):
        for r, room in enumerate(ward.rooms):
            path: Path = ("wards", w, "rooms", r)
            tables = {table.n: (i, table) for i, table in enumerate(room.bed) if table.n is not None}
            for n in range(1, room.beds + 1):
                at, table = tables.get(n, (None, None))
                made = f"{ward.id}-{room.id}-{room.first + n - 1:02d}"
                yield (table.id if table and table.id else made), table, (path if at is None else (*path, "bed", at)), ward
            for i, table in enumerate(room.bed):
                if table.n is None and table.id:
                    yield table.id, table, (*path, "bed", i), ward


def _beds(file: File, problems: Problems) -> set[str]:
    """Ids, and that no alias means two beds."""
    seen: dict[str, int] = {}
    places: dict[str, str] = {}
    for bed, table, path, _ in _each_bed(file):
        if bed in seen:
            problems.add(path, f"two beds are called {bed!r} (the other in line {seen[bed]}); give each an id of its own")
        seen.setdefault(bed, problems.lines.of(path))
        for alias in table.aliases if table else ():
            other = places.setdefault(place_key(alias), bed)
            if other != bed:
                problems.add((*path, "aliases"), f"the place {alias!r} means both {other} and {bed}; keep one")
    return set(seen)


def _ward(ward: WardTable, path: Path, problems: Problems) -> None:
    if not any(room.beds or room.bed for room in ward.rooms):
        problems.add(path, f"ward {ward.id!r} has no beds; give its rooms beds = N, or take the ward out")
    if ward.age_min > ward.age_max:
        problems.add((*path, "age_min"), f"age_min {ward.age_min} lies above age_max {ward.age_max}")
    labels: dict[str, Path] = {}
    rooms: set[str] = set()
    for index, room in enumerate(ward.rooms):
        here = (*path, "rooms", index)
        if room.id in rooms:
            problems.add((*here, "id"), f"room {room.id!r} stands twice in ward {ward.id!r}")
        rooms.add(room.id)
        _room(room, here, problems)
        _labels(ward, room, labels, here, problems)


def _room(room: RoomTable, path: Path, problems: Problems) -> None:
    if room.beds < 0 or room.beds > 400:
        problems.add((*path, "beds"), f"beds = {room.beds}: a room has 0 to 400 beds")
    for index, table in enumerate(room.bed):
        at = (*path, "bed", index)
        if table.n is None and table.id is None:
            problems.add(at, "a bed needs n (which of the room's beds it is) or an id of its own")
        if table.n is not None and not 1 <= table.n <= room.beds:
            problems.add((*at, "n"), f"n = {table.n}, but the room has beds 1 to {room.beds}")
        if (table.x is None) != (table.y is None):
            problems.add(at, "x and y go together")
    _overlaps(room, path, problems)


def _overlaps(room: RoomTable, path: Path, problems: Problems) -> None:
    placed = [(i, t) for i, t in enumerate(room.bed) if t.x is not None and t.y is not None]
    for (_, one), (index, other) in combinations(placed, 2):
        if _touch(one, other):
            problems.add((*path, "bed", index), f"bed {other.id or other.n} overlaps bed {one.id or one.n} on the plan; move it")
    for index, table in placed:
        if room.x is not None and room.y is not None and room.width and room.height and not _inside(room, table):
            problems.add((*path, "bed", index), f"bed {table.id or table.n} lies outside its room {room.id!r} on the plan")


def _touch(one: BedTable, other: BedTable) -> bool:
    def apart(a: float, wide_a: float | None, b: float, wide_b: float | None) -> bool:
        return a + (wide_a or 60) <= b or b + (wide_b or 60) <= a

    assert one.x is not None
    assert one.y is not None
    assert other.x is not None
    assert other.y is not None
    return not (apart(one.x, one.width, other.x, other.width) or apart(one.y, one.height, other.y, other.height))


def _inside(room: RoomTable, table: BedTable) -> bool:
    assert room.x is not None
    assert room.y is not None
    assert table.x is not None
    assert table.y is not None
    right, bottom = table.x + (table.width or 0), table.y + (table.height or 0)
    return room.x <= table.x and room.y <= table.y and right <= room.x + (room.width or 0) and bottom <= room.y + (room.height or 0)


def _labels(ward: WardTable, room: RoomTable, labels: dict[str, Path], path: Path, problems: Problems) -> None:
    special = {table.n: table.label for table in room.bed if table.n is not None}
    names = [special.get(n) or f"{room.label or room.id}{room.first + n - 1}" for n in range(1, room.beds + 1)]
    for name in names + [t.label for t in room.bed if t.n is None and t.label]:
        if name in labels:
            problems.add(path, f"two beds of ward {ward.id!r} are labelled {name!r}; set label on one of their rooms")
        labels[name] = path


def _clinics(file: File, problems: Problems) -> None:
    for index, clinic in enumerate(file.clinics):
        if not clinic.rooms:
            problems.add(("clinics", index), f"clinic {clinic.id!r} has no rooms; add [[clinics.rooms]]")


def _feeds(file: File, beds: set[str], problems: Problems) -> None:
    for index, feed in enumerate(file.feeds):
        path: Path = ("feeds", index)
        if feed.zone is not None:
            _zone(feed.zone, (*path, "zone"), problems)
        for place, bed in feed.places.items():
            if bed not in beds:
                problems.add((*path, "places", place), f"the place {place!r} is mapped to {bed!r}, which is no bed")
        for code, status in feed.statuses.items():
            if status not in TABLE_0116:
                problems.add((*path, "statuses", code), f"status {status!r} is not of HL7 table 0116 (C H K U O I)")
    if sum(feed.listen is None for feed in file.feeds) > 1:
        problems.add(("feeds", len(file.feeds) - 1), 'two feeds without listen = "HOST:PORT"; only one can use BEDFLOW_MLLP')
