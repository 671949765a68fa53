"""How ill a patient is, in a few letters for a tile and a few words for a row."""

from collections.abc import Mapping

from flow.domain.acuity import Acuity, Level
from flow.views.times import day_time

MARKS: Mapping[Level, str] = {Level.LOW: "", Level.MEDIUM: "!", Level.HIGH: "!!"}


def acuity_mark(acuity: Acuity | None) -> str:
    """`! 5`, `!! 8`, `!!` where a nurse tapped it; nothing for who need not be watched."""
    if acuity is None or not acuity.watched:
        return ""
    return f"{MARKS[acuity.level]} {acuity.score}" if acuity.score is not None else MARKS[acuity.level]


def acuity_words(acuity: Acuity, zone: str, *, old: bool = False) -> str:
    """`score 8 · high · 21 Nov 14:05`; of a tap without the score, `old score 8 ...` of one that is too old to go by."""
    score = [f"{'old ' if old else ''}score {acuity.score}"] if acuity.score is not None else []
    return " · ".join([*score, acuity.level, day_time(int(acuity.at.timestamp()), zone)])
