"""A picture is kept as its own parts and no more; what does not add up is none."""

import pytest

from flow.domain.picture import cleaned
from tests.drawn_pictures import (
    JPEG,
    JPEG_WITH_MORE,
    PLACE,
    PNG,
    PNG_WITH_MORE,
    WEBP,
    WEBP_CLEANED,
    WEBP_WITH_MORE,
    jpeg_part,
    png_part,
    webp,
    webp_part,
)


@pytest.mark.parametrize(("body", "kind"), [(JPEG, "image/jpeg"), (PNG, "image/png"), (WEBP, "image/webp")])
def test_a_picture_stays_as_it_is(body: bytes, kind: str) -> None:
    assert cleaned(body) == (kind, body)


@pytest.mark.parametrize(("body", "left"), [(JPEG_WITH_MORE, JPEG), (PNG_WITH_MORE, PNG), (WEBP_WITH_MORE, WEBP_CLEANED)])
def test_places_comments_and_what_stands_behind_it_are_left_out(body: bytes, left: bytes) -> None:
    assert PLACE in body and b"a zip" in body
    found = cleaned(body)
    assert found is not None and found[1] == left
    assert cleaned(left) == found, "and again changes nothing"


@pytest.mark.parametrize("whole", [JPEG, PNG, WEBP])
def test_half_a_picture_is_none(whole: bytes) -> None:
    assert [cut for cut in range(len(whole)) if cleaned(whole[:cut]) is not None] == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"GIF89a" + bytes(50),
        b"<svg onload=alert(1)>",
        b"\xff\xd8\xff\xe0" + bytes(200),
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8" + jpeg_part(0xC9, b"arithmetic") + JPEG[2:],
        b"\x89PNG\r\n\x1a\n" + png_part(b"IEND", b""),
        PNG.replace(b"IDAT", b"IDAU"),
        PNG[:33] + png_part(b"IDBT", b"must be known") + PNG[33:],
        webp(),
        webp(webp_part(b"EXIF", PLACE)),
        b"\x7fELF" + JPEG,
    ],
)
def test_what_only_begins_like_one_is_none(body: bytes) -> None:
    assert cleaned(body) is None
