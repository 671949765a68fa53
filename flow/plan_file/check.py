"""What a hospital file may not say of its wards: one id for two beds, an empty ward, a place that means two beds, a slip in a feature.

`shape` has made tables of the text; `check_services` looks at clinics and feeds, `boxes` at what overlaps on the plan.
"""

import difflib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo, available_timezones

from flow.domain.plan import place_key
from flow.domain.weights import Weights
from flow.plan_file.lines import Path
from flow.plan_file.problems import Problems
from flow.plan_file.schema import FEATURES, AllocationTable, BedTable, File, RoomTable, WardTable

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_BED_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_FEATURE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_NEAR = 0.8
_BY_RULE = BedTable()


@dataclass(frozen=True, slots=True)
class Named:
    """A bed as the file names it: by the room's rule or by a table of its own."""

    id: str
    label: str
    table: BedTable
    path: Path


def named_beds(ward: WardTable, room: RoomTable, path: Path) -> Iterator[Named]:
    """The beds of a room: `beds` of them by rule, changed where a table names `n`, then those with ids of their own."""
    tables = [(table, (*path, "bed", index)) for index, table in enumerate(room.bed)]
    special = {table.n: (table, at) for table, at in tables}
    numbered = [special.get(n, (_BY_RULE, path)) for n in range(1, room.beds + 1)]
    own = [(table, at) for table, at in tables if table.n is None]
    for number, (table, at) in enumerate(numbered + own, room.first):
        label = table.label or f"{room.label or room.id}{number}"
        yield Named(table.id or bed_id(ward.id, room.id, number), label, table, at)


def bed_id(ward: str, room: str, number: int) -> str:
    """`4B-A-03`."""
    return f"{ward}-{room}-{number:02d}"


def check_wards(file: File, problems: Problems) -> dict[str, str]:
    """Notes every contradiction; gives the bed that each place (`place_key`) means."""
    check_id(file.hospital.id, ("hospital", "id"), problems)
    check_zone(file.hospital.zone, ("hospital", "zone"), problems)
    _weights(file.allocation, problems)
    if not file.wards:
        problems.add((), "a hospital needs at least one [[wards]]")
    check_ids("wards", [ward.id for ward in file.wards], (), problems)
    places = _Places(problems)
    rooms: dict[str, str] = {}
    for index, ward in enumerate(file.wards):
        _ward(ward, ("wards", index), places, rooms, problems)
    places.aliases()
    return places.beds


def _weights(table: AllocationTable, problems: Problems) -> None:
    """Numbers that were changed go by a version of their own, and what will do is not worth more than what was asked for."""
    changed = any(getattr(table, name) is not None for name in table.__struct_fields__ if name != "version")
    if changed and table.version is None:
        problems.add(("allocation",), '[allocation] needs a version of its own, like version = "2027-1"; it is shown beside every score')
    usual = Weights()
    near = usual.type_near if table.type_near is None else table.type_near
    match = usual.type_match if table.type_match is None else table.type_match
    if near > match:
        problems.add(("allocation", "type_near"), f"type_near {near} lies above type_match {match}")


def check_id(text: str, path: Path, problems: Problems, shape: re.Pattern[str] = _ID) -> None:
    """Ids stand in addresses, keys and file names."""
    if not shape.fullmatch(text):
        problems.add(path, f"{text!r} is no id: use letters, digits, dot, dash and underscore, and not too many")


def check_ids(kind: str, ids: list[str], path: Path, problems: Problems) -> None:
    """Each is an id and stands once; upper and lower case do not tell two apart."""
    seen: set[str] = set()
    for index, text in enumerate(ids):
        here = (*path, kind, index, "id")
        check_id(text, here, problems)
        if text.casefold() in seen:
            problems.add(here, f"{kind.removesuffix('s')} {text!r} stands twice")
        seen.add(text.casefold())


