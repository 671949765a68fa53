"""Beds in doubt over the API: the open verify tasks, and the answer of whoever looked."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.check import Check, Doubt, Seen
from flow.domain.check_commands import AnswerCheck
from flow.domain.ids import CheckId, VisitId
from flow.domain.roles import May
from flow.web.act import act
from flow.web.api.wire import Asked, answer, listing, page, picture, read
from flow.web.parts import house_of
from flow.web.problems import forbidden, unknown
from flow.web.security.principal import principal_of


class CheckOut(msgspec.Struct):
    """A bed in doubt, why, and whether somebody was asked to look; `seen` once it is answered. `out_at` when a porter brought its patient
    out, where that is why. Never a name."""

    id: str
    bed: str
    ward: str
    doubt: Doubt
    words: str
    raised_at: datetime
    asked_at: datetime | None = None
    seen: Seen | None = None
    answered_at: datetime | None = None
    out_at: datetime | None = None
    command: int | None = None


class SeenAsked(Asked):
    """What was seen; where two claim the bed, `visit` is the one that lies there. Of a patient whom a porter brought out `empty_dirty` or
    `empty_clean` says that they have left the house, where the sign-in may discharge; else that they are without a bed."""

    seen: Seen
    visit: Annotated[str, Meta(max_length=200)] | None = None


async def list_checks(request: Request) -> Response:
    """Open verify tasks, the oldest first."""
    house, only = house_of(request), principal_of(request).only_ward(May.VERIFY)
    picture(house)
    found = sorted((c for c in house.checks() if c.is_live and only in (None, c.ward)), key=lambda c: (c.raised_at, c.id))
    listed = page(house, found, lambda check: check.id, request)
    return listing(request, msgspec.structs.replace(listed, items=[_out(check) for check in listed.items]))


async def answer_check(request: Request) -> Response:
    """Say what was seen; the bed becomes what was seen."""
    asked = await read(request, SeenAsked)
    house, number = house_of(request), CheckId(request.path_params["check"])
    check = house.desk.hospital.checks.get(number) or house.live.checks.get(number)
    if check is None:
        raise unknown("unknown-check", "There is no such verify task.")
    if not principal_of(request).may(May.VERIFY, check.ward):
        raise forbidden("That is outside the ward of this sign-in.", "other-ward")
    visit, may = VisitId(asked.visit) if asked.visit else None, principal_of(request).may(May.ADMIT, check.ward)
    done = await act(request, AnswerCheck(check.id, asked.seen, visit, may_discharge=may))
    return answer(_out(done.one(Check) or check, done.command))


def _out(check: Check, command: int | None = None) -> CheckOut:
    return CheckOut(
        id=check.id,
        bed=check.bed,
        ward=check.ward,
        doubt=check.doubt,
        words=check.words,
        raised_at=check.raised_at,
        asked_at=check.asked_at,
        seen=check.seen,
        answered_at=check.answered_at,
        out_at=check.out_at,
        command=command,
    )
