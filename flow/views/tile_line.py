"""What stands at the foot of a bed's tile, and what a screen reader says of it, in a wall's language; static/js/wall.js says the same.

Before it stands `bed_tile`, after it `ward_plan`.
"""

from flow.domain.acuity import Level
from flow.views.acuity_words import MARKS
from flow.views.bed_tile import REASONS, WORDS, BedTile, TileState
from flow.views.doubt_words import SAYS as DOUBT_SAYS
from flow.views.doubt_words import doubt_line, letters
from flow.views.floor import TileLayout
from flow.views.phrase import ENGLISH
from flow.views.places import NAMES
from flow.views.times import minutes, moment_words
from flow.views.words import Words

BED, PROMISED, ISOLATION, CLOSES, DOUBT, WATCH = (
    "Bed {label}",
    "promised",
    "isolation",
    "out of use when empty",
    "in doubt",
    "watch closely",
)
WALL_SAYS = (*WORDS.values(), *REASONS.values(), *NAMES.values(), *DOUBT_SAYS, BED, PROMISED, ISOLATION, CLOSES, DOUBT, WATCH)
"""All that a ward's wall must be able to say in its language; a note that somebody has written stays as it was written."""


def line(tile: BedTile, layout: TileLayout, now: float, zone: str, words: Words = ENGLISH) -> str:
    """What stands at a tile's foot, as far as it fits. Of a bed in doubt: by whose word it is so, how old that is, how far to believe it,
    beside which only the insurer's clock is kept; of one merely old, where nothing else is said. The walls' script says the same."""
    said = foot(tile, now, zone, words)
    if tile.due is not None:
        doubted = f"? {said}" if tile.doubt and not said.startswith(GRAVE) else said
        return clipped(doubted, layout.chars, clock=True)
    stale = not said and tile.stale is not None and now >= tile.stale
    if (tile.doubt or stale) and tile.by is not None and tile.told is not None:
        return doubt_line(tile.by, tile.told, now, letters(layout.chars, layout.meta), contradicted=bool(tile.doubt), words=words)
    timed = tile.state is not TileState.OUT and tile.at is not None
    return clipped(said, layout.chars, clock=timed or said == words.say(tile.closes or ""))


def foot(tile: BedTile, now: float, zone: str, words: Words = ENGLISH) -> str:
    """What a tile tells beside its state: minutes of a timer, the insurer's clock, the time expected, each after the mark of who is very
    ill; else how closely its patient is watched, why it closes when it is empty, or the note."""
    if tile.timer:
        return minutes(tile.since, now)
    watch = watch_now(tile, now)
    grave = GRAVE if watch.startswith(GRAVE) else ""
    if tile.due is not None:
        return grave + insurer_clock(tile.due, now)
    if tile.state is not TileState.OUT and tile.at is not None:
        return f"{grave} {moment_words(tile.at, now, zone)}".lstrip()
    return watch or words.say(tile.closes or tile.note)


GRAVE = MARKS[Level.HIGH]


def watch_now(tile: BedTile, now: float) -> str:
    """How closely the patient must be watched, as long as the score that says so counts."""
    return tile.watch if tile.watch and (tile.watch_until is None or now <= tile.watch_until) else ""


def insurer_clock(due: int, now: float) -> str:
    """`TPA 1:20` while the insurer has time, `TPA+0:05` when it is over."""
    left = int(due - now)
    hours, rest = divmod(abs(left) // 60, 60)
    return f"TPA{'+' if left <= 0 else ' '}{hours}:{rest:02d}"


TIGHT = 1.7
"""How much smaller than its tile's other words a clock may be written, so that it stands there whole."""


def meta_size(meta: str, layout: TileLayout) -> int:
    """How large the line at the foot is written: one that is longer than the tile is wide, smaller."""
    return layout.meta if len(meta) <= layout.chars else int(layout.meta * layout.chars / len(meta))


def clipped(words: str, chars: int, clock: bool = False) -> str:
    """As many whole words as fit into so many letters, else the first letters of the first; a clock a little longer stays whole."""
    if len(words) <= (chars * TIGHT if clock else chars):
        return words
    whole = words[: chars + 1].rpartition(" ")[0]
    return whole or words[: chars - 1] + "…"


def said_words(tile: BedTile, meta: str, now: float, words: Words = ENGLISH) -> str:
    """What stands on the tile comes first and in one piece, so that a voice command may use it (WCAG 2.5.3)."""
    marks = (
        (tile.promised, PROMISED),
        (tile.isolation, ISOLATION),
        (tile.closes, CLOSES),
        (tile.doubt, DOUBT),
        (watch_now(tile, now), WATCH),
    )
    said = [words.say(BED, label=f"{tile.label} {meta}".strip()), words.say(WORDS[tile.state]).lower()]
    return ", ".join([*said, *(words.say(mark) for shown, mark in marks if shown)])
