"""A problem reported from the phone: a reason, and a photo where one was taken. A block is proposed, and somebody who may decides.

The phone chooses the report's id (`problem`, 16 to 32 hex digits), so that its photo, sent later as the bare body of a POST to
`/housekeeping/problems/{problem}/photo`, finds the report that was sent before it.
"""

import re
import secrets

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.bed import OutOfUse
from flow.domain.cleaning_commands import ReportProblem
from flow.history.clean_problems import Problem
from flow.web.api.beds import bed_of
from flow.web.pages.form import form_of
from flow.web.pages.page import changed
from flow.web.pages.phone import after, kindly, language_of
from flow.web.parts import house_of
from flow.web.problems import invalid, unknown
from flow.web.security.principal import principal_of
from flow.web.who import who_of

_ID = re.compile(r"[0-9a-f]{16,32}")


async def report(request: Request) -> Response:
    """Report that a bed cannot be made ready; its clean pauses until somebody has looked."""
    form, house = await form_of(request), house_of(request)
    bed, state = bed_of(house, request.path_params["bed"])
    number = form.text("problem", longest=32) or secrets.token_hex(8)
    if not _ID.fullmatch(number):
        raise invalid("bad-id", "A report's id has 16 to 32 hex digits.")
    reason, who = form.word("reason", OutOfUse) or OutOfUse.REPAIR, await who_of(request)
    job = state.job.id if state.job is not None and state.job.is_open else None
    now = house.clock.now()
    await house.problems.report(Problem(number, bed.id, bed.ward, job, reason, principal_of(request).id, now))
    done = await kindly(request, bed, ReportProblem(bed.id, number, reason, who.id, form.text("job", longest=140) or None))
    request.scope["notice"] = language_of(request).say("Thank you. The supervisor looks at bed {label}.", label=bed.label)
    return await changed(request, after, "/housekeeping", done, f"{bed.label}: {language_of(request).say('Problem')}")


async def photo(request: Request) -> Response:
    """The photo of a report of this phone's: JPEG, PNG or WebP, as the bare body."""
    house, number = house_of(request), request.path_params["problem"]
    await house.limiter.check("photo", principal_of(request).id, 20, 60)
    if not await house.problems.add_photo(number, principal_of(request).id, await request.body()):
        raise unknown("unknown-problem", "There is no open report that waits for a photo.")
    return Response(status_code=204)
