"""The URLs of drawn floor plans, with their rights; `routes` puts them among all the others."""

from flow.domain.roles import May
from flow.web.door import Door, Where
from flow.web.pages import floor_plans

_WARD = "/admin/floor-plans/{ward}"

FLOOR_PLAN_PAGES = (
    Door("GET", "/admin/floor-plans", floor_plans.wards, May.DRAW),
    Door("GET", _WARD, floor_plans.page, May.DRAW, Where.WARD),
    Door("POST", _WARD, floor_plans.upload, May.DRAW, Where.WARD, status=201),
    Door("POST", f"{_WARD}/shapes/{{shape}}", floor_plans.say_bed, May.DRAW, Where.WARD),
    Door("POST", f"{_WARD}/show", floor_plans.show, May.DRAW, Where.WARD),
    Door("POST", f"{_WARD}/generated", floor_plans.generated, May.DRAW, Where.WARD),
    Door("GET", "/displays/ward/{ward}/drawing", floor_plans.shown, May.BEDS, Where.WARD),
)
