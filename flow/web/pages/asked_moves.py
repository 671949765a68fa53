"""Which moves a ward is asked for, for its page. After it `ward` draws them, `moves` takes the answers."""

from starlette.requests import Request

from flow.domain.ids import WardId
from flow.domain.roles import May
from flow.views.asked_moves import AskedMove, asked_moves
from flow.web.names import known_to
from flow.web.parts import house_of
from flow.web.security.principal import principal_of


async def asked_of(request: Request, ward: WardId) -> tuple[AskedMove, ...]:
    """The moves that this ward is asked for."""
    house = house_of(request)
    requests = [one for one in house.requests().values() if one.move is not None]
    people = await known_to(request, [(one.patient, ward) for one in requests if one.move and house.ward_of(one.move.bed) == ward])
    names = {patient: person.name for patient, person in people.items()}
    return asked_moves(requests, ward, house.plan, names, may_answer=principal_of(request).may(May.ADMIT, ward))
