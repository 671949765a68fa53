"""The page of the daily report: the chart's figures stand in the table under it, on a day that is known and on one that is not."""

from dataclasses import replace
from datetime import date, timedelta

from flow.domain.kpis.cases import Asked, counted
from flow.domain.ledger_sums import ledger
from flow.templating import CHECKOUT, Templates
from flow.views.daily_report import DailyReport, Day, daily_report
from tests.drawn import at, charts, marks, scale, steps
from tests.unit import test_kpi_view as kpis
from tests.unit import test_ledger_view as ledgers
from tests.unit import test_level_view as levels
from tests.unit.test_charts_are_tables import forecasts
from tests.unit.test_manager_view import AT, PLAN, report, when


def page(*, empty: bool = False) -> DailyReport:
    quarters = report(when("24h"), empty=empty)
    occupancy = replace(quarters, samples=quarters.samples[::4], every=timedelta(hours=1))
    day = Day(
        date(2026, 11, 21),
        AT,
        occupancy,
        counted([] if empty else kpis.cases(), Asked(), PLAN.zone),
        ledger([], occupancy.start, occupancy.end, "UTC") if empty else ledgers.found(),
        [] if empty else levels.changes(),
        None if empty else forecasts.told().shown,
    )
    style = (CHECKOUT / "static" / "css" / "daily-report.css").read_text("utf-8")
    return daily_report(PLAN, day, f"<style>{style}</style>")


def drawn(*, empty: bool = False) -> str:
    return Templates().render("daily_report/report.html", page(empty=empty))


def test_the_chart_is_the_table_of_the_hours() -> None:
    view = page()
    (svg,) = charts(drawn())
    middle = at(marks(svg, "rect", "over")[0], "y") + 150
    percent = scale(svg, "y", anchor="end", only=lambda text: at(text, "y") < middle)
    (line,) = marks(svg, "path", "occupancy-line")
    told = {row.name: row.cells for row in view.by_hour}
    assert [f"{percent(y):.0f}" for y in steps(line.attrib["d"])] == [f"{float(cell):.0f}" for cell in told["Occupied %"]]
    assert all(len(row.cells) == len(view.hours) for row in view.by_hour)
    assert view.hours[1] in drawn() and f"<td>{told['Free'][0]}</td>" in drawn()


def test_a_day_that_is_over_has_no_now() -> None:
    assert "Occupied at the end" in [each.title for each in page().kpis] and "Occupancy now" not in drawn()


def test_a_day_of_which_nothing_is_known_is_drawn_as_well() -> None:
    assert set(page(empty=True).by_hour[0].cells) == {"–"}
    assert "Nothing is known of this day." in drawn(empty=True)
