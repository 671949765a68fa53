"""Which moves a ward is asked for, or gets a patient by, for its page. After it `ward` draws them, `moves` takes the answers."""

from starlette.requests import Request

from flow.domain.ids import WardId
from flow.domain.request import BedRequest
from flow.domain.roles import May
from flow.views.asked_moves import AskedMove, asked_moves, state_for
from flow.web.names import known_to
from flow.web.parts import House, house_of
from flow.web.security.principal import principal_of


async def asked_of(request: Request, ward: WardId) -> tuple[AskedMove, ...]:
    """The moves that concern this ward; who comes is named to it like its own patients."""
    house, at = house_of(request), house_of(request).clock.now()
    requests = [one for one in _known(house) if state_for(one, ward, house.plan, at) is not None]
    people = await known_to(request, [(one.patient, ward) for one in requests])
    names = {patient: person.name for patient, person in people.items()}
    return asked_moves(requests, ward, house.plan, names, at, may_answer=principal_of(request).may(May.ANSWER, ward))


def _known(house: House) -> list[BedRequest]:
    """The open ones of whichever is ahead, and those that the desk saw close: the live picture has none."""
    live = house.requests()
    return [*live.values(), *(one for one in house.desk.hospital.requests.values() if not one.is_live and one.id not in live)]
