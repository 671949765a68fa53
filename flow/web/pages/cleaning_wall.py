"""The housekeeping board of the house or one ward, as a wall: for screens of staff and wards, never for one where visitors walk."""

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.ids import WardId
from flow.errors import Unavailable
from flow.views.bed_tile import Audience
from flow.views.cleaning_wall import CleaningWall, cleaning_tiles
from flow.web.pages.page import html
from flow.web.pages.walls import kiosk, silences
from flow.web.parts import House, house_of
from flow.web.problems import forbidden
from flow.web.security.audience import sees_cleaning
from flow.web.security.cookies import renew_device
from flow.web.security.principal import principal_of


async def of_house(request: Request) -> Response:
    """Every bed in cleaning."""
    return await _wall(request, None)


async def of_ward(request: Request) -> Response:
    """Those of one ward."""
    return await _wall(request, WardId(request.path_params["ward"]))


async def _wall(request: Request, ward: WardId | None) -> Response:
    house, audience = house_of(request), _audience(request, ward)
    now = house.clock.now()
    tiles = cleaning_tiles(house.plan, house.live.beds, house.live.requests.values(), house.cleaning(), now, ward)
    view = CleaningWall(
        house.plan,
        tiles,
        audience,
        now,
        ward=ward,
        nicks=await _nicks(house),
        real_clock=house.settings.clock_speed == 1.0,
        silences=await silences(house),
        kiosk=kiosk(request),
    )
    return renew_device(request, html(request, "cleaning_wall/page.html", view), secure=house.secure)


def _audience(request: Request, ward: str | None) -> Audience:
    """The class of the address; 403 where the grant is for less."""
    _, _, text, *_ = request.scope["path"].split("/")
    if not sees_cleaning(principal_of(request), ward, Audience(text)):
        raise forbidden("This display's grant is for less than that.")
    return Audience(text)


async def _nicks(house: House) -> dict[str, str]:
    """What cleaners are called; nothing while the database is away, for the wall needs only the picture."""
    try:
        return {cleaner.id: cleaner.nick for cleaner in await house.cleaners.all()}
    except Unavailable:
        return {}
