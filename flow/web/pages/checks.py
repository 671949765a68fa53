"""Beds in doubt: a nurse answers on the ward's page with one tap. Before it `ward_checks` says what is asked."""

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.check import Check, Seen
from flow.domain.check_commands import AnswerCheck
from flow.domain.ids import BedId, CheckId, VisitId
from flow.domain.roles import May
from flow.views.ward_checks import ANSWERS, answers
from flow.web.act import act
from flow.web.pages import ward
from flow.web.pages.form import form_of
from flow.web.parts import House, house_of
from flow.web.problems import invalid, unknown
from flow.web.security.principal import principal_of


async def on_ward(request: Request) -> Response:
    """What a nurse saw in a bed in doubt."""
    form, check = await form_of(request), check_of(request)
    if check.ward != request.path_params["ward"]:
        raise unknown("unknown-check", "There is no such question to this ward.")
    seen, _, visit = form.needed("seen", longest=200).partition(":")
    if seen not in list(Seen):
        raise invalid("unknown-word", f"seen must be one of {', '.join(Seen)}.")
    may = principal_of(request).may(May.ADMIT, check.ward)
    done = await act(request, AnswerCheck(check.id, Seen(seen), VisitId(visit) if visit else None, may_discharge=may))
    said = WORDS | {each: words for each, _, words in answers(check.doubt)}
    return await ward.show_changed(request, done, f"{label_of(house_of(request), check.bed)}: {said[Seen(seen)].lower()}")


WORDS = {seen: words for seen, _, words in ANSWERS}


def check_of(request: Request) -> Check:
    """The check of the path; 404 when there never was one."""
    house, number = house_of(request), CheckId(request.path_params["check"])
    found = house.desk.hospital.checks.get(number) or house.live.checks.get(number)
    if found is None:
        raise unknown("unknown-check", "There is no such question.")
    return found


def label_of(house: House, bed: BedId) -> str:
    return house.plan.beds[bed].label if bed in house.plan.beds else bed
