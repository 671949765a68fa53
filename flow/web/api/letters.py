"""The feeds' letters over the API: what was received, what lies in the exceptions tray and why, sending one in again.

No body with a name leaves: of a letter's text only the segments that speak of the place and the event are shown.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from flow.web.api.wire import Listed, answer, limit_of, listing, number_cursor, one_of, to_cursor
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
    """A letter: received | handled | parked | duplicate, what it led to, and why it was parked. `masked` in one letter's own answer."""

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
    masked: str | None = None


class FeedOut(msgspec.Struct):
    """A feed, and when it was last heard."""

    id: str
    name: str
    last_at: datetime | None
    silent_seconds: int | None


class FeedsOut(msgspec.Struct):
    """Every feed; `letters` counts by state, `oldest_waiting` is set while letters wait to be handled."""

    as_of: datetime
    seq: int
    items: list[FeedOut]
    letters: dict[str, int]
    oldest_waiting: datetime | None = None


async def list_letters(request: Request) -> Response:
    """Letters, newest first."""
    house, limit = house_of(request), limit_of(request)
    rows = await house.inbox.page(one_of(request, "state", STATES), number_cursor(request), limit)
    after = to_cursor(rows[-1]["id"]) if len(rows) == limit else None
    return listing(request, Listed(house.live.as_of, house.live.seq, [letter_out(row) for row in rows], after))


def letter_out(row: Row, masked: str | None = None) -> LetterOut:
    """A row of the journal for the wire."""
    known = {name: row[name] for name in LetterOut.__struct_fields__ if name not in ("masked", "warnings")}
    return LetterOut(**known, warnings=[w for w in row["warnings"] or [] if w], masked=masked)


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
    if await house.inbox.one(number) is None:
        raise _no_letter()
    await house.inbox.replay(number)
    house.desk.wake()


async def list_feeds(request: Request) -> Response:
    """The feeds' health."""
    house = house_of(request)
    heard: dict[str, datetime] = await house.inbox.feeds()
    heard.update(house.live.feeds.items())
    now = house.clock.now()
    items = [_feed(feed.id, feed.name, heard.get(feed.id), now) for feed in house.plan.feeds]
    items += [_feed(name, name, at, now) for name, at in sorted(heard.items()) if name not in house.plan.feed]
    counts, oldest = await house.inbox.counts(), await house.inbox.oldest_waiting()
    return answer(FeedsOut(house.live.as_of, house.live.seq, items, counts, oldest))


def _feed(key: str, name: str, last: datetime | None, now: datetime) -> FeedOut:
    return FeedOut(key, name, last, None if last is None else max(0, int((now - last).total_seconds())))
