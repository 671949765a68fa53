"""The messages the benchmarks send: the recorded feed where it is beside this clone, else made ones; every control id is new."""

import itertools
from collections.abc import Iterator
from pathlib import Path

from adt_feed.er7 import read_er7
from adt_feed.header import Header

FEED = Path(__file__).parents[3] / "shared" / "data" / "hl7" / "simhospital-feed.er7"
MADE = (
    "MSH|^~\\&|SIM|FAC|BED|HOSP|20261121023343||ADT^A0{kind}|{id}|P|2.5\r"
    "EVN|A0{kind}|20261121023343|||C003^Doctor^Some^^^Dr\r"
    "PID|1||{visit}^^^HOSP^MR||Doe^Jane^^^Mrs||19730215|F|||1 Some Street^^Somewhere^^12345\r"
    "PV1|1|I|W1^R{visit}^B1^HOSP||||C003^Doctor^Some|||URO|||||||||V{visit}|||||||||||||||||||||||||20261121023343\r"
)


def recorded() -> list[bytes]:
    """A few thousand ADT messages of about 700 bytes."""
    if FEED.exists():
        return read_er7(FEED)
    return [MADE.format(kind=1 + at % 3, id=at, visit=at // 3).encode() for at in range(3000)]


def endless(run: str) -> Iterator[bytes]:
    """The recorded messages again and again, each time under a new control id that begins with `run`."""
    cut = [_around_control_id(message) for message in recorded()]
    for number, (head, tail) in enumerate(itertools.cycle(cut)):
        yield head + f"{run}-{number}".encode() + tail


def _around_control_id(message: bytes) -> tuple[bytes, bytes]:
    fields = message.split(Header.read(message).separator, 10)
    return b"|".join(fields[:9]) + b"|", b"|" + fields[10]
