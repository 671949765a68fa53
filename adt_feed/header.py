"""Header: the MSH segment alone, as bytes, for the hot path between frame and ACK.

Before it framing cut out a payload; after it the letter is kept and the ACK is made, both from what is read here. No other
segment is looked at, so that a broken message is answered all the same and nothing of PID can reach the answer.
"""

import re
from functools import lru_cache

from flow.errors import Unreadable

BOM = b"\xef\xbb\xbf"
BLANK = b" \t\r\n\x00"
USUAL = b"^~\\&"
SWALLOWED = frozenset({b"PID", b"EVN", b"PV1", b"PV2", b"PD1", b"NK1", b"MRG", b"AL1", b"ZBE", b"OBX", b"IN1"})
TYPE = re.compile(rb"\s*[A-Za-z]{3}\s*")
EVENT = re.compile(r"[A-Z]\d\d|PC\w", re.ASCII)
VERSION = re.compile(rb"\s*2(\.\d+){0,3}\s*")
MODES = frozenset({"AL", "NE", "ER", "SU"})  # HL7 table 0155
MARKS = bytes(range(0x21, 0x30)) + bytes(range(0x3A, 0x41)) + bytes(range(0x5B, 0x61)) + bytes(range(0x7B, 0x7F))  # ASCII punctuation
ALIKE = bytes.maketrans(b"\nmsh" + MARKS, b"\rMSH" + b"|" * len(MARKS))
BLANK_IN_LINE = b" \t\x00" + BOM
SECOND = b"\rMSH|"  # a line that begins with MSH and a separator, once a message is made `ALIKE`
LAST_BEFORE_ID = 9


class Header:
    """The fields of MSH, numbered as in the standard: `field(9)` is the message type.

    `component_separator` is the first character of MSH-2 as bytes, more than one where a feed chose a character outside ASCII.
    """

    __slots__ = ("_trigger", "_whole", "component_separator", "fields", "separator")

    def __init__(self, line: bytes) -> None:
        self.separator = line[3:4]
        self.fields = fields = line.split(self.separator)
        self.component_separator = b"^" if fields[1] == USUAL else _first_character(fields[1] or USUAL)
        self._trigger: str | None = None
        self._whole: bool | None = None

    @classmethod
    def read(cls, raw: bytes) -> "Header":
        """The header of a message; raises `Unreadable` where there is no usable MSH."""
        usual = raw.startswith(b"MSH|^")
        start = 0 if usual else start_of(raw)
        stop = raw.find(b"\r", start)
        line = raw[start:stop] if stop >= 0 else raw[start:]
        if b"\n" in line:
            line = line[: line.index(b"\n")]
        if usual or _usable(line):
            return cls(line)
        raise Unreadable("no usable MSH segment", code="no-msh")

    def field(self, number: int) -> bytes:
        """MSH-`number` as sent; MSH-1 is the separator itself; out of range is empty."""
        if number == 1:
            return self.separator
        return self.fields[number - 1] if 1 < number <= len(self.fields) else b""

    @property
    def encoding(self) -> bytes:
        """MSH-2 as sent."""
        return self.fields[1] if len(self.fields) > 1 else b""

    @property
    def control_id(self) -> str:
        """MSH-10 as text."""
        return _text(self.control_id_bytes)

    @property
    def sender(self) -> str:
        """ "MSH-3|MSH-4": sending application and facility, the scope within which a control id is unique."""
        return f"{_text(self.field(3))}|{_text(self.field(4))}"

    @property
    def trigger(self) -> str:
        """MSH-9.2 where it is a trigger ("A01"), else ""; never other text, which in a cut header may be a name."""
        if self._trigger is None:
            fields = self.fields
            self._trigger = _event(fields[8], self.component_separator) if len(fields) > 8 else ""
        return self._trigger

    @property
    def accept_mode(self) -> str:
        """MSH-15: AL, NE, ER, SU, or "" for the original mode."""
        return _mode(self.fields[14]) if len(self.fields) > 14 else ""

    @property
    def application_mode(self) -> str:
        """MSH-16: AL, NE, ER, SU, or ""."""
        return _mode(self.fields[15]) if len(self.fields) > 15 else ""

    @property
    def charset(self) -> str:
        """MSH-18, first repetition, as declared."""
        declared = self.field(18)
        return _first_repetition(declared, self.encoding) if declared else ""

    @property
    def control_id_bytes(self) -> bytes:
        """MSH-10 byte for byte; empty where it is missing, or where a cut header makes another segment's field stand there."""
        fields = self.fields
        return fields[9] if len(fields) > 9 and self.whole else b""

    @property
    def whole(self) -> bool:
        """Whether the fields up to MSH-10 are this header's own: a type and event in place, or at least no sign of another segment."""
        if self._whole is None:
            alone = SWALLOWED.isdisjoint(self.fields[2:LAST_BEFORE_ID])
            self._whole = bool(self.trigger) or (alone and (bool(TYPE.fullmatch(self.field(9))) or self.versioned))
        return self._whole

    @property
    def versioned(self) -> bool:
        """Whether a version stands in MSH-12; else what stands there and behind it may be another segment's."""
        return len(self.fields) > 11 and _is_version(self.fields[11], self.component_separator)


