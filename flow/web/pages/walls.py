"""The screens on the walls: a ward's plan and a clinic's queue, in the class of audience that the address names and the grant allows."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.alerts import at_any_hour
from flow.domain.ids import ClinicId, WardId
from flow.errors import Unavailable
from flow.locale import in_each
from flow.views.bed_tile import Audience
from flow.views.kiosk import Kiosk
from flow.views.opd_page import opd_wall
from flow.views.ward_plan import ward_plan
from flow.views.ward_wall import WardWall
from flow.web.api.opd import of_day
from flow.web.pages.page import html
from flow.web.parts import House, house_of
from flow.web.problems import forbidden, unknown
from flow.web.security.audience import ORDER, highest_audience
from flow.web.security.cookies import csrf_token, renew_device
from flow.web.security.principal import Way, principal_of


async def ward_wall(request: Request) -> Response:
    """A ward's wall display."""
    house = house_of(request)
    ward = await house.floor_plans.ward(WardId(request.path_params["ward"]))
    audience = _audience(request, ward.id)
    at = house.clock.now()
    plan = ward_plan(ward, house.live.beds, audience, at, house.plan.zone, house.checked_beds(), house.plan.station)
    view = WardWall.of(plan, audience, at, real_clock=_real(house), silences=await silences(house), kiosk=kiosk(request))
    page = html(request, "wall/page.html", view)
    return renew_device(request, page, secure=house.secure)


async def opd_screen(request: Request) -> Response:
    """A clinic's television."""
    house, clinic = house_of(request), house_of(request).plan.clinic[ClinicId(request.path_params["clinic"])]
    at, chime = house.clock.now(), "chime" in request.query_params
    tokens = of_day(house, clinic.id)
    view = opd_wall(
        clinic,
        tokens,
        house.live.rooms,
        at,
        house.plan.zone,
        real_clock=_real(house),
        chime=chime,
        kiosk=kiosk(request),
        spoken=in_each(house.plan.opd_telling.of(clinic.id)),
    )
    return renew_device(request, html(request, "opd/screen.html", view), secure=house.secure)


def _audience(request: Request, ward: str) -> Audience:
    """The class of the address; 403 where the grant is for less."""
    text = request.path_params["audience"]
    if text not in list(Audience):
        raise unknown("unknown-audience", "A display is public, ward or staff.")
    asked = Audience(text)
    if ORDER.index(asked) > ORDER.index(highest_audience(principal_of(request), ward)):
        raise forbidden("This display's grant is for less than that.")
    return asked


def kiosk(request: Request) -> Kiosk:
    """How the page looks; a paired display's script may say what it shows."""
    principal = principal_of(request)
    paired = principal.way is Way.DEVICE and principal.audience is not None
    return Kiosk(csrf_token(principal.csrf) if paired else "", light=request.query_params.get("theme") == "light")


async def silences(house: House) -> dict[str, timedelta]:
    """How long each feed may say nothing; unknown where the journal cannot be read just now, for the wall needs only the picture."""
    try:
        return at_any_hour(await house.feeds.gaps())
    except Unavailable:
        return {}


def _real(house: House) -> bool:
    return house.settings.clock_speed == 1.0
