"""Writes the learnt wards down as the TOML of a hospital file, with a comment on every place that is no bed."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from math import ceil

from adt_feed.learn.naming import labels, natural, numbers, slug, unique
from adt_feed.learn.places import LearntBed, LearntWard, Named, named
from adt_feed.message import Message
from flow.domain.plan import place_key

_SHOWN = 20
_BAY = 12
"""A room of a feed may hold a whole ward; it is drawn in bays of at most so many beds."""
_NAME = 80
_TYPES = (
    ("nicu", r"nicu|scbu|neonat|newborn"),
    ("icu", r"\b(icu|itu|ccu|micu|sicu|picu)\b|intensive|critical"),
    ("hdu", r"\bhdu\b|high (dependency|care)"),
    ("emergency", r"\b(ed|er|a&e|ae)\b|emerg|casualty"),
    ("maternity", r"matern|obstet|labou?r\b|deliver"),
    ("paediatric", r"pa?ediat|child"),
    ("isolation", r"isolat|infect"),
    ("day_care", r"\bday\b|daycare|daycase"),
)
"""What a ward's name gives away; everything else is general."""


def learn(messages: Iterable[Message], name: str, zone: str = "UTC", feed: str = "his") -> str:
    """The TOML text of a hospital file with a bed for every place that names one; the others stand in comments.

    Bed ids come from the places alone, so that a longer recording gives a bed the id that a shorter one gave it.
    """
    found = named(messages)
    return "\n".join([*_head(name or "Hospital", zone, found), *_wards(found.wards), *_feed(feed, zone)]) + "\n"


def _head(name: str, zone: str, found: Named) -> Iterator[str]:
    yield f"# {_comment(name)}: drafted from the places a recorded feed names."
    yield "# Types are guessed from the wards' names. Give the rooms their sex (any, male, female, same), types and features, then run:"
    yield "# bedflow hospital check FILE"
    yield from _counted(found.bedless, "without a bed")
    yield from _counted(found.ambiguous, "without saying which facility or building; map it in the exceptions tray")
    yield from ("", "[hospital]", f"id = {_quoted(slug(name).lower())}", f"name = {_quoted(name[:_NAME])}", f"zone = {_quoted(zone)}")


def _counted(places: Counter[str], what: str) -> Iterator[str]:
    for place, count in places.most_common(_SHOWN):
        yield f"# {_comment(place)} was named {count} times {what}"
    if len(places) > _SHOWN:
        yield f"# and {len(places) - _SHOWN} more places {what}"


def _wards(wards: Iterable[LearntWard]) -> Iterator[str]:
    ids: set[str] = set()
    for ward in sorted(wards, key=lambda ward: natural(ward.name)):
        ward_id, kind = unique(slug(ward.name), ids), _type(ward.name)
        yield from ("", "[[wards]]", f"id = {_quoted(ward_id)}", f"name = {_quoted(ward.name[:_NAME])}", f"floor = {_quoted(ward.floor)}")
        yield f"type = {_quoted(kind)}"
        yield from _rooms(ward, ward_id, kind)


def _type(name: str) -> str:
    return next((kind for kind, words in _TYPES if re.search(words, name.casefold().replace("_", " "))), "general")


def _rooms(ward: LearntWard, ward_id: str, kind: str) -> Iterator[str]:
    beds = sorted(ward.beds, key=lambda bed: (natural(bed.room), bed.room.casefold(), natural(bed.bed)))
    shown = dict(zip(map(id, beds), labels([(bed.room.casefold(), bed.bed) for bed in beds]), strict=True))
    ids: set[str] = set()
    for _, group in groupby(beds, key=lambda bed: bed.room.casefold()):
        row = list(group)
        room = unique(slug(row[0].room), ids)
        named = [(bed, f"{ward_id}-{room}-{number}") for bed, number in zip(row, numbers([bed.bed for bed in row]), strict=True)]
        size = ceil(len(row) / ceil(len(row) / _BAY))
        for first in range(0, len(row), size):
            bay = named[first : first + size]
            room_id = room if first == 0 else unique(f"{room}_{first // size + 1}", ids)
            title = _title(row[0].room, [shown[id(bed)] for bed, _ in bay], whole=len(row) <= size)
            yield from ("", "[[wards.rooms]]", f"id = {_quoted(room_id)}", f"name = {_quoted(title)}", f"type = {_quoted(kind)}")
            for bed, bed_id in bay:
                yield from _bed(bed, bed_id, shown[id(bed)])


def _title(room: str, shown: list[str], *, whole: bool) -> str:
    name = room[: _NAME - 20] or "Beds"
    return name if whole else f"{name} {shown[0]}–{shown[-1]}"


def _bed(bed: LearntBed, bed_id: str, label: str) -> Iterator[str]:
    aliases = {place_key(alias): alias for alias in reversed(bed.aliases)}
    listed = ", ".join(_quoted(alias) for alias in reversed(aliases.values()))
    yield from ("", "[[wards.rooms.bed]]", f"id = {_quoted(bed_id)}", f"label = {_quoted(label)}", f"aliases = [{listed}]")


def _feed(feed: str, zone: str) -> list[str]:
    return ["", "[[feeds]]", f"id = {_quoted(feed)}", f"name = {_quoted('Learnt feed')}", f"zone = {_quoted(zone)}"]


def _quoted(text: str) -> str:
    """A TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda found: f"\\u{ord(found[0]):04x}", escaped) + '"'


def _comment(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]", " ", text)
