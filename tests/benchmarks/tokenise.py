"""Tokenise: reading the fields that mapping needs out of one ADT message, beside `str.split` into segments and fields.

python -m tests.benchmarks.tokenise
"""

import itertools
import timeit
from collections.abc import Callable

from adt_feed.header import Header
from adt_feed.message import Message
from tests.benchmarks.letters import recorded
from tests.benchmarks.results import machine, table, write_section

AIM = 4.0
SAMPLE = 200
REPEAT = 15


def split(raw: bytes) -> list[list[str]]:
    """The reference: every segment and field, nothing understood."""
    return [line.split("|") for line in raw.decode().split("\r")]


def header(raw: bytes) -> tuple[bytes, str, str]:
    """What the listener reads of a letter."""
    found = Header.read(raw)
    return found.control_id_bytes, found.sender, found.trigger


def fields(raw: bytes) -> list[str]:
    """What mapping reads of an admission: who, where, when, which visit."""
    message = Message.parse(raw)
    event, patient, visit = (message.first(name) for name in ("EVN", "PID", "PV1"))
    found = [message.trigger]
    if event is not None:
        found += [event.component(2), event.component(6)]
    if patient is not None:
        found += [one.component(1) for one in patient.repetitions(3)]
        found += [patient.component(5), patient.component(5, 2), patient.component(7), patient.component(8), patient.component(18)]
    if visit is not None:
        found += [visit.component(3, c) for c in (1, 2, 3, 4)]
        found += [visit.component(6, c) for c in (1, 2, 3)]
        found += [visit.component(2), visit.component(10), visit.component(19), visit.component(44)]
    return found


def microseconds(read: Callable[[bytes], object], messages: list[bytes]) -> float:
    """The best of several passes over all messages, for one message."""

    def over_all() -> None:
        for raw in messages:
            read(raw)

    return min(timeit.repeat(over_all, number=1, repeat=REPEAT)) / len(messages) * 1e6


def main() -> None:
    """Measure and write the section."""
    where = machine()
    messages = list(itertools.islice(recorded(), SAMPLE))
    ways = {"`str.split` into segments and fields": split, "header alone": header, "the fields mapping needs": fields}
    times = {name: microseconds(read, messages) for name, read in ways.items()}
    base, ours = times["`str.split` into segments and fields"], times["the fields mapping needs"]
    rows = [[name, f"{time:.2f}", f"{time / base:.2f}", f"{1e6 / time:,.0f}"] for name, time in times.items()]
    shown = table(["reading", "us a message", "x str.split", "messages/s"], rows)
    verdict = f"Aim {AIM:g} x `str.split`: {ours / base:.2f} x, {'met' if ours / base <= AIM else 'missed'}."
    write_section("tokenise", "Tokenise one ADT message", f"{SAMPLE} recorded messages. {where}.\n\n{shown}\n\n{verdict}")


if __name__ == "__main__":
    main()
