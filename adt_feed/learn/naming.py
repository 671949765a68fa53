"""Names for what a feed names: ids that stay the same when a longer recording is learnt, and labels short enough for a tile.

Ids hold no dash within a part, so that ward, room and bed of `RENALWARD-MAINROOM-01` can never be read two ways.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from zlib import crc32

_LONG = 24
_LABEL = 8


def natural(text: str) -> list[tuple[int, int, str]]:
    """So that Bed 10 comes after Bed 9."""
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part.casefold()) for part in re.split(r"(\d+)", text) if part]


def slug(text: str) -> str:
    """Capitals, digits and underscores. Another script, or more than 24 letters, is told apart by a checksum of the whole."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    short = re.sub(r"[^A-Z0-9]+", "_", plain.upper()).strip("_")
    mark = f"{crc32(text.casefold().encode()) & 0xFFFFFF:06X}"
    if not short:
        return f"X{mark}" if text else "X"
    return short if len(short) <= _LONG else f"{short[: _LONG - 7].rstrip('_')}_{mark}"


def unique(wanted: str, taken: set[str]) -> str:
    """The name, numbered if somebody has it."""
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}_{number}", number + 1
    taken.add(name)
    return name


def numbers(beds: Sequence[str]) -> list[str]:
    """The last part of the beds' ids in one room: `Bed 7` is 07, unless there is a `Cot 7` as well."""
    short = [_number(bed) for bed in beds]
    shared = Counter(short)
    taken: set[str] = set()
    return [unique(number if shared[number] == 1 else slug(bed), taken) for bed, number in zip(beds, short, strict=True)]


def labels(beds: Sequence[tuple[str, str]]) -> list[str]:
    """What stands on the tiles of a ward whose beds are (room, bed): the bed's own number, with its room's where rooms repeat them."""
    plain = Counter((room, _digits(bed)) for room, bed in beds)
    short = [(_digits(bed) if plain[room, _digits(bed)] == 1 else slug(bed).replace("_", ""))[:_LABEL] for room, bed in beds]
    short = [label or slug(bed)[:_LABEL] for label, (_, bed) in zip(short, beds, strict=True)]
    if len(set(short)) < len(short):
        marks = _marks(list(dict.fromkeys(room for room, _ in beds)))
        short = [_joined(marks[room], label) for (room, _), label in zip(beds, short, strict=True)]
    taken: set[str] = set()
    return [unique(label, taken) for label in short]


def _digits(text: str) -> str:
    found = re.search(r"[0-9]+[0-9A-Za-z]*$", text)
    return found[0].upper() if found else ""


def _number(bed: str) -> str:
    digits = _digits(bed)
    return digits.zfill(2) if digits.isdecimal() else digits or slug(bed)


def _marks(rooms: list[str]) -> dict[str, str]:
    """The shortest sign of each room that no other has: its number, its first letter, its first letters."""
    for ways in (1, 2, 3, 4):
        marks = {room: _digits(room) or slug(room)[:ways] for room in rooms}
        if len(set(marks.values())) == len(rooms):
            return marks
    return {room: f"R{number}" for number, room in enumerate(rooms, 1)}


def _joined(mark: str, label: str) -> str:
    clash = mark[-1:].isdecimal() and label[:1].isdecimal()
    return f"{mark}-{label}"[:_LABEL] if clash else f"{mark}{label}"[:_LABEL]
