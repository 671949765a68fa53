"""The URLs of a downtime, with their right: the census to print, and what is entered from paper after it; `routes` has all the others."""

from flow.domain.roles import May
from flow.web.door import Door, Where
from flow.web.pages import back_entry, census

CENSUS_PAGES = (
    Door("GET", "/census", census.page, May.CENSUS, Where.FILTERED),
    Door("GET", "/census/{ward}", census.of_ward, May.CENSUS, Where.WARD),
    Door("GET", "/back-entry", back_entry.choose, May.ENTER_BACK, Where.FILTERED),
    Door("GET", "/back-entry/{ward}", back_entry.page, May.ENTER_BACK, Where.WARD),
    Door("POST", "/back-entry/{ward}/{deed}", back_entry.put, May.ENTER_BACK, Where.WARD),
)
