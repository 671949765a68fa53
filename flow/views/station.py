"""A ward station: the bar on its pages where a badge and a PIN are asked for, and the slip with somebody's badge. Drawn by
templates/station and templates/admin/badge.html."""

from collections.abc import Mapping
from dataclasses import dataclass

REFUSED: Mapping[str, str] = {
    "unknown": "This badge is not known here. Scan it again, or ask an administrator for another.",
    "wrong": "That PIN is wrong. Scan your badge and try again.",
    "locking": "That PIN was wrong for the fifth time: the badge is locked. Sign in with your password and second factor, which unlocks "
    "it.",
    "locked": "This badge is locked after five wrong PINs. Sign in with your password and second factor, which unlocks it, or ask an "
    "administrator.",
    "none-chosen": "This badge has no PIN yet. Sign in with your password, open My sign-in under your name, and choose one.",
    "not-vouched": "It is too long since you signed in by your hospital's account. Sign in with it once, and your badge opens again.",
    "other-ward": "This badge is not for this ward. Use a station of your own ward.",
}
"""Why a badge did not open, by the word that its page's address carries."""


@dataclass(frozen=True, slots=True)
class AtStation:
    """The bar: `who` is the seat of whoever is signed in (empty: nobody, names are hidden), `idle` the seconds that they may do nothing,
    `home` the ward's board, `refused` why a badge did not open just now."""

    name: str
    home: str
    who: str
    idle: int
    refused: str = ""
