"""The URLs of a downtime, with their right: the census to print, and what is entered from paper after it; `routes` has all the others."""

from flow.domain.roles import May
from flow.web.api import back_entries
from flow.web.api.wire import Listed
from flow.web.door import Door, Where
from flow.web.pages import back_entry, census
from flow.web.report_routes import PAGED

_LINES = "/api/v1/wards/{ward}/back-entries"
_OUT = back_entries.BackEntryOut

BACK_ENTRIES = (
    Door("GET", _LINES, back_entries.list_lines, May.ENTER_BACK, Where.WARD, gives=Listed[_OUT], query=PAGED),
    Door("POST", _LINES, back_entries.enter_line, May.ENTER_BACK, Where.WARD, back_entries.BackEntryAsked, _OUT, 201),
)

CENSUS_PAGES = (
    Door("GET", "/census", census.page, May.CENSUS, Where.FILTERED),
    Door("GET", "/census/{ward}", census.of_ward, May.CENSUS, Where.WARD),
    Door("GET", "/back-entry", back_entry.choose, May.ENTER_BACK, Where.FILTERED),
    Door("GET", "/back-entry/{ward}", back_entry.page, May.ENTER_BACK, Where.WARD),
    Door("POST", "/back-entry/{ward}/{deed}", back_entry.put, May.ENTER_BACK, Where.WARD),
)
