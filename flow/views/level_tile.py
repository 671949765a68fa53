"""How hard the house is pressed, as the command centre's first tile says it: the level, its rule that fired, what is done, the next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flow.domain.alert_level import Fired, Standing
from flow.domain.alert_rules import AlertLevel, AlertRules, Measure
from flow.domain.level_history import LevelChange
from flow.views.house_words import Said
from flow.views.phrase import Part, Phrase, joined, phrase, told
from flow.views.times import when


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelTile:
    """Level `number` of `levels`; `why` is the rule that fired, `do` what the house does now, `above` from when on the next level holds,
    `since` when it was reached and from where; `said` are `why`, `above` and `since` for other languages."""

    key: str = "house:level"
    number: int
    levels: int
    tone: str
    name: str
    why: str
    do: str
    above: str
    since: str
    said: Mapping[str, Phrase]


def level_tile(found: Standing, rules: AlertRules, change: LevelChange | None, at: datetime, zone: str) -> LevelTile:
    """The tile of a standing; `change` is the newest that was kept, and says nothing of a level that nobody has looked at yet."""
    levels = len(rules.levels)
    why = phrase(Said.KEPT, minutes=rules.hold_minutes) if found.kept else _why(found)
    above = above_words(found.above) if found.above is not None else None
    since = _since(change, at, zone) if change is not None and change.number == found.number else None
    return LevelTile(
        number=found.number,
        levels=levels,
        tone=tone(found.number, levels),
        name=found.level.name,
        why=why.told(),
        do=found.level.do,
        above=above.told() if above is not None else "",
        since=since.told() if since is not None else "",
        said={name: part for name, part in (("why", why), ("above", above), ("since", since)) if part is not None},
    )


def _since(change: LevelChange, at: datetime, zone: str) -> Phrase:
    time = when(change.at, at, zone)
    return phrase(Said.SINCE_BEFORE, time=time, level=change.before_name) if change.before_name else phrase(Said.SINCE, time=time)


def _why(found: Standing) -> Phrase:
    why = joined([_reached(each) for each in found.fired], Said.AND)
    return why if isinstance(why, Phrase) else phrase(Said.NOT_REACHED)


def fired_words(fired: Iterable[Fired]) -> str:
    """`95.2 % of staffed beds occupied (from 95) and 12 without a ward's bed (from 10)`; nothing where none fired."""
    return told(joined([_reached(each) for each in fired], Said.AND))


def _reached(each: Fired) -> Phrase:
    return phrase(Said.REACHED, what=_said(each.measure, each.value), threshold=each.threshold)


def tone(number: int, levels: int) -> str:
    """How loud it is drawn."""
    if number == 1:
        return "usual"
    return "extreme" if number == levels else "severe" if number == levels - 1 and levels > 3 else "raised"


def above_words(level: AlertLevel) -> Phrase:
    """`Severe pressure from 95 % of staffed beds occupied or 10 without a ward's bed`."""
    parts = [_said(measure, value) for measure, value in level.thresholds.items()]
    some: Part = phrase(Said.SOME_OF, reached=level.reached, what=joined(parts, Said.COMMA))
    return phrase(Said.ABOVE, level=level.name, what=joined(parts, Said.OR) if level.reached == 1 else some)


def _said(measure: Measure, value: float) -> Phrase:
    """`95 % of staffed beds occupied`, rounded like every figure of occupancy; what fired was held against the figure itself."""
    dirty = Said.DIRTY_BED if value == 1 else Said.DIRTY_BEDS
    patterns = {Measure.OCCUPANCY: Said.OCCUPIED, Measure.BOARDERS: Said.WITHOUT, Measure.DIRTY: dirty, Measure.EXPECTED: Said.EXPECTED}
    return phrase(patterns[measure], value=f"{round(value, 1):g}")
