"""Somebody in isolation whose bed is none for it, as the nurse's page says it of a bed and of a temporary place."""

from collections.abc import Mapping
from dataclasses import dataclass

from flow.domain.ids import BedId


@dataclass(frozen=True, slots=True)
class Wrong:
    """`why` in words; `asked`: another bed is asked for; `may_ask`: the reader may do so."""

    why: tuple[str, ...]
    asked: bool = False
    may_ask: bool = False


NOBODY_WRONG: Mapping[BedId, Wrong] = {}
