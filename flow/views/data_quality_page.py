"""The managers' page of data quality: signs by ward and shift, with the rows behind each and what else it may be.

flow.web hands in what was found (`flow.domain.data_quality`); templates/manager/data_quality.html draws it, `report` exports its tables.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flow.domain.data_quality import Found, Sign
from flow.domain.evidence import Evidence
from flow.domain.ids import BedId, WardId
from flow.domain.plan import Plan
from flow.views.data_quality_words import ABOUT, NOTE, VERSION
from flow.views.page import Chrome
from flow.views.period import AskedPeriod, Period, PeriodBar, Rules
from flow.views.request_form import Option
from flow.views.tables import Cell, Column, Files, Kind, Report, Table, table
from flow.views.times import day_time

RULES = Rules(("24h", "7d", "28d", "90d"), longest=92, why="every entry is looked at anew for each question", single=True)
MOST = 200
"""Rows of evidence on the page; a file has them all."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for beside its time: one sign, one ward or clinic, one shift ("": all)."""

    sign: str = ""
    ward: str = ""
    shift: str = ""

    @property
    def filters(self) -> dict[str, str]:
        """As the address has it."""
        return {name: value for name, value in (("sign", self.sign), ("ward", self.ward), ("shift", self.shift)) if value}


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A ward's or clinic's shift: how many stand out, of how many, the share or that there are too few; `href` shows the rows behind it."""

    ward: str
    shift: str
    found: str
    count: int
    share: str
    href: str
    stands_out: bool


@dataclass(frozen=True, slots=True)
class Card:
    """A sign with its groups; `said` sums them up."""

    id: str
    title: str
    of: str
    rule: str
    innocent: str
    said: str
    rows: tuple[GroupRow, ...]


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One row behind a figure."""

    sign: str
    ward: str
    shift: str
    what: str
    at: Cell
    until: Cell
    words: str


@dataclass(frozen=True, slots=True)
class DataQualityPage:
    """`evidence` are the rows behind what the filters leave (none for who reads sums alone); `more` how many besides those shown."""

    chrome: Chrome
    when: PeriodBar
    asked: Asked
    scope: str
    signs: tuple[Option, ...]
    wards: tuple[Option, ...]
    shifts: tuple[Option, ...]
    note: str
    cards: tuple[Card, ...]
    evidence: tuple[EvidenceRow, ...]
    more: int
    version: int
    files: Files | None = None


def data_quality_page(
    chrome: Chrome, plan: Plan, found: Sequence[Found], shifts: Sequence[str], asked: Asked, when: AskedPeriod
) -> DataQualityPage:
    """The page of one period; groups of which too little is known show no evidence either."""
    chosen = [each for each in found if _is_asked(each, asked)]
    rows = evidence_rows(chosen, plan) if chrome.cases else ()
    places = [(ward.id, f"{ward.id} {ward.name}") for ward in plan.wards] + [(clinic.id, clinic.name) for clinic in plan.clinics]
    return DataQualityPage(
        chrome=chrome,
        when=when.bar("/manager/data-quality", asked.filters),
        asked=asked,
        scope=when.period.words,
        signs=tuple(Option(sign, ABOUT[sign].title) for sign in Sign),
        wards=tuple(Option(place, words) for place, words in places),
        shifts=tuple(Option(shift, shift) for shift in shifts),
        note=NOTE,
        cards=tuple(_card(sign, chosen, plan, when.period if chrome.cases else None) for sign in Sign if asked.sign in ("", sign)),
        evidence=rows[:MOST],
        more=max(0, len(rows) - MOST),
        version=VERSION,
    )


_GROUP = (
    Column("ward", "Ward or clinic"),
    Column("shift", "Shift"),
    Column("found", "Stand out", Kind.WHOLE, notes=True),
    Column("count", "Looked at", Kind.WHOLE),
    Column("share", "Share", Kind.NUMBER, "%", notes=True),
)
_ROW = (
    Column("sign", "Sign"),
    Column("ward", "Ward or clinic"),
    Column("shift", "Shift"),
    Column("what", "Bed or token"),
    Column("at", "From", Kind.MOMENT),
    Column("until", "Until", Kind.MOMENT),
    Column("words", "What the record says"),
)


