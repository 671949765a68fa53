"""Who lies in a ward's beds and who is to come to them, as far as the reader of its page may know. Before `ward`, which draws it."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

from starlette.requests import Request

from flow.domain.bed import BedState
from flow.domain.ids import BedId, PatientId, VisitId
from flow.domain.plan import Ward
from flow.domain.roles import May
from flow.history import patients
from flow.views.apart import Wrong
from flow.views.ward_places import Occupant
from flow.web.names import known_to
from flow.web.parts import house_of
from flow.web.placing import lies_wrong
from flow.web.security.principal import principal_of

K = TypeVar("K", bound=Hashable)


async def occupants_of(request: Request, ward: Ward, beds: Mapping[BedId, BedState]) -> dict[VisitId, Occupant]:
    """Who lies in these beds, by the visit."""
    visits = [state.visit for state in beds.values() if state.visit is not None]
    whose = await patients.of_visits(house_of(request).database, visits)
    return await _known(request, ward, whose)


async def comers_of(request: Request, ward: Ward, beds: Mapping[BedId, BedState]) -> dict[BedId, Occupant]:
    """To whom these beds are promised, by the bed."""
    house = house_of(request)
    whose: dict[BedId, PatientId] = {}
    for state in beds.values():
        kind, _, number = (state.reserved_for or "").partition(":")
        wanted = house.request(number) if kind == "request" else None
        visit = house.desk.hospital.visits.get(VisitId(number)) if kind == "visit" else None
        patient = wanted.patient if wanted is not None else visit.patient if visit is not None else None
        if patient is not None:
            whose[state.id] = patient
    return await _known(request, ward, whose)


def wrong_beds(request: Request, ward: Ward, beds: Mapping[BedId, BedState]) -> dict[BedId, Wrong]:
    """Who lies in isolation in a bed that is none for it, and whether another is asked for."""
    house, admits = house_of(request), principal_of(request).may(May.ADMIT, ward.id)
    found = {state.id: why for state in beds.values() if (why := lies_wrong(house, state))}
    asked = {wanted.visit for wanted in house.requests().values() if wanted.is_live and wanted.move is None}
    return {bed: Wrong(why, beds[bed].visit in asked, admits and beds[bed].visit not in asked) for bed, why in found.items()}


async def _known(request: Request, ward: Ward, whose: Mapping[K, PatientId]) -> dict[K, Occupant]:
    known = await known_to(request, [(patient, ward.id) for patient in whose.values()])
    shown = {key: known[patient] for key, patient in whose.items() if patient in known}
    return {key: Occupant(person.name, person.mrn[-4:] or None) for key, person in shown.items()}
