"""Which discharges a ward's page shows, and for whom one may be begun. After it `ward` draws the page, `ward_discharge` takes its taps."""

from dataclasses import replace

from starlette.requests import Request

from flow.domain.bed import BedState
from flow.domain.discharge import Discharge, Milestone
from flow.domain.ids import VisitId
from flow.domain.plan import Ward
from flow.domain.roles import May
from flow.views.bed_words import bed_words
from flow.views.places import place_name
from flow.views.ward_discharge import WardDischarges, ward_discharges
from flow.views.ward_places import Choice, Occupant
from flow.web.discharges import live_discharges
from flow.web.pages.leaving import leaving
from flow.web.pages.ward_asked import by_visit
from flow.web.parts import House, house_of
from flow.web.security.principal import principal_of


async def leaving_here(request: Request, ward: Ward, occupants: dict[VisitId, Occupant]) -> WardDischarges:
    """The ward's discharges, where the reader may see any; `occupants` are the names that the page shows already."""
    house, principal = house_of(request), principal_of(request)
    if not principal.may(May.DISCHARGES, ward.id):
        return WardDischarges()
    orders = principal.may(May.DISCHARGE, ward.id) and house.plan.discharge.may_tap(principal.role, Milestone.ORDER)
    begun, lying = live_discharges(house), by_visit(house, ward)
    staying = [_choice(house, visit, state, occupants) for visit, state in lying.items() if visit not in begun] if orders else []
    order = {visit: place for place, visit in enumerate(lying)}
    found = sorted(await leaving(request, ward.id), key=lambda each: order.get(each.shown.visit, len(order)))
    if principal.may(May.ADMIT, ward.id):
        found = [replace(each, leave_at=_leave_at(ward, lying.get(each.shown.visit), begun[each.shown.visit])) for each in found]
    return ward_discharges(found, staying, may_order=orders)


def _leave_at(ward: Ward, state: BedState | None, discharge: Discharge) -> str:
    """Where the bed's form says that the patient has left, once nothing else is open."""
    return f"/wards/{ward.id}/beds/{state.id}/discharge" if state is not None and discharge.open == (Milestone.EXIT,) else ""


def _choice(house: House, visit: VisitId, state: BedState, occupants: dict[VisitId, Occupant]) -> Choice:
    place = place_name(state.temporary) if state.temporary is not None else bed_words(state.id, house.plan).partition(" ")[2]
    name = occupants.get(visit, Occupant()).name
    who = " ".join(part for part in (str(state.age) if state.age is not None else "", state.sex or "") if part)
    return Choice(visit, " · ".join(part for part in (place, name or "", who) if part))
