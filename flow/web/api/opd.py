"""The outpatient queue over the API: clinics, their tokens, calling and moving on."""

from datetime import date, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from msgspec import UNSET, Meta, UnsetType
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.commands import CallNext, IssueToken, MarkToken, SetRoom
from flow.domain.ids import ClinicId, TokenId, VisitId
from flow.domain.opd import Group, RoomState, Token, TokenStatus
from flow.domain.opd_commands import PassToken
from flow.domain.roles import May
from flow.history import visits
from flow.views.opd_screen import waiting
from flow.web.act import act
from flow.web.api.beds import Moment
from flow.web.api.opd_people import for_person
from flow.web.api.wire import Asked, Listed, answer, listing, page, picture, read
from flow.web.parts import House, house_of
from flow.web.problems import forbidden, invalid, unknown
from flow.web.security.principal import principal_of

STEPS = {
    "arrive": TokenStatus.WAITING,
    "call": TokenStatus.CALLED,
    "start": TokenStatus.IN_ROOM,
    "finish": TokenStatus.FINISHED,
    "skip": TokenStatus.SKIPPED,
    "recall": TokenStatus.WAITING,
    "no-show": TokenStatus.NO_SHOW,
    "tests": TokenStatus.AT_TESTS,
    "return": TokenStatus.WAITING,
}
"""The last part of a token's address, and what the token becomes; one that was called and is skipped goes back by the house's policy."""


class ClinicOut(msgspec.Struct):
    """A clinic as built, with the ids of its rooms, and how many wait."""

    id: str
    name: str
    specialty: str
    floor: str
    rooms: list[str]
    waiting: int


class TokenOut(msgspec.Struct):
    """A token as it stands at `seq`; a token is a number and never a name. `only` is the room it was sent to, `passed` how often it was
    called in vain, `request` the bed request of the admission that was advised, `scanned` that it was given by Scan & Share."""

    id: str
    clinic: str
    day: date
    number: str
    status: TokenStatus
    priority: int
    issued_at: datetime
    seq: int
    room: str | None = None
    arrived_at: datetime | None = None
    called_at: datetime | None = None
    started_at: datetime | None = None
    closed_at: datetime | None = None
    calls: int = 0
    appointment: str | None = None
    due_at: datetime | None = None
    group: Group = Group.ORDINARY
    only: str | None = None
    tele: bool = False
    passed: int = 0
    tests_at: datetime | None = None
    request: str | None = None
    scanned: bool = False
    command: int | UnsetType = UNSET


class TokenAsked(Asked):
    """The next token; `booked` for an appointment whose patient has not come yet, `tele` for one who waits at home. A `group` says the
    priority. Whose it is: the patient of a `visit`, or of an `mrn`, whose appointment of the day is kept by it; anonymous without."""

    priority: Annotated[int, Meta(ge=1, le=4)] = 3
    group: Group | None = None
    tele: bool = False
    booked: bool = False
    visit: Annotated[str, Meta(max_length=60)] | None = None
    mrn: Annotated[str, Meta(max_length=60)] | None = None


class CallAsked(Asked):
    """The room to call into."""

    room: Annotated[str, Meta(min_length=1, max_length=40)]


class RoomAsked(Asked):
    """When the doctor is back, later today; null: is back now."""

    back_at: Moment | None = None


class RoomOut(msgspec.Struct):
    """A room's notice."""

    clinic: str
    room: str
    back_at: datetime | None
    seq: int
    command: int | UnsetType = UNSET


_MORE = ("started_at", "closed_at", "calls", "appointment", "due_at", "only", "tele", "passed", "tests_at", "request", "scanned")


class NothingAsked(Asked):
    """An empty body."""


async def list_clinics(request: Request) -> Response:
    """The clinics this asker may see."""
    house, principal = house_of(request), principal_of(request)
    picture(house)
    clinics = [clinic for clinic in house.plan.clinics if principal.may(May.QUEUE, clinic.id)]
    listed = page(house, clinics, lambda clinic: clinic.id, request)
    items = [
        ClinicOut(c.id, c.name, c.specialty, c.floor, [room.id for room in c.rooms], len(waiting(c, of_day(house, c.id))))
        for c in listed.items
    ]
    return listing(request, Listed(listed.as_of, listed.seq, items, listed.next))


def today(house: House) -> date:
    """The hospital's own day."""
    return house.clock.now().astimezone(ZoneInfo(house.plan.zone)).date()


