"""The managers' page of the forecast: a fan for one group, bands of all wards, how good it was, and what would be if.

flow.web hands in what `allocation.forecast` said (or what was issued) and the newest back-test; templates/manager/forecast.html draws it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flow.domain.forecast import HORIZONS, ForecastState, Judged, Level, Outlook, Outlooks, WhatIf
from flow.domain.plan import Plan
from flow.views.forecast_charts import Bands, Fan, bands, fan
from flow.views.forecast_words import DEFINITIONS, DEFINITIONS_VERSION, STATES, TITLES, beaten, clock, told
from flow.views.occupancy_page import Kpi
from flow.views.page import Chrome
from flow.views.period import Choice
from flow.views.request_form import Option
from flow.views.tables import Files

DELAYS = (0, 4, 8, 12, 24)
HOUSE = "house"
FEWEST_ROWS = 3
"""Of the form of what if."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: whose forecast (`house`, `ward:4B`, `specialty:Surgery`), how far ahead the lists look, that of the last
    huddle (`issued`) or from now on, and what somebody considers."""

    of: str = HOUSE
    hours: int = 8
    issued: bool = False
    what_if: WhatIf = field(default_factory=WhatIf)

    @property
    def key(self) -> tuple[Level, str]:
        """The group asked for."""
        level, _, name = self.of.partition(":")
        return (Level.HOUSE, "") if level == HOUSE else (Level(level), name)

    def href(self, path: str = "/manager/forecast", **other: object) -> str:
        """The address that asks for the same, but for what is named."""
        said: dict[str, object] = {"of": self.of, "hours": self.hours, "at": "issued" if self.issued else "now"}
        if self.what_if.beds:
            said |= {"if_ward": [*self.what_if.beds], "if_beds": [*self.what_if.beds.values()]}
        said |= {name: value for name in ("delay", "delayed") if (value := getattr(self.what_if, name))}
        return f"{path}?{urlencode(said | other, doseq=True)}"


@dataclass(frozen=True, slots=True)
class Row:
    """A forecast as shown."""

    name: str
    hours: int
    until: str
    now: int
    staffed: int
    median: int
    band_80: str
    band_90: str
    full: str
    short: str
    state: str
    calibrating: bool


@dataclass(frozen=True, slots=True)
class IfRow:
    """A forecast as it is and as it would be."""

    name: str
    hours: int
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class JudgedRow:
    """The back-test of one horizon, as shown."""

    hours: int
    count: str
    figures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ForecastPage:
    """`made` says when the forecast was made and for what; `told` how far it may be trusted; `known` whether there is one; `runs` whether
    this hospital has the wing that makes them."""

    chrome: Chrome
    asked: Asked
    scope: str
    made: str
    state: str
    calibrating: bool
    told: str
    known: bool
    runs: bool
    choices: tuple[Choice, ...]
    moments: tuple[Choice, ...]
    groups: tuple[Option, ...]
    wards: tuple[Option, ...]
    delays: tuple[Option, ...]
    plain_href: str
    if_asked: tuple[tuple[str, str], ...]
    if_words: str
    kpis: tuple[Kpi, ...]
    fan: Fan | None
    bands: Bands
    rows: tuple[Row, ...]
    all_rows: tuple[Row, ...]
    if_rows: tuple[IfRow, ...]
    judged_on: str
    judged_rows: tuple[JudgedRow, ...]
    beaten: tuple[str, ...]
    definitions: tuple[tuple[str, str, str], ...]
    version: int
    files: Files | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What the page is drawn from: the forecast shown, the same without what is considered, the newest back-test and its day, the occupied
    beds of the group from the day before on, and the huddle that has a forecast."""

    shown: Outlooks
    plain: Outlooks
    verdicts: Sequence[Judged]
    judged_on: date | None
    past: Sequence[tuple[datetime, int]]
    huddle: datetime | None
    runs: bool = True


