"""`GET /api/v1/beds/availability`: the counts by ward and type, the most read answer of all, from kept bytes."""

from dataclasses import replace

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.roles import May, Reach
from flow.views.availability import Availability, Counts, availability
from flow.web.api.wire import picture
from flow.web.parts import House, house_of
from flow.web.security.principal import principal_of


async def get_availability(request: Request) -> Response:
    """Counts for the whole house, or for the one ward of a display."""
    house, principal = house_of(request), principal_of(request)
    only = principal.only_ward(May.COUNTS) if principal.reach(May.COUNTS) is Reach.WARD else None
    epoch = picture(house)
    return house.kept.answer(request, house.live, epoch, f"availability:{only or ''}", lambda: _bytes(house, only))


def _bytes(house: House, only: str | None) -> bytes:
    found = availability(house.plan, house.live.beds, house.live.seq, house.live.as_of)
    return msgspec.json.encode(found if only is None else _of_ward(found, only))


def _of_ward(found: Availability, ward: str) -> Availability:
    wards = tuple(counts for counts in found.wards if counts.ward == ward)
    totals = [Counts(**{name: getattr(counts, name) for name in Counts.__dataclass_fields__}) for counts in wards]
    return replace(found, wards=wards, totals=totals[0] if totals else Counts())
