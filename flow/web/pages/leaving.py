"""Who is about to leave, for the pages that show it: the live records joined with their beds, the names the reader may see and the results
that are still awaited; and the taps by which a discharge moves on. `discharges` and `ward_discharge` draw with it."""

from collections.abc import Iterable, Mapping

from starlette.requests import Request

from flow.domain.bed import BedState
from flow.domain.discharge import Discharge, Milestone, Way
from flow.domain.discharge_commands import AskInsurer, BeginDischarge, CallOffDischarge, DischargeCommand, MarkMilestone
from flow.domain.ids import PatientId, VisitId
from flow.domain.person import PersonDetails
from flow.domain.roles import May
from flow.history import patients
from flow.history.discharges import pending_results
from flow.views.bed_words import bed_words
from flow.views.discharge_row import STEPS, WAYS, discharge_shown, of_steps
from flow.views.discharges import Leaving
from flow.views.places import place_name
from flow.web.act import Done, act
from flow.web.discharges import (
    OF_A_STEP,
    SAY_THE_WAY,
    beds_of,
    check_known,
    check_tap,
    concerned,
    live_discharges,
    own_steps,
    sees_payment,
    taps_in,
)
from flow.web.names import known_to
from flow.web.pages.form import Form
from flow.web.parts import House, house_of
from flow.web.problems import invalid, unknown
from flow.web.security.principal import principal_of


async def leaving(request: Request, ward: str | None = None) -> list[Leaving]:
    """Those who are to leave, of one ward or of all that the reader may see."""
    house, principal = house_of(request), principal_of(request)
    only = ward or principal.only_ward(May.DISCHARGES)
    beds, found = beds_of(house), concerned(house, principal, live_discharges(house))
    wards = {number: house.ward_of(beds[number].id) if number in beds else None for number in found}
    seen = [discharge for number, discharge in found.items() if only is None or wards[number] == only]
    whose = await patients.of_visits(house.database, [each.id for each in seen])
    known = await known_to(request, [(whose[each.id], wards[each.id]) for each in seen if each.id in whose])
    pending = await pending_results(house.database, whose)
    return [_leaving(request, each, beds.get(each.id), wards[each.id], _person(each.id, whose, known), pending) for each in seen]


def _leaving(
    request: Request, discharge: Discharge, bed: BedState | None, ward: str | None, person: str, pending: Mapping[VisitId, int]
) -> Leaving:
    house, principal = house_of(request), principal_of(request)
    taps = taps_in(principal, ward)

    def may_tap(step: Milestone) -> bool:
        return taps and house.plan.discharge.may_tap(principal.role, step)

    shown = discharge_shown(
        discharge,
        house.plan.discharge,
        house.clock.now(),
        house.plan.zone,
        may_tap,
        may_say=taps and principal.role in SAY_THE_WAY,
        may_stop=may_tap(Milestone.ORDER),
    )
    if principal.role in OF_A_STEP:
        shown = of_steps(shown, own_steps(house, principal, discharge), payment=sees_payment(house, principal))
        return Leaving(shown, _place(house, bed), ward or "", "", 0)
    return Leaving(shown, _place(house, bed), ward or "", person or _body(bed), pending.get(discharge.id, 0))


def _place(house: House, bed: BedState | None) -> str:
    if bed is None:
        return ""
    return f"{bed.temporary.ward} {place_name(bed.temporary)}" if bed.temporary is not None else bed_words(bed.id, house.plan)


def _person(visit: VisitId, whose: Mapping[VisitId, PatientId], known: Mapping[PatientId, PersonDetails]) -> str:
    person = known.get(whose[visit]) if visit in whose else None
    if person is None:
        return ""
    return f"{person.name} · …{person.mrn[-4:]}" if person.mrn else person.name


def _body(bed: BedState | None) -> str:
    """Age and sex, for those who read no names."""
    parts = [str(bed.age) if bed is not None and bed.age is not None else "", (bed.sex or "") if bed is not None else ""]
    return " ".join(part for part in parts if part)


async def tap(request: Request, form: Form, deed: str, wards: Iterable[str | None]) -> tuple[Done, str]:
    """Carry out a tap on the discharge of the path's visit, which must lie in one of these wards; with the words for the undo bar."""
    house, number = house_of(request), VisitId(request.path_params["visit"])
    bed = beds_of(house).get(number)
    ward = house.ward_of(bed.id) if bed is not None else None
    check_known(house, principal_of(request), number, bed)
    if ward not in wards:
        raise unknown("unknown-visit", "There is no such patient here.")
    command, words = _command(form, deed, number, begun=number in live_discharges(house))
    check_tap(house, principal_of(request), command, ward)
    return await act(request, command), words


def _command(form: Form, deed: str, number: VisitId, *, begun: bool) -> tuple[DischargeCommand, str]:
    seen = form.number("if_seq")
    match deed:
        case "step":
            step = form.word("step", Milestone)
            if step is None:
                raise invalid("missing", "Step is missing.")
            done = form.choice("done", ("yes", "no")) != "no"
            return MarkMilestone(number, step, done), f"{STEPS[step]} {'done' if done else 'not done after all'}"
        case "way":
            way = form.word("way", Way)
            if way is None:
                raise invalid("missing", "Way is missing.")
            orders = not begun or form.text("step") == Milestone.ORDER
            return BeginDischarge(number, way, orders, if_seq=seen), f"Discharge: {WAYS[way]}"
        case "insurer":
            answered = form.choice("answered", ("yes", "no")) == "yes"
            return AskInsurer(number, answered), "Pre-authorisation answered" if answered else "Pre-authorisation asked for"
        case "call-off":
            return CallOffDischarge(number, if_seq=seen), "Discharge called off"
        case _:
            raise unknown("unknown-deed", "There is no such step.")
