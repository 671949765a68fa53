"""Asking for a porter: the form's choices for a ward or the whole house, and what was chosen as a command. `transports` and
`ward_transport` answer with it; a place is chosen from the hospital file, so that nobody writes a name there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_hex

from starlette.requests import Request

from flow.domain.bed import BedState
from flow.domain.ids import BedId, TransportId, VisitId, WardId
from flow.domain.plan import Ward
from flow.domain.roles import May
from flow.domain.transport import Carried, Transport
from flow.domain.transport_commands import CancelTransport, RequestTransport
from flow.domain.transport_rules import EXIT, THE_EXIT
from flow.views.places import place_name
from flow.views.porter import visits_under_way
from flow.views.transport_rows import AskTransport, WardTransports, transport_rows
from flow.views.ward_places import Choice, Occupant
from flow.web.act import Done, act
from flow.web.pages.form import Form
from flow.web.pages.ward_asked import by_visit
from flow.web.parts import House, house_of
from flow.web.problems import invalid, unknown
from flow.web.security.principal import principal_of

_TARGET = re.compile(r"(?P<kind>exit|place|ward):?(?P<name>.*)", re.DOTALL)


def jobs_of(house: House, ward: str | None) -> list[Transport]:
    """The jobs that a ward asked for; None: all."""
    return [job for job in house.transports() if ward in (None, job.ward)]


def transports_here(request: Request, ward: Ward, occupants: Mapping[VisitId, Occupant]) -> WardTransports:
    """The ward's part of its page; `occupants` are the names that the page shows already."""
    house, principal = house_of(request), principal_of(request)
    if not principal.may(May.TRANSPORTS, ward.id):
        return WardTransports()
    asks = principal.may(May.ASK_TRANSPORT, ward.id)
    rows = transport_rows(jobs_of(house, ward.id), house.plan.transport, house.clock.now(), may_cancel=asks)
    return WardTransports(rows, _form(house, ward, occupants) if asks else None, shown=True)


def _form(house: House, ward: Ward, occupants: Mapping[VisitId, Occupant]) -> AskTransport:
    under_way = visits_under_way(house.transports())
    lying = [(visit, state) for visit, state in by_visit(house, ward).items() if visit not in under_way]
    patients = tuple(Choice(state.id, _patient(house, state, occupants.get(visit))) for visit, state in lying)
    return AskTransport((*patients, Choice("", f"{ward.name}: a thing")), _targets(house, ward.id))


def _patient(house: House, state: BedState, who: Occupant | None) -> str:
    label = house.plan.beds[state.id].label if state.id in house.plan.beds else place_name(state.temporary) if state.temporary else state.id
    return f"{label} · {who.name}" if who is not None and who.name else label


def house_form(request: Request) -> AskTransport | None:
    """The desk's: any bed of the house by its ward and label."""
    house, principal = house_of(request), principal_of(request)
    if not principal.may(May.ASK_TRANSPORT):
        return None
    under_way, beds = visits_under_way(house.transports()), (house.bed(number) for number in house.plan.beds)
    lying = [state for state in beds if state is not None and state.visit is not None and state.visit not in under_way]
    return AskTransport(tuple(Choice(state.id, house.plan.bed_name(state.id)) for state in lying), _targets(house, None))


def _targets(house: House, here: WardId | None) -> tuple[Choice, ...]:
    places = (Choice(f"place:{name}", name) for name in house.plan.transport.places)
    wards = (Choice(f"ward:{ward.id}", ward.name) for ward in house.plan.wards if ward.id != here)
    exits = (Choice(f"{EXIT}:{name}", f"{name}, leaves the house") for name in house.plan.transport.exits)
    return (Choice(EXIT, "Exit, leaves the house"), *exits, *places, *wards)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: from a bed (none: a thing of the ward's), where to, how, how soon."""

    bed: BedId | None
    to: str
    carried: Carried = Carried.WHEELCHAIR
    oxygen: bool = False
    priority: int = 3


def wanted_by(form: Form) -> Wanted:
    """What a form says."""
    carried, priority = form.word("carried", Carried) or Carried.WHEELCHAIR, int(form.choice("priority", "1234") or "3")
    bed = form.text("bed", longest=80)
    return Wanted(BedId(bed) if bed else None, form.needed("to", longest=120), carried, form.text("oxygen") == "yes", priority)


async def ask_for(request: Request, wanted: Wanted, ward: Ward) -> Done:
    """Ask for a porter to the ward."""
    house, bed = house_of(request), wanted.bed
    if bed is not None and house.ward_of(bed) != ward.id:
        raise unknown("unknown-bed", "There is no such bed here.")
    to, leaving = _target(house, wanted.to)
    asked = Transport(
        TransportId(f"T-{token_hex(5)}"),
        ward.id,
        _origin(house, bed, ward),
        to,
        house.clock.now(),
        wanted.carried if bed is not None else Carried.THING,
        wanted.oxygen and bed is not None,
        wanted.priority,
        bed=bed,
        leaving=leaving,
    )
    return await act(request, RequestTransport(asked))


def _origin(house: House, bed: BedId | None, ward: Ward) -> str:
    if bed is None:
        return ward.name
    return house.plan.bed_name(bed) if bed in house.plan.beds else f"{ward.id} {bed}"


def _target(house: House, said: str) -> tuple[str, bool]:
    """The destination in words, and whether it leads out of the house."""
    found = _TARGET.fullmatch(said)
    kind, name = (found["kind"], found["name"]) if found is not None else ("", "")
    if kind == EXIT and (not name or name in house.plan.transport.exits):
        return name or THE_EXIT, True
    if kind == "place" and name in house.plan.transport.places:
        return name, False
    if kind == "ward" and name in house.plan.ward:
        return house.plan.ward[WardId(name)].name, False
    raise invalid("unknown-place", "Choose where to from the list.")


async def call_off(request: Request, ward: str | None) -> Done:
    """The job of the path is not needed any more; it must be one of this ward's (None: of any)."""
    number = TransportId(request.path_params["transport"])
    if not any(job.id == number for job in jobs_of(house_of(request), ward)):
        raise unknown("unknown-transport", "There is no such transport any more.")
    return await act(request, CancelTransport(number))
