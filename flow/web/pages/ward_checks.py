"""The beds in doubt of a ward, with the names of those who are said to lie in one as far as the reader may know them. After it `ward` draws
the page, `checks` takes the answers."""

from collections.abc import Sequence

from starlette.requests import Request

from flow.domain.check import Check, Doubt
from flow.domain.ids import BedId, VisitId, WardId
from flow.domain.roles import May
from flow.history import patients
from flow.views.ward_checks import WardChecks, ward_checks
from flow.web.names import known_to
from flow.web.parts import House, house_of
from flow.web.security.principal import principal_of


async def checks_of(request: Request, ward: WardId) -> WardChecks:
    """What the ward's page asks."""
    house, principal = house_of(request), principal_of(request)
    here = [check for check in house.checks() if check.ward == ward]
    claims = {check.bed: await _named(request, check) for check in here if check.doubt is Doubt.TWO_CLAIMS}
    may = principal.may(May.VERIFY, ward)
    return ward_checks(here, ward, house.plan, house.clock.now(), reader=principal.id, claims=claims, may_answer=may)


async def _named(request: Request, check: Check) -> list[tuple[VisitId, str]]:
    """Who is said to lie in a bed: the one who holds it, then those who claim it."""
    house, sees = house_of(request), principal_of(request).sees_names(check.ward)
    visits = _said_to_lie(house, check.bed)
    whose = await patients.of_visits(house.database, visits)
    known = await known_to(request, [(patient, check.ward) for patient in whose.values()])
    names = {visit: known[patient].name for visit, patient in whose.items() if patient in known}
    return [(visit, names.get(visit) or (visit if sees else f"Patient {place}")) for place, visit in enumerate(visits, start=1)]


def _said_to_lie(house: House, bed: BedId) -> Sequence[VisitId]:
    state, hospital = house.bed(bed), house.desk.hospital
    holder = [state.visit] if state is not None and state.visit is not None else []
    claims = sorted(each for each in hospital.claims.get(bed, ()) if each in hospital.visits and hospital.visits[each].in_conflict)
    return [*holder, *(each for each in claims if each not in holder)]
