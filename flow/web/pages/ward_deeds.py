"""What a nurse does with her patients: transfer, swap, arrival, isolation, leave. Beside `ward`, which draws her page."""

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.acuity import Level
from flow.domain.bed import BedState
from flow.domain.care import Isolation
from flow.domain.commands import Chart, Person, Told
from flow.domain.ids import VisitId
from flow.domain.visit import Act, Fact, Order
from flow.domain.ward_commands import ConfirmArrival, MarkAcuity, MarkIsolation, PlacePatient, SeeScore, SwapPatients
from flow.errors import Refused
from flow.web.act import act
from flow.web.api.requests import new_id
from flow.web.pages.form import Form, form_of
from flow.web.pages.ward import check_seen, lies_in, lying_in, show_changed, target_bed
from flow.web.parts import house_of
from flow.web.placing import act_ruled
from flow.web.problems import invalid

SHORTEST_REASON = 3


async def transfer(request: Request) -> Response:
    """Move the patient of a bed to another; a rule that the bed breaks needs a reason."""
    form, (bed, state) = await form_of(request), lies_in(request)
    to, visit, reason, seq = target_bed(request, form.needed("to", longest=60)), _visit(state), _reason(form), form.number("if_seq")
    done = await act_ruled(request, ((visit, to.id),), lambda blocked, as_of: PlacePatient(visit, to.id, blocked, reason, seq, as_of))
    return await show_changed(request, done, f"{bed.label}: moved to {to.ward} {to.label}")


async def swap(request: Request) -> Response:
    """The patients of two beds change places."""
    form, (bed, state) = await form_of(request), lies_in(request)
    to = target_bed(request, form.needed("with", longest=60))
    there = house_of(request).bed(to.id)
    if there is None or there.visit is None:
        raise Refused(f"Nobody lies in bed {to.label}; transfer the patient there instead.", code="bed-empty")
    one, other, reason, seq = _visit(state), there.visit, _reason(form), form.number("if_seq")
    done = await act_ruled(
        request,
        ((one, to.id), (other, state.id)),
        lambda blocked, as_of: SwapPatients(one, other, blocked, reason, seq, as_of=as_of),
    )
    return await show_changed(request, done, f"{bed.label} and {to.label}: swapped")


async def arrived(request: Request) -> Response:
    """The patient to whom a bed is promised lies in it."""
    form, (bed, _) = await form_of(request), lies_in(request)
    done = await act(request, ConfirmArrival(bed.id, VisitId(new_id("M")), form.number("if_seq")))
    return await show_changed(request, done, f"{bed.label}: has arrived")


async def isolate(request: Request) -> Response:
    """The patient of a bed needs isolation, or no longer."""
    form, (bed, state) = await form_of(request), lies_in(request)
    kind = form.word("isolation", Isolation)
    command = MarkIsolation(_visit(state), kind, form.text("organism", longest=60) or None, form.number("if_seq"))
    return await show_changed(request, await act(request, command), f"{bed.label}: {f'{kind} isolation' if kind else 'isolation ended'}")


async def watch(request: Request) -> Response:
    """How ill the patient of a bed is, as the nurse sees it."""
    form, (bed, state) = await form_of(request), lies_in(request)
    level = form.word("level", Level)
    done = await act(request, MarkAcuity(_visit(state), level, form.number("if_seq")))
    return await show_changed(request, done, f"{bed.label}: {f'{level} risk' if level else 'risk not known'}")


async def seen(request: Request) -> Response:
    """Somebody has seen that a score has turned high."""
    form, (bed, state) = await form_of(request), lies_in(request)
    done = await act(request, SeeScore(_visit(state), form.number("if_seq")))
    return await show_changed(request, done, f"{bed.label}: high score seen")


async def leave(request: Request) -> Response:
    """Out on leave of absence until a time, or back from it. The bed stays the patient's."""
    form, (bed, state) = await form_of(request), lies_in(request)
    check_seen(form, state)
    house = house_of(request)
    visit, patient = await lying_in(house, state)
    back, now = form.moment("back", house.plan.zone), house.clock.now()
    if back is not None and back <= now:
        raise invalid("in-past", "The patient cannot be expected back in the past.")
    what = Act.RETURN if state.on_leave else Act.LEAVE_OF_ABSENCE
    fact = Fact(what, now, Order(now, number=house.desk.hospital.seq), expected=back)
    done = await act(request, Chart((Told(visit, Person(patient), fact),), by_person=True))
    return await show_changed(request, done, f"{bed.label}: {'back from leave' if state.on_leave else 'on leave'}")


def _visit(state: BedState) -> VisitId:
    if state.visit is None:
        raise Refused(f"Nobody lies in bed {state.id}.", code="bed-empty")
    return state.visit


def _reason(form: Form) -> str | None:
    reason = form.text("reason", longest=200)
    if 0 < len(reason) < SHORTEST_REASON:
        raise invalid("reason-missing", "Give a reason that others understand.")
    return reason or None
