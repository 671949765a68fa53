"""The letters that the load's feeds send: updates that change no bed, or stays that fill and empty beds."""

import time
from collections.abc import Iterator
from itertools import count, cycle

_NUMBERS = count(int(time.time()) * 1000)
TOLD = 8
"""Updates in a stay."""


def letter(kind: str, visit: str, place: str = "") -> bytes:
    """One ADT message, framed."""
    now, number = time.strftime("%Y%m%d%H%M%S"), next(_NUMBERS)
    lines = (
        f"MSH|^~\\&|LOAD|H|BED|H|{now}||ADT^{kind}|{number}|P|2.5",
        f"EVN|{kind}|{now}",
        f"PID|1||M{visit}^^^H^MR||LOAD^{visit}||19700101|F",
        f"PV1|1|I|{place}{'|' * 16}{visit}",
    )
    return b"\x0b" + "\r".join(lines).encode() + b"\x1c\r"


def unknown() -> Iterator[bytes]:
    """Updates of visits that nobody knows."""
    for number in count():
        yield letter("A08", f"LOAD{number % 500}")


def stays(beds: list[str]) -> Iterator[bytes]:
    """Patients in these beds, a letter for each bed in turn."""
    under_way = [_stay(bed, offset) for offset, bed in enumerate(beds)]
    for stay in cycle(under_way):
        yield next(stay)


def _stay(bed: str, offset: int) -> Iterator[bytes]:
    for number in count():
        visit = f"L{bed}-{number}"
        yield letter("A01", visit, bed)
        for _ in range(offset % TOLD if number == 0 else TOLD):  # the first are shorter, so that beds do not empty all at once
            yield letter("A08", visit, bed)
        yield letter("A03", visit, bed)
