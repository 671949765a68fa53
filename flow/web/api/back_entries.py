"""Back entry over the API: what a ward wrote on paper while the screens were dark, entered afterwards, line by line. The page is
`pages/back_entry`, which makes its lines here, too; `flow.domain.decide.back_entry` says what contradicts the record.
"""

import re
from dataclasses import replace
from datetime import datetime
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.back_entry import Deed, EnterBack, EnterTokenBack
from flow.domain.bed import OutOfUse
from flow.domain.care import Isolation
from flow.domain.cause import Origin
from flow.domain.ids import BedId, VisitId
from flow.domain.roles import May
from flow.history.back_entry import Entered, entered, one
from flow.views.places import places_in
from flow.web.act import Done, act
from flow.web.api.beds import Moment, check_ward
from flow.web.api.request_models import Mrn, PersonAsked, Words
from flow.web.api.requests import enter, new_id
from flow.web.api.wire import Asked, Listed, answer, limit_of, listing, number_cursor, read, to_cursor
from flow.web.bed_said import said_bed
from flow.web.parts import house_of
from flow.web.problems import forbidden, invalid
from flow.web.security.principal import principal_of

RIGHTS = {Deed.CLEANED: May.CLEAN, Deed.BLOCKED: May.BLOCK, Deed.OPENED: May.BLOCK}
"""Who may enter what; what is not here, whoever admits."""
_INITIALS = re.compile(r"[\w.\- ]{1,12}")


class BackEntryAsked(Asked):
    """A line of the paper: what happened (`deed`) on which bed, as it is called, at what time, `by` the initials or staff number of whoever
    wrote it down. Of who came, `patient` (an MRN or a person); of who moved, the bed that they went `to`; of a bed out of use, the `reason`
    and perhaps a `note`; of who was isolated, the kind of `isolation` and perhaps the `organism`."""

    deed: Deed
    bed: Words
    at: Moment
    by: str
    to: Words | None = None
    patient: Mrn | PersonAsked | None = None
    reason: OutOfUse | None = None
    note: Annotated[str, msgspec.Meta(max_length=200)] = ""
    isolation: Isolation | None = None
    organism: Annotated[str, msgspec.Meta(max_length=100)] = ""


class BackEntryOut(msgspec.Struct):
    """A line as it was entered: what happened `at`, in the hand of `by`; `recorded_at` when and `actor` by whom it was entered.
    `command` is the handle to undo by."""

    command: int
    deed: Deed
    bed: str
    to: str | None
    at: datetime
    by: str
    actor: str
    recorded_at: datetime
    reason: OutOfUse | None = None
    isolation: Isolation | None = None


async def enter_line(request: Request) -> Response:
    """Enter one line of the paper; 409 with what the record has where it says otherwise."""
    asked = await read(request, BackEntryAsked)
    done = await put_line(request, await line_of(request, asked))
    return answer(_out(await one(house_of(request).database, done.command)), 201)


async def list_lines(request: Request) -> Response:
    """What was entered from paper about the beds and temporary places of a ward, newest first."""
    house = house_of(request)
    ward = check_ward(house, principal_of(request), request.path_params["ward"], May.ENTER_BACK)
    beds = [bed.id for bed in ward.beds] + [place.id for place in places_in(ward.id, house.live.beds.values())]
    limit = limit_of(request)
    found = await entered(house.database, beds, limit + 1, number_cursor(request))
    items = [_out(each) for each in found[:limit]]
    cursor = to_cursor(items[-1].command) if len(found) > limit else None
    return listing(request, Listed(house.clock.now(), house.desk.hospital.seq, items, cursor))


async def line_of(request: Request, asked: BackEntryAsked) -> EnterBack:
    """The line as a command. 403 for what this sign-in may not do there, 404 and 422 for beds and people that are none."""
    house, ward = house_of(request), request.path_params["ward"]
    bed, right = said_bed(house, asked.bed, ward), RIGHTS.get(asked.deed, May.ADMIT)
    check_initials(asked.by)
    _check_may(request, right, bed)
    to = said_bed(house, asked.to, ward) if asked.deed is Deed.MOVED and asked.to is not None else None
    if to is not None:
        _check_may(request, right, to)
    how = (asked.reason, asked.note, asked.isolation, asked.organism)
    command = EnterBack(asked.deed, bed, asked.at, asked.by, to, None, None, None, None, *how)
    if asked.deed is not Deed.CAME or asked.patient is None:
        return command
    person = asked.patient if isinstance(asked.patient, PersonAsked) else PersonAsked(asked.patient)
    patient, sex, age, _ = await enter(house, person)
    return replace(command, patient=patient, sex=sex, age=age, fresh=VisitId(new_id("M")))


def check_initials(by: str) -> None:
    """422 for what is no short sign of a person."""
    if not _INITIALS.fullmatch(by):
        raise invalid("not-initials", "Who wrote it down: initials or a staff number, 12 letters and digits at most.")


async def put_line(request: Request, line: EnterBack | EnterTokenBack) -> Done:
    """Carry it out; the log says that it comes from paper."""
    return await act(request, line, origin=Origin.PAPER)


def _check_may(request: Request, right: May, bed: BedId) -> None:
    if not principal_of(request).may(right, house_of(request).ward_of(bed)):
        raise forbidden("That is not for this sign-in to enter there.", "other-ward")


def _out(line: Entered) -> BackEntryOut:
    said = line.command
    what = (line.id, said.deed, said.bed, said.to, said.at, said.by, line.actor, line.recorded_at)
    return BackEntryOut(*what, said.reason, said.isolation)
