"""Any bytes, any cut, and real messages with something done to them: hypothesis on the properties of `tests.fuzzing`."""

import json
from collections.abc import Callable
from functools import reduce
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adt_feed.framing import wrap
from tests import fuzzing

CORPUS = Path(__file__).parents[3] / "shared" / "data" / "hl7" / "messages.jsonl"
ADMISSION = (
    b"MSH|^~\\&|HIS|HOSP|BED|HOSP|20260301100005||ADT^A01^ADT_A01|77|P|2.5|9||AL|NE||UNICODE UTF-8\r"
    b"EVN|A01|20260301100000||||20260301095900\r"
    b"PID|1||12345^^^HOSP^MR~91-2345-6789-0123^^^ABDM^ABHA||Rao^Meera||19800210|F\r"
    b"PV1|1|I|4B^A^1|||||||||||||||V1^^^HOSP^VN\rZBE|M1|2026||INSERT\r"
)
OWN = (
    ADMISSION,
    b"MSH|^~\\&|HIS|HOSP|||20260301||ADT^A17|8|P|2.3\rEVN|A17|20260301\rPID|1||1\rPV1|1|I|4B^A^1\rPID|2||2\rPV1|1|I|4B^A^2\r",
    b"MSH|^~\\&|HIS|HOSP|||20260301||ADT^A20|9|P|2.3\rEVN|A20|20260301\rNPU|4B^A^1|H\r",
    b"MSH|^~\\&|HIS|HOSP|||20260301||ADT^A40|9|P|2.3\rPID|1||1\rMRG|2^^^HOSP||A~B||V\\T\\1\r",
)


def messages() -> list[bytes]:
    """Real ones where they are beside this clone, and some of our own."""
    if not CORPUS.exists():
        return list(OWN)
    rows = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    return [*OWN, *(raw for row in rows if len(raw := row["text"].encode(row["encoding"])) < 2000)]


PLACE = st.integers(0, 3000)
PIECE = st.one_of(
    st.binary(max_size=6),
    st.sampled_from(
        [b"|", b"^", b"~", b"\\", b"&", b"\r", b"\n", b"\x0b", b"\x1c\r", b"\x00", b"\xef\xbb\xbf", b"\\X0D\\", b'""', b"MSH|", b"PID|"]
    ),
    st.sampled_from([b"A01", b"A02", b"A12", b"A17", b"A45", b"Z99", b"S12", b"99991231235959-1200", b"UTF-16", b"9" * 400]),
)
Change = Callable[[bytes], bytes]


def cut_out(at: int, length: int) -> Change:
    return lambda raw: raw[:at] + raw[at + length :]


def put_in(at: int, piece: bytes) -> Change:
    return lambda raw: raw[: at % (len(raw) + 1)] + piece + raw[at % (len(raw) + 1) :]


def put_over(at: int, piece: bytes) -> Change:
    return lambda raw: raw[: at % (len(raw) + 1)] + piece + raw[at % (len(raw) + 1) + len(piece) :]


def again(at: int, length: int) -> Change:
    return lambda raw: raw[: at + length] + raw[at:]


def exchange(one: int, other: int) -> Change:
    return lambda raw: raw.translate(bytes.maketrans(bytes([one, other]), bytes([other, one])))


BYTE = st.sampled_from(b"|^~\\&\r\n MSH09A*#\x00\xff\xc3")
CHANGES = st.lists(
    st.one_of(
        st.builds(cut_out, PLACE, st.integers(0, 80)),
        st.builds(put_in, PLACE, PIECE),
        st.builds(put_over, PLACE, PIECE),
        st.builds(again, PLACE, st.integers(0, 200)),
        st.builds(exchange, BYTE, BYTE),
    ),
    max_size=6,
)
CHANGED = st.builds(lambda raw, changes: reduce(lambda so_far, change: change(so_far), changes, raw), st.sampled_from(messages()), CHANGES)
ENDS = ("understood", "parked", "no message")
thorough = settings(max_examples=600, suppress_health_check=[HealthCheck.too_slow], deadline=None)


@thorough
@given(CHANGED)
def test_a_real_message_with_something_done_to_it(raw: bytes) -> None:
    assert fuzzing.letter(raw) in ENDS


@given(st.one_of(st.binary(max_size=300), st.binary(max_size=60).map(lambda tail: b"MSH|^~\\&|" + tail)))
def test_any_bytes_as_a_letter(raw: bytes) -> None:
    assert fuzzing.letter(raw) in ENDS


@thorough
@given(st.lists(st.one_of(st.binary(max_size=30), PIECE, CHANGED.map(lambda raw: wrap(raw[:600]))), max_size=6).map(b"".join))
def test_any_stream(stream: bytes) -> None:
    assert fuzzing.frames(stream) <= stream.count(b"\x0b")


@given(
    st.lists(st.one_of(PIECE, CHANGED, st.sampled_from([b"FHS|^~\\&\r", b"BHS|^~\\&\r", b"BTS|1\r", b"FTS|1\r"])), max_size=6).map(b"".join)
)
def test_any_file(data: bytes) -> None:
    assert fuzzing.file(data) <= 1 + data.upper().count(b"MSH") + data.count(b"\x0b")


@pytest.mark.parametrize("raw", OWN)
def test_what_the_fuzzing_begins_with_is_understood(raw: bytes) -> None:
    """Else the changed ones would all end at the first hurdle."""
    assert fuzzing.letter(raw) == "understood"
