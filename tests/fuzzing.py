"""What must hold for any bytes: one function for framing, one for a letter, one for a file. Hypothesis and atheris call the same."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from adt_feed.acks import ack, wants_ack
from adt_feed.er7 import split_er7
from adt_feed.explain import explain
from adt_feed.framing import Bad, MllpReader, wrap
from adt_feed.header import Header, another_follows
from adt_feed.mapping import read
from adt_feed.message import Message
from flow.codec import encode_command
from flow.domain.ids import PatientId
from flow.errors import Unreadable
from tests.plans import small_plan

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLAN = small_plan()
MAX_FRAME = 512


def frames(stream: bytes) -> int:
    """However a stream is cut, the same frames come out; each stood whole in the stream; no more is held than may come. How many."""
    at_once = MllpReader(MAX_FRAME)
    whole = at_once.feed(stream)
    for step in (1, 2, 3, 7, max(len(stream) // 2, 1)):
        reader = MllpReader(MAX_FRAME)
        pieced = [one for at in range(0, len(stream), step) for one in reader.feed(stream[at : at + step])]
        assert pieced == whole
        assert reader.mid_frame == at_once.mid_frame
    for one in whole:
        if isinstance(one, Bad):
            assert one.sample_size <= max(MAX_FRAME, len(stream))
        else:
            assert len(one) <= MAX_FRAME
            assert wrap(one) in stream
    return len(whole)


def letter(raw: bytes) -> str:
    """A letter is answered, cut, explained and understood, or laid in the tray: nothing else is ever raised. What came of it."""
    answered(raw)
    found = explain(raw)
    try:
        message = Message.parse(raw)
    except Unreadable:
        assert found.problem
        return "no message"
    assert [segment.name for segment in found.segments] == message.names
    looked_at(message)
    return understood(message)


def answered(raw: bytes) -> None:
    """Two lines, and MSH-10 byte for byte, whatever came."""
    try:
        header = Header.read(raw)
    except Unreadable:
        header = None
    if header is not None:
        another_follows(raw)
    code = wants_ack(header, ok=True) or "AA"
    first, second, rest = ack(header, code, "no", now=NOW).split(b"\r")
    assert first.startswith(b"MSH")
    assert second.startswith(b"MSA")
    assert rest == b""
    if header is not None:
        assert second.split(header.separator)[2] == header.control_id_bytes


def looked_at(message: Message) -> None:
    """Every way of looking at a field agrees with the others."""
    assert message.type == message.type.strip().upper()
    assert isinstance(message.sequence, int | None)
    assert "\0" not in message.trigger + message.control_id
    groups = message.groups()
    assert sum(len(group) for group in groups) <= len(message.all)
    for segment in message.all:
        for number in range(len(segment) + 2):
            raw, repetitions = segment.raw(number), segment.repetitions(number)
            assert bool(raw) == bool(repetitions) or number == 0
            for at, one in enumerate(repetitions[:3]):
                for component in (1, 2, 5) if segment.name != "MSH" or number > 2 else ():
                    assert one.component(component) == segment.component(number, component, rep=at)
                    assert "\0" not in one.component(component)
        beyond = len(segment) + 1
        assert segment.raw(beyond) == segment.component(beyond) == segment.field(beyond) == ""


def understood(message: Message) -> str:
    """Commands that can be stored, or a reason without anything of the content."""
    try:
        found = read(message, PLAN.feeds[0], lambda mrn, authority: PatientId("somebody"), NOW, PLAN.bed_at)
    except Unreadable as problem:
        told(problem)
        return "parked"
    for command in found.commands:
        encode_command(command)
    return "understood"


def told(problem: Unreadable) -> None:
    """A reason is a sentence of ours: printable and short."""
    assert problem.code
    assert problem.reason.isprintable()
    assert len(problem.reason) < 300


def file(data: bytes) -> int:
    """A file gives messages that begin with MSH, or a reason. How many."""
    try:
        found = split_er7(data)
    except Unreadable as problem:
        told(problem)
        return 0
    assert all(one or b"\x0b" in data for one in found)
    return len(found)


TARGETS: Mapping[str, Callable[[bytes], object]] = {"frames": frames, "letter": letter, "file": file}
