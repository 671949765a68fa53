"""Fields of a form as the values they stand for; what cannot be read is refused in words that fit beside the form."""

from collections.abc import Iterable
from datetime import date, datetime, time
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData, QueryParams
from starlette.requests import Request

from flow.web.api.wire import is_sane
from flow.web.problems import Denied, invalid

E = TypeVar("E", bound=StrEnum)
LONGEST = 300
LONGEST_SECRET = 1000
_INITIALS = frozenset({"mrn", "pin"})


class Form:
    """An urlencoded form, posted or in the address. Every reader takes the empty field for a missing one."""

    def __init__(self, data: FormData | QueryParams) -> None:
        self._data = data

    def text(self, name: str, *, longest: int = LONGEST) -> str:
        """A line of text, trimmed; empty when missing."""
        value = self._data.get(name)
        text = value.strip() if isinstance(value, str) else ""
        if len(text) > longest:
            raise invalid("too-long", f"{_said(name)} has more than {longest} characters.")
        return text.replace("\0", "")

    def secret(self, name: str) -> str:
        """A password, letter by letter as it was typed; empty when missing."""
        value = self._data.get(name)
        return value[:LONGEST_SECRET] if isinstance(value, str) else ""

    def credential(self, name: str) -> str:
        """What a browser says of a passkey, as it came; empty when missing."""
        value = self._data.get(name)
        return value if isinstance(value, str) else ""

    def needed(self, name: str, *, longest: int = LONGEST) -> str:
        """A line of text that must be there."""
        text = self.text(name, longest=longest)
        if not text:
            raise invalid("missing", f"{_said(name)} is missing.")
        return text

    def all(self, name: str) -> frozenset[str]:
        """The values of a field that may come several times."""
        return frozenset(value.strip()[:LONGEST] for value in self._data.getlist(name) if isinstance(value, str) and value.strip())

    def number(self, name: str) -> int | None:
        """A whole number."""
        text = self.text(name)
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise invalid("not-a-number", f"{_said(name)} must be a whole number.")
        return int(text)

    def word(self, name: str, of: type[E]) -> E | None:
        """One of an enumeration's words."""
        text = self.text(name)
        if text and text not in list(of):
            raise invalid("unknown-word", f"{_said(name)} must be one of {', '.join(of)}.")
        return of(text) if text else None

    def choice(self, name: str, of: Iterable[str]) -> str | None:
        """One of these words."""
        text, known = self.text(name), list(of)
        if text and text not in known:
            raise invalid("unknown-word", f"{_said(name)} must be one of {', '.join(known)}.")
        return text or None

    def moment(self, name: str, zone: str) -> datetime | None:
        """What `datetime-local` gives, in the hospital's zone."""
        text = self.text(name)
        try:
            found = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)) if text else None
        except ValueError:
            raise _no_time(name) from None
        if found is not None and not is_sane(found):
            raise _no_time(name)
        return found

    def clock(self, name: str, zone: str, now: datetime) -> datetime | None:
        """A time of day (HH:MM) in the hospital's zone, of the day that it is `now`."""
        text = self.text(name)
        try:
            hour = time.fromisoformat(text) if text else None
        except ValueError:
            raise _no_time(name) from None
        return None if hour is None else datetime.combine(now.astimezone(ZoneInfo(zone)).date(), hour, ZoneInfo(zone))

    def day(self, name: str) -> date | None:
        """A date."""
        text = self.text(name)
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise _no_time(name) from None


async def form_of(request: Request) -> Form:
    """The form that was posted; files are not taken."""
    kind = request.headers.get("content-type", "")
    if kind and not kind.startswith("application/x-www-form-urlencoded"):
        raise Denied(415, "not-a-form", "Send the form as application/x-www-form-urlencoded.")
    return Form(await request.form(max_files=0, max_fields=100))


def _no_time(name: str) -> Denied:
    return invalid("not-a-time", f"{_said(name)} is not a time that can be read.")


def _said(name: str) -> str:
    return name.upper() if name in _INITIALS else name.replace("_", " ").capitalize()
