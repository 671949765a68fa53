"""Charset: which codec the bytes of a message are in (MSH-18, HL7 table 0211). A message is never dropped for its bytes.

Before it the header was read as bytes; after it segments are text. The order is: what MSH-18 declares, the feed's setting,
UTF-8, and at last latin-1, which every byte string satisfies.
"""

import codecs
import re
from functools import lru_cache

TABLE_0211 = {
    "UNICODE": "utf-8",
    "UNICODEUTF8": "utf-8",
    "GB180302000": "gb18030",
    "KSX1001": "euc_kr",
    "CNS116431992": "big5",
    "BIG5": "big5",
    "ISOIR14": "iso2022_jp",
    "ISOIR87": "iso2022_jp",
    "ISOIR159": "iso2022_jp_1",
    "WE8MSWIN1252": "cp1252",
}
NOT_DECLARED = {"", "ASCII", "USASCII", "ISOIR6", '""'}  # ASCII with high bytes is common, so it says nothing about them
TEXT_CODEC = re.compile(r"utf_?8|latin_?1|iso8859[-_]\d+|cp\d+|koi8[-_][rtu]|gb\w+|big5\w*|euc\w+|shift_jis\w*|iso2022\w+|mac[-_]\w+")


@lru_cache(maxsize=256)
def codec_of(declared: str) -> str | None:
    """The Python codec of an MSH-18 value ("8859/1", "UNICODE UTF-8", "CP1252", ...); None where it declares nothing we know."""
    key = re.sub(r"[^0-9A-Za-z]", "", declared).upper()
    if key in NOT_DECLARED:
        return None
    if latin := re.fullmatch(r"(?:ISO)?8859(\d{1,2})", key):
        return _known(f"iso8859-{latin[1]}")
    if windows := re.fullmatch(r"(?:CP|WINDOWS|WIN|ANSI)(\d{3,4})", key):
        return _known(f"cp{windows[1]}")
    return TABLE_0211.get(key) or _known(declared.strip())


def _known(name: str) -> str | None:
    """The codec's own name if it turns bytes to text and keeps ASCII as it is (the header was read as such)."""
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    return found if TEXT_CODEC.fullmatch(found) else None


@lru_cache(maxsize=256)
def candidates(declared: str, default: str | None) -> tuple[str, ...]:
    """The codecs to try, in order. `default` is the feed's setting, an MSH-18 value or a codec's name."""
    return tuple(codec for codec in (codec_of(declared), codec_of(default or ""), "utf-8") if codec)


def decode(raw: bytes, codecs_to_try: tuple[str, ...]) -> tuple[str, str]:
    """The text of a message and the codec that fitted; latin-1 where none does."""
    for codec in codecs_to_try:
        try:
            return raw.decode(codec), codec
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1"), "latin-1"
