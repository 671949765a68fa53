"""ER7 files: recorded messages cut out of a file, in whatever way somebody saved them: batches (FHS, BHS), MLLP frames, plain text.

After it the sender sends them, or mapping reads them. Messages may stand apart or not, lines may end in any way, byte order marks
and remarks before the first message are skipped.
"""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from adt_feed.batches import Envelopes, is_envelope
from adt_feed.framing import Bad, MllpReader
from adt_feed.header import start_of
from flow.errors import Unreadable

LINE_END = re.compile(rb"\r\n|\r|\n")
FRAMED = re.compile(rb"\x0b(?:\xef\xbb\xbf)?\s*(?:MSH|FHS|BHS)", re.IGNORECASE)  # in other files a 0x0B is a line break within text
FRAME = re.compile(rb"\x0b[^\x0b]*?\x1c\r")
WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_er7(path: Path) -> list[bytes]:
    """Every message of a file, segments ended by CR. Raises OSError where it cannot be read, Unreadable as `split_er7` does."""
    return split_er7(path.read_bytes())


def split_er7(data: bytes) -> list[bytes]:
    """The messages of framed bytes as they are; else every line that begins with MSH begins a message, whatever ends the lines.

    Raises Unreadable: `batch` for an envelope that is open or miscounts, `frame` for a frame that is cut, `charset` for UTF-16
    that is none.
    """
    data = _narrow(data)
    envelopes = Envelopes()
    if FRAMED.search(data):
        found = [one for at, frame in enumerate(_frames(data), 1) for one in _of_frame(frame, envelopes, f"frame {at}, ")]
    else:
        found = list(_cut(data, envelopes))
    envelopes.finish()
    return found


def _cut(data: bytes, envelopes: Envelopes, inside: str = "") -> Iterator[bytes]:
    """The messages between envelopes. A trailer or another header ends the message before it."""
    message: list[bytes] = []
    for number, line in enumerate(LINE_END.split(data), 1):
        line = line[start_of(line) :]
        if envelopes.takes(line, f"{inside}line {number}"):
            yield from _whole(message)
            message = []
        elif _begins(line):
            yield from _whole(message)
            envelopes.message()
            message = [line]
        elif message and line:
            message.append(line)
    yield from _whole(message)


def _whole(lines: list[bytes]) -> Iterator[bytes]:
    if lines:
        yield b"\r".join(lines) + b"\r"


def _begins(line: bytes) -> bool:
    return line[:3].upper() == b"MSH" and len(line) > 4 and not line[3:5].isalnum()


def _of_frame(frame: bytes, envelopes: Envelopes, inside: str) -> list[bytes]:
    """A frame holds a message, which stays as it is, or a part of a batch."""
    batched = any(is_envelope(line[start_of(line) :]) for line in LINE_END.split(frame))
    messages = list(_cut(frame, envelopes, inside))
    return messages if batched or len(messages) > 1 else [frame]


def _frames(data: bytes) -> list[bytes]:
    reader = MllpReader(len(data))
    found: list[bytes] = []
    for one in reader.feed(data):
        if isinstance(one, Bad):
            raise _cut_frame(len(found) + 1, one.reason)
        found.append(one)
    if reader.mid_frame:
        raise _cut_frame(len(found) + 1, "the file ends in it")
    if any(_begins(line[start_of(line) :]) for line in LINE_END.split(FRAME.sub(b"\n", data))):
        raise Unreadable(
            "Some messages stand in MLLP frames and some outside. Nothing of it was used. Put them into two files.", code="frame"
        )
    return found


def _cut_frame(number: int, reason: str) -> Unreadable:
    advice = "Nothing of it was used. Ask for the file again, or remove the start and end blocks (0x0B, 0x1C 0x0D) to take what is there."
    return Unreadable(f"Frame {number} is not whole: {reason}. {advice}", code="frame")


def _narrow(data: bytes) -> bytes:
    """What an editor saved as UTF-16, as UTF-8."""
    if not data.startswith(WIDE):
        return data
    try:
        return data.decode("utf-16").encode()
    except UnicodeDecodeError as error:
        raise Unreadable("The file begins like UTF-16 and is none. Save it as UTF-8.", code="charset") from error