def forecast_page(chrome: Chrome, plan: Plan, found: Told, asked: Asked) -> ForecastPage:
    """The page of one group; a group that is not in the forecast has no rows."""
    shown, zone = found.shown, plan.zone
    own = [row for row in shown.rows if (row.level, row.name) == asked.key]
    chosen = next((row for row in own if row.hours == asked.hours), None)
    verdicts = {each.hours: each for each in found.verdicts if (each.level, each.name) == asked.key}
    at_once = [row for row in shown.rows if row.hours == asked.hours]
    state = chosen.state if chosen is not None else ForecastState.NONE
    return ForecastPage(
        chrome=chrome,
        asked=asked,
        scope=_name(*asked.key, plan),
        made=_made(shown, zone),
        state=STATES[state],
        calibrating=state is ForecastState.CALIBRATING,
        told=told(shown, verdicts.get(asked.hours), zone),
        known=bool(own),
        runs=found.runs,
        choices=tuple(Choice(f"{hours} h", asked.href(hours=hours), hours == asked.hours) for hours in HORIZONS),
        moments=_moments(found, asked, zone),
        groups=_groups(plan),
        wards=tuple(Option(ward.id, f"{ward.id} {ward.name}") for ward in plan.wards if ward.beds),
        delays=tuple(Option(str(hours), f"{hours} h" if hours else "as planned") for hours in DELAYS),
        plain_href=Asked(asked.of, asked.hours, asked.issued).href(),
        if_asked=_if_asked(asked.what_if, plan),
        if_words=if_words(asked.what_if),
        kpis=_kpis(chosen, verdicts.get(asked.hours), shown, zone),
        fan=fan(own, found.past, shown.at, zone),
        bands=bands((_name(row.level, row.name, plan), row) for row in at_once if row.level is Level.WARD),
        rows=tuple(_row(row, shown, plan) for row in own),
        all_rows=tuple(_row(row, shown, plan) for row in at_once),
        if_rows=_if_rows(found, asked, plan) if asked.what_if.is_any else (),
        judged_on=f"{found.judged_on:%a %d %b}" if found.judged_on is not None else "",
        judged_rows=tuple(_judged(verdicts[hours]) for hours in HORIZONS if hours in verdicts),
        beaten=tuple(words for hours in HORIZONS if hours in verdicts for words in beaten(verdicts[hours])),
        definitions=tuple((name, TITLES[name], words) for name, words in DEFINITIONS.items()),
        version=DEFINITIONS_VERSION,
    )


def _if_asked(what_if: WhatIf, plan: Plan) -> tuple[tuple[str, str], ...]:
    """The rows of the form: what is considered, and empty ones for more."""
    asked = [(str(ward), str(count)) for ward, count in what_if.beds.items()]
    most = sum(bool(ward.beds) for ward in plan.wards)
    return (*asked, *[("", "")] * max(0, min(most, max(FEWEST_ROWS, len(asked) + 1)) - len(asked)))


def if_words(what_if: WhatIf) -> str:
    """`4B: 2 beds opened · ICU: 1 bed closed · the next 3 planned admissions put off by 8 h`."""
    said = [f"{ward}: {_beds(count)} {'opened' if count > 0 else 'closed'}" for ward, count in what_if.beds.items() if count]
    which = {0: "planned admissions", 1: "the next planned admission"}.get(
        what_if.delayed, f"the next {what_if.delayed} planned admissions"
    )
    return " · ".join([*said, *([f"{which} put off by {what_if.delay} h"] if what_if.delay else [])])


def _beds(count: int) -> str:
    return "1 bed" if abs(count) == 1 else f"{abs(count)} beds"


def _made(found: Outlooks, zone: str) -> str:
    local = found.at.astimezone(ZoneInfo(zone))
    for_whom = f" · for the huddle at {clock(found.huddle, found.at, zone)}" if found.huddle is not None else ""
    return f"made {local:%a %d %b %H:%M}{for_whom}"


def _moments(found: Told, asked: Asked, zone: str) -> tuple[Choice, ...]:
    now = Choice("From now", asked.href(at="now"), not asked.issued)
    if found.huddle is None:
        return (now,)
    plain = Asked(asked.of, asked.hours, issued=True)
    return now, Choice(f"Issued for {found.huddle.astimezone(ZoneInfo(zone)):%a %H:%M}", plain.href(), asked.issued)


def _groups(plan: Plan) -> tuple[Option, ...]:
    wards = [ward for ward in plan.wards if ward.beds]
    specialties = dict.fromkeys(ward.specialty or ward.name for ward in wards)
    return (
        Option(HOUSE, "Whole house"),
        *(Option(f"{Level.SPECIALTY}:{name}", name) for name in specialties),
        *(Option(f"{Level.WARD}:{ward.id}", f"{ward.id} {ward.name}") for ward in wards),
    )


def _kpis(row: Outlook | None, verdict: Judged | None, found: Outlooks, zone: str) -> tuple[Kpi, ...]:
    if row is None:
        return ()
    due = clock(found.at + timedelta(hours=row.hours), found.at, zone)
    held = f"80 % band held in {_percent(verdict.covered_80)} of {verdict.count}" if verdict is not None else "not judged yet"
    then = f"{_band(row.band_80)} in eight of ten cases"
    return (
        Kpi(f"Occupied at {due}", str(row.median), then, "median"),
        Kpi("Occupied now", str(row.now), f"of {row.staffed} staffed beds", "median"),
        Kpi("Chance of full", _percent(row.full), f"every staffed bed taken at {due}", "full"),
        Kpi("Short of beds", f"{row.short:.1f}", "patients above the staffed beds, on the mean", "short"),
        Kpi("How far to trust it", STATES[row.state], held, "state"),
    )


