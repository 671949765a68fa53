"""Letters by what is looked for, and one letter: masked, or opened by somebody who says why (break-glass)."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow.domain.ids import FeedId
from flow.domain.roles import May
from flow.errors import BedflowError
from flow.history.inbox import Letter
from flow.history.letters import Sought, page_after
from flow.views.integration.letter import REASONS, letter_page
from flow.views.integration.letters import STATES, Search, letters_page
from flow.views.integration.understood import understood
from flow.web.api.letters import number_of, send_in_again
from flow.web.pages.form import Form, form_of
from flow.web.pages.integration.frame import frame_of
from flow.web.pages.page import html
from flow.web.parts import House, house_of
from flow.web.problems import invalid, unknown
from flow.web.security.principal import principal_of

log = structlog.get_logger()
SHOWN = 50
OPENED = 200
LONGEST_NOTE = 200
_FIELDS = ("control_id", "visit", "state", "trigger", "feed", "code", "since", "until")


async def search(request: Request) -> Response:
    """Letters, newest first."""
    house = house_of(request)
    asked = Form(request.query_params)
    typed = _typed(asked)
    sought = _sought(asked, typed, house.plan.zone)
    rows = await house.letters.search(sought, SHOWN)
    after = page_after(sought, rows, SHOWN)
    older = urlencode({**{k: getattr(typed, k) for k in _FIELDS if getattr(typed, k)}, "below": after.below}) if after else ""
    frame = await frame_of(request, "/integration/letters")
    view = letters_page(frame, house.plan, typed, [dict(row) for row in rows], older, await house.letters.bagged())
    return html(request, "integration/letters.html", view)


def _typed(asked: Form) -> Search:
    """As typed; why a letter lies in the tray is asked of what lies there."""
    typed = Search(**{name: asked.text(name, longest=250) for name in _FIELDS})
    return replace(typed, state="parked") if typed.code else typed


def _sought(asked: Form, typed: Search, zone: str) -> Sought:
    return Sought(
        control_id=typed.control_id or None,
        visit=typed.visit or None,
        state="parked" if typed.code else asked.choice("state", STATES),
        trigger=typed.trigger.upper() or None,
        feed=typed.feed or None,
        code=typed.code or None,
        since=asked.moment("since", zone),
        until=asked.moment("until", zone),
        below=asked.number("below"),
    )


async def letter(request: Request) -> Response:
    """One letter, masked."""
    return await _letter(request, revealed=False)


async def reveal(request: Request) -> Response:
    """The same letter with its persons, for a stated reason; the opening is written down first. The note may name somebody, so it
    stays out of the log."""
    form, house, number = await form_of(request), house_of(request), number_of(request)
    reason, note = form.choice("reason", REASONS), form.text("note", longest=LONGEST_NOTE)
    if reason is None:
        raise invalid("missing", "Say why the letter is opened; an auditor reads it.")
    if await house.inbox.one(number) is None:
        raise unknown("unknown-letter", "There is no such letter.")
    actor = principal_of(request).id
    await house.reveals.note(number, actor, (reason, note), house.clock.now())
    log.warning("letter.revealed", letter=number, actor=actor, reason=reason)
    return await _letter(request, revealed=True)


async def _letter(request: Request, *, revealed: bool) -> Response:
    house, number = house_of(request), number_of(request)
    found = await house.inbox.one(number)
    if found is None:
        raise unknown("unknown-letter", "There is no such letter.")
    row, raw = dict(found[0]), found[1]
    feed = house.desk.hospital.feed(FeedId(row["feed"]))
    view = letter_page(
        await frame_of(request, "/integration/letters"),
        house.plan,
        row,
        house.integration.explain(raw, feed.charset),
        raw=raw,
        understood=sentences(house, row, raw),
        caused=await house.letters.caused(number),
        opened=await house.reveals.of_letter(number, OPENED),
        revealed=revealed,
        may_reveal=principal_of(request).may(May.REVEAL) and bool(raw),
    )
    return html(request, "integration/letter.html", view)


def sentences(house: House, row: Any, raw: bytes) -> list[str]:
    """What is understood of a letter by the rules as they stand now; why it is not."""
    if not raw:
        return []
    hospital = house.desk.hospital
    try:
        reading = house.desk.interpret(Letter(row["id"], row["feed"], row["control_id"], row["trigger"], row["received_at"], raw), hospital)
    except BedflowError as problem:
        return [f"Not understood: {problem.reason}"]
    except Exception as error:  # noqa: BLE001  # whatever a stranger's bytes do to us, the page is shown
        return [f"Not understood: Bedflow failed on it ({type(error).__name__})."]
    return understood(reading.commands, hospital.bed_at, house.plan.zone)


async def replay(request: Request) -> Response:
    """Send a parked letter in again."""
    house, number = house_of(request), number_of(request)
    await send_in_again(house, number)
    return RedirectResponse(f"/integration/letters/{number}", 303)
