"""How a hospital's walls look where nobody says otherwise, `[walls]` of the hospital file: their language and their colours."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WallLooks:
    """`language` is offered when a screen is let in, empty: as usual there; `light` is black on white."""

    language: str = ""
    light: bool = False
