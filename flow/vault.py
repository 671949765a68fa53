"""The vault: the one seam through which names and journal bodies pass on their way into Postgres and out again.

`seal` and `open` encrypt with AES-256-GCM; `blind` makes the keyed digest by which a sealed value can be looked up.
Before it stands the caller who knows what a value is (its `aad`: table, column, row); after it only bytes.

A sealed value is `version (1) | key id (2, big endian) | nonce (12) | ciphertext and tag (n + 16)`, and the first three
bytes are authenticated with the caller's `aad`. Keys live in a ring: several ids, one of them current, so that a new
key can be added while old values stay readable. All keys are derived from the 32 random bytes of each line of the key
file by HKDF-SHA256 (RFC 5869); the blind index is keyed by the ring's oldest key and so survives a rotation.
"""

import hmac
import os
import stat
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from flow.errors import BedflowError, Misconfigured

KEY_FILE = "vault.key"
KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
VERSION = 1
HEADER_BYTES = 3


class Tampered(BedflowError):
    """A sealed value does not open: changed bytes, another row's `aad`, or a key this ring does not hold."""

    code = "tampered"


class Vault:
    """A ring of keys; `keys` maps a key id (1..65535) to 32 secret bytes, and `current` seals new values."""

    def __init__(self, keys: Mapping[int, bytes], current: int) -> None:
        self._ciphers = {_header(key_id): AESGCM(_derive(key, b"seal")) for key_id, key in keys.items()}
        self._current_header = _header(current)
        self._current = self._ciphers[self._current_header]
        self._oldest = keys[min(keys)]
        self._blind = hmac.new(_derive(self._oldest, b"blind"), digestmod=sha256)

    def seal(self, plain: bytes, aad: bytes) -> bytes:
        """Encrypt `plain` so that it opens only with the same `aad`; costs 31 bytes and about 3 us a kilobyte."""
        header = self._current_header
        nonce = os.urandom(NONCE_BYTES)
        return header + nonce + self._current.encrypt(nonce, plain, header + aad)

    def open(self, sealed: bytes, aad: bytes) -> bytes:
        """Decrypt what `seal` made; raises `Tampered` when a byte, the `aad` or the key is not the one it was made with."""
        header, body = sealed[:HEADER_BYTES], HEADER_BYTES + NONCE_BYTES
        if len(sealed) < body + TAG_BYTES or header[0] != VERSION:
            raise Tampered("not a sealed value: too short, or of a version this Bedflow does not know")
        cipher = self._ciphers.get(header)
        if cipher is None:
            raise Tampered(f"sealed with key {int.from_bytes(header[1:])}, which the key ring does not hold")
        try:
            return cipher.decrypt(sealed[HEADER_BYTES:body], sealed[body:], header + aad)
        except InvalidTag:
            raise Tampered("a sealed value was changed, or belongs to another row") from None

    def blind(self, purpose: str, value: str) -> str:
        """The blind index of `value`: 32 hex characters, equal for equal `purpose` and `value`, meaningless without the key.

        HMAC-SHA256 cut to 128 bits; the purpose (`mrn`, `name`) keeps equal values of different columns apart.
        """
        mac = self._blind.copy()
        mac.update(f"{purpose}\x00{value}".encode())
        return mac.hexdigest()[:32]

    def key(self, purpose: str) -> bytes:
        """32 bytes for a purpose of one's own, the same after a rotation."""
        return _derive(self._oldest, purpose.encode())


def open_vault(data_dir: Path) -> Vault:
    """The vault of a data directory; makes the key file (mode 0600) when there is none.

    Raises `Misconfigured` when the file can be read by others, is not a key file, or cannot be made.
    """
    path = data_dir / KEY_FILE
    try:
        if not path.exists():
            _make_key_file(path)
        _refuse_open_permissions(path)
        ring = _parse_ring(path.read_text("ascii"))
    except OSError as error:
        raise Misconfigured(f"The key file {path} cannot be used ({error.strerror}). Make it yours, or set BEDFLOW_DATA_DIR.") from None
    except ValueError:
        raise Misconfigured(f"{path} is not a key file. Put back the copy from your backup: sealed data opens with no other.") from None
    return Vault(ring, current=max(ring))


def _make_key_file(path: Path) -> None:
    """Write the key beside its place, flush it to the disk, then link it in: of two makers one wins, and nobody reads half a key."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(f"1 {os.urandom(KEY_BYTES).hex()}\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    _flush_directory(path.parent)


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


def _parse_ring(text: str) -> dict[int, bytes]:
    """A line a key: its number, then 64 hex digits."""
    ring = {int(key_id): bytes.fromhex(key) for key_id, key in (line.split() for line in text.splitlines() if line)}
    if not ring or any(len(key) != KEY_BYTES or not 0 < key_id < 65536 for key_id, key in ring.items()):
        raise ValueError("no key, or one of the wrong length")
    return ring


def _header(key_id: int) -> bytes:
    return bytes([VERSION]) + key_id.to_bytes(2)


def _derive(key: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=b"bedflow " + purpose).derive(key)
