"""What lies in a backup's folder: whole copies with their manifests, and the changes since, segment by segment."""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from flow.errors import Misconfigured

MANIFEST = "manifest.json"
SEGMENT_BYTES = 16 << 20
_PER_LOG = (1 << 32) // SEGMENT_BYTES
_SEGMENT = re.compile(r"[0-9A-F]{24}")
_HISTORY = re.compile(r"[0-9A-F]{8}\.history")
_CHUNK = 1 << 20
_ASIDE = "wal-until-"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a copy is of, and what it consists of: `files` has the SHA-256 of each, `keys` a print of each key that its names need,
    `first` and `last` are the segments of changes that it has itself."""

    made_at: datetime
    hospital: str
    postgres: int
    timeline: int
    first: str
    last: str
    seq: int
    keys: tuple[str, ...]
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class Copy:
    """A whole copy."""

    path: Path
    manifest: Manifest


class Folder:
    """A backup's folder; made, for us alone, when something is laid there."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.changes = path / "wal"
        self.key = path / "vault.key.sealed"

    def make(self) -> None:
        """Raises Misconfigured where it cannot be written."""
        try:
            self.changes.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.chmod(0o700)
        except OSError as error:
            raise Misconfigured(f"The backup's folder {self.path} cannot be written ({error.strerror}). Make it yours.") from None

    def copies(self) -> list[Copy]:
        """The whole ones, oldest first."""
        found = sorted(self.path.glob(f"base-*/{MANIFEST}"))
        return [Copy(file.parent, read_manifest(file)) for file in found if not file.parent.name.endswith(".new")]

    def keep(self, most: int) -> None:
        """Throw away all but so many copies, what was left of half ones, and the changes before the oldest that is kept."""
        copies = self.copies()
        for copy in copies[:-most]:
            shutil.rmtree(copy.path)
        for half in self.path.glob("base-*.new"):
            shutil.rmtree(half)
        first = copies[-most:][0].manifest.first if copies else ""
        for file in self._files():
            if first and _is_segment(file) and number_of(file.name) < number_of(first):
                file.unlink()
        for place in self.path.glob(f"{_ASIDE}*"):
            if not any(map(_is_segment, place.iterdir())):
                shutil.rmtree(place)

    def set_aside(self) -> None:
        """The receiver can't go on after what lies there: it stays for the copies that need it, and new changes begin beside it."""
        self.changes.rename(self.path / f"{_ASIDE}{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
        self.make()

    def _files(self) -> list[Path]:
        return [file for place in (*sorted(self.path.glob(f"{_ASIDE}*")), self.changes) for file in sorted(place.iterdir())]

    def changes_since(self, copy: Copy) -> list[Path]:
        """The changes from a copy's first segment on, of every timeline, in order; the last is half full."""
        first = number_of(copy.manifest.first)
        return [file for file in self._files() if _is_segment(file) and number_of(file.name) >= first]

    def reached(self, copy: Copy) -> int:
        """The segment that the changes after a copy, which has its own until its end, go to without a gap."""
        there = {number_of(file.name) for file in self.changes_since(copy)}
        number = number_of(copy.manifest.last)
        while number + 1 in there:
            number += 1
        return number

    def broken_off(self, copy: Copy) -> bool:
        """Whether there are later changes than the copy reaches."""
        return any(number_of(file.name) > self.reached(copy) for file in self.changes_since(copy))

    def histories(self) -> list[Path]:
        """What tells one timeline from the one before."""
        return [file for file in self._files() if _HISTORY.fullmatch(file.name)]


def _is_segment(file: Path) -> bool:
    return _SEGMENT.fullmatch(file.name.removesuffix(".partial")) is not None


def number_of(segment: str) -> int:
    """Where a segment stands in the order of all, whatever its timeline."""
    return int(segment[8:16], 16) * _PER_LOG + int(segment[16:24], 16)


def segment_name(timeline: int, number: int) -> str:
    """Its file."""
    return f"{timeline:08X}{number // _PER_LOG:08X}{number % _PER_LOG:08X}"


def segment_of(lsn: str, timeline: int) -> str:
    """The file that a place in the log (`0/2000028`) lies in."""
    high, _, low = lsn.partition("/")
    return segment_name(timeline, ((int(high, 16) << 32) + int(low, 16)) // SEGMENT_BYTES)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """The last thing that is written of a copy; it and all beside it are on the disk then."""
    said = asdict(manifest) | {"made_at": manifest.made_at.isoformat(timespec="seconds")}
    (folder / MANIFEST).write_text(json.dumps(said, indent=1) + "\n", "utf-8")
    for path in (*folder.iterdir(), folder):
        flush(path)


def read_manifest(file: Path) -> Manifest:
    """Raises Misconfigured for one that cannot be read."""
    try:
        said = json.loads(file.read_text("utf-8"))
        return Manifest(**said | {"made_at": datetime.fromisoformat(said["made_at"]), "keys": tuple(said["keys"])})
    except (OSError, ValueError, TypeError, KeyError):
        raise Misconfigured(f"{file} is not the manifest of a backup. Take another copy, or bring this one again.") from None


def digests(folder: Path, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The SHA-256 of files; one that is missing has none."""
    for name in names:
        path = folder / name
        yield name, digest(path) if path.is_file() else ""


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    made = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            made.update(chunk)
    return made.hexdigest()


def damaged(copy: Copy) -> list[str]:
    """The files of a copy that are not as they were made."""
    files = copy.manifest.files
    return [name for name, found in digests(copy.path, list(files)) if found != files[name]]


def flush(path: Path) -> None:
    """A file or folder to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
