"""The vault: the one seam through which names and journal bodies pass on their way into Postgres and out again.

`seal` and `open` encrypt with AES-256-GCM; `blind` makes the keyed digest by which a sealed value can be looked up.
Before it stands the caller who knows what a value is (its `aad`: table, column, row); after it only bytes.

A sealed value is `version (1) | key id (2, big endian) | nonce (12) | ciphertext and tag (n + 16)`, and the first three
bytes are authenticated with the caller's `aad`. Keys live in a ring (`flow.key_ring`): several ids, the newest seals, so that
a new key can be added while old values stay readable. All keys are derived from the 32 random bytes of each line of the key
file by HKDF-SHA256 (RFC 5869). `blind` is for life: it makes the pseudonyms that stand in the log. `index` makes digests by
which rows are found, under the newest key; `indices` gives those of every key, so that rows are found before, while and
after they are made anew. The vault of a file looks once a second whether that has changed, and at once for an unknown key.
"""

import hmac
import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from flow.errors import BedflowError, Misconfigured
from flow.key_ring import KEY_FILE, Key, Ring, derive, make_ring, read_ring

log = structlog.get_logger()
NONCE_BYTES = 12
TAG_BYTES = 16
VERSION = 1
HEADER_BYTES = 3
SEALED_LEAST = HEADER_BYTES + NONCE_BYTES + TAG_BYTES
LOOK = 1.0
"""Seconds between two looks at the key file."""


class Tampered(BedflowError):
    """A sealed value does not open: changed bytes, another row's `aad`, or a key this ring does not hold."""

    code = "tampered"


class _Keys:
    """A ring made ready to work with."""

    def __init__(self, ring: Ring) -> None:
        self.ring = ring
        self.ciphers = {header_of(number): AESGCM(derive(key.secret, "seal")) for number, key in ring.keys.items()}
        self.header = header_of(ring.current)
        self.cipher = self.ciphers[self.header]
        self.blind = hmac.new(ring.lifelong("blind"), digestmod=sha256)
        self.indices = {number: self._index(number) for number in sorted(ring.keys, reverse=True)}

    def _index(self, number: int) -> "hmac.HMAC":
        if number == self.ring.first:
            return self.blind
        return hmac.new(derive(self.ring.keys[number].secret, "index"), digestmod=sha256)


class Vault:
    """A ring of keys; `keys` maps a key id (1..65535) to 32 secret bytes, and the newest seals new values."""

    def __init__(self, keys: Mapping[int, bytes], current: int) -> None:
        if current != max(keys):
            raise ValueError("the newest key seals")
        self._keys = _Keys(Ring({number: Key(secret) for number, secret in keys.items()}))
        self._file: Path | None = None
        self._seen: tuple[int, ...] = ()
        self._looked = 0.0

    @classmethod
    def of_file(cls, path: Path) -> "Vault":
        """The vault of a key file, which is followed from now on."""
        seen, ring = _state(path), read_ring(path)
        vault = cls({number: key.secret for number, key in ring.keys.items()}, ring.current)
        vault._keys, vault._file, vault._seen, vault._looked = _Keys(ring), path, seen, time.monotonic()
        return vault

    @property
    def ring(self) -> Ring:
        """The keys as they are now."""
        return self._fresh().ring

    def seal(self, plain: bytes, aad: bytes) -> bytes:
        """Encrypt `plain` so that it opens only with the same `aad`; costs 31 bytes and about 3 us a kilobyte."""
        keys = self._fresh()
        nonce = os.urandom(NONCE_BYTES)
        return keys.header + nonce + keys.cipher.encrypt(nonce, plain, keys.header + aad)

    def open(self, sealed: bytes, aad: bytes) -> bytes:
        """Decrypt what `seal` made; raises `Tampered` when a byte, the `aad` or the key is not the one it was made with."""
        header, body = sealed[:HEADER_BYTES], HEADER_BYTES + NONCE_BYTES
        if len(sealed) < SEALED_LEAST or header[0] != VERSION:
            raise Tampered("not a sealed value: too short, or of a version this Bedflow does not know")
        cipher = self._keys.ciphers.get(header) or self._fresh(at_once=True).ciphers.get(header)
        if cipher is None:
            raise Tampered(f"sealed with key {key_of(sealed)}, which the key ring does not hold")
        try:
            return cipher.decrypt(sealed[HEADER_BYTES:body], sealed[body:], header + aad)
        except InvalidTag:
            raise Tampered("a sealed value was changed, or belongs to another row") from None

    def blind(self, purpose: str, value: str) -> str:
        """The blind index of `value`: 32 hex characters, equal for equal `purpose` and `value`, meaningless without the key.

        HMAC-SHA256 cut to 128 bits; the purpose (`mrn`, `name`) keeps equal values of different columns apart. The same after a rotation.
        """
        return _digest(self._keys.blind, purpose, value)

    def index(self, purpose: str, value: str) -> tuple[int, str]:
        """The digest by which a row is to be found from now on, and the number of the key it was made with."""
        keys = self._fresh()
        return keys.ring.current, _digest(keys.indices[keys.ring.current], purpose, value)

    def indices(self, purpose: str, value: str) -> list[str]:
        """The digests by which a row may be found, whichever key it was laid down with; the newest first."""
        return [_digest(mac, purpose, value) for mac in self._fresh().indices.values()]

    def key(self, purpose: str) -> bytes:
        """32 bytes for a purpose of `flow.key_ring.LIFELONG`, the same after a rotation."""
        return self._keys.ring.lifelong(purpose)

    def _fresh(self, *, at_once: bool = False) -> _Keys:
        """The keys as the file has them by now."""
        if self._file is not None and (at_once or time.monotonic() - self._looked > LOOK):
            self._looked = time.monotonic()
            self._follow(self._file)
        return self._keys

    def _follow(self, path: Path) -> None:
        """A file that cannot be read, or is another hospital's, changes nothing: what was read before goes on."""
        try:
            if (seen := _state(path)) == self._seen:
                return
            ring = read_ring(path)
        except (OSError, Misconfigured) as error:
            log.error("vault.key_unreadable", kind=type(error).__name__)
            return
        self._seen = seen
        if ring.lifelong("blind") != self._keys.ring.lifelong("blind"):
            log.error("vault.key_of_another_hospital")
            return
        log.info("vault.keys_read", keys=sorted(ring.keys), seals=ring.current)
        self._keys = _Keys(ring)


def open_vault(data_dir: Path) -> Vault:
    """The vault of a data directory; makes the key file (mode 0600) when there is none.

    Raises `Misconfigured` when the file can be read by others, is not a key file, or cannot be made.
    """
    path = data_dir / KEY_FILE
    try:
        if not path.exists():
            make_ring(path, datetime.now(UTC))
        return Vault.of_file(path)
    except OSError as error:
        raise Misconfigured(f"The key file {path} cannot be used ({error.strerror}). Make it yours, or set BEDFLOW_DATA_DIR.") from None


def header_of(number: int) -> bytes:
    """What every value sealed with a key begins with."""
    return bytes([VERSION]) + number.to_bytes(2)


def key_of(sealed: bytes) -> int:
    """The number of the key a value was sealed with."""
    return int.from_bytes(sealed[1:HEADER_BYTES])


def _digest(keyed: "hmac.HMAC", purpose: str, value: str) -> str:
    mac = keyed.copy()
    mac.update(f"{purpose}\x00{value}".encode())
    return mac.hexdigest()[:32]


def _state(path: Path) -> tuple[int, ...]:
    found = path.stat()
    return found.st_mtime_ns, found.st_ino, found.st_size
