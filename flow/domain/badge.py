"""Badges and PINs of people who work on wards: what a badge's code looks like, and which PINs are guessed first. Pure.

A scanner types the code as a keyboard does, so it is made of letters that lie in the same place on the usual keyboards (QWERTY, QWERTZ,
AZERTY) and in either case; `U` is left out besides, because alone it takes the last deed back.
"""

from itertools import pairwise

from flow.domain.roles import BADGED, May, Role, may

LETTERS = "BCDEFGHIJKLNOPRSTVX"
MARK = "BDFL"
"""What a code begins with: no other code in the house does."""
LENGTH = 32
"""Letters after the mark: nearly 136 bits."""
LEAST, MOST = 6, 12
_FIRST: tuple[str, ...] = ("147258", "258369", "147852", "258147", "369258", "741852", "852963", "963852", "159357", "357159", "159753")
_FIRST += ("753159", "142536", "102030", "010203", "520520", "007007", "456123", "789456", "789123", "456852", "147369", "258456")
"""Ways over a keypad, and what else is tried before anything else."""


def read_code(typed: str) -> str | None:
    """The code that was scanned, however it came; None where it is none of ours."""
    code = "".join(typed.split()).upper()
    ours = code.startswith(MARK) and len(code) == len(MARK) + LENGTH and not set(code) - set(LETTERS)
    return code if ours else None


def opens(role: Role, own_ward: str | None, ward: str) -> bool:
    """Whether a badge of somebody opens a ward's station: their role may have one, and their own rights reach that ward."""
    return role in BADGED and own_ward in (None, ward) and may(role, May.NAMES, own_ward, ward)


def why_not(pin: str, *names: str) -> str:
    """Why a PIN is not taken; empty for one that is."""
    if not (pin.isascii() and pin.isdigit() and LEAST <= len(pin) <= MOST):
        return f"A PIN has {LEAST} to {MOST} digits."
    if _is_guessed_first(pin):
        return "This PIN is one of the first that anybody would try. Choose digits without a pattern."
    if any(len(digits) > 3 and digits in pin for digits in map(_digits, names)):
        return "This PIN holds the number of your sign-in name. Choose another."
    return ""


def _is_guessed_first(pin: str) -> bool:
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    again = any(pin == (pin[:size] * len(pin))[: len(pin)] for size in range(1, len(pin) // 2 + 1))
    pairs = len(pin) % 2 == 0 and pin[::2] == pin[1::2]
    return len(set(pin)) <= 2 or len(steps) == 1 or again or pairs or pin == pin[::-1] or pin.startswith(_FIRST)


def _digits(name: str) -> str:
    return "".join(letter for letter in name if letter.isdigit())
