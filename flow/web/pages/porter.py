"""The porter's phone: the next job and its one big button; taps made without a network come later with their own time."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.ids import TransportId
from flow.domain.roles import May
from flow.domain.transport import is_calling
from flow.domain.transport_commands import MoveTransport, Ride
from flow.errors import Refused
from flow.locale import languages
from flow.views.page import Undo
from flow.views.porter import PorterPage, porter_page
from flow.web.act import Done, act
from flow.web.pages.page import changed, chrome, html
from flow.web.pages.phone import language_of, speaking
from flow.web.pages.phone_shell import worker_of
from flow.web.parts import house_of
from flow.web.problems import unknown
from flow.web.security.cookies import renew_device
from flow.web.security.principal import principal_of
from flow.web.tapped import tapped_at
from flow.web.who import who_of

_PAGE = "/porter"
_SAID = {Ride.ACCEPT: "I take it", Ride.PICK_UP: "Picked up", Ride.DELIVER: "Delivered", Ride.GIVE_BACK: "Given back"}
KIND: Mapping[str, str] = {
    "taken": "A colleague has this job already. The next one is yours.",
    "not-yours": "A colleague has this job, or it was given back. Nothing is lost.",
    "one-at-a-time": "Bring the one you have first, or give it back.",
    "over": "This job is over already. Thank you, nothing is lost.",
    "no-transport": "This job is over already. Thank you, nothing is lost.",
    "illegal-transition": "This job has changed since you looked. Look again.",
}
"""What the phone says where the hospital's rules say no, by the refusal's code: in its own language, and never as a reproach."""


async def page(request: Request) -> Response:
    """The porters' page."""
    switched = speaking(request, _PAGE)
    if switched is not None:
        return switched
    return renew_device(request, html(request, "porter/page.html", await _view(request)), secure=house_of(request).secure)


async def board(request: Request) -> Response:
    """Its live region alone."""
    return html(request, "porter/_board.html", await _view(request))


async def after(request: Request, undo: Undo | None) -> Response:
    """Its live region after a tap, with what can be undone."""
    return html(request, "porter/after.html", await _view(request, undo))


async def _view(request: Request, undo: Undo | None = None) -> PorterPage:
    house, principal, spoken = house_of(request), principal_of(request), language_of(request)
    frame = chrome(request, spoken.say("Transport"), "transports", undo)
    return porter_page(
        frame,
        house.plan,
        house.transports(),
        await who_of(request),
        house.clock.now(),
        spoken,
        languages=languages(),
        ward=principal.only_ward(May.CARRY),
    )


async def urgent_rides(request: Request) -> list[dict[str, str]]:
    """The urgent transports that nobody has taken, by where they begin: what a porter's phone rings for."""
    ward, jobs = principal_of(request).only_ward(May.CARRY), house_of(request).transports()
    return [{"number": job.id, "label": job.origin} for job in jobs if is_calling(job) and ward in (None, job.ward)]


async def worker(request: Request) -> Response:
    """The service worker of the porters' phone: the page opens without a network."""
    return worker_of(request, _PAGE)


async def ride(request: Request) -> Response:
    """Take a job, pick up, deliver, or give it back."""
    if request.path_params["step"] not in list(Ride):
        raise unknown("unknown-step", f"A transport can be: {', '.join(Ride)}.")
    step, house = Ride(request.path_params["step"]), house_of(request)
    at = tapped_at(request, house.clock.now())
    porter = (await who_of(request)).id
    done = await _kindly(request, MoveTransport(TransportId(request.path_params["transport"]), step, porter, at))
    return await changed(request, after, _PAGE, done, language_of(request).say(_SAID[step]))


async def _kindly(request: Request, command: MoveTransport) -> Done:
    try:
        return await act(request, command)
    except Refused as refusal:
        text = KIND.get(refusal.code)
        if text is None:
            raise
        raise Refused(language_of(request).say(text), code=refusal.code) from refusal
