"""Whom a clinic's reception is told of: registered by the hospital's system, and without a number."""

from starlette.requests import Request

from flow.domain.ids import ClinicId
from flow.domain.walk_in import unseated_at
from flow.errors import Unavailable
from flow.views.walk_ins import RegisteredRow, registered_rows
from flow.web.names import known_to
from flow.web.parts import house_of


async def registered_at(request: Request, clinic: ClinicId) -> tuple[RegisteredRow, ...]:
    """Those of this clinic, and those of none that is known; while names cannot be read, without them."""
    house = house_of(request)
    hospital, now = house.desk.hospital, house.clock.now()
    found = unseated_at(hospital, clinic, now)
    whose = {each.visit: hospital.survivor(hospital.visits[each.visit].patient) for each in found}
    try:
        people = await known_to(request, [(patient, None) for patient in whose.values()])
    except Unavailable:
        people = {}
    return registered_rows(found, whose, people, house.plan, now)
