"""Framing: any cutting of the stream gives the same frames, and what is no whole frame is never handed on as one."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adt_feed.framing import HALF_END, INTERRUPTED, SAMPLE, TOO_LONG, Bad, MllpReader, wrap


def read(data: bytes, max_frame: int = 100, step: int | None = None) -> list[bytes | Bad]:
    reader = MllpReader(max_frame)
    step = step or max(len(data), 1)
    return [one for at in range(0, len(data), step) for one in reader.feed(data[at : at + step])]


BOTH_WAYS = pytest.mark.parametrize("step", [None, 1, 2, 3])


@BOTH_WAYS
def test_frames_of_one_connection_come_in_order(step: int | None) -> None:
    assert read(wrap(b"one") + wrap(b"two") + wrap(b""), step=step) == [b"one", b"two", b""]


@BOTH_WAYS
@pytest.mark.parametrize("junk", [b"\x00", b"\n", b"\r\n", b"hello", b"\x1c\r", b"\x1c", b"\r"])
def test_junk_between_frames_is_skipped(step: int | None, junk: bytes) -> None:
    assert read(junk + wrap(b"one") + junk + wrap(b"two") + junk, step=step) == [b"one", b"two"]


@BOTH_WAYS
def test_a_start_block_inside_a_frame_begins_again(step: int | None) -> None:
    assert read(b"\x0bhalf" + wrap(b"whole"), step=step) == [Bad(INTERRUPTED, 4, b"half"), b"whole"]


@BOTH_WAYS
def test_an_end_block_without_carriage_return_is_no_frame(step: int | None) -> None:
    assert read(b"\x0bone\x1c\n" + wrap(b"two"), step=step) == [Bad(HALF_END, 5, b"one\x1c\n"), b"two"]


@BOTH_WAYS
def test_a_file_separator_inside_the_payload_is_part_of_it(step: int | None) -> None:
    assert read(wrap(b"a\x1cb\x1c"), step=step) == [b"a\x1cb\x1c"]


@BOTH_WAYS
def test_the_longest_frame_passes_and_one_byte_more_does_not(step: int | None) -> None:
    assert read(wrap(b"x" * 100) + wrap(b"y" * 101) + wrap(b"z"), step=step) == [
        b"x" * 100,
        Bad(TOO_LONG, 100, b"y" * 100),
        b"z",
    ]


def test_a_frame_that_never_ends_is_given_up_once_and_not_hoarded() -> None:
    reader = MllpReader(1000)
    found = reader.feed(b"\x0b")
    for _ in range(1000):
        found += reader.feed(b"x" * 997)
    assert found == [Bad(TOO_LONG, 1000, b"x" * 1000)]
    assert not reader.mid_frame
    assert reader.feed(b"tail\x1c\r" + wrap(b"next")) == [b"next"]


def test_a_bad_frame_keeps_a_sample_only() -> None:
    (bad,) = read(b"\x0b" + b"x" * 10_000 + b"\x0b", max_frame=20_000)
    assert isinstance(bad, Bad)
    assert (bad.sample_size, len(bad.sample)) == (10_000, SAMPLE)


def test_mid_frame_is_true_only_while_bytes_are_owed() -> None:
    reader = MllpReader(100)
    seen = [(reader.feed(part), reader.mid_frame) for part in (b"junk", b"\x0b", b"one\x1c", b"\r", b"\n", b"\x0ba\x1c\r\x0b")]
    assert seen == [([], False), ([], True), ([], True), ([b"one"], False), ([], False), ([b"a"], True)]


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[low:high] for low, high in pairwise(edges)]


STREAM = st.lists(st.sampled_from([b"\x0b", b"\x1c", b"\r", b"\x1c\r", b"\n", b"\x00", b"MSH|", b"x" * 7])).map(b"".join)


@given(STREAM, st.lists(st.integers(min_value=0)), st.integers(min_value=0, max_value=30))
def test_any_cutting_gives_the_same(stream: bytes, places: list[int], max_frame: int) -> None:
    reader = MllpReader(max_frame)
    whole = read(stream, max_frame)
    assert [one for part in cut(stream, places) for one in reader.feed(part)] == whole
    reference = MllpReader(max_frame)
    reference.feed(stream)
    assert reader.mid_frame == reference.mid_frame


PAYLOAD = st.binary(max_size=60).map(lambda raw: raw.replace(b"\x0b", b"").replace(b"\x1c", b""))


@given(st.lists(st.tuples(PAYLOAD, PAYLOAD)), st.lists(st.integers(min_value=0)))
def test_every_payload_comes_back_as_it_went(pairs: list[tuple[bytes, bytes]], places: list[int]) -> None:
    stream = b"".join(junk + wrap(payload) for junk, payload in pairs)
    reader = MllpReader(60)
    assert [one for part in cut(stream, places) for one in reader.feed(part)] == [payload for _, payload in pairs]


@given(STREAM)
def test_what_is_handed_on_stood_whole_in_the_stream(stream: bytes) -> None:
    for one in read(stream):
        if not isinstance(one, Bad):
            assert wrap(one) in stream
            assert b"\x0b" not in one
