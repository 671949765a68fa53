"""A request's head that two servers in a row could read in two ways is read in none (RFC 9112, 3.2.2 and 6.1).

The parser refuses two lengths, a length beside a coding, folded fields; here is what it lets through. `flow.bounds` asks.
"""

import re
from collections.abc import Sequence
from http import HTTPStatus

_ABSOLUTE = re.compile(rb"https?://([^/?#]*)", re.IGNORECASE)


def unclear(target: bytes, fields: Sequence[tuple[bytes, bytes]]) -> HTTPStatus | None:
    """What to answer to a head that names two hosts, or codes its body in a way we do not know; None where it is clear."""
    two_hosts = not target.startswith(b"/") and target != b"*" and _authority(target) != _named(fields, b"host")
    coded = _named(fields, b"transfer-encoding") not in ([], [b"chunked"])
    return HTTPStatus.BAD_REQUEST if two_hosts or coded else None


def _authority(target: bytes) -> list[bytes]:
    """The host that a whole address names; none where it is no address of pages."""
    found = _ABSOLUTE.match(target)
    return [found[1].lower()] if found else [b"?"]


def _named(fields: Sequence[tuple[bytes, bytes]], name: bytes) -> list[bytes]:
    return [value.strip().lower() for said, value in fields if said == name]
