"""What an address asks of the forecast, for the page, its export and the API; and the forecast it asks for."""

from collections.abc import Iterator

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
    """Beds opened or closed by ward (each `if_ward` with its `if_beds`, in this order), planned admissions put off: by `delay` hours, the
    next `delayed` of them or all."""
    beds: dict[WardId, int] = {}
    for ward, count in _changes(request):
        beds[ward] = beds.get(ward, 0) + count
    delay = _number(request, "delay", 0, 0, MOST_HOURS)
    delayed = _number(request, "delayed", 0, 0, MOST_BEDS)
    if delayed and not delay:
        raise invalid("no-delay", "Say by how many hours the planned admissions are put off (delay).")
    return WhatIf({ward: count for ward, count in beds.items() if count}, delay, delayed)


def _changes(request: Request) -> Iterator[tuple[WardId, int]]:
    wards, counts = (request.query_params.getlist(name) for name in ("if_ward", "if_beds"))
    if len(counts) > len(wards) and any(counts[len(wards) :]):
        raise invalid("no-ward", "Say in which ward the beds are opened or closed: an if_ward for each if_beds.")
    for ward, text in zip(wards, [*counts, *[""] * len(wards)], strict=False):
        count = _whole("if_beds", text, 0, -MOST_BEDS, MOST_BEDS)
        if ward and ward not in house_of(request).plan.ward:
            raise unknown("unknown-ward", "There is no such ward.")
        if count and not ward:
            raise invalid("no-ward", "Say in which ward the beds are opened or closed.")
        if count:
            yield WardId(ward), count


def _number(request: Request, name: str, usual: int, least: int, most: int) -> int:
    return _whole(name, request.query_params.get(name) or "", usual, least, most)


def _whole(name: str, said: str, usual: int, least: int, most: int) -> int:
    text = said.strip()
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
