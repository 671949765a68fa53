"""Files of messages: envelopes are checked before anything of them is used, and what is wrong is said with its place."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adt_feed.er7 import split_er7
from adt_feed.framing import wrap
from flow.errors import Unreadable

ONE = b"MSH|^~\\&|A|B|||1||ADT^A01|1|P|2.3\rPID|1||7\r"
TWO = b"MSH|^~\\&|A|B|||1||ADT^A02|2|P|2.3\rPV1|1|I\r"
STAR = b"MSH*^~\\&*A*B***1**ADT^A03*3*P*2.3\rPV1*1*I\r"
FHS, BHS = b"FHS|^~\\&|HIS\r", b"BHS|^~\\&|HIS\r"


@pytest.mark.parametrize(
    ("saved", "messages"),
    [
        (FHS + BHS + ONE + TWO + b"BTS|2\rFTS|1\r", [ONE, TWO]),
        (BHS + ONE + TWO + b"BTS|2\r", [ONE, TWO]),
        (FHS + BHS + ONE + b"BTS|1\r" + BHS + TWO + b"BTS|1\rFTS|2\r", [ONE, TWO]),
        (FHS + ONE + TWO + b"FTS|1\r", [ONE, TWO]),
        (FHS + BHS + ONE + b"BTS\rFTS\r", [ONE]),
        (BHS + ONE + b"BTS||one of the morning\r", [ONE]),
        (b"FHS*^~\\&*HIS\rBHS#^~\\&#HIS\r" + ONE + STAR + b"BTS#2#x\rFTS*1\r", [ONE, STAR]),
        (FHS + BHS + b"BTS|0\rFTS|1\r", []),
        (FHS.lower() + ONE + b"fts|1\r", [ONE]),
        (BHS + ONE + b"BTS|1\r" + TWO, [ONE, TWO]),
        (wrap(FHS + BHS + ONE + TWO + b"BTS|2\rFTS|1\r"), [ONE, TWO]),
        (wrap(FHS + BHS) + wrap(ONE) + wrap(TWO) + wrap(b"BTS|2\rFTS|1\r"), [ONE, TWO]),
        (wrap(ONE + TWO), [ONE, TWO]),
        (b"\xef\xbb\xbf" + FHS + ONE + b"FTS|1\r", [ONE]),
    ],
)
@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
def test_batches_give_their_messages(saved: bytes, messages: list[bytes], end: bytes) -> None:
    saved = saved.replace(b"\x1c\r", b"\x1c!").replace(b"\r", end).replace(b"\x1c!", b"\x1c\r")
    assert [one.replace(end, b"\r") for one in split_er7(saved)] == messages


@pytest.mark.parametrize(
    ("saved", "said"),
    [
        (FHS + BHS + ONE + b"BTS|2\rFTS|1\r", "BTS at line 5 counts 2 messages, but there are 1"),
        (FHS + BHS + ONE + b"BTS|1\rFTS|2\r", "FTS at line 6 counts 2 batches, but there are 1"),
        (BHS + ONE + b"BTS|many\r", "BTS at line 4 does not count its messages"),
        (BHS + ONE + b"BTS|-1\r", "no number"),
        (BHS + ONE + TWO, r"The batch begun at line 1 \(BHS\) has no BTS: the file ends"),
        (FHS + BHS + ONE + b"BTS|1\r", r"The file begun at line 1 \(FHS\) has no FTS: the file ends"),
        (FHS + BHS + ONE + b"FTS|1\r", r"The batch begun at line 2 \(BHS\) has no BTS: FTS at line 5 comes first"),
        (BHS + ONE + BHS + TWO + b"BTS|1\r", "has no BTS: a BHS begins at line 4"),
        (FHS + ONE + FHS + TWO + b"FTS|1\r", "has no FTS: a FHS begins at line 4"),
        (ONE + b"BTS|1\r", r"BTS at line 3 ends a batch that never began \(BHS\)"),
        (b"FTS|0\r", "never began"),
        (wrap(BHS + ONE) + wrap(b"BTS|3\r"), "BTS at frame 2, line 1 counts 3"),
    ],
)
def test_a_wrong_envelope_is_refused_with_its_place_and_what_to_do(saved: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said) as problem:
        split_er7(saved)
    assert problem.value.code == "batch"
    assert "Ask for the file again" in problem.value.reason


@pytest.mark.parametrize("saved", [wrap(ONE) + b"\x0b" + TWO, wrap(ONE) + b"\x0b" + TWO + wrap(ONE), wrap(ONE) + b"\x0b" + TWO + b"\x1c\n"])
def test_a_cut_frame_is_refused(saved: bytes) -> None:
    with pytest.raises(Unreadable, match="Frame 2 is not whole") as problem:
        split_er7(saved)
    assert problem.value.code == "frame"


def test_messages_in_and_outside_of_frames_are_refused() -> None:
    with pytest.raises(Unreadable, match="outside"):
        split_er7(ONE + wrap(TWO))


def test_a_line_break_within_text_is_no_frame() -> None:
    note = ONE + b"NTE|1||first\x0bsecond\r"
    assert split_er7(note) == [note]


def test_what_an_editor_saved_as_utf_16_is_read() -> None:
    assert split_er7(ONE.decode().encode("utf-16")) == [ONE]
    with pytest.raises(Unreadable, match="UTF-16"):
        split_er7(b"\xff\xfeM\x00S")


LINES = st.sampled_from(
    [FHS, BHS, ONE, TWO, b"BTS|1\r", b"BTS|2\r", b"BTS\r", b"FTS|1\r", b"FTS\r", b"\r", b"\x0b", b"\x1c\r", b"# remark\r", b"BTSX\r"]
)


@settings(max_examples=400)
@given(st.lists(LINES, max_size=12).map(b"".join))
def test_any_file_is_read_whole_or_refused(saved: bytes) -> None:
    try:
        found = split_er7(saved)
    except Unreadable:
        return
    assert b"".join(found).count(b"MSH") == saved.count(b"MSH")
