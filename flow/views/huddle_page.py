"""The huddle sheet as a page that prints on one A4: how many beds short, what frees most, how it comes about, and what came true.

flow.web hands in a sheet (`flow.domain.huddle`); templates/manager/huddle.html draws it, `csv_text` exports its lines.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flow.domain.huddle import Action, Basis, CameLine, Deed, Line, Sheet, Short
from flow.domain.plan import Plan
from flow.views.forecast_words import clock
from flow.views.huddle_words import BASES, DEFINITIONS, DEFINITIONS_VERSION, counted, page_of, range_words, sentence
from flow.views.occupancy_page import Kpi
from flow.views.page import Chrome
from flow.views.period import Choice
from flow.views.request_form import Option
from flow.views.tables import Cell, Column, Files, Kind, Report, table

FIRST = 3
"""Actions that stand out; the others follow as a list."""
NAMED = 14
"""Beds of an action that are named."""


@dataclass(frozen=True, slots=True)
class ActionShown:
    """An action: `wards` and `beds` in words, `counted` how, `href` where it is done ("": not for this reader), `freed` what came of it."""

    count: int
    words: str
    by: str
    wards: str
    beds: str
    counted: str
    href: str
    freed: str


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line of how it comes about; a ward's has no demand. `short` with its range."""

    name: str
    ward: bool
    supply: tuple[str, ...]
    demand: tuple[str, ...]
    balance: str
    short: str


@dataclass(frozen=True, slots=True)
class CameShown:
    """A specialty at the hour: what the sheet expected, and what came."""

    name: str
    short: str
    came_short: str
    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HuddlePage:
    """`until` is the hour; `came` the rows of what came true, `came_words` says it, also why it is not known."""

    chrome: Chrome
    at: str
    made: str
    until: str
    basis: str
    choices: tuple[Choice, ...]
    older: tuple[Option, ...]
    short: str
    range: str
    over: str
    kpis: tuple[Kpi, ...]
    first: tuple[ActionShown, ...]
    others: tuple[ActionShown, ...]
    lines: tuple[LineShown, ...]
    all_line: LineShown
    came: tuple[CameShown, ...]
    came_words: str
    definitions: tuple[tuple[str, str, str], ...]
    version: int
    files: Files | None = None


def huddle_page(
    chrome: Chrome, plan: Plan, sheet: Sheet, now: datetime, huddles: Sequence[datetime], links: Collection[str], asked: str
) -> HuddlePage:
    """The page of a sheet; `asked` is how the address names it, `links` are the pages its reader may open."""
    zone = plan.zone
    shown = tuple(_action(action, sheet, plan, links) for action in sheet.actions)
    whole = _whole(sheet)
    newest = huddles[0] if huddles else None
    return HuddlePage(
        chrome=chrome,
        at=asked,
        made=_made(sheet, zone),
        until=clock(sheet.until, sheet.at, zone),
        basis=BASES[sheet.basis],
        choices=(
            Choice("From now", "/manager/huddle", asked == ""),
            *([Choice(f"Issued for {_day(newest, zone)}", _href(newest), asked == key_of(newest))] if newest is not None else []),
        ),
        older=tuple(Option(key_of(each), _day(each, zone)) for each in huddles[1:]),
        short=str(sheet.short.middle),
        range=f"{sheet.short.low} to {sheet.short.high}{range_words(sheet)}",
        over=f"{sheet.over} over elsewhere" if sheet.over else "none over elsewhere",
        kpis=_kpis(sheet, whole, zone),
        first=shown[:FIRST],
        others=shown[FIRST:],
        lines=tuple(_line(line, plan) for line in sheet.lines),
        all_line=_line(whole, plan),
        came=_came(sheet),
        came_words=_came_words(sheet, now, zone),
        definitions=DEFINITIONS,
        version=DEFINITIONS_VERSION,
    )


