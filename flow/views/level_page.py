"""The managers' page of the escalation level: its course as steps, how long each level was kept, every change with what fired, the rules.

flow.web hands in the changes (`flow.history.levels`); templates/manager/level.html draws them, `csv_text` exports the very rows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flow.domain.alert_rules import DEFINITIONS, AlertLevel, AlertRules
from flow.domain.ledger_sums import shares
from flow.domain.level_history import LevelChange, Spell, by_level, spells, until
from flow.domain.plan import Plan
from flow.views.charts import Tick, time_ticks
from flow.views.level_tile import above_words, fired_words, tone
from flow.views.page import Chrome
from flow.views.period import AskedPeriod, PeriodBar
from flow.views.request_form import Option
from flow.views.tables import Cell, Column, Files, Kind, Report, table
from flow.views.times import day_time, lasting, when

LEFT, RIGHT, TOP, BOTTOM = 132, 704, 16, 196


@dataclass(frozen=True, slots=True)
class Spelled:
    """A level and from when to when, in words and as moments."""

    name: str
    begun: str
    ended: str
    start: datetime
    end: datetime

    @property
    def words(self) -> str:
        """`busy: 21 Nov 08:00 to 21 Nov 09:30`."""
        return f"{self.name}: {self.begun} to {self.ended}"


@dataclass(frozen=True, slots=True)
class Block:
    """A spell as a block from the floor up to its level; `tone` chooses its colour."""

    x: float
    y: float
    width: float
    height: float
    tone: str
    spell: Spelled


@dataclass(frozen=True, slots=True)
class Chart:
    """The course of a period; a gap is time in which nobody looked."""

    blocks: tuple[Block, ...]
    x: tuple[Tick, ...]
    y: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change as shown and exported."""

    at: str
    moment: datetime
    before: str
    level: str
    tone: str
    kept: str
    why: str
    figures: tuple[str, ...]
    version: str


@dataclass(frozen=True, slots=True)
class LevelRow:
    """How long a level was kept in the period."""

    name: str
    time: str
    share: str
    times: int


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A level as the rules say it."""

    name: str
    words: str
    do: str


@dataclass(frozen=True, slots=True)
class RulesShown:
    """The rules of a version: in force, or since when they were."""

    version: str
    since: str
    hold: str
    rows: tuple[RuleRow, ...]


@dataclass(frozen=True, slots=True)
class LevelPage:
    """`now` is the level kept, `kept_since` the first look ever where it was in the period; `rules` are those in force first, then those of
    the changes shown."""

    chrome: Chrome
    when: PeriodBar
    least: str
    scope: str
    now: str
    now_tone: str
    now_since: str
    kept_since: str
    levels: tuple[Option, ...]
    chart: Chart
    level_rows: tuple[LevelRow, ...]
    rows: tuple[ChangeRow, ...]
    rules: tuple[RulesShown, ...]
    definitions: tuple[tuple[str, str], ...]
    files: Files | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What was kept of a period: its changes after the one it began with, the older rules by version and first day, the last look."""

    changes: Sequence[LevelChange]
    older: Sequence[tuple[str, datetime, AlertRules]]
    looked_at: datetime | None


def level_page(chrome: Chrome, plan: Plan, rules: AlertRules, found: Found, *, when: AskedPeriod, least: int) -> LevelPage:
    """The page of one period; `least` leaves out changes that neither left nor reached so high a level."""
    zone, start, end = ZoneInfo(plan.zone), when.period.start, when.period.end
    seen = list(spells(found.changes, start, min(end, found.looked_at or end)))
    now = found.changes[-1] if found.changes else None
    return LevelPage(
        chrome=chrome,
        when=when.bar("/manager/level", {"least": str(least) if least > 1 else ""}),
        least=str(least) if least > 1 else "",
        scope=f"whole house · {when.period.words}",
        now=f"{now.number} of {now.levels} · {now.name}" if now is not None else "",
        now_tone=tone(now.number, now.levels) if now is not None else "usual",
        now_since=_since(now, end, plan.zone) if now is not None else "",
        kept_since=_kept_since(found.changes, start, plan.zone),
        levels=tuple(Option(str(place), level.name) for place, level in enumerate(rules.levels, start=1) if place > 1),
        chart=_chart(seen, rules, start, end, plan.zone),
        level_rows=tuple(_level_rows(seen)),
        rows=tuple(reversed(change_rows(found, least, start, end, plan.zone))),
        rules=(_rules(rules, ""), *(_rules(old, f"{first.astimezone(zone):%d %b %H:%M}") for _, first, old in found.older)),
        definitions=tuple((measure.value, words) for measure, words in DEFINITIONS.items()),
    )


def _kept_since(changes: Sequence[LevelChange], start: datetime, zone: str) -> str:
    """The first look there ever was, where the period began before it: of the time before, no level is known."""
    if not changes or (first := changes[0]).at <= start or first.before is not None or first.unseen_since is not None:
        return ""
    return day_time(first.at.timestamp(), zone)


def change_rows(found: Found, least: int, start: datetime, end: datetime, zone: str) -> list[ChangeRow]:
    """The changes of the period itself, the oldest first."""
    return [
        _row(change, over, zone)
        for change, over in until(found.changes, min(end, found.looked_at or end))
        if change.at >= start and max(change.number, change.before or 1) >= least
    ]


