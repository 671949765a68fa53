"""The command centre: the whole house as a page of those who run it, and as a wall of a staff display."""

from starlette.requests import Request
from starlette.responses import Response

from flow.views.command_screen import CommandPage, CommandWall
from flow.web.api.command_centre import check_house, house_now
from flow.web.pages.page import chrome, html, pages_of
from flow.web.pages.walls import kiosk, silences
from flow.web.parts import house_of
from flow.web.security.cookies import renew_device
from flow.web.security.principal import principal_of


async def page(request: Request) -> Response:
    """The command centre."""
    house = house_of(request)
    check_house(request)
    links = [href.rpartition("/")[0] if href.startswith("/wards/") else href for href, _ in pages_of(request, principal_of(request))]
    view = CommandPage(chrome(request, "Command centre", "house"), house_now(house), house.live.as_of, tuple(links), house.plan)
    return html(request, "command_centre/page.html", view)


async def wall(request: Request) -> Response:
    """Its display: for a staff screen that is bound to no ward."""
    house = house_of(request)
    check_house(request)
    view = CommandWall(
        house.plan,
        house_now(house),
        house.live.as_of,
        real_clock=house.settings.clock_speed == 1.0,
        silences=await silences(house),
        kiosk=kiosk(request),
    )
    return renew_device(request, html(request, "command_centre/wall.html", view), secure=house.secure)
