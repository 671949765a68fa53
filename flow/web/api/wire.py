"""JSON on the wire: bodies read into their models, models written out, lists cut into pages. Every API handler goes through here."""

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Generic, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from flow.web.door import MOST
from flow.web.parts import House
from flow.web.problems import Denied, bad_request, invalid
from flow.web.zipped import zipped

T = TypeVar("T")
_ENCODER = msgspec.json.Encoder()
JSON = "application/json"


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    """Root of the models of request bodies: a field that is not in the model is an error, not ignored."""


class Listed(msgspec.Struct, Generic[T]):
    """Every list: true as of a moment and a Seq; `next` is the cursor of the page after this one."""

    as_of: datetime
    seq: int
    items: list[T]
    next: str | None = None


async def read(request: Request, model: type[T]) -> T:
    """The body as its model. 400 when it is no JSON, 415 when it says it is none, 422 naming the field that is wrong."""
    kind = request.headers.get("content-type", JSON).partition(";")[0].strip().casefold()
    if kind != JSON:
        raise Denied(415, "not-json", "Send the body as application/json.")
    raw = await request.body()
    if b"\\u0000" in raw or b"\0" in raw:
        raise invalid("invalid-field", "Text may not hold a NUL character.")
    try:
        found = msgspec.json.decode(raw or b"{}", type=model)
    except msgspec.ValidationError as error:
        raise invalid("invalid-field", f"{error}.") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise bad_request("bad-json", "The body is not JSON.") from None
    for name in getattr(found, "__struct_fields__", ()):
        value = getattr(found, name)
        if isinstance(value, datetime) and not is_sane(value):
            raise invalid("invalid-field", f"{name} is no time of this hospital's life.")
    return found


def is_sane(value: datetime) -> bool:
    """Between 1900 and 2200: times at the calendar's ends cannot be turned into other zones."""
    return 1900 <= value.year < 2200


def answer(model: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A model as the response's JSON."""
    return Response(_ENCODER.encode(model), status, headers, media_type=JSON)


def encoded(model: object) -> bytes:
    """A model as JSON."""
    return _ENCODER.encode(model)


def listing(request: Request, model: object) -> Response:
    """A list as the response's JSON, compressed where that is understood: five hundred beds are a tenth of their length."""
    return zipped(request.headers, _ENCODER.encode(model), JSON)


def picture(house: House) -> str:
    """The epoch of the live picture. 503 while there is none: nobody is told an old state as if it were now."""
    if house.live.epoch is None:
        raise Denied(503, "no-picture", "The live picture is being rebuilt; try again in a moment.", {"retry-after": "1"})
    return house.live.epoch


def page(house: House, items: Sequence[T], key: Callable[[T], str], request: Request, usual: int = 100) -> Listed[T]:
    """One page of a sequence that is all in memory; the cursor is the key of the page's last item."""
    limit, after = limit_of(request, usual), cursor_of(request)
    start = 0
    if after is not None:
        places = [place for place, item in enumerate(items) if key(item) == after]
        if not places:
            raise invalid("bad-cursor", "This cursor's place is gone; start the list again.")
        start = places[0] + 1
    part = list(items[start : start + limit])
    more = start + limit < len(items)
    return Listed(house.live.as_of, house.live.seq, part, to_cursor(key(part[-1])) if part and more else None)


def limit_of(request: Request, usual: int = 100) -> int:
    """`?limit=`, 1 to `MOST`."""
    text = request.query_params.get("limit")
    if text is None:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= MOST):
        raise bad_request("bad-limit", f"limit is a whole number from 1 to {MOST}.")
    return int(text)


def to_cursor(key: str | int) -> str:
    """A place in a list, opaque to the caller."""
    return base64.urlsafe_b64encode(str(key).encode()).decode().rstrip("=")


def cursor_of(request: Request) -> str | None:
    """`?cursor=` as the key it was made of."""
    text = request.query_params.get("cursor")
    if text is None:
        return None
    try:
        key = "\0" if not text else base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        key = "\0"
    if "\0" in key:
        raise invalid("bad-cursor", "That is not a cursor of this list.")
    return key


def number_cursor(request: Request) -> int | None:
    """A cursor that is a number."""
    key = cursor_of(request)
    if key is None:
        return None
    if not (key.isascii() and key.isdigit() and len(key) < 19):
        raise invalid("bad-cursor", "That is not a cursor of this list.")
    return int(key)


def moment(text: str, name: str) -> datetime:
    """A time from the query: RFC 3339 with its offset (a `+` that came as a space is understood)."""
    try:
        found = datetime.fromisoformat(text.strip().replace(" ", "+"))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise bad_request("bad-time", f"{name} is a time with its offset, like 2026-01-31T14:05:00+05:30.")
    if not is_sane(found):
        raise invalid("bad-time", f"{name} is no time of this hospital's life.")
    return found


def one_of(request: Request, name: str, known: Sequence[str]) -> str | None:
    """A parameter that must be one of these words."""
    text = request.query_params.get(name)
    if text is not None and text not in known:
        raise bad_request("bad-parameter", f"{name} is one of {', '.join(known)}.")
    return text
