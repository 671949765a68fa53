"""The housekeeping phone: the next bed and its one big button, daily cleans, what was found dirty, and the PIN that unlocks the phone."""

from collections.abc import Mapping
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow.domain.bed import BedState, BedStatus
from flow.domain.cleaning_commands import AskClean, CleanDaily, Tap, TapClean
from flow.domain.cleaning_job import Step, Why
from flow.domain.commands import Command
from flow.domain.ids import BedId, WardId
from flow.domain.plan import Bed
from flow.domain.roles import May
from flow.errors import Refused
from flow.locale import DEFAULT, languages, words
from flow.views.page import Undo
from flow.views.phone import PhonePage, phone_page
from flow.views.ward_checks import phone_checks
from flow.views.words import Words
from flow.web.act import Done, act
from flow.web.api.beds import bed_of
from flow.web.pages.desk.view import live_requests
from flow.web.pages.form import form_of
from flow.web.pages.page import changed, chrome, html
from flow.web.parts import House, house_of
from flow.web.problems import unknown
from flow.web.security.cookies import renew_device
from flow.web.security.principal import principal_of
from flow.web.tapped import tapped_at
from flow.web.tongue import goes_on_in
from flow.web.who import who_of

SAID = {
    Tap.COMING: "On the way",
    Tap.START: "Cleaning started",
    Tap.PAUSE: "Cleaning paused",
    Tap.STEP: "Step done",
    Tap.DONE: "Clean done",
}
KIND: Mapping[str, str] = {
    "already-clean": "Bed {label} is clean already: a colleague was faster. Thank you, nothing is lost.",
    "bed-occupied": "A patient lies in bed {label} already. Thank you, nothing is lost.",
    "taken": "A colleague has bed {label} already. The next bed is yours.",
    "handed-on": "Bed {label} went to a colleague meanwhile. The next bed is yours.",
    "other-job": "Bed {label} was used since. Look at what it needs now.",
    "no-job": "Bed {label} was used since. Look at what it needs now.",
    "stale": "Bed {label} has changed since you looked. Look again.",
    "out-of-use": "Bed {label} is out of use now. Thank you, nothing is lost.",
    "not-trained": "Bed {label} needs an isolation clean by a trained colleague.",
    "steps-left": "Some steps of bed {label} are left. Do them first.",
    "other-step": "Another step of bed {label} comes first.",
    "not-begun": "Start cleaning bed {label} first.",
    "problem-open": "The problem of bed {label} is being looked at.",
    "not-occupied": "Nobody lies in bed {label} any more. Thank you, nothing is lost.",
}
"""What a phone says where the hospital's rules say no, by the refusal's code: in its own language, and never as a reproach."""


async def page(request: Request) -> Response:
    """The cleaners' page."""
    switched = speaking(request, "/housekeeping")
    if switched is not None:
        return switched
    return renew_device(request, html(request, "housekeeping/page.html", await view_of(request)), secure=house_of(request).secure)


def speaking(request: Request, page: str) -> Response | None:
    """Back to a page of the phone in the language that was tapped; None where none was."""
    return goes_on_in(request, RedirectResponse(page, 303)) if request.query_params.get("lang") in languages() else None


async def board(request: Request) -> Response:
    """Its live region alone."""
    return html(request, "housekeeping/_board.html", await view_of(request))


async def after(request: Request, undo: Undo | None) -> Response:
    """Its live region after a change, with what can be undone."""
    return html(request, "housekeeping/after.html", await view_of(request, undo))


def language_of(request: Request) -> Words:
    """The language chosen on this phone."""
    chosen = request.cookies.get("lang", DEFAULT)
    return words(chosen if chosen in languages() else DEFAULT)


async def view_of(request: Request, undo: Undo | None = None) -> PhonePage:
    """What the phone shows."""
    house, principal = house_of(request), principal_of(request)
    spoken, who, now = language_of(request), await who_of(request), house.clock.now()
    ward = principal.only_ward(May.JOBS)
    nearby = who.wards if ward is None else frozenset({WardId(ward)})
    shown = phone_page(
        chrome(request, spoken.say("Cleaning"), "housekeeping", undo),
        house.plan,
        newest_beds(house),
        live_requests(house),
        now,
        spoken,
        order=house.cleaning(),
        who=who,
        ward=ward,
        languages=languages(),
        notice=request.scope.get("notice", ""),
    )
    return replace(shown, checks=phone_checks(house.checks(), nearby, house.plan, now, spoken))


def newest_beds(house: House) -> dict[BedId, BedState]:
    """Every bed as this process knows it best."""
    return {key: house.bed(key) or state for key, state in house.live.beds.items()}


async def step(request: Request) -> Response:
    """Answer an offered job, start, pause, do a step of or finish the clean of a bed."""
    form, (bed, _) = await form_of(request), bed_of(house_of(request), request.path_params["bed"])
    if request.path_params["step"] not in list(Tap):
        raise unknown("unknown-step", f"A clean can be: {', '.join(Tap)}.")
    tap, who = Tap(request.path_params["step"]), await who_of(request)
    at = tapped_at(request, house_of(request).clock.now())
    job, seen = form.text("job", longest=140) or None, form.number("if_seq")
    command = TapClean(bed.id, tap, who.id, who.trained, job, at, seen, form.word("part", Step))
    done = await kindly(request, bed, command)
    state = done.of(BedState, bed.id)
    if state is not None and state.status is BedStatus.OCCUPIED:
        text = "A patient lies in bed {label} already. Your clean is written down. Thank you."
        request.scope["notice"] = language_of(request).say(text, label=bed.label)
    return await changed(request, after, "/housekeeping", done, f"{bed.label}: {language_of(request).say(SAID[tap])}")


async def kindly(request: Request, bed: Bed, command: Command) -> Done:
    """Carry a tap out; a refusal is told in the phone's language."""
    try:
        return await act(request, command)
    except Refused as refusal:
        text = KIND.get(refusal.code)
        if text is None:
            raise
        raise Refused(language_of(request).say(text, label=bed.label), code=refusal.code) from refusal


async def dirty(request: Request) -> Response:
    """A bed was found dirty, by whoever stands beside it."""
    bed, _ = bed_of(house_of(request), request.path_params["bed"])
    done = await kindly(request, bed, AskClean(bed.id, Why.FOUND_DIRTY))
    return await changed(request, after, "/housekeeping", done, f"{bed.label}: {language_of(request).say('Found dirty')}")


async def daily(request: Request) -> Response:
    """The daily clean of an occupied bed was done."""
    house, (bed, _) = house_of(request), bed_of(house_of(request), request.path_params["bed"])
    command = CleanDaily(bed.id, (await who_of(request)).id, tapped_at(request, house.clock.now()))
    done = await kindly(request, bed, command)
    return await changed(request, after, "/housekeeping", done, f"{bed.label}: {language_of(request).say('Clean done')}")
