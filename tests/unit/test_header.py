"""Two messages in one frame are found however the second is written, and what only looks like one is not."""

import pytest

from adt_feed.header import another_follows

FIRST = b"MSH|^~\\&|A|B|C|D|2026||ADT^A01|1|P|2.5"
TEXT = b"\rOBX|1|TX|||"


@pytest.mark.parametrize(
    "second", [b"MSH|^~\\&|A", b"msh|^~\\&|A", b"Msh#*~\\&#A", b"\xef\xbb\xbfMSH|^~\\&|A", b" \tMSH|^~\\&|A", b"\0MSH|"]
)
@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\r\r\n"])
@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf\r\n"])
def test_a_second_message_is_found(before: bytes, end: bytes, second: bytes) -> None:
    assert another_follows(before + FIRST + end + b"PID|1" + end + second)


@pytest.mark.parametrize("text", [b"MSH|^~\\&|quoted", b"see\\.br\\MSH|", b"\rMSHX|1", b"\rMSH", b"\rZZZ|\x0cMSH|"])
def test_what_only_looks_like_one_is_none(text: bytes) -> None:
    assert not another_follows(b"\r\n" + FIRST + TEXT + text)