def of_day(house: House, clinic: str) -> list[Token]:
    """A clinic's tokens of today, by number."""
    day = today(house)
    found = (t for t in house.live.tokens.values() if t.clinic == clinic and t.day == day)
    return sorted(found, key=lambda token: token.rank)


async def queue(request: Request) -> Response:
    """Today's tokens of a clinic: first those waiting in the order of calling, then the others by number."""
    house, clinic = house_of(request), request.path_params["clinic"]
    picture(house)
    tokens = of_day(house, clinic)
    first = waiting(house.plan.clinic[ClinicId(clinic)], tokens)
    others = [token for token in tokens if token.status is not TokenStatus.WAITING]
    listed = page(house, first + others, lambda token: token.id, request)
    return listing(request, Listed(listed.as_of, listed.seq, [token_out(token) for token in listed.items], listed.next))


def token_out(token: Token, command: int | UnsetType = UNSET) -> TokenOut:
    """A token for the wire."""
    same = ("id", "clinic", "day", "number", "status", "priority", "issued_at", "seq", "room", "arrived_at", "called_at")
    known = {name: getattr(token, name) for name in (*same, *_MORE)}
    return TokenOut(**known, group=token.of, command=command)


async def issue(request: Request) -> Response:
    """Give out the next token."""
    asked = await read(request, TokenAsked)
    house, clinic = house_of(request), ClinicId(request.path_params["clinic"])
    visit = await visits.one(house.database, asked.visit) if asked.visit else None
    if asked.visit and visit is None:
        raise invalid("unknown-visit", f"There is no visit {asked.visit}.")
    patient, number = (visit.patient, VisitId(visit.id)) if visit else (None, None)
    wanted = IssueToken(clinic, today(house), asked.priority, patient, number, asked.booked, asked.group, asked.tele)
    done = await act(request, await for_person(house, asked.mrn, wanted) if asked.mrn and visit is None else wanted)
    token = done.one(Token)
    assert token is not None
    return answer(token_out(token, done.command), 201)


async def call_next(request: Request) -> Response:
    """Call the next waiting token into a room; 409 when nobody waits or the room is busy."""
    asked = await read(request, CallAsked)
    done = await act(request, CallNext(ClinicId(request.path_params["clinic"]), asked.room))
    called = next(t for t in done.records if isinstance(t, Token) and t.status is TokenStatus.CALLED)
    return answer(token_out(called, done.command))


async def mark(request: Request) -> Response:
    """Move a token on: arrive, call again, start, finish, skip, recall, to tests and back."""
    await read(request, NothingAsked)
    token = found_token(request)
    done = await act(request, stepped(token, step_of(request)))
    return answer(token_out(done.of(Token, token.id) or token, done.command))


def stepped(token: Token, to: TokenStatus) -> MarkToken | PassToken:
    """The command of a step: whoever was called and did not come is passed over, and absent only after some times."""
    passed = token.status is TokenStatus.CALLED and to is TokenStatus.SKIPPED
    return PassToken(token.id) if passed else MarkToken(token.id, to)


def step_of(request: Request) -> TokenStatus:
    """What the last part of the address makes of a token."""
    step = STEPS.get(request.path_params["step"])
    if step is None:
        raise unknown("unknown-step", f"A token can be: {', '.join(STEPS)}.")
    return step


def found_token(request: Request) -> Token:
    """The token of the path, in a clinic of this asker."""
    house, key = house_of(request), TokenId(request.path_params["token"])
    token = house.desk.hospital.tokens.get(key) or house.live.tokens.get(key)
    if token is None:
        raise unknown("unknown-token", f"There is no token {key[:60]}.")
    if not principal_of(request).may(May.CALL, token.clinic):
        raise forbidden("That is outside the clinic of this sign-in.", "other-ward")
    return token


async def set_room(request: Request) -> Response:
    """The doctor of a room is away until a time, or back."""
    asked = await read(request, RoomAsked)
    clinic, room = ClinicId(request.path_params["clinic"]), request.path_params["room"]
    done = await act(request, SetRoom(clinic, room, asked.back_at))
    state = done.one(RoomState) or house_of(request).live.rooms.get(f"{clinic}/{room}") or RoomState(f"{clinic}/{room}", clinic, room)
    return answer(RoomOut(state.clinic, state.room, state.back_at, state.seq, done.command))
