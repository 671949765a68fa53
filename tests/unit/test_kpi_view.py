"""The page of the KPIs from its figures: bars on one scale from zero, words where there is no figure, nothing left unsaid."""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from flow.domain.kpis.aims import Aims
from flow.domain.kpis.cases import Asked, Case, Ending, counted, span
from flow.domain.kpis.table import MEASURES, By, Sort
from flow.templating import Templates
from flow.views.exported import kpis as exported
from flow.views.kpi_page import LEFT, RIGHT, KpiPage, kpi_page
from flow.views.page import Chrome, NavLink
from flow.views.period import AskedPeriod, Period, Rules, last_days, whole_days
from tests.exported import lines
from tests.unit.test_kpi_cases import MINUTE, NOW, PLAN, START, turns

CHROME = Chrome("KPIs", "Test Hospital", "Manager", "manager", nav=(NavLink("/manager", "Occupancy", True),))


def cases() -> list[Case]:
    """Of every KPI something in two wards, an ICU with too few cases, and some under way."""
    found = turns(20, 30, 45, 50, 90, under_way=1)
    for measure in MEASURES.values():
        for n in range(6):
            at, place = START + 70 * n * MINUTE, "ENT" if measure.clinics else ("4B", "ICU")[n > 3]
            kind = "icu" if place == "ICU" else "general"
            if measure.sort is Sort.SPAN:
                found.append(span(measure.id, place, kind, at, at + (10 + 9 * n) * MINUTE, Ending.OVER if n else Ending.OPEN))
            else:
                found.append(Case(measure.id, place, kind, at, float(n % 2), 1.0))
    return found


def page(by: By | None = By.WARD, ward: str | None = None, *, empty: bool = False, key: str = "7d") -> KpiPage:
    asked = Asked(ward=ward, by=by)
    when = AskedPeriod(last_days(key, NOW, PLAN.zone), Rules(), NOW)
    return kpi_page(CHROME, PLAN, counted([] if empty else cases(), asked, PLAN.zone), asked, when)


def test_bars_and_aims_stand_on_one_scale_from_zero() -> None:
    for by in By:
        for card in page(by).cards:
            assert card.ticks[0].at == LEFT and card.ticks[0].words == "0"
            assert card.ticks[-1].at == RIGHT
            assert all(0 <= bar.width <= RIGHT - LEFT and bar.end <= RIGHT for bar in card.bars)
            assert card.aim is None or LEFT <= card.aim <= RIGHT
            assert [bar.words for bar in card.bars] == [row.group for row in card.rows]


def test_wards_stand_in_the_order_of_the_file_and_clinics_by_name() -> None:
    cards = {card.id: card for card in page().cards}
    assert [row.group for row in cards["evs_turn"].rows] == ["All", "4B Ward 4B", "ICU"]
    assert [row.group for row in cards["opd_wait"].rows] == ["All", "ENT"]
    assert cards["opd_wait"].head == "Clinic"
    assert [row.group for row in {card.id: card for card in page(By.TYPE).cards}["evs_turn"].rows] == ["All", "general", "icu"]


def test_too_few_and_too_many_under_way_are_told() -> None:
    turn = {row.group: row for row in {card.id: card for card in page().cards}["evs_turn"].rows}
    assert (turn["ICU"].value, turn["ICU"].ninth, turn["ICU"].cases) == ("n < 5", "n < 5", "2")
    assert turn["4B Ward 4B"].ninth == "not reached"
    assert turn["All"].kept in ("kept", "missed")


def test_the_file_has_every_row_of_the_page_once() -> None:
    view = page()
    assert len(lines(exported.report(view, PLAN.zone))) == len(view.summaries) + sum(len(card.rows) - 1 for card in view.cards)


def test_the_address_keeps_what_was_chosen() -> None:
    view = page(By.HOUR, "ICU")
    assert (view.ledger.words, view.ledger.href) == ("the minute ledger of the same time", "/manager/ledger?range=7d&ward=ICU")
    assert view.left_out == "OPD wait, OPD no-show, OPD left uncalled"


@pytest.mark.parametrize(
    ("period", "words", "query"),
    [
        (last_days("24h", NOW, PLAN.zone), "the same time", "range=24h"),
        (last_days("365d", NOW, PLAN.zone), "the last 90 days", "range=90d"),
        (whole_days(date(2026, 8, 1), date(2026, 8, 31), NOW, PLAN.zone), "the same time", "from=2026-08-01&amp;to=2026-08-31"),
        (whole_days(date(2026, 1, 1), date(2026, 8, 31), NOW, PLAN.zone), "1 Jun to 31 Aug 2026", "from=2026-06-01&amp;to=2026-08-31"),
    ],
)
def test_the_link_to_the_ledger_says_of_which_days_it_is(period: Period, words: str, query: str) -> None:
    asked = Asked(by=By.WARD)
    view = kpi_page(CHROME, PLAN, counted(cases(), asked, PLAN.zone), asked, AskedPeriod(period, Rules(), NOW))
    assert f'href="/manager/ledger?{query}">the minute ledger of {words}</a>' in Templates().render("manager/kpis.html", view)