_LINES = (
    Column("name", "Specialty, ward"),
    Column("free", "Free", Kind.WHOLE),
    Column("cleaning", "Being cleaned", Kind.WHOLE),
    Column("leaving", "Leave", Kind.NUMBER),
    Column("waiting", "Wait", Kind.WHOLE),
    Column("planned", "Planned", Kind.NUMBER),
    Column("besides", "Come besides", Kind.NUMBER),
    Column("balance", "Over or missing", Kind.NUMBER),
    Column("short", "Short", Kind.WHOLE),
    Column("short_low", "Short, low", Kind.WHOLE, within=True),
    Column("short_high", "Short, high", Kind.WHOLE, within=True),
)
_ACTIONS = (
    Column("frees", "Frees, or needs less", Kind.WHOLE),
    Column("what", "What"),
    Column("by", "By", Kind.MOMENT),
    Column("wards", "Wards"),
    Column("beds", "Beds"),
    Column("counted", "How it was counted"),
)


_CAME = (
    Column("specialty", "Specialty"),
    Column("short_said", "Short, said"),
    Column("short_came", "Short, came", Kind.WHOLE),
    Column("free", "Free then", Kind.WHOLE),
    Column("waited", "Waited then", Kind.WHOLE),
    Column("to_leave", "To leave, said", Kind.NUMBER),
    Column("left", "Left", Kind.WHOLE),
    Column("to_come", "To come, said", Kind.NUMBER),
    Column("came", "Came", Kind.WHOLE),
)


def _came_cells(row: CameShown) -> tuple[str, ...]:
    return (row.name, row.short, row.came_short, *row.figures)


def report(page: HuddlePage, sheet: Sheet, plan: Plan) -> Report:
    """How it comes about, and every action with all its beds."""
    lines = [_cells(line, _line(line, plan)) for line in (*sheet.lines, _whole(sheet))]
    actions: list[tuple[Cell | str | int, ...]] = []
    for action, shown in zip(sheet.actions, (*page.first, *page.others), strict=True):
        beds = ", ".join(plan.bed_name(bed) for bed in action.beds)
        by = Cell(action.by.astimezone(ZoneInfo(plan.zone)).replace(second=0, microsecond=0), shown.by)
        actions.append((shown.count, shown.words, by, shown.wards, beds, shown.counted))
    return Report(
        id="huddle",
        title="Huddle sheet",
        hospital=page.chrome.hospital,
        period=f"{page.made}, until {page.until}",
        filters="whole house",
        version=str(page.version),
        source="the hospital as it stood then, and the forecast" if sheet.basis is Basis.FORECAST else "the hospital as it stood then",
        zone=plan.zone,
        tables=(
            table("lines", "How it comes about", _LINES, lines),
            table("actions", "What frees most", _ACTIONS, actions, on_screen=False),
            *([table("came", "What came true", _CAME, [_came_cells(row) for row in page.came])] if page.came else []),
        ),
    )


def _cells(line: Line, shown: LineShown) -> tuple[Cell | str, ...]:
    short = (Cell(None, ""),) * 3 if line.ward else _figures(line.short)
    return (shown.name, *shown.supply, *shown.demand, shown.balance, *short)


def _figures(short: Short) -> tuple[Cell, ...]:
    """As the screen says them in one cell: `4 (3 to 5)`."""
    return Cell(short.middle, str(short.middle)), Cell(short.low, f"({short.low}"), Cell(short.high, f"to {short.high})")


def key_of(huddle: datetime) -> str:
    """How an address names a huddle: `2026-11-21T02:30Z`."""
    return huddle.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%MZ")


def _href(huddle: datetime) -> str:
    return f"/manager/huddle?at={key_of(huddle)}"


def _day(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%a %d %b %H:%M}"


def _made(sheet: Sheet, zone: str) -> str:
    for_whom = f" · for the huddle at {clock(sheet.huddle, sheet.at, zone)}" if sheet.huddle is not None else ""
    return f"made {_day(sheet.at, zone)}{for_whom}"


