"""The page of the forecast: the same figures in chart, tables and export, states in plain words, an address that keeps what was asked."""

import re
from dataclasses import replace
from datetime import date
from functools import cache
from urllib.parse import parse_qs, urlsplit

import pytest

from allocation.forecast.ask import forecast
from allocation.forecast.judge import back_test
from flow.domain.forecast import ForecastState, Judged, Level, Outlook, Outlooks, WhatIf
from flow.domain.ids import WardId
from flow.templating import Templates
from flow.views.exported import forecast as forecast_tables
from flow.views.forecast_charts import BOTTOM, TOP, bands, fan
from flow.views.forecast_page import Asked, ForecastPage, Told, day_before, forecast_page, if_words, ordered
from flow.views.forecast_words import beaten
from flow.views.page import Chrome
from tests.exported import lines
from tests.forecast_pasts import END, HOUR, lived, plan_of, ward

CHROME = Chrome("Forecast", "Test Hospital", "Mia", "manager", "csrf")
PLAN = plan_of(ward("W", 20), ward("X", 12), ward("Y", 16, "Surgery"))
TEMPLATES = Templates()


@cache
def told(closed: int = 0) -> Told:
    past = lived(PLAN, 60, 8, daily=4.6)
    verdicts = back_test(PLAN, past, (), END)
    what_if = WhatIf({WardId("W"): -closed}) if closed else WhatIf()
    plain = forecast(PLAN, past, verdicts, END)
    shown = forecast(PLAN, past, verdicts, END, what_if=what_if) if closed else plain
    day = [(END - (24 - hour) * HOUR, 30 + hour % 5) for hour in range(25)]
    return Told(shown, plain, verdicts, date(2026, 11, 21), day, END - 4 * HOUR)


def page(asked: Asked | None = None, found: Told | None = None) -> ForecastPage:
    return forecast_page(CHROME, PLAN, found or told(), asked or Asked())


def drawn(view: ForecastPage) -> str:
    return TEMPLATES.render("manager/forecast.html", view)


def row_of(name: str, hours: int) -> Outlook:
    return next(row for row in told().shown.rows if (row.name, row.hours) == (name, hours))


@pytest.mark.parametrize("of", ["house", "ward:X", "specialty:Surgery"])
@pytest.mark.parametrize("hours", [4, 8, 24])
def test_figures_tables_and_export_are_one(of: str, hours: int) -> None:
    view = page(Asked(of, hours))
    name = of.partition(":")[2]
    row = row_of(name, hours)
    assert view.kpis[0].value == str(row.median)
    assert [each.hours for each in view.rows] == [4, 8, 24]
    assert next(each for each in view.rows if each.hours == hours).band_80 == f"{row.band_80[0]} to {row.band_80[1]}"
    exported = {(each["name"], int(each["hours"])): each for each in lines(forecast_tables.report(view, told().shown, PLAN.zone))}
    assert len(exported) == len(told().shown.rows) == 18
    line = exported[name or "all", hours]
    assert (line["expected"], line["low_90"], line["high_90"]) == (str(row.median), str(row.band_90[0]), str(row.band_90[1]))
    assert line["for"] == (END + hours * HOUR).isoformat(timespec="minutes")
    text = drawn(view)
    assert text.count('<tr><th scope="row">') == 3 + 25 + 6 + 3


def test_the_fan_goes_from_now_through_the_bands() -> None:
    rows = [row_of("", hours) for hours in (4, 8, 24)]
    found = fan(rows, told().past, END, "UTC")
    assert found is not None
    assert found.band_80.startswith(f"M{found.now_x} {found.now_y}L") and found.band_80.endswith("Z")
    assert len(found.marks) == 3 and found.past.endswith(f"H{found.now_x}V{found.now_y}")
    later = fan(rows, [*told().past, (END + 2 * HOUR, rows[0].now + 1)], END, "UTC")
    assert later is not None and f"H{later.now_x}V{later.now_y}H" in later.past, "what came since it was made goes on into the fan"
    places = [float(each) for each in re.findall(r" (-?[\d.]+)", found.band_90)]
    assert all(TOP <= each <= BOTTOM for each in places)
    assert fan([], (), END, "UTC") is None


