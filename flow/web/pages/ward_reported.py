"""What a ward's page says of cleaning to its reader. After it `ward` draws the page, `ward_cleaning` takes the taps."""

from starlette.requests import Request

from flow.domain.bed import BedState
from flow.domain.ids import BedId
from flow.domain.plan import Ward
from flow.domain.roles import May
from flow.views.ward_cleaning import WardCleaning, ward_cleaning
from flow.web.parts import house_of
from flow.web.security.principal import principal_of


async def cleaning_here(request: Request, ward: Ward, beds: dict[BedId, BedState]) -> WardCleaning:
    """What the ward's page says of cleaning, to this reader."""
    house, principal = house_of(request), principal_of(request)
    problems = await house.problems.open() if principal.may(May.BLOCK, ward.id) else []
    return ward_cleaning(house.plan, ward, beds, problems, house.clock.now(), may_ask=principal.may(May.ASK, ward.id))
