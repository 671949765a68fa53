"""The feeds' letters over the API: what was received, what lies in the exceptions tray and why, sending one in again.

No body with a name leaves: of a letter's text only the segments that speak of the place and the event are shown.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Protocol

import msgspec
from msgspec import Meta
from starlette.requests import Request
from starlette.responses import Response

from flow.errors import Refused
from flow.history.letters import Sought
from flow.web.api.wire import Asked, Listed, answer, limit_of, listing, moment, number_cursor, one_of, read, to_cursor
from flow.web.names import DOTS
from flow.web.parts import House, house_of
from flow.web.problems import unknown

STATES = ("received", "handled", "parked", "duplicate")
_SHOWN: Mapping[str, set[int] | None] = {
    "MSH": None,
    "NPU": None,
    "EVN": {1, 2, 4, 6},
    "PV1": {2, 3, 4, 6, 18, 19, 36, 39, 40, 42, 44, 45},
    "PV2": {1, 8, 9},
}
"""The segments that speak of message, event, place and bed, and of those the fields without people or free text (None: all)."""


_SEGMENT = re.compile(r"[A-Z][A-Z0-9]{2}")


class Row(Protocol):
    """A row of the journal."""

    def __getitem__(self, name: str, /) -> Any: ...


class LetterOut(msgspec.Struct):
    """A letter: received | handled | parked | duplicate, what it led to, and why it was parked. `masked` in one letter's own answer;
    `gone` where its text is no longer kept: retained-out | erased."""

    id: int
    feed: str
    sender: str
    control_id: str
    trigger: str
    received_at: datetime
    state: str
    handled_at: datetime | None = None
    reason: str | None = None
    code: str | None = None
    warnings: list[str] = []
    visit: str | None = None
    events: int = 0
    gone: str | None = None
    gone_at: datetime | None = None
    masked: str | None = None


class ReplayAsked(Asked):
    """All parked letters of a code, of one feed or of all."""

    code: Annotated[str, Meta(min_length=1, max_length=60)]
    feed: str | None = None


class ReplayedOut(msgspec.Struct):
    """How many letters went back into the queue."""

    letters: int


async def list_letters(request: Request) -> Response:
    """Letters, newest first, by what is looked for."""
    house, limit, query = house_of(request), limit_of(request), request.query_params
    sought = Sought(
        control_id=query.get("control_id"),
        visit=query.get("visit"),
        state=one_of(request, "state", STATES),
        trigger=query.get("trigger"),
        feed=query.get("feed"),
        since=moment(query["since"], "since") if "since" in query else None,
        until=moment(query["until"], "until") if "until" in query else None,
        below=number_cursor(request),
    )
    rows = await house.letters.search(sought, limit)
    after = to_cursor(rows[-1]["id"]) if len(rows) == limit else None
    return listing(request, Listed(house.live.as_of, house.live.seq, [letter_out(row) for row in rows], after))


def letter_out(row: Row, masked: str | None = None) -> LetterOut:
    """A row of the journal for the wire."""
    known = {name: row[name] for name in LetterOut.__struct_fields__ if name not in ("masked", "warnings", "handled_at")}
    handled = None if row["state"] == "received" else row["handled_at"]  # a letter sent in again waits since then
    return LetterOut(**known, handled_at=handled, warnings=[w for w in row["warnings"] or [] if w], masked=masked)


async def get_letter(request: Request) -> Response:
    """One letter, its text masked."""
    house = house_of(request)
    found = await house.inbox.one(number_of(request))
    if found is None:
        raise _no_letter()
    row, raw = found
    return answer(letter_out(row, masked_text(raw)))


def number_of(request: Request) -> int:
    """The letter's number in the path."""
    text: str = request.path_params["letter"]
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise _no_letter()
    return int(text)


def _no_letter() -> Exception:
    return unknown("unknown-letter", "There is no such letter.")


def masked_text(raw: bytes) -> str:
    """The letter's segments a line each; whatever may speak of a person is dots."""
    lines = [line for line in raw.decode("utf-8", "replace").replace("\n", "\r").split("\r") if line.strip()]
    separator = lines[0][3:4] if lines and lines[0].startswith("MSH") else "|"
    return "\n".join(_masked(line, separator) for line in lines)


def _masked(line: str, separator: str) -> str:
    name = line[:3]
    if not _SEGMENT.fullmatch(name) or not separator or line[3:4] != separator:
        return DOTS
    if name not in _SHOWN:
        return f"{name}{separator}{DOTS}"
    fields, shown = line.split(separator), _SHOWN[name]
    if shown is None:
        return line
    return separator.join(field if place == 0 or place in shown or not field else DOTS for place, field in enumerate(fields))


async def replay(request: Request) -> Response:
    """Put a parked letter back into the queue; 409 when it is not parked."""
    house, number = house_of(request), number_of(request)
    await send_in_again(house, number)
    found = await house.inbox.one(number)
    assert found is not None
    return answer(letter_out(found[0]))


async def send_in_again(house: House, number: int) -> None:
    """The tray's button. 404 for no letter; Refused when it is not parked."""
    found = await house.inbox.one(number)
    if found is None:
        raise _no_letter()
    if found[0]["gone"]:
        raise Refused(f"The text of letter {number} is no longer kept: there is nothing to send in again.", code="text-gone")
    if not await house.letters.put_back([number], house.clock.now()):
        raise Refused(f"Letter {number} is not parked; only parked letters are replayed.", code="not-parked")
    house.desk.wake()


async def replay_all(request: Request) -> Response:
    """Put all parked letters of a code back into the queue."""
    asked = await read(request, ReplayAsked)
    house = house_of(request)
    count = await house.letters.put_back_code(asked.code, asked.feed, house.clock.now())
    house.desk.wake()
    return answer(ReplayedOut(count))
