"""The line on reception's pages that says when appointments do not come in: fetched by the page itself, once a minute."""

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.ids import ClinicId
from flow.errors import Unavailable
from flow.views.booking_feed import BOOKINGS, BookingFeed, booking_feed, takes_bookings
from flow.web.pages.page import html
from flow.web.parts import House, house_of


async def line(request: Request) -> Response:
    """Whether a feed that brings this clinic's appointments is silent."""
    house = house_of(request)
    clinic = house.plan.clinic[ClinicId(request.path_params["clinic"])]
    asked = takes_bookings(clinic, house.plan, house.live.tokens.values())
    return html(request, "opd/_feed.html", await _silent(house) if asked else BookingFeed())


async def _silent(house: House) -> BookingFeed:
    """Nothing where the journal cannot be read just now: the page says by itself that it is not live."""
    now = house.clock.now()
    try:
        alarms = await house.feeds.alarms(now, house.live.feeds)
        books = await house.feeds.of(BOOKINGS) if alarms else ()
    except Unavailable:
        return BookingFeed()
    return booking_feed(alarms, books, house.plan, now)
