"""Pictures as small as they can be, and what may lie in them beside the picture."""

import struct
import zlib


def jpeg_part(marker: int, data: bytes) -> bytes:
    """A segment of a JPEG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def png_part(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def webp_part(kind: bytes, data: bytes) -> bytes:
    """A chunk of a WebP."""
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def webp(*parts: bytes) -> bytes:
    """A WebP of these chunks."""
    whole = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


_FRAME = jpeg_part(0xDB, bytes(65)) + jpeg_part(0xC0, b"\x08\0\x01\0\x01\x01\x01\x11\0") + jpeg_part(0xC4, bytes(20))
_SCAN = jpeg_part(0xDA, b"\x01\x01\0\0\x3f\0") + b"\x12\xff\0\x34\xff\xd0\x56"
JPEG = b"\xff\xd8" + _FRAME + _SCAN + b"\xff\xd9"
PLACE = b"Exif\0\0 GPS 12.97,77.59 of somebody's home"
JPEG_WITH_MORE = (
    b"\xff\xd8"
    + jpeg_part(0xE1, PLACE)
    + jpeg_part(0xFE, b"<script>alert(1)</script>")
    + _FRAME
    + _SCAN
    + b"\xff\xd9"
    + b"PK\x03\x04 a zip"
)
_PNG_HEAD = b"\x89PNG\r\n\x1a\n" + png_part(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
_PNG_REST = png_part(b"IDAT", zlib.compress(b"\0\x80")) + png_part(b"IEND", b"")
PNG = _PNG_HEAD + _PNG_REST
PNG_WITH_MORE = _PNG_HEAD + png_part(b"tEXt", b"Comment\0" + PLACE) + png_part(b"eXIf", PLACE) + _PNG_REST + b"PK\x03\x04 a zip"
_VP8L = webp_part(b"VP8L", b"\x2f\0\0\0\0\x07")
WEBP = webp(_VP8L)
WEBP_WITH_MORE = webp(webp_part(b"VP8X", b"\x1c" + bytes(9)), _VP8L, webp_part(b"EXIF", PLACE)) + b"PK\x03\x04 a zip"
WEBP_CLEANED = webp(webp_part(b"VP8X", b"\x10" + bytes(9)), _VP8L)
