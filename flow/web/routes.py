"""Every URL, with the right it needs and the ward it speaks of. Nothing is served that does not stand here.

The gate reads this table before each handler; the API's description (OpenAPI) and the role tests are made from it.
"""

from flow.domain.roles import May
from flow.views.availability import Availability
from flow.web.api import availability, beds, commands
from flow.web.api.wire import Listed
from flow.web.door import Door, Open, Query, Where
from flow.web.health import healthz, metrics, readyz

_PAGED = (Query("limit", "how many at most, 1 to 1000", "integer"), Query("cursor", "`next` of the page before"))
_WARD = Query("ward", "a ward's id")
_BEDS = (_WARD, Query("status", "available, occupied, cleaning or maintenance"), Query("type", "a bed type"), *_PAGED)
_V1 = "/api/v1"

_STATE = (
    Door("GET", f"{_V1}/beds/availability", availability.get_availability, May.COUNTS, gives=Availability),
    Door("GET", f"{_V1}/beds", beds.list_beds, May.BEDS, Where.FILTERED, gives=Listed[beds.BedOut], query=_BEDS),
    Door("GET", f"{_V1}/beds/{{bed}}", beds.get_bed, May.BEDS, Where.BED, gives=beds.BedOut),
    Door("POST", f"{_V1}/beds/{{bed}}/status", beds.set_status, May.ASK, Where.BED, beds.StatusAsked, beds.BedOut),
    Door("GET", f"{_V1}/wards", beds.list_wards, May.BEDS, Where.FILTERED, gives=Listed[beds.WardOut], query=_PAGED),
    Door("GET", f"{_V1}/wards/{{ward}}", beds.get_ward, May.BEDS, Where.WARD, gives=beds.WardOut),
    Door("POST", f"{_V1}/commands/{{command}}/undo", commands.undo_command, May.UNDO, gives=commands.UndoneOut),
)

_HEALTH = (
    Door("GET", "/healthz", healthz, Open.TO_ALL),
    Door("GET", "/readyz", readyz, Open.TO_ALL),
    Door("GET", "/metrics", metrics, Open.TO_ALL),
)

API: tuple[Door, ...] = (*_STATE, *_HEALTH)
PAGES: tuple[Door, ...] = ()
