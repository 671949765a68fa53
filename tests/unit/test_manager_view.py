"""The managers' page: each figure as defined, the same numbers in chart, table and export, links that keep the choice."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from flow.domain.bed import BedState, BedStatus, Condition
from flow.domain.ids import BedId, PatientId, RequestId
from flow.domain.kpi import DEFINITIONS, OccupancyReport, Sample, Turns, WardFigures
from flow.domain.request import BedRequest, RequestStatus
from flow.templating import Templates
from flow.views.exported import occupancy as exported
from flow.views.occupancy_page import Chosen, ManagerPage, manager_page, step_of
from flow.views.page import Chrome
from flow.views.period import LENGTHS, AskedPeriod, Rules, last_days, whole_days
from tests.exported import lines
from tests.plans import small_plan

AT = datetime(2026, 11, 21, 8, 47, tzinfo=UTC)
PLAN = small_plan()
CHROME = Chrome("Occupancy", "Test Hospital", "Mia", "manager", "csrf", topics="desk")
TEMPLATES = Templates()


def bed(name: str, status: BedStatus, **more: object) -> BedState:
    visit = {"visit": f"V-{name}"} if status is BedStatus.OCCUPIED else {}
    return BedState(BedId(name), Condition(status, AT, "x"), **visit, **more)  # type: ignore[arg-type]


LIVE = [
    bed("4B-A-01", BedStatus.OCCUPIED),
    bed("4B-A-02", BedStatus.OCCUPIED),
    bed("4B-A-03", BedStatus.AVAILABLE),
    bed("4B-B-01", BedStatus.AVAILABLE, reserved_for="request:a"),
    bed("4B-B-02", BedStatus.CLEANING),
    bed("4B-B-03", BedStatus.MAINTENANCE),
    bed("ICU-I-01", BedStatus.OCCUPIED),
]
BEDS = {state.id: state for state in LIVE}


def asks(name: str, minutes: int, status: RequestStatus = RequestStatus.WAITING) -> BedRequest:
    return BedRequest(RequestId(name), PatientId(f"p-{name}"), AT - timedelta(minutes=minutes), "general", status=status)


def when(key: str) -> AskedPeriod:
    period = last_days(key, AT, PLAN.zone)
    return AskedPeriod(period.floored(step_of(period)), Rules(), AT)


def report(asked: AskedPeriod, *, empty: bool = False) -> OccupancyReport:
    start, end, every = asked.period.start, asked.period.end, step_of(asked.period)
    moments = [start + n * every for n in range(int((end - start) / every) + 1)]
    drawn = tuple(Sample(at) if empty else Sample(at, 5 + n % 3, 2, 1, 1, 1) for n, at in enumerate(moments))
    turns = Turns() if empty else Turns(12, 40.0, 58.4, 80.0, 121.0)
    wards = (
        WardFigures("4B", 7, None if empty else 81.26, None if empty else 100.0, 3.25, turns),
        WardFigures("ICU", 2, 50.0, 50.0, 0.0, Turns()),
    )
    return OccupancyReport(start, end, every, drawn, drawn, wards, turns, Turns(9, 40.0, 64.0, 80.0, 90.0), 3.25, 63.0)


def page(key: str = "7d", ward: str | None = None, *, empty: bool = False) -> ManagerPage:
    requests = [asks("a", 250), asks("b", 240), asks("c", 239), asks("d", 999, RequestStatus.ASSIGNED)]
    return manager_page(CHROME, PLAN, report(when(key), empty=empty), BEDS, requests, AT, when=when(key), asked=Chosen(ward or ""))


def test_the_five_figures_are_those_of_their_definitions() -> None:
    figures = {kpi.title: (kpi.value, kpi.note) for kpi in page().kpis}
    assert figures["Occupied now"] == ("50.0 %", "3 of 6 staffed beds · 55.6 % 7 days ago"), "the bed out of use is no denominator"
    assert figures["Free and ready"] == ("1", "1 more in cleaning · 1 promised")
    assert figures["Cleaning turn, median"] == ("58 min", "aim 60 · was 64 · 12 turns")
    assert figures["Waiting over 4 h"] == ("2", "longest 4 h 10 · 3 waiting, whole house")
    assert figures["Bed-days out of use"] == ("3", "7 days · 5.2 % of all bed-days")


def test_a_ward_counts_its_own_beds() -> None:
    icu = page(ward="ICU")
    assert icu.kpis[0].value == "100.0 %"
    assert [row.ward for row in icu.ward_rows] == ["ICU"]
    assert icu.scope == "ICU · 1 staffed beds now"


def test_every_figure_has_its_definition_on_the_page() -> None:
    html = TEMPLATES.render("manager/page.html", page())
    for kpi in page().kpis:
        assert kpi.define in DEFINITIONS
        assert f'href="#define-{kpi.define}"' in html
    for name in DEFINITIONS:
        assert f'id="define-{name}"' in html


def test_chart_table_and_export_hold_the_same_moments() -> None:
    view = page("24h")
    html = TEMPLATES.render("manager/page.html", view)
    rows = lines(exported.report(view, PLAN.zone))
    assert len(rows) == len(view.rows) == 97
    first = rows[0]
    assert first["time"] == "2026-11-20T14:15+05:30"
    assert (first["staffed"], first["occupied"], first["out_of_use"]) == ("9", "5", "1")
    assert first["occupancy_percent"] == "55.6"
    assert re.search(r'<th scope="row">Fri 20 Nov 14:15</th><td>55.6</td><td>5</td><td>9</td>', html)
    for row, shown in zip(rows, view.rows, strict=True):
        assert sum(int(row[name]) for name in ("occupied", "free", "promised", "cleaning", "out_of_use")) == shown.sample.beds


def test_the_choice_lives_in_the_address() -> None:
    view = page("28d", "4B")
    assert view.board_href == "/manager/board?range=28d&ward=4B"
    assert (view.when.choices[0].href, view.when.choices[0].here) == ("/manager?range=24h&ward=4B", False)
    assert [choice.words for choice in view.when.choices if choice.here] == ["28 days"]
    assert '<option value="4B" selected>' in TEMPLATES.render("manager/page.html", view)


def test_specialty_and_type_choose_beds_too() -> None:
    asked = Chosen(specialty="Intensive care", kind="icu")
    view = manager_page(CHROME, PLAN, report(when("90d")), BEDS, [], AT, when=when("90d"), asked=asked)
    assert view.scope == "Intensive care · icu · 1 staffed beds now"
    assert [row.ward for row in view.ward_rows] == ["ICU"]
    assert view.board_href == "/manager/board?range=90d&specialty=Intensive+care&type=icu"
    html = TEMPLATES.render("manager/page.html", view)
    assert '<option value="Intensive care" selected>' in html and '<option value="icu" selected>' in html
    assert "mean %, last 90 days" in html
    assert asked.wards(PLAN) == ("ICU",) and Chosen().wards(PLAN) is None


@pytest.mark.parametrize("key", list(LENGTHS))
def test_periods_end_at_a_whole_step_of_the_hospitals_clock(key: str) -> None:
    end, every = when(key).period.end, step_of(when(key).period)
    assert end <= AT
    assert AT - end < min(every, timedelta(hours=1))
    assert end == (datetime(2026, 11, 21, 8, 45, tzinfo=UTC) if key == "24h" else datetime(2026, 11, 21, 8, 30, tzinfo=UTC))


def test_of_a_period_that_is_over_nothing_is_told_as_if_now() -> None:
    over = AskedPeriod(whole_days(date(2026, 11, 9), date(2026, 11, 15), AT, PLAN.zone), Rules(), AT)
    view = manager_page(CHROME, PLAN, report(over), BEDS, [], AT, when=over)
    assert [kpi.title for kpi in view.kpis] == ["Occupied at the end", "Free at the end", "Cleaning turn, median", "Bed-days out of use"]
    assert view.kpis[0].note == f"{view.rows[-1].sample.occupied} of {view.rows[-1].sample.staffed} staffed beds · 55.6 % at the beginning"
    assert (view.ticks[0].words, view.ticks[-1].words) == ("Mon 09", "Sun 15"), "the midnight that ends it begins no day of it"
    assert (view.period, view.heat_words) == ("9 to 15 Nov 2026 · every hour", "the 28 days until 15 Nov 2026")
    html = TEMPLATES.render("manager/page.html", view)
    assert "hx-get" not in html, "it changes no more"
    assert "hx-get" in TEMPLATES.render("manager/page.html", page())
    assert 'name="from" value=""' in html and 'rel="prev"' in html and "2 to 8 Nov 2026" in html


def test_without_history_the_page_says_so() -> None:
    view = page(empty=True)
    assert not view.known
    html = TEMPLATES.render("manager/page.html", view)
    assert "There is no history of this period yet" in html
    assert "No bed was cleaned" in html


def test_the_page_obeys_the_content_security_policy() -> None:
    html = TEMPLATES.render("manager/page.html", page())
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:", html)
