"""Canaries: people whose every detail is a word that occurs nowhere else, and the search for those words in all that a hospital leaves
behind.

A word is looked for as it is, in other letters' case, in UTF-16, in base64 at each of its three offsets, and in hexadecimal.
"""

import base64
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

FAMILY, GIVEN, KIN = "Quetzalcanary", "Zephyrcanary", "Yarrowcanary"
MRN, OTHER_MRN, THIRD_MRN = "CNRY7700123", "CNRY7700124", "CNRY7700125"
ABHA, PHONE, STREET = "91-7719-3344-5518", "+919777701234", "Canarystrasse"
SONGS = (FAMILY, GIVEN, KIN, MRN, OTHER_MRN, THIRD_MRN, ABHA, ABHA.replace("-", ""), PHONE, PHONE.lstrip("+"), STREET)


def _base64(song: bytes) -> Iterator[bytes]:
    """What stands in the middle of any base64 that holds it, by where in a group of three it begins."""
    for offset in range(3):
        whole = base64.b64encode(b"\0" * offset + song)
        start = -(-offset * 8 // 6)
        yield whole[start : (offset + len(song)) * 8 // 6]


def disguises(song: str) -> set[bytes]:
    """The bytes under which a word may lie."""
    plain = {song, song.lower(), song.upper()}
    found = {each.encode(codec) for each in plain for codec in ("utf-8", "utf-16-le")}
    return found | {each.encode().hex().encode() for each in plain} | set(_base64(song.encode()))


_EVERY = re.compile(b"|".join(re.escape(each) for song in SONGS for each in sorted(disguises(song))))
_STEP, _OVERLAP = 1 << 24, 256


def heard(data: bytes | str) -> str | None:
    """The canary that sings in some bytes, None for silence."""
    hit = _EVERY.search(data.encode() if isinstance(data, str) else data)
    return hit[0].decode("latin-1") if hit else None


def in_files(folder: Path) -> Mapping[str, str]:
    """The files below a folder in which one sings, with its song."""
    return {
        str(path.relative_to(folder)): song
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and (song := _in_file(path)) is not None
    }


def _in_file(path: Path) -> str | None:
    with path.open("rb") as file:
        tail = b""
        while piece := file.read(_STEP):
            if (song := heard(tail + piece)) is not None:
                return song
            tail = piece[-_OVERLAP:]
    return None