@pytest.mark.parametrize("empty", [False, True])
def test_the_page_is_drawn(empty: bool) -> None:
    html = Templates().render("manager/kpis.html", page(empty=empty))
    assert html.count('<svg class="chart"') == (0 if empty else len(page().cards))
    assert all(f'href="#define-{kpi}"' in html for kpi in MEASURES)


def test_what_has_no_meaning_is_told_with_its_reason() -> None:
    assert page(By.TYPE).uncut == "OPD wait, OPD no-show, OPD left uncalled (who waits for a consultation has no bed)"
    hour = page(By.HOUR)
    assert (
        hour.uncut.startswith("Occupancy now (it is of one moment;")
        and "Bed occupancy rate (it is counted at midnight alone;" in hour.uncut
    )
    assert (page(By.WARD).uncut, page(None).uncut) == ("", "")
    assert "Not cut like this, as it would mean nothing: Occupancy now" in Templates().render("manager/kpis.html", hour)
    for by in By:
        told = {card.id for card in page(by).cards} | {measure.id for measure in MEASURES.values() if by in measure.uncut}
        assert told == set(MEASURES), by


def test_a_ward_s_own_aim_stands_beside_its_figure() -> None:
    """4B turns in 45 minutes (its median), which misses the house's 40 and keeps its own 50."""
    plan = replace(PLAN, kpi_aims=Aims({"evs_turn": 40}, {"4B": {"evs_turn": 50}}))

    def shown(asked: Asked) -> KpiPage:
        when = AskedPeriod(last_days("7d", NOW, PLAN.zone), Rules(), NOW)
        return kpi_page(CHROME, plan, counted(turns(20, 30, 45, 50, 90), asked, plan.zone), asked, when)

    (card,) = shown(Asked(by=By.WARD)).cards
    assert [(row.group, row.value, row.aim, row.kept) for row in card.rows] == [
        ("All", "45", "≤ 40 min", "missed"),
        ("4B Ward 4B", "45", "≤ 50 min", "kept"),
    ]
    assert card.aim is not None and [bar.aim is not None and bar.end >= bar.aim > card.aim for bar in card.bars] == [False, True]
    alone = shown(Asked(ward="4B", by=By.HOUR))
    assert {(row.aim, row.kept) for row in alone.cards[0].rows} == {("≤ 50 min", "kept")}, "of a ward alone its own aim counts"
    assert next(each.row.aim for each in alone.summaries if each.id == "evs_turn") == "≤ 50 min"
    html = Templates().render("manager/kpis.html", shown(Asked(by=By.WARD)))
    assert "Aim: ≤ 40 min; 4B ≤ 50 min." in html and 'class="own-aim"' in html
    assert "[kpi.ward_aims.ID]" in html, "where they are set"


def test_occupancy_of_days_that_are_over_is_that_of_their_end() -> None:
    now = NOW + timedelta(hours=5)
    today = now.astimezone(ZoneInfo(PLAN.zone)).date()
    before = today - timedelta(days=2)
    for last, title, other in ((today, "Occupancy now", "Occupied at the end"), (before, "Occupied at the end", "Occupancy now")):
        asked = Asked(by=By.HOUR)
        when = AskedPeriod(whole_days(before, last, now, PLAN.zone), Rules(), now)
        view = kpi_page(CHROME, PLAN, counted(cases(), asked, PLAN.zone), asked, when)
        assert title in [each.title for each in view.summaries] and title in [each.title for each in view.definitions]
        assert title in view.uncut and other not in Templates().render("manager/kpis.html", view)
        assert other not in {row["title"] for row in lines(exported.report(view, PLAN.zone))}


def test_a_count_is_whole_and_nought_too() -> None:
    found = [Case("opd_left", "ENT", "", START, 0.0, 1.0) for _ in range(3)]
    asked = Asked(by=By.WARD)
    view = kpi_page(CHROME, PLAN, counted(found, asked, PLAN.zone), asked, AskedPeriod(last_days("7d", NOW, PLAN.zone), Rules(), NOW))
    row = next(each.row for each in view.summaries if each.id == "opd_left")
    assert (row.numerator, row.denominator) == ("0", "3")