def _row(row: Outlook, found: Outlooks, plan: Plan) -> Row:
    return Row(
        name=_name(row.level, row.name, plan),
        hours=row.hours,
        until=clock(found.at + timedelta(hours=row.hours), found.at, plan.zone),
        now=row.now,
        staffed=row.staffed,
        median=row.median,
        band_80=_band(row.band_80),
        band_90=_band(row.band_90),
        full=_percent(row.full) if row.staffed else "–",
        short=f"{row.short:.1f}",
        state=STATES[row.state],
        calibrating=row.state is ForecastState.CALIBRATING,
    )


def _if_rows(found: Told, asked: Asked, plan: Plan) -> tuple[IfRow, ...]:
    """The house, the wards considered and those that it makes a difference to, what they belong to, and the group asked for."""
    before = {(row.level, row.name, row.hours): row for row in found.plain.rows}
    moved = {
        row.name for row in found.shown.rows if row.level is Level.WARD and _is_moved(before.get((row.level, row.name, row.hours)), row)
    }
    wards = [ward for ward in plan.wards if ward.id in asked.what_if.beds or ward.id in moved]
    touched = [(Level.WARD, str(w.id)) for w in wards] + [(Level.SPECIALTY, w.specialty or w.name) for w in wards]
    keys = dict.fromkeys([(Level.HOUSE, ""), *touched, asked.key])
    return tuple(
        IfRow(_name(row.level, row.name, plan), row.hours, _pairs(before[row.level, row.name, row.hours], row))
        for key in keys
        for row in found.shown.rows
        if (row.level, row.name) == key and (*key, row.hours) in before
    )


def _is_moved(before: Outlook | None, after: Outlook) -> bool:
    return before is not None and any(was != will for was, will in _pairs(before, after))


def _pairs(before: Outlook, after: Outlook) -> tuple[tuple[str, str], ...]:
    return (
        (str(before.staffed), str(after.staffed)),
        (f"{before.median} ({_band(before.band_80)})", f"{after.median} ({_band(after.band_80)})"),
        (_percent(before.full), _percent(after.full)),
        (f"{before.short:.1f}", f"{after.short:.1f}"),
    )


def _judged(verdict: Judged) -> JudgedRow:
    under = verdict.pinball_under
    return JudgedRow(
        hours=verdict.hours,
        count=f"{verdict.count} ({verdict.issued} issued)",
        figures=(
            _percent(verdict.covered_80),
            _percent(verdict.covered_90),
            f"{verdict.mae:.1f}",
            f"{verdict.mae_now:.1f}",
            f"{verdict.mae_week:.1f}",
            f"{verdict.pinball:.2f}",
            "–" if under is None else f"{100 * under:.0f} %",
            f"{verdict.brier:.3f}",
            f"{verdict.brier_usual:.3f}",
            f"{100 * (1 - verdict.weight):.0f} %",
        ),
    )


def _name(level: Level, name: str, plan: Plan) -> str:
    if level is Level.HOUSE:
        return "Whole house"
    return plan.ward_name(name) if level is Level.WARD else name


def _band(band: tuple[int, int]) -> str:
    return f"{band[0]} to {band[1]}"


def _percent(share: float) -> str:
    """Whole percent, but for what is neither impossible nor certain."""
    if 0 < share < 0.01:
        return "< 1 %"
    return "> 99 %" if 0.99 < share < 1 else f"{100 * share:.0f} %"


def ordered(found: Outlooks, plan: Plan) -> Outlooks:
    """In the order of the hospital's file, whatever order it was kept in."""
    order = {name: place for place, name in enumerate(known_groups(plan))}
    rows = sorted(found.rows, key=lambda row: (row.hours, order.get(f"{row.level}:{row.name}" if row.name else HOUSE, len(order))))
    return replace(found, rows=tuple(rows))


def known_groups(plan: Plan) -> Mapping[str, str]:
    """What `of` may say, with its words."""
    return {option.value: option.words for option in _groups(plan)}


def day_before(samples: Iterable[Sequence[tuple[datetime, int]]]) -> list[tuple[datetime, int]]:
    """The wards' counts added up, moment by moment."""
    return [(moments[0][0], sum(count for _, count in moments)) for moments in zip(*samples, strict=True)]
