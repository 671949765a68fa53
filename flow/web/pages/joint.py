"""The plan's page: all waiting requests together, accepted all or some; each row's answer stands beside it, and all can be taken back."""

from collections.abc import Iterable, Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow.domain.roles import May, Reach
from flow.errors import Refused
from flow.views.bed_words import bed_words
from flow.views.joint_plan import Answer, JointLike, PlanPage, move_key, placement_key, plan_page, whose
from flow.views.page import Undo
from flow.web.act import Done, take_back
from flow.web.api.joint import MoveAsked, OneOfEach, PlacementAsked, check_may_accept, place, planned
from flow.web.names import known_to
from flow.web.pages.page import chrome, html
from flow.web.parts import house_of
from flow.web.problems import invalid
from flow.web.security.principal import principal_of

HERE = "/admissions/plan"
MOST = 2000


async def page(request: Request) -> Response:
    """The joint plan."""
    return html(request, "plan/page.html", await _view(request))


async def board(request: Request) -> Response:
    """Its live region alone."""
    return html(request, "plan/_board.html", await _view(request))


async def accept(request: Request) -> Response:
    """Accept what is checked, or all placements; what is stale is refused row by row and the rest is done."""
    check_may_accept(request)
    form = await request.form(max_files=0, max_fields=MOST)
    names = ("shown",) if form.get("all") else ("placement", "move")
    chosen = [value for name in names for value in form.getlist(name) if isinstance(value, str)]
    if not chosen:
        raise invalid("nothing-chosen", "Nothing is chosen: check the rows to accept.")
    found, answers, done = await planned(request), [], []
    moves = OneOfEach(found)
    for number, key in enumerate(_in_order(found, chosen)):
        said, outcome = await _accepted(request, key, moves, number)
        answers.append(said)
        done += [outcome] if outcome is not None else []
    return await _answered(request, answers, _undo(request, done))


async def undo(request: Request) -> Response:
    """Take back what was accepted together, the last first; what has changed since stays."""
    answers = []
    for number in reversed(request.path_params["commands"].split(",")[:MOST]):
        if not (number.isascii() and number.isdigit() and len(number) < 19):
            raise invalid("unknown-command", "There is no such command.")
        try:
            await take_back(request, int(number))
        except Refused as refusal:
            answers.append(Answer("", "Not taken back", done=False, reason=refusal.reason))
    return await _answered(request, answers, None)


def _in_order(found: JointLike, chosen: Sequence[str]) -> list[str]:
    """As the plan has them, the most urgent first; what it has no more comes last."""
    known = [*(placement_key(row) for row in found.placements), *(move_key(row) for row in found.moves)]
    place_of = {key: place for place, key in enumerate(known)}
    return sorted(dict.fromkeys(chosen), key=lambda key: (key.count("|"), place_of.get(key, len(known))))


async def _accepted(request: Request, key: str, moves: OneOfEach, number: int) -> tuple[Answer, Done | None]:
    """One row; a malformed one is refused like a stale one."""
    parts = key.split("|")
    try:
        if len(parts) == 4:
            one = PlacementAsked(parts[0], _number(parts[1]), parts[2], _number(parts[3]))
            done, bed, words = await place(request, one, moves.plan, number), one.bed, "promised"
        elif len(parts) == 5:
            move = MoveAsked(parts[0], parts[1], _number(parts[2]), parts[3], _number(parts[4]))
            done, bed, words = await moves.ask(request, move, number), move.bed, "ward asked"
        else:
            raise _not_a_row()
    except Refused as refusal:
        bed = parts[2] if len(parts) == 4 else "".join(parts[1:2])
        return Answer(key, await _said(request, parts[0], bed), done=False, reason=refusal.reason), None
    return Answer(key, f"{await _said(request, parts[0], bed)} {words}", done=True), done


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise _not_a_row()
    return int(text)


def _not_a_row() -> Refused:
    return Refused("That is no row of a plan.", code="not-a-row")


async def _said(request: Request, number: str, bed: str) -> str:
    """`Asha Rao: 4B A1`."""
    house = house_of(request)
    hospital = house.desk.hospital
    record = next((found for found in (hospital.requests.get(number), hospital.visits.get(number)) if found), None)  # type: ignore[call-overload]
    people = await known_to(request, [(record.patient, house.ward_of(record.bed))]) if record is not None else {}
    known = house.plan.beds.get(bed)  # type: ignore[call-overload]
    where = bed_words(known.id, house.plan) if known is not None else bed[:40]
    name = people[record.patient].name if record is not None and record.patient in people else number[:40]
    return ": ".join(part for part in (name, where) if part)


def _undo(request: Request, done: Iterable[Done]) -> Undo | None:
    changed = [one for one in done if one.records]
    if not changed:
        return None
    words = f"{len(changed)} accepted" if len(changed) > 1 else "Accepted"
    return Undo(words, f"{HERE}/undo/{','.join(str(one.command) for one in changed)}", house_of(request).settings.undo_seconds)


async def _answered(request: Request, answers: Sequence[Answer], undoing: Undo | None) -> Response:
    if "hx-request" not in request.headers:
        return RedirectResponse(HERE, 303)
    return html(request, "plan/after.html", await _view(request, answers, undoing))


async def _view(request: Request, answers: Sequence[Answer] = (), undoing: Undo | None = None) -> PlanPage:
    house = house_of(request)
    found, hospital = await planned(request), house.desk.hospital
    people = await known_to(request, [(patient, house.ward_of(bed)) for patient, bed in whose(found, hospital, house.clock.now())])
    return plan_page(
        chrome(request, "Joint plan", "desk", undoing),
        found,
        hospital,
        house.clock.now(),
        people,
        writes=principal_of(request).reach(May.ASSIGN) is Reach.ALL,
        answers=answers,
    )