def _kpis(sheet: Sheet, whole: Line, zone: str) -> tuple[Kpi, ...]:
    until = clock(sheet.until, sheet.at, zone)
    return (
        Kpi("Free, being cleaned", str(whole.free + whole.cleaning), f"{whole.free} free, {whole.cleaning} being cleaned", "free"),
        Kpi("Expected to leave", f"{whole.leaving:.1f}", f"in time to be ready by {until}", "leaving"),
        Kpi("Waiting now", str(whole.waiting), "patients without a ward's bed", "waiting"),
        Kpi("Still to come", f"{whole.planned + whole.coming:.1f}", f"{whole.planned:.1f} planned, {whole.coming:.1f} besides", "besides"),
        _first_kpi(sheet.actions[:FIRST]),
    )


def _first_kpi(first: Sequence[Action]) -> Kpi:
    """Who is put off frees no bed, and needs none: both are said where both are added up."""
    most, less = sum(action.count for action in first), sum(action.count for action in first if action.deed is Deed.DELAY)
    if not less:
        return Kpi("The first three free", str(most), "beds, if all three are done", "short")
    return Kpi("The first three together", str(most), f"beds, if all three are done: {most - less} freed, {less} needed less", "short")


def _action(action: Action, sheet: Sheet, plan: Plan, links: Collection[str]) -> ActionShown:
    href = page_of(action)
    may = any(href == link or href.startswith(f"{link}/") for link in links)
    named = [plan.bed_name(bed) for bed in action.beds]
    freed = len(set(action.beds) & set(sheet.came.freed)) if sheet.came is not None else 0
    return ActionShown(
        count=action.count,
        words=sentence(action, plan.discharge),
        by=clock(action.by, sheet.at, plan.zone),
        wards=", ".join(f"{ward or 'no bed yet'} {count}" for ward, count in action.wards),
        beds=", ".join(named[:NAMED]) + (f" and {len(named) - NAMED} more" if len(named) > NAMED else ""),
        counted=counted(action.deed, sheet),
        href=href if may else "",
        freed=f"{freed} of {len(action.beds)}" if sheet.came is not None and action.beds else "–" if sheet.came is not None else "",
    )


def _whole(sheet: Sheet) -> Line:
    own = sheet.specialties
    return Line(
        name="Whole house",
        free=sum(line.free for line in own),
        cleaning=sum(line.cleaning for line in own),
        leaving=sum(line.leaving for line in own),
        waiting=sum(line.waiting for line in own),
        planned=sum(line.planned for line in own),
        coming=sum(line.coming for line in own),
        short=sheet.short,
    )


def _line(line: Line, plan: Plan) -> LineShown:
    return LineShown(
        name=plan.ward_name(line.name) if line.ward else line.name,
        ward=line.ward,
        supply=(str(line.free), str(line.cleaning), f"{line.leaving:.1f}"),
        demand=("", "", "") if line.ward else (str(line.waiting), f"{line.planned:.1f}", f"{line.coming:.1f}"),
        balance="" if line.ward else f"{line.balance:+.1f}".replace("-", "−"),
        short="" if line.ward else _short(line.short),
    )


def _short(short: Short) -> str:
    return f"{short.middle} ({short.low} to {short.high})"


def _came(sheet: Sheet) -> tuple[CameShown, ...]:
    if sheet.came is None:
        return ()
    said = {line.name: line for line in sheet.specialties}
    return tuple(_came_line(line, said.get(line.name)) for line in sheet.came.lines)


def _came_line(line: CameLine, said: Line | None) -> CameShown:
    expected = (f"{said.leaving:.1f}", f"{said.waiting + said.planned + said.coming:.1f}") if said is not None else ("–", "–")
    figures = (str(line.free), str(line.waiting), expected[0], str(line.left), expected[1], str(line.came))
    return CameShown(line.name, _short(said.short) if said is not None else "–", str(max(0, line.waiting - line.free)), figures)


def _came_words(sheet: Sheet, now: datetime, zone: str) -> str:
    until = clock(sheet.until, sheet.at, zone)
    if sheet.huddle is None:
        return ""
    if sheet.came is not None:
        return f"At {until} {sheet.came.short} were short; the sheet said {_short(sheet.short)}."
    return f"What came true is seen at {until}." if now <= sheet.until else f"Nobody looked at {until}: what came true is not known."
