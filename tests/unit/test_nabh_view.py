"""The page of NABH's indicators: counts are whole, means are not."""

from datetime import date

from flow.domain.kpis.cases import Figure
from flow.domain.nabh import INDICATORS
from flow.views.nabh_page import nabh_page
from flow.views.page import Chrome
from tests.plans import small_plan

MONTH = date(2026, 11, 1)


def test_counts_are_whole_and_sums_of_days_are_not() -> None:
    told = {"opd_wait": Figure("", 1312.0, 16.0), "length_of_stay": Figure("", 41.26, 20.0)}
    view = nabh_page(Chrome("NABH indicators", "Test"), small_plan(), {MONTH: told}, [MONTH], MONTH, MONTH)
    rows = {each.kpi: [cell.words for cell in row[3:]] for each, row in zip(INDICATORS, view.tables[0].rows, strict=True)}
    assert rows["opd_wait"] == ["82.0", "1312", "16"]
    assert rows["length_of_stay"] == ["2.06", "41.3", "20"]
