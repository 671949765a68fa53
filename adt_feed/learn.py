"""Drafts a hospital file from a recorded feed: every place the messages name, as wards, rooms and beds. How an integrator starts.

Pure: messages in, TOML text out; the person then names types and sexes, and `bedflow hospital check` says what is missing.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from adt_feed.message import Message
from flow.domain.plan import place_key

_PLACES = {"PV1": (3, 6, 42, 43, 11), "PV2": (1,), "NPU": (1,)}
"""Where a PL (HL7 2.9, 2A.3.51) stands: point of care, room, bed, facility, status, type, building, floor."""
_SHOWN = 20
_BAY = 12
"""A room of a feed may hold a whole ward; it is drawn in bays of so many beds."""


@dataclass(slots=True)
class _Place:
    care: str
    room: str
    bed: str
    floor: str
    spellings: Counter[str] = field(default_factory=Counter)


def learn(messages: Iterable[Message], name: str, zone: str = "UTC", feed: str = "his") -> str:
    """The TOML text of a hospital file with a bed for every place that names one; the others stand in a comment."""
    beds: dict[tuple[str, str, str], _Place] = {}
    without: Counter[str] = Counter()
    for spelling, parts in _places(messages):
        care, room, bed = parts[0], parts[1], parts[2]
        if not bed:
            without[spelling] += 1
            continue
        key = (care.casefold(), room.casefold(), bed.casefold())
        place = beds.setdefault(key, _Place(care or "Hospital", room or "Room", bed, parts[7]))
        place.spellings[spelling] += 1
    return "\n".join([*_head(name, zone, without), *_wards(beds.values()), *_feed(feed, zone)]) + "\n"


def _places(messages: Iterable[Message]) -> Iterator[tuple[str, list[str]]]:
    for message in messages:
        for name, fields in _PLACES.items():
            for segment in message.segments(name):
                for number in fields:
                    parts = [segment.component(number, n).strip() for n in range(1, 9)]
                    if any(parts[:3]) and parts[0] != '""':
                        yield "^".join(parts).rstrip("^"), parts


def _head(name: str, zone: str, without: Counter[str]) -> list[str]:
    lines = [
        f"# {_comment(name)}: drafted from the places a recorded feed names.",
        "# Give the rooms their sex policy (any, male, female, same), types and features, then run: bedflow hospital check FILE",
    ]
    lines += [f"# named {count} times without a bed: {_comment(place)}" for place, count in without.most_common(_SHOWN)]
    return [*lines, "", "[hospital]", f"id = {_quoted(_slug(name).lower())}", f"name = {_quoted(name)}", f"zone = {_quoted(zone)}"]


def _wards(places: Iterable[_Place]) -> Iterator[str]:
    wards: dict[str, list[_Place]] = {}
    for place in places:
        wards.setdefault(place.care, []).append(place)
    ids: set[str] = set()
    for care in sorted(wards, key=_natural):
        ward = _unique(_slug(care).upper(), ids)
        floor = next((place.floor for place in wards[care] if place.floor), "")
        yield from ("", "[[wards]]", f"id = {_quoted(ward)}", f"name = {_quoted(care)}", f"floor = {_quoted(floor)}")
        yield from _rooms(wards[care])


def _rooms(places: list[_Place]) -> Iterator[str]:
    rooms: dict[str, list[_Place]] = {}
    for place in places:
        rooms.setdefault(place.room, []).append(place)
    ids: set[str] = set()
    labels: set[str] = set()
    for room in sorted(rooms, key=_natural):
        beds = sorted(rooms[room], key=lambda place: _natural(place.bed))
        for first in range(0, len(beds), _BAY):
            room_id = _unique(_slug(room).upper(), ids)
            prefix = "" if len(rooms) == 1 else room_id[:2]
            yield from _room(room, room_id, beds[first : first + _BAY], first + 1, prefix, labels)


def _room(room: str, room_id: str, beds: list[_Place], first: int, prefix: str, labels: set[str]) -> Iterator[str]:
    yield from ("", "[[wards.rooms]]", f"id = {_quoted(room_id)}", f"name = {_quoted(room)}", 'type = "general"')
    yield from (f"beds = {len(beds)}", *((f"first = {first}",) if first > 1 else ()))
    for number, bed in enumerate(beds, 1):
        yield from _bed(number, bed, _unique(prefix + _label(bed.bed), labels))


def _bed(number: int, place: _Place, label: str) -> Iterator[str]:
    aliases = sorted({place_key(s): s for s in place.spellings}.values())
    short = f"{place.care}^{place.room}^{place.bed}"
    listed = ", ".join(_quoted(alias) for alias in dict.fromkeys([short, *aliases]))
    yield from ("", "[[wards.rooms.bed]]", f"n = {number}", f"label = {_quoted(label)}", f"aliases = [{listed}]")


def _feed(feed: str, zone: str) -> list[str]:
    return ["", "[[feeds]]", f"id = {_quoted(feed)}", f"name = {_quoted('Learnt feed')}", f"zone = {_quoted(zone)}"]


def _natural(text: str) -> list[tuple[int, int, str]]:
    """So that Bed 10 comes after Bed 9."""
    return [(0, int(part), "") if part.isdigit() else (1, 0, part.casefold()) for part in re.split(r"(\d+)", text) if part]


def _label(bed: str) -> str:
    """`Bed 12` is 12 on a tile."""
    number = re.search(r"\d+\w*$", bed)
    return (number[0] if number else _slug(bed).upper())[:6]


def _slug(text: str) -> str:
    """Letters, digits and dashes, as ids are made of."""
    ascii_text = text.encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "-", ascii_text).strip("-")[:24] or "X"


def _unique(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}-{number}", number + 1
    taken.add(name)
    return name


def _quoted(text: str) -> str:
    """A TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\u{ord(found[0]):04x}", escaped) + '"'


def _comment(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]", " ", text)
