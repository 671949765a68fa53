"""Entries that say little of what happened: cleans told too quickly, in batches, late, beds held back, tokens passed over. By ward and
shift, never by person. Pure.

Each sign has a rule, a count of what it looks at, and the rows behind it; under twenty looked at nothing is said of a group, because a few
odd entries are chance. None of them is proof of anything: `flow.views.data_quality_words` says what else each may be.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from flow.domain.cleaning_rules import CleaningRules, Shift

FEWEST = 20
"""Fewer looked at say nothing of a ward's shift."""
QUICK = timedelta(minutes=4)
TOGETHER = 3
"""So many cleans of a ward told within one minute are a batch."""
LATE = timedelta(minutes=20)
"""Between a clean's end by the cleaner's own clock and the hospital's hearing of it."""
AROUND = timedelta(hours=1)
"""Before a shift's end, and after it."""
CALL_LEAST = timedelta(minutes=2)
"""Between a call and the token's being passed over."""


class Sign(StrEnum):
    """What is looked for."""

    QUICK = "quick_cleans"
    BATCH = "batches"
    ON_THE_HOUR = "on_the_hour"
    TOLD_LATE = "told_late"
    BLOCKED = "blocked_over_shift"
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
class Blocked:
    """An empty bed out of use from `start` until `end` (None: it still is)."""

    bed: str
    ward: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Called:
    """A token that was called last at `at` and passed over at `skipped` (None: it was not)."""

    number: str
    clinic: str
    at: datetime
    skipped: datetime | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One row behind a figure: which bed or token, when, and what the record says."""

    what: str
    at: datetime
    until: datetime | None
    words: str


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


Looked = tuple[str, str, Evidence | None]
"""Ward, shift, and what stands out (None: nothing)."""


def signs(
    cleans: Sequence[Cleaned], blocks: Iterable[Blocked], calls: Iterable[Called], rules: CleaningRules, zone: str
) -> tuple[Found, ...]:
    """Every sign in every group that has any, in the order of `Sign`, ward and shift."""
    shifts = Shifts(rules.shifts, zone)
    looked: Mapping[Sign, Iterable[Looked]] = {
        Sign.QUICK: _quick(cleans, shifts),
        Sign.BATCH: _batches(cleans, shifts),
        Sign.ON_THE_HOUR: _on_the_hour(cleans, shifts),
        Sign.TOLD_LATE: _told_late(cleans, shifts),
        Sign.BLOCKED: _blocked(blocks, shifts),
        Sign.SKIPPED: _skipped(calls, shifts),
    }
    return tuple(found for sign, rows in looked.items() for found in _grouped(sign, rows))


def _grouped(sign: Sign, rows: Iterable[Looked]) -> Iterator[Found]:
    counts, evidence = Counter[tuple[str, str]](), dict[tuple[str, str], list[Evidence]]()
    for ward, shift, row in rows:
        counts[ward, shift] += 1
        if row is not None:
            evidence.setdefault((ward, shift), []).append(row)
    for key in sorted(counts):
        yield Found(sign, *key, counts[key], tuple(sorted(evidence.get(key, ()), key=lambda each: (each.at, each.what))))


@dataclass(frozen=True, slots=True)
class Shifts:
    """The hours of a hospital's shifts; a house that names none has a day (07 to 19) and a night."""

    shifts: Sequence[Shift]
    zone: str

    @property
    def known(self) -> Sequence[Shift]:
        """Those of the file, or the two."""
        return self.shifts or (Shift("day", "Day", time(7), time(19)), Shift("night", "Night", time(19), time(7)))

    def at(self, moment: datetime) -> str:
        """The name of the shift in which a moment lies; shifts may leave hours out."""
        local = moment.astimezone(ZoneInfo(self.zone)).time()
        return next((shift.name for shift in self.known if shift.covers(local)), "between shifts")

    def ends_after(self, moment: datetime) -> datetime | None:
        """The end of the shift in which a moment lies."""
        local = moment.astimezone(ZoneInfo(self.zone))
        shift = next((each for each in self.known if each.covers(local.time())), None)
        if shift is None:
            return None
        end = datetime.combine(local.date(), shift.until, ZoneInfo(self.zone))
        return end if end > local else end + timedelta(days=1)


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


def _blocked(blocks: Iterable[Blocked], shifts: Shifts) -> Iterator[Looked]:
    for each in blocks:
        end = shifts.ends_after(each.start)
        over = end is not None and each.end is not None and end - AROUND <= each.start <= end <= each.end <= end + AROUND
        row = Evidence(each.bed, each.start, each.end, "out of use over the change of shift") if over else None
        yield each.ward, shifts.at(each.start), row


def _skipped(calls: Iterable[Called], shifts: Shifts) -> Iterator[Looked]:
    for each in calls:
        soon = each.skipped is not None and each.skipped - each.at < CALL_LEAST
        row = Evidence(each.number, each.at, each.skipped, "passed over within two minutes of its call") if soon else None
        yield each.clinic, shifts.at(each.at), row


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
