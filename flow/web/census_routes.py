"""The URLs of a downtime, with their right: the census to print, and what is entered from paper after it; `routes` has all the others."""

from flow.domain.roles import May
from flow.web.api import back_entries, back_entries_opd
from flow.web.api.wire import Listed
from flow.web.door import PAGED, Door, Where
from flow.web.pages import back_entry, back_entry_opd, census

_LINES = "/api/v1/wards/{ward}/back-entries"
_OUT = back_entries.BackEntryOut
_NUMBERS, _OF_CLINIC = "/api/v1/opd/clinics/{clinic}/back-entries", (May.CALL, Where.CLINIC)
_NUMBER = back_entries_opd.TokenEntryOut

BACK_ENTRIES = (
    Door("GET", _LINES, back_entries.list_lines, May.ENTER_BACK, Where.WARD, gives=Listed[_OUT], query=PAGED),
    Door("POST", _LINES, back_entries.enter_line, May.ENTER_BACK, Where.WARD, back_entries.BackEntryAsked, _OUT, 201),
    Door("GET", _NUMBERS, back_entries_opd.list_lines, *_OF_CLINIC, gives=Listed[_NUMBER], query=PAGED),
    Door("POST", _NUMBERS, back_entries_opd.enter_line, *_OF_CLINIC, back_entries_opd.TokenEntryAsked, _NUMBER, 201),
)

CENSUS_PAGES = (
    Door("GET", "/census", census.page, May.CENSUS, Where.FILTERED),
    Door("GET", "/census/{ward}", census.of_ward, May.CENSUS, Where.WARD),
    Door("GET", "/back-entry", back_entry.choose, May.ENTER_BACK, Where.FILTERED),
    Door("GET", "/back-entry/opd/{clinic}", back_entry_opd.page, *_OF_CLINIC),
    Door("POST", "/back-entry/opd/{clinic}/{deed}", back_entry_opd.put, *_OF_CLINIC),
    Door("GET", "/back-entry/{ward}", back_entry.page, May.ENTER_BACK, Where.WARD),
    Door("POST", "/back-entry/{ward}/{deed}", back_entry.put, May.ENTER_BACK, Where.WARD),
)
