"""The line on reception's pages that says when appointments and registrations do not come in: fetched by the page itself, once a minute."""

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.ids import ClinicId
from flow.errors import Unavailable
from flow.views.booking_feed import BOOKINGS, REGISTRATIONS, BookingFeed, booking_feed, takes_bookings
from flow.web.pages.page import html
from flow.web.parts import House, house_of


async def line(request: Request) -> Response:
    """Whether a feed that brings this clinic's appointments, or registers patients, is silent. Which clinic a registration means stands in
    each, so that a feed that sends any counts for every clinic."""
    house = house_of(request)
    clinic = house.plan.clinic[ClinicId(request.path_params["clinic"])]
    bookings = BOOKINGS if takes_bookings(clinic, house.plan, house.live.tokens.values()) else ()
    registrations = REGISTRATIONS if house.desk.hospital.rules.walk_ins else ()
    return html(request, "opd/_feed.html", await _silent(house, (*bookings, *registrations)))


async def _silent(house: House, letters: tuple[str, ...]) -> BookingFeed:
    """Nothing where the journal cannot be read just now: the page says by itself that it is not live."""
    now = house.clock.now()
    try:
        alarms = await house.feeds.alarms(now, house.live.feeds)
        books = await house.feeds.of(letters) if alarms else ()
    except Unavailable:
        return BookingFeed()
    return booking_feed(alarms, books, house.plan, now)
