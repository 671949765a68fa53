"""The doors to what a bed huddle reads: its sheet, how hard the house is and was pressed, what is behind the figures. Part of
`flow.web.routes`."""

from flow.domain.roles import May
from flow.web.api import level
from flow.web.door import Door, Query, Where
from flow.web.exports import exports
from flow.web.pages import data_quality, huddle, ledger_behind
from flow.web.pages import level as level_page

V1 = "/api/v1"
_PERIOD = (Query("from", "the first moment, with its offset", "date-time"), Query("to", "the last moment", "date-time"))

HUDDLE: tuple[Door, ...] = (
    Door("GET", f"{V1}/level/history", level.get_history, May.REPORTS, Where.WHOLE, gives=level.LevelHistoryOut, query=_PERIOD),
)

HUDDLE_PAGES: tuple[Door, ...] = (
    Door("GET", "/manager/huddle", huddle.page, May.REPORTS, Where.WHOLE),
    *exports("huddle", huddle.report),
    Door("GET", "/manager/data-quality", data_quality.page, May.REPORTS, Where.WHOLE),
    *exports("data-quality", data_quality.report),
    Door("GET", "/manager/ledger-behind", ledger_behind.page, May.CASES, Where.WHOLE),
    *exports("ledger-behind", ledger_behind.report, May.CASES),
    Door("GET", "/manager/level", level_page.page, May.REPORTS, Where.WHOLE),
    *exports("level", level_page.report),
)
