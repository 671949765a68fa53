"""A picture as it is kept: its own parts in their own order and nothing else. Pure.

A photo may bring along where it was taken and by which phone (EXIF, XMP), a second file behind its end, or be no picture at all but for its
first bytes. Each part is read here by its length, only those that pixels are drawn from are written down again, and whatever does not
add up is no picture. Nothing is decoded: that is left to the browser of who looks at it, which has fences for it.
"""

import struct
import zlib
from collections.abc import Iterator

_JPEG, _PNG = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"
_JPEG_PARTS = frozenset({0xC0, 0xC1, 0xC2, 0xC4, 0xDA, 0xDB, 0xDD})
"""Frames (baseline, extended, progressive), tables, scans, restart interval (ITU-T T.81, table B.1)."""
_JPEG_LEFT = frozenset({*range(0xE0, 0xF0), 0xFE})
"""Applications' own parts, comments."""
_PNG_PARTS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"IDAT", b"IEND"})
_WEBP_PARTS = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH"})
_ALPHA = 0x10


def cleaned(body: bytes) -> tuple[str, bytes] | None:
    """The media type by the bytes themselves, never by what they are called, and what is left of them; None for no whole picture."""
    try:
        if body.startswith(_JPEG):
            return "image/jpeg", _JPEG + b"".join(_jpeg(body))
        if body.startswith(_PNG):
            return "image/png", _PNG + b"".join(_png(body))
        if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
            parts = b"WEBP" + b"".join(_webp(body))
            return "image/webp", b"RIFF" + struct.pack("<I", len(parts)) + parts
    except (ValueError, struct.error, IndexError):
        return None
    return None


def _jpeg(body: bytes) -> Iterator[bytes]:
    """Parts up to the end of the image; what stands behind it is left out."""
    at, drawn = len(_JPEG), False
    while True:
        lead, marker = body[at], body[at + 1]
        if lead != 0xFF:
            raise ValueError("no marker")
        if marker == 0xD9:
            if not drawn:
                raise ValueError("no scan")
            yield b"\xff\xd9"
            return
        (length,) = struct.unpack_from(">H", body, at + 2)
        end = at + 2 + length
        if length < 2 or end > len(body) or marker not in _JPEG_PARTS | _JPEG_LEFT:
            raise ValueError("no part of a picture")
        if marker == 0xDA:
            end, drawn = _scan_end(body, end), True
        if marker in _JPEG_PARTS:
            yield body[at:end]
        at = end


def _scan_end(body: bytes, at: int) -> int:
    """Where the next marker after a scan's data stands: neither a stuffed FF nor a restart."""
    while True:
        at = body.index(b"\xff", at)
        if body[at + 1] != 0 and not 0xD0 <= body[at + 1] <= 0xD7:
            return at
        at += 2


def _png(body: bytes) -> Iterator[bytes]:
    at, drawn = len(_PNG), False
    while True:
        (length,), kind = struct.unpack_from(">I", body, at), body[at + 4 : at + 8]
        part, (check,) = body[at : at + 8 + length], struct.unpack_from(">I", body, at + 8 + length)
        if zlib.crc32(part[4:]) != check or (at == len(_PNG)) != (kind == b"IHDR"):
            raise ValueError("no part of a picture")
        drawn = drawn or kind == b"IDAT"
        if kind in _PNG_PARTS:
            yield part + struct.pack(">I", check)
        elif not kind[0] & 0x20:
            raise ValueError("it cannot be drawn without a part that is not known")
        if kind == b"IEND":
            if not drawn:
                raise ValueError("no pixels")
            return
        at += 12 + length


def _webp(body: bytes) -> Iterator[bytes]:
    (size,) = struct.unpack_from("<I", body, 4)
    at, end, drawn = 12, 8 + size, False
    if end > len(body):
        raise ValueError("cut off")
    while at < end:
        kind, (length,) = body[at : at + 4], struct.unpack_from("<I", body, at + 4)
        after = at + 8 + length + length % 2
        if after > end:
            raise ValueError("cut off")
        part = body[at:after]
        drawn = drawn or kind in (b"VP8 ", b"VP8L")
        if kind == b"VP8X":
            part = part[:8] + bytes([part[8] & _ALPHA]) + part[9:]
        if kind in _WEBP_PARTS:
            yield part
        at = after
    if not drawn:
        raise ValueError("no pixels")