_CHANGES = (
    Column("at", "At", Kind.MOMENT),
    Column("from", "From"),
    Column("to", "To"),
    Column("kept", "Kept for"),
    Column("why", "Which threshold fired"),
    Column("occupancy", "Occupied, %", Kind.NUMBER, "%"),
    Column("boarders", "Without a bed", Kind.WHOLE),
    Column("dirty", "Dirty too long", Kind.WHOLE),
    Column("expected", "Expected, %", Kind.NUMBER, "%"),
    Column("rules", "Rules"),
)
_COURSE = (Column("level", "Level"), Column("from", "From", Kind.MOMENT), Column("to", "To", Kind.MOMENT))
_LEVELS = (
    Column("level", "Level"),
    Column("kept", "Kept for"),
    Column("share", "Share of the time looked at", Kind.NUMBER, "%"),
    Column("times", "Times", Kind.WHOLE),
)


def report(page: LevelPage, zone: str) -> Report:
    """The changes, and how long each level was kept."""
    changes: list[tuple[Cell | str, ...]] = [
        (Cell(row.moment, row.at), row.before, row.level, row.kept, row.why, *row.figures, row.version) for row in page.rows
    ]
    course = [
        (each.name, Cell(each.start, each.begun), Cell(each.end, each.ended)) for each in (block.spell for block in page.chart.blocks)
    ]
    levels: list[tuple[str | int, ...]] = [(row.name, row.time, row.share, row.times) for row in page.level_rows]
    return Report(
        id="level",
        title="Escalation level",
        hospital=page.chrome.hospital,
        period=page.scope.rpartition(" · ")[2],
        filters="whole house" + (f" · level {page.least} and above" if page.least else ""),
        version=page.rules[0].version,
        source="the level as it was kept, looked at every ten seconds",
        zone=zone,
        tables=(
            table("changes", "Every change", _CHANGES, changes, on_screen=bool(changes)),
            table("course", "Its course", _COURSE, course, on_screen=bool(course)),
            table("levels", "How long each level was kept", _LEVELS, levels, on_screen=bool(levels)),
        ),
    )


def _row(change: LevelChange, over: datetime, zone: str) -> ChangeRow:
    figures = change.measured
    return ChangeRow(
        at=day_time(change.at.timestamp(), zone),
        moment=change.at.astimezone(ZoneInfo(zone)),
        before=change.before_name or "nobody looked",
        level=change.name,
        tone=tone(change.number, change.levels),
        kept=lasting(change.at.timestamp(), over.timestamp()),
        why=fired_words(change.fired) or _without(change),
        figures=(_figure(figures.occupancy), str(figures.boarders), str(figures.dirty), _figure(figures.expected)),
        version=change.version,
    )


def _without(change: LevelChange) -> str:
    if change.before is None:
        return "the first look" if change.unseen_since is None else "the first look after a pause"
    if change.before == change.number:
        return "the rules were changed"
    return "no threshold of a higher level was reached any more"


def _figure(value: float | None) -> str:
    """Rounded, as on the command centre."""
    return "–" if value is None else f"{round(value, 1):g}"


def _since(change: LevelChange, now: datetime, zone: str) -> str:
    before = f", before it {change.before_name}" if change.before_name else ""
    return f"since {when(change.at, now, zone)}{before}"


def _chart(seen: Iterable[Spell], rules: AlertRules, start: datetime, end: datetime, zone: str) -> Chart:
    levels, span = len(rules.levels), (end - start) / timedelta(seconds=1)
    step = (BOTTOM - TOP) / levels

    def x(at: datetime) -> float:
        return round(LEFT + (RIGHT - LEFT) * ((at - start) / timedelta(seconds=1)) / span, 1)

    blocks = []
    for spell in seen:
        height = round(step * min(spell.number, levels), 1)
        width = max(1.0, round(x(spell.end) - x(spell.start), 1))
        told = _spelled(spell, zone)
        blocks.append(Block(x(spell.start), round(BOTTOM - height, 1), width, height, tone(spell.number, levels), told))
    y = tuple(Tick(round(BOTTOM - step * place, 1), level.name) for place, level in enumerate(rules.levels, start=1))
    return Chart(tuple(blocks), time_ticks(start, end - timedelta(microseconds=1), zone, LEFT, RIGHT), y)


def _spelled(spell: Spell, zone: str) -> Spelled:
    begun, ended = (day_time(at.timestamp(), zone) for at in (spell.start, spell.end))
    return Spelled(spell.name, begun, ended, spell.start.astimezone(ZoneInfo(zone)), spell.end.astimezone(ZoneInfo(zone)))


def _level_rows(seen: Sequence[Spell]) -> Iterable[LevelRow]:
    times = by_level(seen)
    percent = shares(times)
    for (number, name), time in times.items():
        count = sum((spell.number, spell.name) == (number, name) for spell in seen)
        yield LevelRow(name, lasting(0, time.total_seconds()), f"{percent[number, name]} %", count)


def _rules(rules: AlertRules, since: str) -> RulesShown:
    return RulesShown(rules.version, since, _hold(rules), tuple(_rule(level) for level in rules.levels))


def _hold(rules: AlertRules) -> str:
    if not rules.hold_minutes:
        return "It rises and falls at once."
    return f"It rises at once; it falls once the rule of a level has not held for {rules.hold_minutes} minutes without a break."


def _rule(level: AlertLevel) -> RuleRow:
    said = above_words(level).told().removeprefix(f"{level.name} ") if level.thresholds else "where no other level's rule holds"
    return RuleRow(level.name, said, level.do)


def least_of(query: Mapping[str, str], levels: int) -> int:
    """The least level that an address asks for; what it says wrongly is left out."""
    least = query.get("least", "")
    return int(least) if least.isascii() and least.isdigit() and 1 <= int(least) <= levels else 1
