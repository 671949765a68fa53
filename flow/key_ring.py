"""The key file: a line for each key of the vault, `NUMBER 64-HEX-DIGITS MADE`, and what outlives the first of them.

Everything sealed is sealed by one of the numbered keys, the newest by choice (`flow.vault`). What was derived from the first key and cannot
be made anew (pseudonyms stand in the log, the trail's chain is keyed) stays as lines `for-life PURPOSE 64-HEX-DIGITS` when that key is
dropped: HKDF leads from a key to these secrets and not back, so that they open nothing.
"""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from flow import crash
from flow.errors import Misconfigured, Refused

KEY_FILE = "vault.key"
KEY_BYTES = 32
MOST_KEYS = 65_535
LIFELONG = ("blind", "audit chain", "known browsers")
"""What is derived from the first key for as long as the hospital stands."""
_FOR_LIFE = "for-life"


@dataclass(frozen=True, slots=True)
class Key:
    """32 secret bytes; `made` is None for a key older than the note of it."""

    secret: bytes = field(repr=False)
    made: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ring:
    """The keys by number, and the secrets for life of a first key that is gone (empty while it is there)."""

    keys: Mapping[int, Key]
    kept: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def current(self) -> int:
        """The number of the key that seals."""
        return max(self.keys)

    @property
    def first(self) -> int | None:
        """The number of the key that the secrets for life come from; None once it is gone."""
        return None if self.kept else min(self.keys)

    def lifelong(self, purpose: str) -> bytes:
        """The secret of a purpose in `LIFELONG`, the same after every rotation."""
        if purpose not in LIFELONG:
            raise ValueError(f"no secret for life is called {purpose}")
        return self.kept[purpose] if self.kept else derive(self.keys[min(self.keys)].secret, purpose)

    def with_new(self, at: datetime) -> "Ring":
        """And one key more. Raises Refused when numbers are used up."""
        if self.current == MOST_KEYS:
            raise Refused("The key file has no number left for another key.", code="no-number-left")
        return replace(self, keys={**self.keys, self.current + 1: Key(os.urandom(KEY_BYTES), at)})

    def without(self, number: int) -> "Ring":
        """And one key less; with the first go its sealing and opening alone. Raises Refused for the one that seals, or none at all."""
        if number not in self.keys:
            raise Refused(f"There is no key {number} in the key file; `bedflow key list` names them.", code="unknown-key")
        if number == self.current:
            raise Refused(f"Key {number} is the one that seals. `bedflow key add` makes a new one first.", code="key-in-use")
        kept = {purpose: self.lifelong(purpose) for purpose in LIFELONG} if number == self.first else self.kept
        return Ring({each: key for each, key in self.keys.items() if each != number}, kept)

    def text(self) -> str:
        """The file's lines."""
        keys = [f"{n} {key.secret.hex()}{f' {key.made.isoformat()}' if key.made else ''}" for n, key in sorted(self.keys.items())]
        kept = [f"{_FOR_LIFE} {purpose.replace(' ', '-')} {secret.hex()}" for purpose, secret in self.kept.items()]
        return "".join(f"{line}\n" for line in (*keys, *kept))


def derive(secret: bytes, purpose: str) -> bytes:
    """32 bytes for a purpose out of a key's (RFC 5869)."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"bedflow " + purpose.encode()).derive(secret)


def read_ring(path: Path) -> Ring:
    """The ring of a key file. Raises Misconfigured when others can read it, it is none, or it cannot be read."""
    try:
        _refuse_open_permissions(path)
        return _parsed(path.read_text("ascii"))
    except OSError as error:
        raise Misconfigured(f"The key file {path} cannot be used ({error.strerror}). Make it yours, or set BEDFLOW_DATA_DIR.") from None
    except ValueError:
        raise Misconfigured(f"{path} is not a key file. Put back the copy from your backup: sealed data opens with no other.") from None


def make_ring(path: Path, at: datetime) -> None:
    """Lay a first key down where there is none: of two makers one wins, and nobody reads half a key."""
    draft = _draft(path, Ring({1: Key(os.urandom(KEY_BYTES), at)}))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    _flush_directory(path.parent)


def lay_ring(path: Path, ring: Ring) -> None:
    """Lay it in place of the former: flushed to the disk, then moved there in one step."""
    draft = _draft(path, ring)
    crash.here("key-drafted")
    draft.replace(path)
    _flush_directory(path.parent)


def made_at(path: Path) -> datetime:
    """Since when the current key seals, as far as anybody knows: noted beside it, else when the file was last written."""
    ring = read_ring(path)
    return ring.keys[ring.current].made or datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _draft(path: Path, ring: Ring) -> Path:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "w", encoding="ascii") as file:
        file.write(ring.text())
        file.flush()
        os.fsync(file.fileno())
    return draft


def _flush_directory(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refuse_open_permissions(path: Path) -> None:
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        raise Misconfigured(f"{path} can be used by others (mode {mode:04o}). Run: chmod 600 '{path}'")


def _parsed(text: str) -> Ring:
    """Raises ValueError for what is no ring."""
    keys: dict[int, Key] = {}
    kept: dict[str, bytes] = {}
    for words in (line.split() for line in text.splitlines() if line.strip()):
        if words[0] == _FOR_LIFE:
            _, purpose, secret = words
            kept[purpose.replace("-", " ")] = bytes.fromhex(secret)
        else:
            number, secret, *made = words
            keys[int(number)] = Key(bytes.fromhex(secret), datetime.fromisoformat(*made) if made else None)
    secrets = [*(key.secret for key in keys.values()), *kept.values()]
    if not keys or any(len(secret) != KEY_BYTES for secret in secrets) or not all(0 < number <= MOST_KEYS for number in keys):
        raise ValueError("no key, or one of the wrong length")
    if kept and set(kept) != set(LIFELONG):
        raise ValueError("a secret for life is missing")
    return Ring(keys, kept)
