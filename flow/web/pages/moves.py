"""A ward answers whether its patient may move for another's sake, or whether it can take one who comes; and says who is never moved."""

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.care import Rest
from flow.domain.ids import RequestId, WardId
from flow.domain.move_commands import AnswerMove, MarkRest
from flow.domain.request import BedRequest
from flow.errors import Refused
from flow.web.act import Done, act, act_beside
from flow.web.pages.form import form_of
from flow.web.pages.ward import lies_in, show_changed
from flow.web.parts import house_of
from flow.web.problems import unknown


async def answer(request: Request) -> Response:
    """Agree to a move, or decline it; 409 in place when the patient or the bed is not there any more."""
    form, asked = await form_of(request), _asked(request)
    agrees = form.choice("answer", ("agree", "decline")) == "agree"
    done = await answered(request, asked, agrees=agrees, reason=form.text("reason", longest=200))
    return await show_changed(request, done, "Move agreed" if agrees else "Move declined")


async def answered(request: Request, asked: BedRequest, *, agrees: bool, reason: str) -> Done:
    """Carry the ward's word out, with the hard rules asked again."""
    assert asked.move is not None
    word = AnswerMove(asked.id, agrees, reason, ward=WardId(request.path_params["ward"]))
    if not agrees:
        return await act(request, word)
    done, _ = await act_beside(request, asked, asked.move.to, word)
    return done


def _asked(request: Request) -> BedRequest:
    """The move of the path; 404 when its patient is neither the ward's nor to come there."""
    house = house_of(request)
    found = house.desk.hospital.requests.get(RequestId(request.path_params["request"]))
    wards = (house.ward_of(found.move.bed), house.ward_of(found.move.to)) if found is not None and found.move is not None else ()
    if found is None or request.path_params["ward"] not in wards:
        raise unknown("unknown-request", "There is no such question to this ward.")
    return found


async def mark_rest(request: Request) -> Response:
    """Say why the patient of a bed is never moved for another's sake, or that they may be."""
    form, (bed, state) = await form_of(request), lies_in(request)
    if state.visit is None:
        raise Refused(f"Nobody lies in bed {bed.label}.", code="bed-empty")
    rest = frozenset(Rest(each) for each in form.all("rest") if each in set(Rest))
    done = await act(request, MarkRest(state.visit, rest, form.number("if_seq")))
    return await show_changed(request, done, f"{bed.label}: {'not to be moved for others' if rest else 'may be moved'}")
