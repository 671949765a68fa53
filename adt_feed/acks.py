"""Acks: what is answered to a frame, as bytes. Before it the letter was committed to the journal; after it the listener sends.

HL7 v2.9.1, 2.9.2 (original mode) and 2.9.3 (enhanced mode). Only MSH is read, so that an answer can hold nothing of PID.
"""

from datetime import datetime
from functools import lru_cache

from adt_feed.charset import codec_of
from adt_feed.header import USUAL, Header

ACCEPT = {"AA": "CA", "AE": "CE", "AR": "CR"}
ALWAYS, NEVER, ON_ERROR, ON_SUCCESS = "AL", "NE", "ER", "SU"
UNKNOWN = (b"P", b"2.5")  # MSH-11 and MSH-12 of an answer to a header that is cut before its own
LONGEST_TEXT = 80  # MSA-3, ST


def wants_ack(header: Header | None, ok: bool) -> str | None:
    """The code to answer with: AA or AE; CA or CE where MSH-15 asks for one; AR without a header; None where nobody asks.

    Where both MSH-15 and MSH-16 ask, the accept acknowledgment is the one that goes back on this connection.
    """
    if header is None:
        return "AR"
    code = "AA" if ok else "AE"
    accept, application = header.accept_mode, header.application_mode
    if not accept and not application:
        return code
    if _asked(accept, ok):
        return ACCEPT[code]
    return code if _asked(application, ok) else None


def _asked(mode: str, ok: bool) -> bool:
    return mode == ALWAYS or mode == (ON_SUCCESS if ok else ON_ERROR)


def ack(header: Header | None, code: str, text: str = "", *, now: datetime) -> bytes:
    """The acknowledgment of one message, without its frame: its delimiters, its MSH-10 in MSA-2, its MSH-13 in MSA-4."""
    if header is None:
        return _ack_of_nothing(code, text, now)
    mark, part = header.separator, header.component_separator
    field = header.field
    stamp, own_id = _stamp(now)
    event = header.trigger.encode("ascii", "ignore")
    kind = part.join((b"ACK", event)) if event.isalnum() else b"ACK"
    whole = header.whole
    parties = (field(5), field(6), field(3), field(4)) if whole else (b"", b"", field(3), b"")
    version, sequence = (_version(header), field(13)) if whole and header.versioned else (UNKNOWN, b"")
    head = (b"MSH", header.encoding or USUAL, *parties, stamp, b"", kind, own_id, *version)
    answer = (b"MSA", code.encode(), header.control_id_bytes, _plain(text, header), sequence)
    return mark.join(head) + b"\r" + mark.join(answer).rstrip(mark) + b"\r"


def _version(header: Header) -> tuple[bytes, ...]:
    """MSH-11 and MSH-12, and MSH-18 where it is a charset other than the usual one: the answer's names are in the message's bytes."""
    own = (header.field(11), header.field(12))
    charset = header.field(18)
    return (*own, b"", b"", b"", b"", b"", charset) if charset and codec_of(header.charset) else own


def _ack_of_nothing(code: str, text: str, now: datetime) -> bytes:
    stamp, own_id = _stamp(now)
    head = b"|".join((b"MSH", USUAL, b"", b"", b"", b"", stamp, b"", b"ACK", own_id, b"P", b"2.5"))
    return head + b"\rMSA|" + code.encode() + b"||" + text[:LONGEST_TEXT].encode("ascii", "replace") + b"\r"


@lru_cache(maxsize=8)
def _stamp(now: datetime) -> tuple[bytes, bytes]:
    """MSH-7 of the answer, and its MSH-10: the time to the microsecond, 20 characters as the older versions allow. One moment for all
    the letters of a commit."""
    stamp = now.strftime("%Y%m%d%H%M%S").encode()
    return stamp, b"%s%06d" % (stamp, now.microsecond)


def _plain(text: str, header: Header) -> bytes:
    """Our own words as ASCII, without any character this message uses as a delimiter."""
    if not text:
        return b""
    marks = header.separator + header.encoding
    return bytes(0x20 if char in marks else char for char in text[:LONGEST_TEXT].encode("ascii", "replace"))
