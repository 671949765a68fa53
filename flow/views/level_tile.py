"""How hard the house is pressed, as the command centre's first tile says it: the level, its rule that fired, what is done, the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor

from flow.domain.alert_level import Standing
from flow.domain.alert_rules import AlertLevel, Measure
from flow.views.house_words import Said
from flow.views.phrase import Part, Phrase, joined, phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelTile:
    """Level `number` of `levels`; `why` is the rule that fired, `do` what the house does now, `above` from when on the next level holds;
    `said` are `why` and `above` for other languages."""

    key: str = "house:level"
    number: int
    levels: int
    tone: str
    name: str
    why: str
    do: str
    above: str
    said: Mapping[str, Phrase]


def level_tile(found: Standing, levels: int) -> LevelTile:
    """The tile of a standing, where there are so many levels."""
    why = _why(found)
    above = _above(found.above) if found.above is not None else None
    return LevelTile(
        number=found.number,
        levels=levels,
        tone=_tone(found.number, levels),
        name=found.level.name,
        why=why.told(),
        do=found.level.do,
        above=above.told() if above is not None else "",
        said={"why": why} | ({"above": above} if above is not None else {}),
    )


def _why(found: Standing) -> Phrase:
    fired = [phrase(Said.REACHED, what=_said(each.measure, each.value), threshold=each.threshold) for each in found.fired]
    why = joined(fired, Said.AND)
    return why if isinstance(why, Phrase) else phrase(Said.NOT_REACHED)


def _tone(number: int, levels: int) -> str:
    """How loud it is drawn."""
    if number == 1:
        return "usual"
    return "extreme" if number == levels else "severe" if number == levels - 1 and levels > 3 else "raised"


def _above(level: AlertLevel) -> Phrase:
    """`Severe pressure from 95 % of staffed beds occupied or 10 without a ward's bed`."""
    parts = [_said(measure, value) for measure, value in level.thresholds.items()]
    some: Part = phrase(Said.SOME_OF, reached=level.reached, what=joined(parts, Said.COMMA))
    return phrase(Said.ABOVE, level=level.name, what=joined(parts, Said.OR) if level.reached == 1 else some)


def _said(measure: Measure, value: float) -> Phrase:
    """`95 % of staffed beds occupied`; cut and not rounded: 94.96 is not yet 95."""
    dirty = Said.DIRTY_BED if value == 1 else Said.DIRTY_BEDS
    pattern = {Measure.OCCUPANCY: Said.OCCUPIED, Measure.BOARDERS: Said.WITHOUT, Measure.DIRTY: dirty}[measure]
    return phrase(pattern, value=f"{floor(value * 10) / 10:g}")