def test_rows_stand_in_the_order_of_the_file() -> None:
    mixed = replace(told().shown, rows=tuple(sorted(told().shown.rows, key=lambda row: (row.name, -row.hours))))
    assert ordered(mixed, PLAN).rows == told().shown.rows


def test_bands_of_wards_are_nested_on_one_scale() -> None:
    found = bands((row.name, row) for row in told().shown.rows if row.level is Level.WARD and row.hours == 24)
    assert [row.words for row in found.rows] == ["W", "X", "Y"]
    for row in found.rows:
        assert 208 <= row.band_90[0] <= row.band_80[0] <= row.median <= row.band_80[1] <= row.band_90[1] <= 696
    closed = replace(row_of("W", 4), staffed=0)
    assert bands([("W", closed)]).rows == (), "a ward without a staffed bed has no percentages"


def test_links_keep_what_was_asked() -> None:
    asked = Asked("ward:X", 24, what_if=WhatIf({WardId("W"): -3, WardId("Y"): 2}, 8, 4))
    view = page(asked, told(3))
    for href in (choice.href for choice in view.choices):
        kept = parse_qs(urlsplit(href).query)
        assert (kept["of"], kept["if_ward"], kept["if_beds"]) == (["ward:X"], ["W", "Y"], ["-3", "2"])
        assert (kept["delay"], kept["delayed"]) == (["8"], ["4"])
    assert "if_ward" not in view.plain_href and "of=ward%3AX" in view.plain_href
    assert "if_ward" not in view.moments[1].href, "what was issued stands as it was issued"


def test_what_if_stands_beside_what_is() -> None:
    view = page(Asked(what_if=WhatIf({WardId("W"): -6})), told(6))
    assert {row.name for row in view.if_rows} == {"Whole house", "W", "Medicine"}
    own = next(row for row in view.if_rows if (row.name, row.hours) == ("W", 8))
    assert own.pairs[0] == ("20", "14")
    assert '<b class="would">→ 14</b>' in drawn(view)
    assert page().if_rows == ()
    assert if_words(WhatIf({WardId("W"): 1}, 4)) == "W: 1 bed opened · planned admissions put off by 4 h"
    both = WhatIf({WardId("W"): 1, WardId("Y"): -2}, 4, 1)
    assert if_words(both) == "W: 1 bed opened · Y: 2 beds closed · the next planned admission put off by 4 h"
    assert if_words(WhatIf(delay=4, delayed=3)) == "the next 3 planned admissions put off by 4 h"


def test_several_wards_at_once_have_a_row_each_and_the_house_one() -> None:
    """Closed in W, opened in Y: the rows of each, of their specialties and of the house, whose beds change by both."""
    past, what_if = lived(PLAN, 60, 8, daily=4.6), WhatIf({WardId("W"): -6, WardId("Y"): 2})
    found = replace(told(), shown=forecast(PLAN, past, told().verdicts, END, what_if=what_if))
    view = page(Asked("ward:X", what_if=what_if), found)
    assert [row.name for row in view.if_rows if row.hours == 8] == ["Whole house", "W", "Y", "Medicine", "Surgery", "X"]
    staffed = {row.name: row.pairs[0] for row in view.if_rows if row.hours == 8}
    assert (staffed["Whole house"], staffed["W"], staffed["Y"], staffed["X"]) == (("48", "44"), ("20", "14"), ("16", "18"), ("12", "12"))
    text = drawn(view)
    assert [text.count(f'name="if_ward" value="{ward}"') for ward in "WXY"] == [1, 0, 1], "another group is asked with the same beds"
    chosen = re.findall(r'<option value="(\w+)" selected>', text.partition('class="what-if-beds"')[2].partition("</fieldset>")[0])
    assert (chosen, len(view.if_asked)) == (["W", "Y"], 3)


