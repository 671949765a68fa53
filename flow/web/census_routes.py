"""The URLs of a downtime, with their right: the census that is printed before and during it; `routes` puts them among all the others."""

from flow.domain.roles import May
from flow.web.door import Door, Where
from flow.web.pages import census

CENSUS_PAGES = (
    Door("GET", "/census", census.page, May.CENSUS, Where.FILTERED),
    Door("GET", "/census/{ward}", census.of_ward, May.CENSUS, Where.WARD),
)
