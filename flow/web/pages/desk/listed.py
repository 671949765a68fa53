"""The list of suggested beds as one desk's browser has it: which beds it keeps before somebody's eyes, and who else looks at them.

`view` asks this before it draws the desk. A browser names the beds it keeps (`?kept=4B-A-01&kept=...`) while somebody chooses among them.
"""

from starlette.requests import Request

from flow.domain.ids import BedId
from flow.domain.request import BedRequest
from flow.errors import Unavailable
from flow.state.looks import Look
from flow.views.desk.card import SuggestionsLike
from flow.views.desk.ranking import ANEW, SHOWN, Seen
from flow.web.parts import House, house_of
from flow.web.security.principal import principal_of


async def listed(request: Request, wanted: BedRequest | None) -> tuple[SuggestionsLike | None, Seen]:
    """The suggestions for the request looked at, and how the desk has them before it."""
    house = house_of(request)
    if wanted is None:
        return None, ANEW
    kept = tuple(BedId(bed) for bed in request.query_params.getlist("kept")[:SHOWN] if bed in house.plan.beds)
    found = house.admissions.suggest(wanted, SHOWN)
    if {*kept} - {each.bed for each in found.ranked} and found.legal > SHOWN:
        found = house.admissions.suggest(wanted, len(house.plan.beds))
    missing = {*kept} - {each.bed for each in found.ranked}
    broken, named = house.admissions.broken, house.plan.bed_name
    lost = {bed: tuple(words.removeprefix(f"{named(bed)}: ") for words in broken(wanted, bed)) for bed in missing}
    looks = await _looks(house, [*kept, *(each.bed for each in found.ranked[:SHOWN])], principal_of(request).seat)
    return found, Seen(kept, lost, looks)


async def _looks(house: House, beds: list[BedId], seat: str) -> list[Look]:
    """Other desks' looks in the wards of these beds; none while nobody can tell."""
    wards = {house.plan.beds[bed].ward for bed in beds if bed in house.plan.beds}
    near = [bed.id for ward in wards for bed in house.plan.ward[ward].beds]
    try:
        looks = await house.admissions.looks.at(near) if house.admissions.looks is not None else {}
    except Unavailable:
        return []
    return [look for look in looks.values() if look.seat != seat]
