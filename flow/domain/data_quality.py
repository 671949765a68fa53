"""Entries that say little of what happened: cleans told too quickly, in batches, late, beds held back (`flow.domain.held_back`), tokens
passed over. By ward and shift, never by person. Pure.

Each sign has a rule, a count of what it looks at, and the rows behind it; under twenty looked at nothing is said of a group, because a few
odd entries are chance. None of them is proof of anything: `flow.views.data_quality_words` says what else each may be.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from flow.domain import held_back
from flow.domain.evidence import Evidence, Looked, Shifts

FEWEST = 20
"""Fewer looked at say nothing of a ward's shift."""
QUICK = timedelta(minutes=4)
TOGETHER = 3
"""So many cleans of a ward told within one minute are a batch."""
LATE = timedelta(minutes=20)
"""Between a clean's end by the cleaner's own clock and the hospital's hearing of it."""
CALL_LEAST = timedelta(minutes=2)
"""Between a call and the token's being passed over."""


class Sign(StrEnum):
    """What is looked for."""

    QUICK = "quick_cleans"
    BATCH = "batches"
    ON_THE_HOUR = "on_the_hour"
    TOLD_LATE = "told_late"
    BLOCKED = "blocked_over_shift"
    DIRTY = "dirty_over_shift"
    PROMISED = "promised_in_vain"
    LEFT_LATE = "left_late"
    SKIPPED = "skipped_tokens"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A clean that was done: its work without the pauses, when it was clean by the cleaner's clock, when the hospital knew. `inspected`: a
    supervisor looked in between."""

    bed: str
    ward: str
    began: datetime
    cleaned: datetime
    known: datetime
    worked: timedelta
    inspected: bool = False


@dataclass(frozen=True, slots=True)
class Called:
    """A token that was called last at `at` and passed over at `skipped` (None: it was not)."""

    number: str
    clinic: str
    at: datetime
    skipped: datetime | None


@dataclass(frozen=True, slots=True)
class Entries:
    """What is looked at: those of a period."""

    cleans: Sequence[Cleaned] = ()
    calls: Sequence[Called] = ()
    blocks: Sequence[held_back.Blocked] = ()
    dirty: Sequence[held_back.Dirty] = ()
    promises: Sequence[held_back.Promised] = ()
    leavings: Sequence[held_back.Left] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A sign in a group, a ward's or clinic's shift: of `count` looked at these stand out."""

    sign: Sign
    ward: str
    shift: str
    count: int
    evidence: tuple[Evidence, ...]

    @property
    def is_enough(self) -> bool:
        """Whether anything is said of it."""
        return self.count >= FEWEST

    @property
    def share(self) -> float:
        """Of those looked at."""
        return len(self.evidence) / self.count if self.count else 0.0


def signs(found: Entries, shifts: Shifts) -> tuple[Found, ...]:
    """Every sign in every group that has any, in the order of `Sign`, ward and shift."""
    looked: Mapping[Sign, Iterable[Looked]] = {
        Sign.QUICK: _quick(found.cleans, shifts),
        Sign.BATCH: _batches(found.cleans, shifts),
        Sign.ON_THE_HOUR: _on_the_hour(found.cleans, shifts),
        Sign.TOLD_LATE: _told_late(found.cleans, shifts),
        Sign.BLOCKED: held_back.blocked(found.blocks, shifts),
        Sign.DIRTY: held_back.dirty(found.dirty, shifts),
        Sign.PROMISED: held_back.promised(found.promises, shifts),
        Sign.LEFT_LATE: held_back.left(found.leavings, shifts),
        Sign.SKIPPED: _skipped(found.calls, shifts),
    }
    return tuple(each for sign, rows in looked.items() for each in _grouped(sign, rows))


def _grouped(sign: Sign, rows: Iterable[Looked]) -> Iterator[Found]:
    counts, evidence = Counter[tuple[str, str]](), dict[tuple[str, str], list[Evidence]]()
    for ward, shift, row in rows:
        counts[ward, shift] += 1
        if row is not None:
            evidence.setdefault((ward, shift), []).append(row)
    for key in sorted(counts):
        yield Found(sign, *key, counts[key], tuple(sorted(evidence.get(key, ()), key=lambda each: (each.at, each.what))))


def _quick(cleans: Iterable[Cleaned], shifts: Shifts) -> Iterator[Looked]:
    for each in cleans:
        told = f"{each.worked / timedelta(minutes=1):.1f} min of work"
        row = Evidence(each.bed, each.began, each.cleaned, told) if each.worked < QUICK else None
        yield each.ward, shifts.at(each.cleaned), row


def _batches(cleans: Sequence[Cleaned], shifts: Shifts) -> Iterator[Looked]:
    """By the moment at which the hospital heard."""
    minutes = Counter((each.ward, _minute(each.known)) for each in cleans)
    for each in cleans:
        together = minutes[each.ward, _minute(each.known)]
        row = Evidence(each.bed, each.began, each.known, f"{together} told in one minute") if together >= TOGETHER else None
        yield each.ward, shifts.at(each.known), row


def _on_the_hour(cleans: Iterable[Cleaned], shifts: Shifts) -> Iterator[Looked]:
    for each in cleans:
        full = each.known.astimezone(ZoneInfo(shifts.zone)).minute == 0
        yield (
            each.ward,
            shifts.at(each.known),
            Evidence(each.bed, each.began, each.known, "told in the hour's first minute") if full else None,
        )


def _told_late(cleans: Iterable[Cleaned], shifts: Shifts) -> Iterator[Looked]:
    for each in cleans:
        if not each.inspected:
            late = each.known - each.cleaned
            told = f"clean for {late / timedelta(minutes=1):.0f} min before anybody knew"
            yield each.ward, shifts.at(each.cleaned), Evidence(each.bed, each.cleaned, each.known, told) if late >= LATE else None


def _skipped(calls: Iterable[Called], shifts: Shifts) -> Iterator[Looked]:
    for each in calls:
        soon = each.skipped is not None and each.skipped - each.at < CALL_LEAST
        row = Evidence(each.number, each.at, each.skipped, "passed over within two minutes of its call") if soon else None
        yield each.clinic, shifts.at(each.at), row


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
