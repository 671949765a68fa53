"""The vault's key as it travels with a backup: sealed by a passphrase (scrypt, AES-256-GCM), or apart, known by its prints alone."""

import os
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from flow.backup.folder import flush
from flow.errors import Misconfigured, Refused

LEAST_PASSPHRASE = 15
_MAGIC = b"bedflow key 1\n"
_SALT, _NONCE = 16, 12
_COST = 1 << 16  # 64 MB and a fifth of a second a try


def passphrase_of(file: Path) -> bytes:
    """The first line of a passphrase's file. Raises Misconfigured for one that is missing, open to others, or short."""
    try:
        if file.stat().st_mode & 0o077:
            raise Misconfigured(f"{file} can be used by others. Run: chmod 600 '{file}'")
        words = file.read_bytes().split(b"\n")[0].strip()
    except OSError as error:
        raise Misconfigured(f"The passphrase's file {file} cannot be read ({error.strerror}).") from None
    if len(words) < LEAST_PASSPHRASE:
        raise Misconfigured(f"The passphrase in {file} is too short: its first line must have {LEAST_PASSPHRASE} characters or more.")
    return words


def prints(key: bytes) -> tuple[str, ...]:
    """A print of each line of a key file, by which it is known again and nothing can be opened."""
    return tuple(sha256(b"bedflow backup " + line.strip()).hexdigest()[:16] for line in key.splitlines() if line.strip())


def sealed(key: bytes, passphrase: bytes) -> bytes:
    """The key file so that only the passphrase opens it."""
    salt, nonce = os.urandom(_SALT), os.urandom(_NONCE)
    return _MAGIC + salt + nonce + AESGCM(_stretched(passphrase, salt)).encrypt(nonce, key, _MAGIC)


def opened(box: bytes, passphrase: bytes) -> bytes:
    """What `sealed` was given. Raises Refused for another passphrase, or for a file that was changed."""
    head = len(_MAGIC)
    salt, nonce, rest = box[head : head + _SALT], box[head + _SALT : head + _SALT + _NONCE], box[head + _SALT + _NONCE :]
    try:
        if not box.startswith(_MAGIC):
            raise InvalidTag
        return AESGCM(_stretched(passphrase, salt)).decrypt(nonce, rest, _MAGIC)
    except InvalidTag:
        raise Refused("The passphrase does not open the key of this backup, or the sealed key was changed.") from None


def lay_down(place: Path, key: bytes, passphrase: bytes) -> None:
    """Seal the key file into a backup's folder, in one step; left alone where it lies there already."""
    if place.exists() and _is_that(place.read_bytes(), key, passphrase):
        return
    draft = place.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as file:
        file.write(sealed(key, passphrase))
    flush(draft)
    draft.replace(place)
    flush(place.parent)


def _is_that(box: bytes, key: bytes, passphrase: bytes) -> bool:
    try:
        return opened(box, passphrase) == key
    except Refused:
        return False


def _stretched(passphrase: bytes, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=_COST, r=8, p=1).derive(passphrase)
