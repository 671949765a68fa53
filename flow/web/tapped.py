"""When a tap was made by the phone's own clock: a phone in the basement sends its taps late (`X-Tapped-At`, RFC 3339)."""

from datetime import datetime, timedelta

from starlette.requests import Request

HEADER = "x-tapped-at"
OLDEST = timedelta(hours=12)


def tapped_at(request: Request, now: datetime) -> datetime | None:
    """The time the phone says, if it can be true: with its offset, at most twelve hours ago, and not in the future."""
    try:
        said = datetime.fromisoformat(request.headers.get(HEADER, ""))
    except ValueError:
        return None
    return said if said.tzinfo is not None and now - OLDEST <= said <= now else None
