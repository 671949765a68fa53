"""The page of the KPIs: each with its figure, aim, numerator and denominator; cut by ward, type, hour or weekday as bars and a table.

flow.web hands in the figures (`flow.domain.kpis.cases`); templates/manager/kpis.html draws them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from flow.domain.kpis.cases import NOWHERE, Asked, Figure
from flow.domain.kpis.table import FEW, MEASURES, NOT_IN_FILE, By, Measure, Sort, Unit
from flow.domain.plan import Plan
from flow.views.charts import WEEKDAYS
from flow.views.ledger_page import RULES as LEDGER
from flow.views.page import Chrome
from flow.views.period import LENGTHS, AskedPeriod, Choice, PeriodBar, days_words
from flow.views.request_form import Option
from flow.views.tables import Files

Counted = Sequence[tuple[Measure, Sequence[Figure]]]
BY_WORDS: Mapping[By, str] = {By.WARD: "Ward", By.TYPE: "Bed type", By.HOUR: "Hour of day", By.WEEKDAY: "Weekday"}
TOGETHER = "All"
LEFT, RIGHT, WIDTH, STEP, TOP = 200, 610, 720, 26, 20


@dataclass(frozen=True, slots=True)
class Row:
    """A figure as shown and exported. `ninth` is that of which nine of ten cases were under, `kept` whether the aim was."""

    group: str
    value: str
    ninth: str
    aim: str
    kept: str
    numerator: str
    denominator: str
    cases: str
    under_way: str
    otherwise: str
    invalid: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A group's bar; `ninth` is the place of its ninth of ten, None where there is none; `aim` that of its own aim, where it is not that
    of all."""

    words: str
    y: int
    width: float
    end: float
    ninth: float | None
    label: str
    aim: float | None


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of the scale."""

    at: float
    words: str


@dataclass(frozen=True, slots=True)
class Card:
    """A KPI cut into groups: bars, and the table of the same figures. `spans`: it has percentiles and cases under way."""

    id: str
    title: str
    head: str
    unit: str
    spans: bool
    rows: tuple[Row, ...]
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    aim: float | None
    height: int


@dataclass(frozen=True, slots=True)
class Summary:
    """A KPI over all that was asked for."""

    id: str
    title: str
    unit: str
    row: Row


@dataclass(frozen=True, slots=True)
class Defined:
    """What a KPI means; `own_aims` are those of single wards or clinics."""

    id: str
    title: str
    numerator: str
    denominator: str
    source: str
    note: str
    aim: str
    own_aims: str
    version: int


@dataclass(frozen=True, slots=True)
class KpiPage:
    """`left_out` are the KPIs that say nothing of the ward or type chosen, `uncut` says which are not cut like that, and why."""

    chrome: Chrome
    when: PeriodBar
    asked: Asked
    scope: str
    wards: tuple[Option, ...]
    types: tuple[Option, ...]
    bys: tuple[Option, ...]
    ledger: Choice
    summaries: tuple[Summary, ...]
    cards: tuple[Card, ...]
    left_out: str
    uncut: str
    few: int
    definitions: tuple[Defined, ...]
    files: Files | None = None


def kpi_page(chrome: Chrome, plan: Plan, found: Counted, asked: Asked, when: AskedPeriod) -> KpiPage:
    """The page of one period."""
    bar = when.bar("/manager/kpis", {"ward": asked.ward, "type": asked.kind, "by": asked.by or "none"})
    every = [measure.titled(over=bar.fixed) for measure in MEASURES.values()]
    found = [(measure.titled(over=bar.fixed), figures) for measure, figures in found]
    cut = [(measure, figures) for measure, figures in found if asked.by is not None and asked.by in measure.by]
    shown = {measure.id for measure, _ in found}
    of = " · ".join(words for words in (plan.ward_name(asked.ward) if asked.ward else "whole house", _words(asked.kind or "")) if words)
    return KpiPage(
        chrome=chrome,
        when=bar,
        asked=asked,
        scope=f"{of} · {when.period.words}",
        wards=tuple(Option(ward.id, f"{ward.id} {ward.name}") for ward in plan.wards),
        types=tuple(Option(kind, _words(kind)) for kind in types_of(plan)),
        bys=tuple(Option(by, words) for by, words in BY_WORDS.items()),
        ledger=_ledger_of(when, asked),
        summaries=summaries(found, plan, asked.ward),
        cards=tuple(_card(measure, figures, asked, plan) for measure, figures in cut if asked.by is not None and len(figures) > 1),
        left_out=_titles(measure for measure in every if measure.id not in shown),
        uncut=_uncut((measure for measure, _ in found), asked.by),
        few=FEW,
        definitions=tuple(_defined(measure, plan) for measure in every),
    )


def summaries(found: Counted, plan: Plan, ward: str | None = None) -> tuple[Summary, ...]:
    """Each KPI over all that was asked for: of a ward by that one's aims."""
    return tuple(Summary(m.id, m.title, m.unit, _row(m, figures[0], TOGETHER, plan.kpi_aims.of(m, ward))) for m, figures in found)


