"""The doors to what managers read: the past over the API, and the pages of figures. Part of `flow.web.routes`."""

from flow.domain.roles import May
from flow.web.api import beds, forecast, history, kpis, ledger, occupancy
from flow.web.api.wire import Listed
from flow.web.door import PAGED, Door, Query, Where, one_word, whole_number
from flow.web.exports import exports
from flow.web.forecast_asked import MOST_BEDS, MOST_HOURS
from flow.web.kpis_asked import CUTS
from flow.web.pages import forecast as forecast_page
from flow.web.pages import hindsight, midnights, nabh, regret, reports
from flow.web.pages import kpis as kpi_page
from flow.web.pages import ledger as ledger_page
from flow.web.pages import occupancy as occupancy_page
from flow.web.past_routes import PAST_PAGES

V1 = "/api/v1"
WARD = Query("ward", "a ward's id")
WHOSE = (WARD, Query("specialty", "a specialty of the wards"), Query("type", "a type of bed"))
CONSIDERED = (
    Query("if_ward", "a ward in which beds are opened or closed; said again, with its if_beds, for another"),
    whole_number("if_beds", "how many in that ward, below 0 for closed", -MOST_BEDS, MOST_BEDS),
    whole_number("delay", "hours that planned admissions are put off by", 0, MOST_HOURS),
    whole_number("delayed", "how many of them, the next due first; else all", 0, MOST_BEDS),
)

REPORTS: tuple[Door, ...] = (
    Door(
        "GET",
        f"{V1}/history/at",
        history.beds_at,
        May.CASES,
        Where.FILTERED,
        gives=Listed[beds.BedOut],
        query=(
            Query("time", "the moment, with its offset", "date-time", required=True),
            Query("known_at", "as known when: now (as corrected since), or from `time` (as known then) on", "date-time"),
            *PAGED,
        ),
    ),
    Door(
        "GET",
        f"{V1}/history/occupancy",
        occupancy.occupancy,
        May.REPORTS,
        Where.FILTERED,
        gives=Listed[occupancy.OccupancyOut],
        query=(
            Query("from", "the first moment, with its offset", "date-time"),
            Query("to", "the last moment", "date-time"),
            one_word("bucket", occupancy.BUCKETS),
            one_word("by", occupancy.GROUPS),
            *WHOSE,
            *PAGED,
        ),
    ),
    Door(
        "GET",
        f"{V1}/history/census",
        occupancy.midnight_census,
        May.REPORTS,
        Where.FILTERED,
        gives=Listed[occupancy.CensusOut],
        query=(
            Query("from", "the first moment, with its offset", "date-time"),
            Query("to", "the last moment", "date-time"),
            one_word("by", occupancy.GROUPS),
            *WHOSE,
        ),
    ),
    Door("GET", f"{V1}/history/beds/{{bed}}", history.bed_story, May.CASES, Where.BED, gives=Listed[history.StoryOut], query=PAGED),
    Door(
        "GET",
        f"{V1}/ledger",
        ledger.get_ledger,
        May.REPORTS,
        Where.FILTERED,
        gives=ledger.LedgerOut,
        query=(Query("from", "the first moment, with its offset", "date-time"), Query("to", "the last moment", "date-time"), WARD),
    ),
    Door(
        "GET",
        f"{V1}/kpis",
        kpis.get_kpis,
        May.REPORTS,
        Where.FILTERED,
        gives=kpis.KpisOut,
        query=(
            Query("from", "the first moment, with its offset", "date-time"),
            Query("to", "the last moment", "date-time"),
            one_word("by", CUTS),
            WARD,
            Query("type", "a type of bed"),
        ),
    ),
    Door(
        "GET",
        f"{V1}/forecast",
        forecast.get_forecast,
        May.REPORTS,
        Where.FILTERED,
        gives=forecast.ForecastOut,
        query=(one_word("at", ("now", "issued"), ": that of the last huddle"), WARD, *CONSIDERED),
    ),
)

REPORT_PAGES: tuple[Door, ...] = (
    Door("GET", "/manager", occupancy_page.page, May.REPORTS, Where.WHOLE),
    Door("GET", "/manager/board", occupancy_page.board, May.REPORTS, Where.WHOLE),
    Door("GET", "/manager/midnights", midnights.page, May.REPORTS, Where.WHOLE),
    *exports("midnights", midnights.report),
    *exports("occupancy", occupancy_page.report),
    Door("GET", "/manager/overrides", regret.page, May.REPORTS, Where.WHOLE),
    *exports("overrides", regret.report),
    Door("GET", "/manager/hindsight", hindsight.page, May.REPORTS, Where.WHOLE),
    *exports("hindsight", hindsight.report),
    *PAST_PAGES,
    Door("GET", "/manager/forecast", forecast_page.page, May.REPORTS, Where.WHOLE),
    *exports("forecast", forecast_page.report),
    Door("GET", "/manager/kpis", kpi_page.page, May.REPORTS, Where.WHOLE),
    *exports("kpis", kpi_page.report),
    Door("GET", "/manager/ledger", ledger_page.page, May.REPORTS, Where.WHOLE),
    *exports("ledger", ledger_page.report),
    Door("GET", "/manager/nabh", nabh.page, May.REPORTS, Where.WHOLE),
    *exports("nabh", nabh.report),
    Door("GET", "/manager/anonymised", nabh.anonymous, May.REPORTS, Where.WHOLE),
    *exports("anonymised", nabh.anonymous_report),
    Door("GET", "/manager/reports", reports.page, May.REPORTS, Where.WHOLE),
    *exports("reports", reports.listing),
    Door("GET", "/manager/reports/{day}.html", reports.report, May.REPORTS, Where.WHOLE),
    Door("GET", "/manager/reports/{day}.pdf", reports.paper, May.REPORTS, Where.WHOLE),
)
