"""A waiting patient's request over the API: edited, ready to move, taken up again, and somebody unknown identified."""

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.commands import EditRequest, MarkReady, MergePatients, TakeUpRequest
from flow.domain.person import PersonDetails
from flow.domain.request import BedRequest
from flow.web.act import act
from flow.web.api.beds import Moment
from flow.web.api.request_models import PersonAsked, RequestEdited, edited
from flow.web.api.requests import check_possible, enter, found_request, note_family, out
from flow.web.api.wire import Asked, answer, read
from flow.web.parts import House, house_of
from flow.web.problems import Denied, invalid


class ReadyAsked(Asked):
    """From when on the patient can go: `at`, or now; `ready` false: not after all."""

    ready: bool = True
    at: Moment | None = None


async def edit(request: Request) -> Response:
    """Change what a request asks for; 409 when it changed since, or when a promised bed was chosen by what would change."""
    asked, wanted, house = await read(request, RequestEdited), await found_request(request), house_of(request)
    await note_family(house, asked.mother_of, asked.baby_of)
    new = edited(wanted, asked, house.people.pseudonym)
    check_possible(house.plan, new.type, new.needs)
    done = await act(request, EditRequest(new, asked.if_seq))
    return answer(await out(request, done.one(BedRequest) or wanted, done.command))


async def ready(request: Request) -> Response:
    """Say that the patient is ready to move, or is not after all."""
    asked, wanted = await read(request, ReadyAsked), await found_request(request)
    at = (asked.at or house_of(request).clock.now()) if asked.ready else None
    done = await act(request, MarkReady(wanted.id, at))
    return answer(await out(request, done.one(BedRequest) or wanted, done.command))


async def take_up(request: Request) -> Response:
    """Put an expired or cancelled request back on the list, with its old clock."""
    wanted = await found_request(request)
    done = await act(request, TakeUpRequest(wanted.id))
    return answer(await out(request, done.one(BedRequest) or wanted, done.command))


async def identify(request: Request) -> Response:
    """Say who an unknown patient is: everything goes on under the person of that MRN."""
    asked, wanted, house = await read(request, PersonAsked), await found_request(request), house_of(request)
    if asked.mrn is None:
        raise invalid("patient-missing", "Say who it is: mrn.")
    await check_unknown(house, wanted)
    patient, *_ = await enter(house, asked)
    await house.people.put([PersonDetails(patient, once=wanted.patient)], house.clock.now())
    done = await act(request, MergePatients(wanted.patient, patient))
    return answer(await out(request, done.of(BedRequest, wanted.id) or wanted, done.command))


async def check_unknown(house: House, wanted: BedRequest) -> None:
    """Only somebody whom nobody knew is identified; 409 for anybody else."""
    known = (await house.people.get([wanted.patient])).get(wanted.patient)
    if known is None or not known.unknown:
        raise Denied(409, "known-already", "This patient is known; persons are merged by the feed (A40).")
