"""ER7 files: recorded messages cut out of a file, in whatever way somebody saved them.

After it the sender sends them, or mapping reads them. Batch envelopes (FHS, BHS, BTS, FTS; HL7 v2.9.1, 2.10.3) are left out.
"""

import re
from pathlib import Path

from adt_feed.framing import START, Bad, MllpReader
from adt_feed.header import start_of

LINE_END = re.compile(rb"\r\n|\r|\n")
ENVELOPE = {b"FHS", b"BHS", b"BTS", b"FTS"}


def read_er7(path: Path) -> list[bytes]:
    """Every message of a file, segments ended by CR. Raises OSError where it cannot be read."""
    return split_er7(path.read_bytes())


def split_er7(data: bytes) -> list[bytes]:
    """The messages of framed bytes as they are; else every line that begins with MSH begins a message, whatever ends the lines."""
    if START in data:
        return [one for one in MllpReader(len(data)).feed(data) if not isinstance(one, Bad)]
    messages: list[list[bytes]] = []
    for line in LINE_END.split(data):
        line = line[start_of(line) :]
        name = line[:3].upper()
        if name == b"MSH" and len(line) > 4 and not line[3:5].isalnum():
            messages.append([line])
        elif messages and line and name not in ENVELOPE:
            messages[-1].append(line)
    return [b"\r".join(lines) + b"\r" for lines in messages]
