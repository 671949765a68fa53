"""What an address asks of the forecast, for the page, its export and the API; and the forecast it asks for."""

from starlette.requests import Request

from flow.domain.forecast import HORIZONS, Outlooks, WhatIf
from flow.domain.ids import WardId
from flow.views.forecast_page import HOUSE, Asked, known_groups, ordered
from flow.web.parts import House, house_of
from flow.web.problems import invalid, unknown

MOST_BEDS, MOST_HOURS = 500, 48


def asked_of(request: Request) -> Asked:
    """What the address asks for. What is considered is from now on: an issued forecast stands as it was issued."""
    house, query = house_of(request), request.query_params
    of = query.get("of") or HOUSE
    if of not in known_groups(house.plan):
        raise unknown("unknown-group", "There is no such ward or specialty.")
    hours = _number(request, "hours", 8, 1, 24)
    what_if = what_if_of(request)
    return Asked(of, hours if hours in HORIZONS else 8, query.get("at") == "issued" and not what_if.is_any, what_if)


def what_if_of(request: Request) -> WhatIf:
    """Beds opened or closed in a ward (`if_ward`, `if_beds`), planned admissions put off by hours (`delay`)."""
    ward = request.query_params.get("if_ward") or None
    if ward is not None and ward not in house_of(request).plan.ward:
        raise unknown("unknown-ward", "There is no such ward.")
    beds = _number(request, "if_beds", 0, -MOST_BEDS, MOST_BEDS)
    if beds and ward is None:
        raise invalid("no-ward", "Say in which ward the beds are opened or closed.")
    return WhatIf({WardId(ward): beds} if ward is not None and beds else {}, _number(request, "delay", 0, 0, MOST_HOURS))


def _number(request: Request, name: str, usual: int, least: int, most: int) -> int:
    text = (request.query_params.get(name) or "").strip()
    try:
        found = int(text) if text else usual
    except ValueError:
        found = most + 1
    if not least <= found <= most:
        raise invalid("bad-number", f"{name} is a whole number from {least} to {most}.")
    return found


async def outlooks_of(house: House, asked: Asked) -> Outlooks:
    """The forecast asked for: as issued for the last huddle where there is one, else from now on."""
    if asked.issued and (newest := await house.forecasts.newest()) is not None:
        return ordered(newest, house.plan)
    if house.managers.forecast is None:
        return Outlooks(house.clock.now(), 0.0, ())
    return await house.managers.forecast(asked.what_if)