def report(page: DataQualityPage, found: Sequence[Found], plan: Plan) -> Report:
    """A table for each sign, and every row behind them for whoever reads single cases."""
    rows = evidence_rows([each for each in found if _is_asked(each, page.asked)], plan)
    behind = [(row.sign, row.ward, row.shift, row.what, row.at, row.until, row.words) for row in rows]
    return Report(
        id="data-quality",
        title="Data quality",
        hospital=page.chrome.hospital,
        period=page.scope,
        filters=" · ".join(part for part in (page.asked.sign, page.asked.ward, page.asked.shift) if part) or "none",
        version=str(page.version),
        source="the hospital's log: cleaning jobs, beds out of use, promises, leavings, tokens",
        zone=plan.zone,
        tables=(
            *(_sign_table(card) for card in page.cards),
            *([table("evidence", "The rows behind it", _ROW, behind, on_screen=0 < len(behind) <= MOST)] if page.chrome.cases else []),
        ),
    )


def _sign_table(card: Card) -> Table:
    rows: list[tuple[str | int, ...]] = [(row.ward, row.shift, row.found, row.count, row.share) for row in card.rows]
    return table(card.id, card.title, _GROUP, rows, on_screen=bool(rows))


def evidence_rows(found: Sequence[Found], plan: Plan) -> tuple[EvidenceRow, ...]:
    """The rows behind groups of which enough is known."""
    return tuple(_evidence(each, row, plan) for each in found if each.is_enough for row in each.evidence)


def _is_asked(found: Found, asked: Asked) -> bool:
    return asked.sign in ("", found.sign) and asked.ward in ("", found.ward) and asked.shift in ("", found.shift)


def _card(sign: Sign, found: Sequence[Found], plan: Plan, linked: Period | None) -> Card:
    own = [each for each in found if each.sign is sign]
    about = ABOUT[sign]
    enough = [each for each in own if each.is_enough]
    count, out = sum(each.count for each in enough), sum(len(each.evidence) for each in enough)
    said = f"{out} of {count}" if enough else "too few of any ward and shift" if own else "none to look at"
    rows = sorted(own, key=lambda each: (not each.is_enough, -each.share if each.is_enough else 0.0, each.ward, each.shift))
    groups = tuple(_group(each, plan, linked) for each in rows)
    return Card(sign, about.title, about.of, about.rule, about.innocent, said, groups)


def _group(found: Found, plan: Plan, linked: Period | None) -> GroupRow:
    """`linked`: the rows behind it may be read, of this time."""
    out = len(found.evidence)
    href = _behind(found, linked) if linked is not None and found.is_enough and out else ""
    shown = (str(out), f"{100 * found.share:.0f} %") if found.is_enough else ("too few", "too few")
    return GroupRow(_place(found.ward, plan), found.shift, shown[0], found.count, shown[1], href, found.is_enough and out > 0)


def _behind(found: Found, period: Period) -> str:
    return f"/manager/data-quality?{urlencode({**period.asked, 'sign': found.sign, 'ward': found.ward, 'shift': found.shift})}#evidence"


def _place(place: str, plan: Plan) -> str:
    if WardId(place) in plan.ward:
        return plan.ward_name(place)
    return next((clinic.name for clinic in plan.clinics if clinic.id == place), place)


def _evidence(found: Found, row: Evidence, plan: Plan) -> EvidenceRow:
    what = row.what if found.sign is Sign.SKIPPED else plan.bed_name(BedId(row.what))
    title, place = ABOUT[found.sign].title, _place(found.ward, plan)
    return EvidenceRow(title, place, found.shift, what, _moment(row.at, plan.zone), _moment(row.until, plan.zone), row.words)


def _moment(at: datetime | None, zone: str) -> Cell:
    """To the minute, as on the screen; a file has the year and the offset, too."""
    if at is None:
        return Cell(None, "")
    return Cell(at.astimezone(ZoneInfo(zone)).replace(second=0, microsecond=0), day_time(at.timestamp(), zone))
