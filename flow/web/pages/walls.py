"""The screens on the walls: a ward's plan and a clinic's queue, in the class of audience that the address names and the grant allows."""

from collections.abc import Iterable
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.alerts import at_any_hour
from flow.domain.ids import ClinicId, WardId
from flow.domain.plan import Clinic, Plan
from flow.errors import Unavailable
from flow.locale import DEFAULT, in_each, words
from flow.views.bed_tile import Audience
from flow.views.kiosk import Kiosk
from flow.views.opd_wall import opd_wall, too_many
from flow.views.ward_plan import ward_plan
from flow.views.ward_wall import WardWall
from flow.views.words import Words
from flow.web.api.opd import of_day
from flow.web.pages.page import html
from flow.web.parts import House, house_of
from flow.web.problems import bad_request, forbidden, unknown
from flow.web.security.audience import ORDER, highest_audience
from flow.web.security.cookies import csrf_token, renew_device
from flow.web.security.principal import Way, principal_of


async def ward_wall(request: Request) -> Response:
    """A ward's wall display."""
    house = house_of(request)
    ward = await house.floor_plans.ward(WardId(request.path_params["ward"]))
    audience = _audience(request, ward.id)
    at = house.clock.now()
    looks, checked = kiosk(request), house.checked_beds()
    plan = ward_plan(ward, house.live.beds, audience, at, house.plan.zone, checked, house.plan.station, words=looks.words)
    view = WardWall.of(plan, audience, at, real_clock=_real(house), silences=await silences(house), kiosk=looks)
    page = html(request, "wall/page.html", view)
    return renew_device(request, page, secure=house.secure)


async def opd_screen(request: Request) -> Response:
    """A clinic's television, or that of several clinics of a waiting hall."""
    house = house_of(request)
    clinics = clinics_of(house.plan, request.path_params["clinics"].split("+"))
    at, chime, spoken = house.clock.now(), "chime" in request.query_params, spoken_in(house.plan, clinics)
    view = opd_wall(
        clinics,
        [token for clinic in clinics for token in of_day(house, clinic.id)],
        house.live.rooms,
        at,
        house.plan.zone,
        real_clock=_real(house),
        chime=chime,
        kiosk=kiosk(request, spoken[0].lang),
        spoken=spoken,
        served=await house.hall.speech.voices(),
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


def clinics_of(plan: Plan, names: Iterable[str]) -> list[Clinic]:
    """The clinics of an address, each once. Raises 400 for more than a screen has space for."""
    found = [plan.clinic[ClinicId(name)] for name in dict.fromkeys(names)]
    if len(found) > 1 and too_many(found):
        raise bad_request("too-many-rooms", "These clinics have more rooms than one screen shows. Take a second screen.")
    return found


def spoken_in(plan: Plan, clinics: Iterable[Clinic]) -> tuple[Words, ...]:
    """The languages of a waiting hall: those of all its clinics, whose patients sit among each other."""
    return in_each(dict.fromkeys(lang for clinic in clinics for lang in plan.opd_telling.of(clinic.id)))


def kiosk(request: Request, usual: str = DEFAULT) -> Kiosk:
    """How the page looks: as the address asks, else as the display was let in, else in the language that is `usual` there. A paired
    display's script may say what it shows."""
    principal, query = principal_of(request), request.query_params
    paired = principal.way is Way.DEVICE and principal.audience is not None
    said = words(query.get("lang") or principal.lang or usual)
    light = query["theme"] == "light" if "theme" in query else principal.light
    csrf, house = csrf_token(principal.csrf) if paired else "", house_of(request)
    return Kiosk(csrf, words=said, light=light, file=house.plans_then.version, made_up=house.made_up)


async def silences(house: House) -> dict[str, timedelta]:
    """How long each feed may say nothing; unknown where the journal cannot be read just now, for the wall needs only the picture."""
    try:
        return at_any_hour(await house.feeds.gaps())
    except Unavailable:
        return {}


def _real(house: House) -> bool:
    return house.settings.clock_speed == 1.0
