"""The feeds' page: how each one is right now; its region is asked for again every five seconds."""

from starlette.requests import Request
from starlette.responses import Response

from flow.views.integration.feeds import FeedsPage, Health, feeds_page
from flow.web.pages.integration.frame import frame_of
from flow.web.pages.page import html
from flow.web.parts import House, house_of


async def page(request: Request) -> Response:
    """The feeds' health."""
    return html(request, "integration/feeds.html", await _view(request))


async def board(request: Request) -> Response:
    """Its live region alone."""
    return html(request, "integration/_feeds.html", await _view(request))


async def _view(request: Request) -> FeedsPage:
    house = house_of(request)
    return feeds_page(await frame_of(request, "/integration"), house.plan, await health_of(house), house.clock.now())


async def health_of(house: House) -> Health:
    """What is known of the feeds now."""
    now = house.clock.now()
    heard = await house.feeds.heard()
    for feed, at in house.live.feeds.items():
        heard[feed] = max(heard.get(feed, at), at)
    return Health(
        heard=heard,
        rates=await house.feeds.rates(now),
        queues=await house.feeds.queues(),
        errors=await house.feeds.errors(now),
        counters=house.integration.counters(),
        acks=house.integration.acks(),
        alarms=await house.feeds.alarms(now, house.live.feeds),
    )
