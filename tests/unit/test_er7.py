"""ER7 files: however a feed was saved, the messages come out one by one."""

from pathlib import Path

import pytest

from adt_feed.er7 import read_er7, split_er7
from adt_feed.framing import wrap

ONE = b"MSH|^~\\&|A|B|||1||ADT^A01|1|P|2.3\rPID|1||7\r"
TWO = b"MSH|^~\\&|A|B|||1||ADT^A02|2|P|2.3\rPV1|1|I\r"
FEED = Path(__file__).parents[3] / "shared" / "data" / "hl7" / "simhospital-feed.er7"


@pytest.mark.parametrize(
    "saved",
    [
        ONE + b"\n" + TWO,
        ONE + TWO,
        (ONE + TWO).replace(b"\r", b"\n"),
        (ONE + TWO).replace(b"\r", b"\r\n"),
        ONE.replace(b"\r", b"\n") + b"\n\n" + TWO.replace(b"\r", b"\r\n"),
        b"\xef\xbb\xbf" + ONE + b"\n\xef\xbb\xbf" + TWO,
        b"FHS|^~\\&|X\rBHS|^~\\&|X\r" + ONE + TWO + b"BTS|2\rFTS|1\r",
        b"# recorded on Monday\n" + ONE + b"\n" + TWO.rstrip(b"\r"),
        wrap(ONE) + b"\n" + wrap(TWO),
    ],
)
def test_every_way_of_saving_gives_the_same_messages(saved: bytes) -> None:
    assert split_er7(saved) == [ONE, TWO]


def test_nothing_in_nothing_out() -> None:
    assert split_er7(b"") == split_er7(b"\n\nhello\n") == []


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "feed.er7"
    file.write_bytes(ONE + b"\n" + TWO)
    assert read_er7(file) == [ONE, TWO]


@pytest.mark.skipif(not FEED.exists(), reason="the recorded feed is not beside this clone")
def test_the_recorded_feed() -> None:
    assert len(read_er7(FEED)) == 3485
