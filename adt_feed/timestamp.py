"""Timestamps: HL7 TS and DTM text to an aware datetime (HL7 v2.9.1, 2.A.22), whatever its precision."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

DTM = re.compile(
    r"(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:\.?(\d{1,9}))?)?)?)?)?)?(?:(Z)|([+-])(\d\d):?(\d\d))?",
    re.ASCII,
)
LONGEST = 40


def parse_timestamp(text: str, zone: tzinfo) -> datetime | None:
    """The moment `text` names, in its own offset or else in `zone` (the feed's); None where it names none.

    A missing month, day or time counts as its first: "2026" is 2026-01-01 00:00. Years outside 1800-2999 are fillers
    ("00010101", "99991231"), not moments.
    """
    return _parsed(text.strip(), zone) if len(text) <= LONGEST else None


def offset_of(text: str) -> tzinfo | None:
    """The offset that a timestamp carries; None where it carries none, or names no moment."""
    return _offset_of(text.strip()) if len(text) <= LONGEST else None


@lru_cache(maxsize=1024)  # a message says its time three times over, and those of a second say the same
def _parsed(text: str, zone: tzinfo) -> datetime | None:
    found = DTM.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, zulu, sign, hours, minutes = found.groups()
    if not 1800 <= int(year) <= 2999:
        return None
    try:
        own = UTC if zulu else _offset(sign, int(hours), int(minutes)) if sign else zone
        micro = int((fraction or "0").ljust(6, "0")[:6])
        return datetime(int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0), micro, tzinfo=own)
    except ValueError:
        return None


@lru_cache(maxsize=1024)
def _offset_of(text: str) -> tzinfo | None:
    found = DTM.fullmatch(text)
    if found is None or not (found[8] or found[9]):
        return None
    moment = _parsed(text, UTC)
    return moment.tzinfo if moment else None


def _offset(sign: str, hours: int, minutes: int) -> tzinfo:
    if minutes > 59:
        raise ValueError(minutes)
    ahead = timedelta(hours=hours, minutes=minutes)
    return timezone(ahead if sign == "+" else -ahead)