def _uncut(measures: Iterable[Measure], by: By | None) -> str:
    """`Occupancy now (it is of one moment)`; those of one reason together."""
    reasons: dict[str, list[Measure]] = {}
    for measure in measures:
        if by is not None and by in measure.uncut:
            reasons.setdefault(measure.uncut[by], []).append(measure)
    return "; ".join(f"{_titles(own)} ({why})" for why, own in reasons.items())


def _ledger_of(when: AskedPeriod, asked: Asked) -> Choice:
    """The minute ledger of the same ward and time, of as much of it as that one shows; the words say which."""
    period, longest = when.period, LEDGER.longest
    query, words = period.asked, "the same time"
    if period.days > longest and period.key:
        query, words = {"range": LEDGER.keys[-1]}, f"the last {LENGTHS[LEDGER.keys[-1]][0]}"
    elif period.days > longest:
        first = period.last - timedelta(days=longest - 1)
        query, words = query | {"from": first.isoformat()}, days_words(first, period.last)
    ward = {"ward": asked.ward} if asked.ward else {}
    return Choice(f"the minute ledger of {words}", f"/manager/ledger?{urlencode(query | ward)}", here=False)


def types_of(plan: Plan) -> list[str]:
    """The types of the hospital's beds, in the order of the file."""
    return list(dict.fromkeys(bed.type for bed in plan.beds.values()))


def _row(measure: Measure, figure: Figure, group: str, aim: float | None) -> Row:
    value = figure.value(measure)
    spans = measure.sort is Sort.SPAN
    counts = (figure.cases, figure.under_way, figure.otherwise, figure.invalid)
    cases, under_way, otherwise, invalid = (str(count) if spans else "–" for count in counts)
    return Row(
        group=group,
        value=_told(measure, figure, value),
        ninth=_told(measure, figure, figure.p90) if spans else "–",
        aim=_aim(measure, aim),
        kept="–" if aim is None or value is None else "kept" if value <= aim else "missed",
        numerator=_number(figure.numerator, 1),
        denominator="–" if measure.sort is Sort.SUM else _number(figure.denominator, 1),
        cases=cases,
        under_way=under_way if spans else str(figure.under_way) if figure.under_way else "–",
        otherwise=otherwise,
        invalid=invalid,
    )


def _told(measure: Measure, figure: Figure, value: float | None) -> str:
    """A figure; of a span why there is none: too few cases, or too many of them under way."""
    if value is not None:
        return _number(value, _DIGITS[measure.unit])
    if measure.sort is Sort.SPAN and figure.cases:
        return f"n < {FEW}" if figure.cases < FEW else "not reached"
    return "–"


_DIGITS: Mapping[Unit, int] = {Unit.PERCENT: 1, Unit.DAYS: 1, Unit.RATE: 2, Unit.MINUTES: 0, Unit.HOURS: 1}


def _number(value: float, digits: int) -> str:
    """Fixed digits; a whole numerator or denominator without them, nought too."""
    return f"{value:.0f}" if digits == 1 and value == int(value) else f"{value:.{digits}f}"


def _aim(measure: Measure, aim: float | None) -> str:
    return "–" if aim is None else f"≤ {aim:g} {measure.unit}"