def check_zone(name: str, path: Path, problems: Problems) -> None:
    """A time zone this machine knows."""
    try:
        ZoneInfo(name)
    except (OSError, ValueError, LookupError):  # a folder of zones, a path, a name nobody knows
        near = difflib.get_close_matches(name, available_timezones(), 1)
        problems.add(path, f"unknown time zone {name!r}; " + (f"did you mean {near[0]!r}?" if near else "use a name like Asia/Kolkata"))


class _Places:
    """Which bed each id and each alias means; no two beds share one."""

    def __init__(self, problems: Problems) -> None:
        self.beds: dict[str, str] = {}
        self._problems = problems
        self._lines: dict[str, int] = {}
        self._later: list[tuple[str, str, Path]] = []

    def bed(self, bed: Named) -> None:
        key = place_key(bed.id)
        if key in self.beds:
            other = f"the other in line {self._lines[key]}"
            self._problems.add(bed.path, f"two beds are called {bed.id!r} ({other}); give each an id of its own")
        self._lines.setdefault(key, self._problems.lines.of(bed.path))
        self.beds.setdefault(key, bed.id)
        self._later += [(alias, bed.id, (*bed.path, "aliases")) for alias in bed.table.aliases]

    def aliases(self) -> None:
        """After all ids are known: an alias may not be another bed's id either."""
        for alias, bed, path in self._later:
            if not place_key(alias):
                self._problems.add(path, f"the alias {alias!r} of {bed} names no place")
            elif (other := self.beds.setdefault(place_key(alias), bed)) != bed:
                self._problems.add(path, f"the place {alias!r} means both {other} and {bed}; keep one")


def _ward(ward: WardTable, path: Path, places: _Places, rooms: dict[str, str], problems: Problems) -> None:
    if not any(room.beds or room.bed for room in ward.rooms):
        problems.add(path, f"ward {ward.id!r} has no beds; give its rooms beds = N, or take the ward out")
    if ward.age_min > ward.age_max:
        problems.add((*path, "age_min"), f"age_min {ward.age_min} lies above age_max {ward.age_max}")
    check_ids("rooms", [room.id for room in ward.rooms], path, problems)
    labels: Counter[str] = Counter()
    for index, room in enumerate(ward.rooms):
        here = (*path, "rooms", index)
        full = f"{ward.id}-{room.id}"
        if rooms.setdefault(full.casefold(), ward.id) != ward.id:
            problems.add((*here, "id"), f"the room {full!r} would be one of ward {rooms[full.casefold()]!r} as well; rename it")
        _room(room, here, problems)
        for bed in named_beds(ward, room, here):
            if bed.table.id:
                check_id(bed.id, (*bed.path, "id"), problems, _BED_ID)
            places.bed(bed)
            labels[bed.label] += 1
            if labels[bed.label] == 2:
                problems.add(bed.path, f"two beds of ward {ward.id!r} are labelled {bed.label!r}; set label on one of their rooms")


def _room(room: RoomTable, path: Path, problems: Problems) -> None:
    _features(room.features, (*path, "features"), problems)
    numbers: set[int] = set()
    for index, table in enumerate(room.bed):
        at = (*path, "bed", index)
        _features(table.features, (*at, "features"), problems)
        if table.n is None and table.id is None:
            problems.add(at, "a bed needs n (which of the room's beds it is) or an id of its own")
        if table.n is not None and table.n > room.beds:
            has = f"has beds 1 to {room.beds}" if room.beds else "makes none by number; say beds = N in the room"
            problems.add((*at, "n"), f"n = {table.n}, but the room {has}")
        if table.n in numbers:
            problems.add((*at, "n"), f"n = {table.n} stands twice in room {room.id!r}")
        numbers |= {table.n} if table.n is not None else set()


def _features(features: list[str], path: Path, problems: Problems) -> None:
    for feature in features:
        near = difflib.get_close_matches(feature, FEATURES, 1, _NEAR) if feature not in FEATURES else []
        if near:
            problems.add(path, f"unknown feature {feature!r}; did you mean {near[0]!r}?")
        elif not _FEATURE.fullmatch(feature):
            problems.add(path, f"feature {feature!r}: use small letters, digits and underscores, like negative_pressure")
