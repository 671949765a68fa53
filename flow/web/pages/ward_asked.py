"""Which bed requests are a ward's own, and what its page shows of them. After it `ward` draws the page, `ward_requests` takes its forms."""

from starlette.requests import Request

from flow.domain.bed import BedState
from flow.domain.ids import PatientId, VisitId
from flow.domain.plan import Ward
from flow.domain.request import BedRequest
from flow.domain.roles import May
from flow.history import patients
from flow.views.places import places_in
from flow.views.ward_requests import WardRequests, is_of, ward_requests
from flow.web.names import known_to
from flow.web.parts import House, house_of
from flow.web.problems import unknown
from flow.web.security.principal import principal_of


def by_visit(house: House, ward: Ward) -> dict[VisitId, BedState]:
    """The ward's beds and temporary places in which somebody lies, by the visit."""
    places = [state.id for state in places_in(ward.id, house.live.beds.values())]
    states = [house.bed(number) for number in (*(bed.id for bed in ward.beds), *places)]
    return {state.visit: state for state in states if state is not None and state.visit is not None}


async def _lying(house: House, beds: dict[VisitId, BedState]) -> dict[VisitId, PatientId]:
    return await patients.of_visits(house.database, beds)


async def asked_here(request: Request, ward: Ward) -> WardRequests:
    """What the ward waits for."""
    house, beds = house_of(request), by_visit(house_of(request), ward)
    lying = await _lying(house, beds)
    own = [wanted for wanted in house.requests().values() if is_of(wanted, ward.id, lying)]
    known = await known_to(request, [(patient, ward.id) for patient in {*lying.values(), *(wanted.patient for wanted in own)}])
    admits = principal_of(request).may(May.ADMIT, ward.id)
    return ward_requests(house.plan, ward, own, beds, lying, known, house.live.beds, house.clock.now(), admits=admits)


async def own_request(request: Request, ward: Ward) -> BedRequest:
    """The open request of the path; 404 where it is none of this ward's."""
    house, number = house_of(request), request.path_params["request"]
    wanted = house.request(number)
    if wanted is None or not is_of(wanted, ward.id, await _lying(house, by_visit(house, ward))):
        raise unknown("unknown-request", f"This ward has no bed request {number[:40]}.")
    return wanted