def start_of(raw: bytes) -> int:
    """Where MSH begins, behind a byte order mark and blank lines."""
    if raw[:3] == b"MSH":
        return 0
    body = raw.removeprefix(BOM).lstrip(BLANK).removeprefix(BOM)
    return len(raw) - len(body)


def another_follows(raw: bytes) -> bool:
    """Whether a second MSH begins a line: two messages in one frame, of which an answer could name but one.

    A few passes in C, whatever the bytes: a megabyte of almost-headers must not hold up the port.
    """
    if b"\0" not in raw and b"MSH" not in raw[4:].upper():
        return False
    return SECOND in raw[start_of(raw) :].translate(ALIKE, BLANK_IN_LINE)


def _usable(line: bytes) -> bool:
    """MSH, then a separator and a component separator; neither is a letter or a digit, the first no blank and no control character."""
    marks = line[3:5]
    return line[:3].upper() == b"MSH" and b" " < marks[:1] < b"\x7f" and not marks[:1].isalnum() and not marks[1:].isalnum()


@lru_cache(maxsize=64)
def _first_character(encoding: bytes) -> bytes:
    try:
        return encoding.decode("utf-8")[:1].encode()
    except UnicodeDecodeError:
        return encoding[:1]


@lru_cache(maxsize=256)
def _first_repetition(declared: bytes, encoding: bytes) -> str:
    text, marks = _text(declared), _text(encoding or USUAL)
    return text.split(marks[1], 1)[0].strip() if len(marks) > 1 else text.strip()


@lru_cache(maxsize=1024)
def _event(kind: bytes, separator: bytes) -> str:
    """The trigger in MSH-9, where it looks as no field of another segment does ("ADT^A01"), else ""."""
    parts = kind.split(separator, 2)
    event = _text(parts[1]).strip().upper() if len(parts) > 1 else ""
    return event if EVENT.fullmatch(event) and TYPE.fullmatch(parts[0]) else ""


@lru_cache(maxsize=256)
def _is_version(version: bytes, separator: bytes) -> bool:
    return bool(VERSION.fullmatch(version.split(separator, 1)[0]))


def _mode(said: bytes) -> str:
    """A value of table 0155; what is none asks for nothing, and a sender left without any answer would ask for ever."""
    mode = _text(said).strip().upper()
    return mode if mode in MODES else ""


def _text(raw: bytes) -> str:
    """Header text for keys and logs: UTF-8, else latin-1; no NUL, which Postgres cannot store."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return text.replace("\0", "")
