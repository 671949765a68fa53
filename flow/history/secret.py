"""Secrets on their way into the tables: random ones kept as digests, chosen ones (passwords, PINs) as argon2id hashes.

Hashing takes tens of milliseconds and 19 MiB on purpose, so it runs in a thread, two at a time, beside the event loop.
"""

import asyncio
import secrets
from hashlib import sha256

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane."""

_turns: dict[asyncio.AbstractEventLoop, asyncio.Semaphore] = {}
_NOBODY = _HASHER.hash("nobody has this password")


def new_secret() -> str:
    """256 random bits, fit for a cookie and a header."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """What the tables keep of a random secret: nothing slower is needed for 256 random bits."""
    return sha256(secret.encode()).digest()


async def hash_of(password: str) -> str:
    """The argon2id hash of a chosen secret."""
    async with _turn():
        return await asyncio.to_thread(_HASHER.hash, password)


async def matches(hashed: str | None, password: str) -> bool:
    """Whether the password is the hashed one. None takes as long as any other: nobody learns which names exist."""
    async with _turn():
        return await asyncio.to_thread(_verify, hashed, password)


def is_outdated(hashed: str) -> bool:
    """Made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(hashed)


def _verify(hashed: str | None, password: str) -> bool:
    try:
        _HASHER.verify(hashed or _NOBODY, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return hashed is not None


def _turn() -> asyncio.Semaphore:
    """Two at a time in each event loop: a storm of sign-ins may not take the machine's memory."""
    loop = asyncio.get_running_loop()
    if loop not in _turns:
        _turns.clear()
        _turns[loop] = asyncio.Semaphore(2)
    return _turns[loop]
