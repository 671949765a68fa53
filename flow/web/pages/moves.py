"""A ward answers whether its patient may move for another's sake: agreed, or declined with the reason."""

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.ids import RequestId
from flow.domain.move_commands import AnswerMove
from flow.domain.request import BedRequest
from flow.web.act import Done, act, act_beside
from flow.web.pages.form import form_of
from flow.web.pages.ward import show_changed
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
    if not agrees:
        return await act(request, AnswerMove(asked.id, agrees=False, reason=reason))
    done, _ = await act_beside(request, asked, asked.move.to, AnswerMove(asked.id, agrees=True))
    return done


def _asked(request: Request) -> BedRequest:
    """The move of the path; 404 when it is not one of the ward's."""
    house = house_of(request)
    found = house.desk.hospital.requests.get(RequestId(request.path_params["request"]))
    if found is None or found.move is None or house.ward_of(found.move.bed) != request.path_params["ward"]:
        raise unknown("unknown-request", "There is no such question to this ward.")
    return found
