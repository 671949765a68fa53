"""An outpatient clinic's lines of paper over the API, as `back_entries` has a ward's; the page is `pages/back_entry_opd`."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.back_entry import EnterTokenBack, TokenDeed
from flow.domain.ids import ClinicId
from flow.domain.opd import Group, Token
from flow.history.back_entry import EnteredToken, entered_tokens, one_token
from flow.web.api.back_entries import check_initials, put_line
from flow.web.api.beds import Moment
from flow.web.api.opd_people import known_person
from flow.web.api.request_models import Mrn
from flow.web.api.wire import Asked, Listed, answer, limit_of, listing, number_cursor, read, to_cursor
from flow.web.parts import house_of


class TokenEntryAsked(Asked):
    """A line of the paper: what happened (`deed`) to the clinic's number (`rank`: 14 of A-014), at what time, `by` the initials or staff
    number of whoever wrote it down. Of who was given one, whose turn (`group`) and perhaps the `mrn`, and without a `rank` the next; `sure`
    that the number is right, far above the others as it is. Of who was called, the `room`."""

    deed: TokenDeed
    at: Moment
    by: str
    rank: Annotated[int, msgspec.Meta(ge=1, le=999)] | None = None
    room: Annotated[str, msgspec.Meta(max_length=40)] | None = None
    group: Group | None = None
    mrn: Mrn | None = None
    sure: bool = False


class TokenEntryOut(msgspec.Struct):
    """A line as it was entered; `number` as it stands on the slip, where the line or the record says it. `command` is the handle to undo
    by."""

    command: int
    deed: TokenDeed
    clinic: str
    number: str
    room: str | None
    at: datetime
    by: str
    actor: str
    recorded_at: datetime


async def enter_line(request: Request) -> Response:
    """Enter one line of the clinic's paper; 409 with what the record has where it says otherwise."""
    asked = await read(request, TokenEntryAsked)
    done = await put_line(request, await line_of(request, asked))
    token = done.one(Token)
    out = _out(request, await one_token(house_of(request).database, done.command))
    return answer(msgspec.structs.replace(out, number=token.number) if token is not None and not out.number else out, 201)


async def list_lines(request: Request) -> Response:
    """What was entered from paper about a clinic, newest first."""
    house, limit = house_of(request), limit_of(request)
    found = await entered_tokens(house.database, ClinicId(request.path_params["clinic"]), limit + 1, number_cursor(request))
    items = [_out(request, each) for each in found[:limit]]
    cursor = to_cursor(items[-1].command) if len(found) > limit else None
    return listing(request, Listed(house.clock.now(), house.desk.hospital.seq, items, cursor))


async def line_of(request: Request, asked: TokenEntryAsked) -> EnterTokenBack:
    """The line as a command. 404 for an MRN that nobody has."""
    check_initials(asked.by)
    clinic = ClinicId(request.path_params["clinic"])
    command = EnterTokenBack(asked.deed, clinic, asked.at, asked.by, asked.rank, asked.room, asked.group, sure=asked.sure)
    if asked.deed is not TokenDeed.GIVEN or not asked.mrn:
        return command
    return replace(command, patient=(await known_person(house_of(request), asked.mrn))[0])


def _out(request: Request, line: EnteredToken) -> TokenEntryOut:
    said, clinic = line.command, house_of(request).plan.clinic.get(line.command.clinic)
    number = f"{clinic.prefix}-{said.rank:03d}" if clinic is not None and said.rank is not None else ""
    return TokenEntryOut(line.id, said.deed, said.clinic, number, said.room, said.at, said.by, line.actor, line.recorded_at)
