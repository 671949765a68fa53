"""Batches: the envelopes of a file of messages, FHS BHS ... BTS FTS (HL7 v2.9.1, 2.10.3). `er7` cuts the file and asks here.

An envelope that is not closed, or that counts other than what stands in it, is a file cut short or put together wrong: that is
said, with the place and what to do, before any of its messages goes anywhere.
"""

from dataclasses import dataclass

from adt_feed.header import BLANK
from flow.errors import Unreadable

HEADERS = {b"FHS": b"FTS", b"BHS": b"BTS"}
TRAILERS = {trailer: header for header, trailer in HEADERS.items()}
CALLED = {b"FHS": "file", b"BHS": "batch"}
USUAL_SEPARATOR = b"|"


def is_envelope(line: bytes) -> bool:
    """Whether a line is one of the four."""
    name = line[:3].upper()
    return (name in HEADERS or name in TRAILERS) and not line[3:4].isalnum()


@dataclass(slots=True)
class _Open:
    """An envelope begun and not ended. `held` counts the messages of a batch, or the batches of a file; `loose` says that
    messages stand in a file without a batch around them: they count as one batch."""

    name: bytes
    where: str
    separator: bytes
    held: int = 0
    loose: bool = False


class Envelopes:
    """The envelopes of one file, line by line."""

    def __init__(self) -> None:
        self._open: list[_Open] = []

    def takes(self, line: bytes, where: str) -> bool:
        """Whether the line is an envelope's. `where` is how people find it: "line 7". Raises Unreadable `batch`."""
        if not is_envelope(line):
            return False
        name = line[:3].upper()
        if name in HEADERS:
            self._begin(name, line, where)
        else:
            self._end(name, line, where)
        return True

    def message(self) -> None:
        """A message begins."""
        if not self._open:
            return
        inner = self._open[-1]
        if inner.name == b"BHS":
            inner.held += 1
        elif not inner.loose:
            inner.loose = True
            inner.held += 1

    def finish(self) -> None:
        """The file ends. Raises Unreadable `batch` where an envelope is still open."""
        if self._open:
            raise self._unclosed(self._open[-1], "the file ends")

    def _begin(self, name: bytes, line: bytes, where: str) -> None:
        if self._open and (name == b"FHS" or self._open[-1].name == b"BHS"):
            raise self._unclosed(self._open[-1], f"a {name.decode()} begins at {where}")
        if self._open:
            self._open[-1].held += 1
            self._open[-1].loose = False
        self._open.append(_Open(name, where, line[3:4] or USUAL_SEPARATOR))

    def _end(self, name: bytes, line: bytes, where: str) -> None:
        header = TRAILERS[name]
        if not self._open or not any(one.name == header for one in self._open):
            raise _wrong(f"{_at(name, where)} ends a {CALLED[header]} that never began ({header.decode()}).", "its beginning is missing")
        inner = self._open[-1]
        if inner.name != header:
            raise self._unclosed(inner, f"{_at(name, where)} comes first")
        self._open.pop()
        _check_count(inner, line, name, where)

    @staticmethod
    def _unclosed(envelope: _Open, instead: str) -> Unreadable:
        trailer = HEADERS[envelope.name].decode()
        begun = f"The {CALLED[envelope.name]} begun at {envelope.where} ({envelope.name.decode()})"
        return _wrong(f"{begun} has no {trailer}: {instead}.", "its end is missing")


def _check_count(envelope: _Open, line: bytes, trailer: bytes, where: str) -> None:
    """BTS-1 counts messages, FTS-1 batches; left empty, nothing is claimed."""
    said = line.split(envelope.separator)[1:2]
    claimed = said[0].strip(BLANK) if said else b""
    if not claimed:
        return
    what = "messages" if trailer == b"BTS" else "batches"
    if not claimed.isdigit() or len(claimed) > 9:
        raise _wrong(f"{_at(trailer, where)} does not count its {what}: field 1 is no number.", "it was damaged")
    if int(claimed) != envelope.held:
        miscount = f"{_at(trailer, where)} counts {int(claimed)} {what}, but there are {envelope.held}."
        raise _wrong(miscount, "a part is missing or doubled")


def _at(name: bytes, where: str) -> str:
    return f"{name.decode()} at {where}"


def _wrong(what: str, likely: str) -> Unreadable:
    advice = "Nothing of it was used. Ask for the file again, or remove its FHS, BHS, BTS and FTS lines to take the messages as they are."
    return Unreadable(f"{what} Probably {likely}. {advice}", code="batch")
