"""What a tile in doubt says at its foot: by whose word it is what it is, how old that is, how far to believe it, as far as there is space.
Before it stands `bed_tile`, after it `ward_plan`; static/js/wall.js says the same. Public tiles hold nothing of it.
"""

from collections.abc import Iterator

from flow.domain.bed import BedState, BedStatus
from flow.domain.confidence import LASTS, word
from flow.views.phrase import ENGLISH
from flow.views.times import minutes
from flow.views.words import Words

SMALLER, LEAST = 2.4, 13
"""How much smaller than its tile's other words such a line may be written (it is read at the nurse station, and not from a corridor), and
how small at least, in units of the canvas."""


def by_words(source: str) -> str:
    """`HIS` for the feed `his`, `hand` for a person (never who), `auto` for the programme."""
    kind, _, name = source.partition(":")
    return {"feed": name.upper(), "person": "hand", "paper": "paper"}.get(kind, "auto")


def stale_from(state: BedState) -> int | None:
    """From when on nothing will have been heard of the bed for longer than its state usually lasts (epoch seconds); a bed out of use says
    itself until when."""
    if state.status is BedStatus.MAINTENANCE:
        return None
    return int((word(state)[1] + LASTS[state.status]).timestamp())


def letters(chars: int, size: int) -> float:
    """How many letters such a line may have on a tile that holds `chars` of `size`."""
    return chars * min(SMALLER, size / LEAST)


AGO = "{by} {age} ago, {level}"
SAYS = (AGO, "doubtful", "doubt", "unsure", "hand", "paper", "auto")
"""What a wall must be able to say of it in its language."""


def doubt_line(by: str, told: int, now: float, most: float, *, contradicted: bool, words: Words = ENGLISH) -> str:
    """`HIS 3 h ago, doubtful`, or as much of it as fits; of one that is merely old `unsure`."""
    ways = _ways(words.say(by), minutes(told, now), words, contradicted=contradicted)
    return next((said for said in ways if len(said) <= most), "?")


def _ways(by: str, age: str, words: Words, *, contradicted: bool) -> Iterator[str]:
    level, brief = map(words.say, ("doubtful", "doubt") if contradicted else ("unsure", "unsure"))
    short = age.replace(" min", "m").replace(" ", "")
    yield words.say(AGO, by=by, age=age, level=level)
    yield from (f"{by} {age}, {level}", f"{by} {short} {brief}", f"{short} {brief}", f"? {short}")