def verdict(covered: float, count: int = 84) -> Judged:
    return Judged(Level.HOUSE, "", 8, count, 12, covered, 0.9, 1.25, 2, 3, 1, 2, 3, 0.01, 0.02, widen_80=3, widen_90=4)


@pytest.mark.parametrize(
    ("verdicts", "words"),
    [
        ((), "Nobody knows yet how well the bands hold: 0 forecasts came due, it takes 21."),
        ((verdict(0.8, 20),), "Nobody knows yet how well the bands hold: 20 forecasts came due, it takes 21."),
        ((verdict(0.8),), "The bands hold: the 80 % band held in 80 % of the last 84 forecasts."),
        (
            (verdict(0.5),),
            "The hospital does not behave as in the weeks before: the 80 % band held in 50 % of the last 84 forecasts.",
        ),
        ((verdict(0.95),), "The bands are wider than need be: the 80 % band held in 95 % of the last 84 forecasts."),
    ],
)
def test_states_in_plain_words(verdicts: tuple[Judged, ...], words: str) -> None:
    found = replace(told(), verdicts=verdicts)
    assert page(found=found).told.startswith(words)
    assert words in drawn(page(found=found))


def test_bands_that_miss_are_said_to_be_drawn_wider() -> None:
    assert page(found=replace(told(), verdicts=(verdict(0.5),))).told.endswith("The bands are drawn wider until they hold again.")


def test_the_back_test_stands_on_the_page() -> None:
    text = drawn(page(found=replace(told(), verdicts=(verdict(0.8),))))
    cells = ["84 (12 issued)", "80 %", "90 %", "1.2", "2.0", "3.0", "1.00", "50 %", "0.010", "0.020", "0 %"]
    assert '<tr><th scope="row">8</th>' + "".join(f"<td>{each}</td>" for each in cells) in text
    assert "judged on the morning of Sat 21 Nov" in text


def test_where_something_simpler_did_better_the_page_says_so() -> None:
    better, worse = verdict(0.8), replace(verdict(0.8), mae=2.75, brier=0.031, weight=0.2)
    assert beaten(better) == () == beaten(replace(worse, count=20))
    text = drawn(page(found=replace(told(), verdicts=(worse,))))
    assert "8 h: &#34;as many as now&#34; was nearer (2.0 against 2.8 beds): go by that." in text
    assert "8 h: how often it was full before says more than the chance of full (0.020 against 0.031): go by that." in text
    assert "<td>80 %</td></tr>" in text, "it leans to four fifths on what is usual"
    assert "go by that" not in drawn(page(found=replace(told(), verdicts=(better,))))


def test_without_four_weeks_it_says_when_the_first_is_made() -> None:
    young = Outlooks(END, 12.4, ())
    view = page(found=Told(young, young, (), None, (), None))
    assert (view.known, view.state) == (False, "No forecast")
    assert view.told == "A forecast needs 28 days of history; there are 12 so far. The first is made on Mon 07 Dec."
    text = drawn(view)
    assert "Nothing has been judged yet." in text and "<svg" not in text.partition("<main")[2]


def test_every_state_has_its_words_and_every_figure_its_definition() -> None:
    text = drawn(page())
    for name in re.findall(r'href="#define-(\w+)"', text):
        assert f'id="define-{name}"' in text
    assert {row.state for row in told().shown.rows} <= set(ForecastState)


def test_wards_of_a_specialty_are_added_up_moment_by_moment() -> None:
    moments = [END + hour * HOUR for hour in range(3)]
    assert day_before([[(at, 2) for at in moments], [(at, 5) for at in moments]]) == [(at, 7) for at in moments]
