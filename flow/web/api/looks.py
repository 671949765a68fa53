"""Looks over the API: a desk says which bed it considers, and sees which beds others consider. Nobody is refused for it."""

from datetime import datetime, timedelta

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.ids import BedId
from flow.domain.roles import May
from flow.state.looks import LASTS, Look
from flow.web.api.request_models import Words
from flow.web.api.requests import found_request
from flow.web.api.wire import Asked, Listed, answer, listing, read
from flow.web.parts import House, house_of
from flow.web.problems import forbidden, unknown
from flow.web.security.principal import principal_of


class LookAsked(Asked):
    """The bed considered; `looking` false: not any more."""

    bed: Words
    looking: bool = True


class LookOut(msgspec.Struct):
    """Somebody considers a bed for a request until then; `mine`: the asker does, in this browser."""

    bed: str
    request: str
    until: datetime
    mine: bool


async def look(request: Request) -> Response:
    """Say that a bed is being considered for this request; others see it for 45 seconds. Answers with all looks at that bed."""
    asked, wanted, house = await read(request, LookAsked), await found_request(request), house_of(request)
    principal, bed = principal_of(request), house.plan.beds.get(BedId(asked.bed))
    if bed is None:
        raise unknown("unknown-bed", f"There is no bed {asked.bed[:40]}.")
    if not principal.may(May.ASSIGN, bed.ward):
        raise forbidden("That bed is outside the ward of this sign-in.", "other-ward")
    looks = house.admissions.looks
    if looks is not None and asked.looking:
        until = house.clock.now() + timedelta(seconds=LASTS)
        await looks.take(Look(bed.id, wanted.id, principal.id, until, principal.seat))
    elif looks is not None:
        await looks.end(bed.id, principal.seat)
    return answer(await _listed(house, [bed.id], principal.seat))


async def list_looks(request: Request) -> Response:
    """The beds that somebody considers just now."""
    house, principal = house_of(request), principal_of(request)
    only = principal.only_ward(May.ASSIGN)
    beds = [bed.id for bed in house.plan.beds.values() if only in (None, bed.ward)]
    return listing(request, await _listed(house, beds, principal.seat))


async def _listed(house: House, beds: list[BedId], seat: str) -> Listed[LookOut]:
    looks = await house.admissions.looks.at(beds) if house.admissions.looks is not None else {}
    items = [LookOut(each.bed, each.request, each.until, each.seat == seat) for each in looks.values()]
    return Listed(house.clock.now(), house.live.seq, items)