def _card(measure: Measure, figures: Sequence[Figure], asked: Asked, plan: Plan) -> Card:
    by, aim = asked.by or By.WARD, plan.kpi_aims.of(measure, asked.ward)
    ordered = [figures[0], *sorted(figures[1:], key=lambda figure: _place(figure.group, by, measure, plan))]
    names = [TOGETHER, *(_name(figure.group, by, measure, plan) for figure in ordered[1:])]
    aims = [plan.kpi_aims.of(measure, figure.group) if by is By.WARD and figure.group else aim for figure in ordered]
    rows = tuple(_row(measure, figure, name, own) for figure, name, own in zip(ordered, names, aims, strict=True))
    shown = [*aims, *(value for f in ordered for value in (f.value(measure), f.p90))]
    most, ticks = _scale([value for value in shown if value is not None])
    marks = [None if own is None or own == aim else _x(own, most) for own in aims]
    bars = tuple(_bar(measure, *told, place, most) for place, told in enumerate(zip(ordered, rows, marks, strict=True)))
    head = "Clinic" if measure.clinics and by is By.WARD else BY_WORDS[by]
    at = None if aim is None else _x(aim, most)
    return Card(measure.id, measure.title, head, measure.unit, measure.sort is Sort.SPAN, rows, bars, ticks, at, TOP + STEP * len(bars))


def _bar(measure: Measure, figure: Figure, row: Row, mark: float | None, place: int, most: float) -> Bar:
    value = max(0.0, figure.value(measure) or 0.0)
    ninth = None if figure.p90 is None else _x(figure.p90, most)
    width = round(_x(value, most) - LEFT, 1)
    label = row.value if figure.value(measure) is None else f"{row.value} {measure.unit}"
    return Bar(row.group, TOP + STEP * place, width, max(LEFT + width, ninth or 0, mark or 0), ninth, label, mark)


def _x(value: float, most: float) -> float:
    return round(LEFT + (RIGHT - LEFT) * value / most, 1)


def _scale(values: Sequence[float]) -> tuple[float, tuple[Tick, ...]]:
    """From zero to the next round figure above everything shown, in four steps."""
    highest = max([*values, 0.01])
    step = next((step for step in _STEPS if 4 * step >= highest), highest / 4)
    return 4 * step, tuple(Tick(_x(step * n, 4 * step), f"{step * n:g}") for n in range(5))


_STEPS = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 2.5, 5, 10, 15, 20, 25, 30, 60, 90, 120, 180, 240, 360, 480, 720, 1440, 2880, 5760, 11520)


def _place(group: str, by: By, measure: Measure, plan: Plan) -> tuple[int, str]:
    """Wards, clinics and types in the order of the file, hours and days in theirs; beds of no file last."""
    order: list[str] = []
    if by is By.WARD:
        order = [clinic.id for clinic in plan.clinics] if measure.clinics else [ward.id for ward in plan.wards]
    elif by is By.TYPE:
        order = types_of(plan)
    return (order.index(group) if group in order else len(order), group)


def _name(group: str, by: By, measure: Measure, plan: Plan) -> str:
    if group == NOWHERE:
        return measure.nowhere if by is By.WARD else NOT_IN_FILE
    if by is By.HOUR:
        return f"{group}:00"
    if by is By.WEEKDAY:
        return WEEKDAYS[int(group) - 1]
    if by is By.TYPE:
        return _words(group)
    clinic = next((each.name for each in plan.clinics if each.id == group), None) if measure.clinics else None
    return clinic or plan.ward_name(group)


def _words(kind: str) -> str:
    return kind.replace("_", " ")


def _titles(measures: Iterable[Measure]) -> str:
    return ", ".join(measure.title for measure in measures)


def _defined(measure: Measure, plan: Plan) -> Defined:
    m, aims = measure, plan.kpi_aims
    numerator = m.numerator[0].upper() + m.numerator[1:]
    own = ", ".join(f"{place} {_aim(m, of[m.id])}" for place, of in aims.places.items() if m.id in of)
    aim = _aim(m, aims.of(m)) if m.aimed else "none"
    return Defined(m.id, m.title, numerator, m.denominator, m.source, m.note, aim, own, m.version)
