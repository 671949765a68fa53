"""What a new password must be: long, and none that is known or stands on the door. Nothing is asked of its letters, digits or signs.

(OWASP ASVS 5.0, 6.2; NIST SP 800-63B, 3.1.1.) Known are those of a list that comes along, and of a file of SHA-1 digests in order, as
Have I Been Pwned gives it away: it is searched by bisection where it lies, and nothing is asked of anybody at run time.
"""

import asyncio
import re
from collections.abc import Iterable
from functools import cache
from hashlib import sha1
from pathlib import Path

from flow.errors import Misconfigured

LEAST, MOST = 12, 512
_LIST = Path(__file__).with_name("common_passwords.txt")
_DIGEST = re.compile(rb"[0-9A-Fa-f]{40}[:\r\n]")
_OWN_LETTERS = 8
"""Letters and digits that must remain once the names of the hospital and the person are taken out."""


class Passwords:
    """The rules of one hospital. Raises Misconfigured when `breached` is no file of digests in order; `place` are the words of its name."""

    def __init__(self, breached: Path | None = None, place: str = "") -> None:
        self._breached = breached
        self._place = _words("bedflow", place)
        if breached is not None:
            _check_file(breached)

    async def why_not(self, password: str, *own: str) -> str:
        """Why this password cannot be taken, in plain words; nothing where it can. `own` are names of whom it is for."""
        if len(password) < LEAST:
            return f"A password has at least {LEAST} characters. A short sentence is easy to remember."
        if len(password) > MOST:
            return f"A password has at most {MOST} characters."
        if _is_named(password, self._place | _words(*own)):
            return "This password is little more than your name or the hospital's. Add words that have nothing to do with either."
        if _is_common(password) or await self.is_breached(password):
            return "This password is known from break-ins elsewhere, so it is among the first to be tried. Choose another."
        return ""

    async def is_breached(self, password: str) -> bool:
        """Whether it stands in the file of digests; False without one."""
        if self._breached is None:
            return False
        return await asyncio.to_thread(stands_in, self._breached, password)


def stands_in(path: Path, password: str) -> bool:
    """Whether the digest of a password begins a line of a file whose lines are in order."""
    wanted = sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as lines:
        low, high = 0, path.stat().st_size
        while low < high:
            middle = (low + high) // 2
            lines.seek(max(middle - 1, 0))
            if middle:
                lines.readline()
            line = lines.readline()
            if line and line[:40].upper() < wanted:
                low = lines.tell()
            else:
                high = middle
        lines.seek(low)
        return lines.readline()[:40].upper() == wanted


def _check_file(path: Path) -> None:
    try:
        with path.open("rb") as lines:
            first = lines.readline()
    except OSError as error:
        raise Misconfigured(f"BEDFLOW_BREACHED_PASSWORDS: {path} cannot be read ({error.strerror}).") from None
    if not _DIGEST.match(first):
        raise Misconfigured(f"BEDFLOW_BREACHED_PASSWORDS: {path} does not begin with a SHA-1 digest in 40 hexadecimal digits.")


def _words(*names: str) -> frozenset[str]:
    return frozenset(word for name in names for word in re.findall(r"\w{4,}", name.casefold()))


def _is_named(password: str, words: Iterable[str]) -> bool:
    rest = folded = password.casefold()
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest != folded and sum(letter.isalnum() for letter in rest) < _OWN_LETTERS


def _is_common(password: str) -> bool:
    """On the list; also one of the list with digits and signs round it, twice in a row, or one letter all along."""
    folded = password.casefold()
    bare = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)
    half = folded[: len(folded) // 2]
    return len(set(folded)) < 3 or bool({folded, bare} & _common()) or (half * 2 == folded and half in _common())


@cache
def _common() -> frozenset[str]:
    lines = _LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("# "))
