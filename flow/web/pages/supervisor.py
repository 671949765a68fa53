"""The supervisor's board: two taps give a job to somebody, one settles an inspection or a problem."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.bed import BedState, CleanKind
from flow.domain.cleaning_commands import AskClean, GiveJob, InspectClean, SettleProblem
from flow.domain.cleaning_job import Why
from flow.domain.ids import BedId
from flow.domain.plan import Bed
from flow.domain.ward_commands import KeepBed
from flow.errors import Refused
from flow.history.clean_jobs import by_cleaner, times
from flow.history.clean_problems import Problem
from flow.views.page import Undo
from flow.views.supervisor import Board, Staff, supervisor_board
from flow.web.act import Done, act
from flow.web.api.beds import bed_of
from flow.web.pages.desk.view import live_requests
from flow.web.pages.form import form_of
from flow.web.pages.page import changed, chrome, html
from flow.web.pages.phone import newest_beds
from flow.web.parts import House, house_of
from flow.web.problems import invalid, unknown
from flow.web.security.principal import principal_of

_PAGE = "/supervisor"
_WEEK = timedelta(days=7)


async def page(request: Request) -> Response:
    """The supervisor's page."""
    return html(request, "supervisor/page.html", await _view(request))


async def board(request: Request) -> Response:
    """Its live region alone."""
    return html(request, "supervisor/_board.html", await _view(request))


async def after(request: Request, undo: Undo | None) -> Response:
    """Its live region after a change, with what can be undone."""
    return html(request, "supervisor/after.html", await _view(request, undo))


async def _view(request: Request, undo: Undo | None = None) -> Board:
    house = house_of(request)
    now = house.clock.now()
    today = now.astimezone(ZoneInfo(house.plan.zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    periods = {"Today": await times(house.database, today, now), "7 days": await times(house.database, now - _WEEK, now)}
    staff = Staff(await house.cleaners.all(), await by_cleaner(house.database, today, now), await house.problems.open())
    return supervisor_board(
        chrome(request, "Cleaning", "housekeeping", undo),
        house.plan,
        newest_beds(house),
        live_requests(house),
        now,
        order=house.cleaning(),
        staff=staff,
        times=periods,
    )


async def give(request: Request) -> Response:
    """Give the chosen job to a cleaner, or take it from whoever has it."""
    form, house = await form_of(request), house_of(request)
    bed, state = _known(house, form.needed("bed", longest=100))
    number = form.text("cleaner", longest=40)
    cleaner = await house.cleaners.find(number) if number else None
    if number and (cleaner is None or not cleaner.cleans):
        raise unknown("unknown-cleaner", "There is no such cleaner.")
    trained = cleaner is None or cleaner.trained
    told = cleaner is not None and cleaner.device is None
    done = await act(request, GiveJob(bed.id, _job_of(state), cleaner.id if cleaner else None, trained, told=told))
    return await changed(request, after, _PAGE, done, f"{bed.label}: {'given to ' + cleaner.nick if cleaner else 'given to nobody'}")


def _known(house: House, bed: str) -> tuple[Bed, BedState]:
    if bed not in house.plan.beds:
        raise invalid("unknown-bed", "Choose a bed first.")
    return bed_of(house, BedId(bed))


def _job_of(state: BedState) -> str:
    if state.job is None or not state.job.is_open:
        raise Refused(f"Bed {state.id} is {state.status}; there is nothing to clean.", code="no-job")
    return state.job.id


async def stat(request: Request) -> Response:
    """Make a job urgent; one that is over by now makes no clean bed dirty."""
    form, (bed, _) = await form_of(request), bed_of(house_of(request), request.path_params["bed"])
    done = await act(request, AskClean(bed.id, Why.ASKED, stat=True, job=form.needed("job", longest=140)))
    return await changed(request, after, _PAGE, done, f"{bed.label}: STAT")


async def ask(request: Request) -> Response:
    """Have a bed cleaned, by hand; on an occupied one it is one more clean today."""
    form, house = await form_of(request), house_of(request)
    bed, _ = _known(house, form.needed("bed", longest=100))
    kind = form.word("clean", CleanKind) or CleanKind.ROUTINE
    command = AskClean(bed.id, Why.ASKED, isolation=kind is CleanKind.ISOLATION, stat=kind is CleanKind.STAT)
    return await changed(request, after, _PAGE, await act(request, command), f"{bed.label}: asked for")


async def inspect(request: Request) -> Response:
    """A clean was looked at: good, or to be done again."""
    form, (bed, _) = await form_of(request), bed_of(house_of(request), request.path_params["bed"])
    good = form.choice("verdict", ("good", "again")) == "good"
    done = await act(request, InspectClean(bed.id, form.needed("job", longest=140), good))
    return await changed(request, after, _PAGE, done, f"{bed.label}: {'good' if good else 'clean again'}")


async def settle(request: Request) -> Response:
    """A report was looked at: the bed goes out of use, or its clean goes on."""
    form, house = await form_of(request), house_of(request)
    problem = await house.problems.find(request.path_params["problem"])
    if problem is None:
        raise Refused("Somebody has settled this report already.", code="settled")
    block = form.choice("verdict", ("block", "dismiss")) == "block"
    done = await settled(request, problem, block=block)
    label = house.plan.beds[problem.bed].label if problem.bed in house.plan.beds else problem.bed
    return await changed(request, after, _PAGE, done, f"{label}: {outcome(done, block=block)}")


def outcome(done: Done, *, block: bool) -> str:
    """What became of a reported bed, in words."""
    bed = done.one(BedState)
    if not block:
        return "no problem"
    return "out of use when empty" if bed is not None and bed.closes is not None else "out of use"


async def keep(request: Request) -> Response:
    """A bed that was to go out of use when its patient has left stays in use."""
    await form_of(request)
    bed, _ = bed_of(house_of(request), request.path_params["bed"])
    return await changed(request, after, _PAGE, await act(request, KeepBed(bed.id)), f"{bed.label}: stays in use")


async def settled(request: Request, problem: Problem, *, block: bool) -> Done:
    """Carry the decision out and close the report."""
    house, form = house_of(request), await form_of(request)
    command = SettleProblem(problem.bed, problem.id, block, problem.reason, form.moment("until", house.plan.zone))
    done = await act(request, command)
    await house.problems.settle(problem.id, principal_of(request).id, house.clock.now(), blocked=block)
    return done


async def photo(request: Request) -> Response:
    """The photo of a report."""
    found = await house_of(request).problems.photo(request.path_params["problem"])
    if found is None:
        raise unknown("unknown-photo", "There is no photo of this report.")
    return Response(found.body, media_type=found.type)
