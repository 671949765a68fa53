"""Frame: MLLP without a socket. Before it the listener hands over bytes as they came; after it every payload is a letter.

A frame is ``0x0B payload 0x1C 0x0D`` (HL7 v2.9.1, appendix C; Minimal Lower Layer Protocol). Bytes may be cut anywhere, several
frames may stand in one packet, and between frames anything may stand. What comes out depends on the bytes alone, never on how
the network cut them.
"""

from dataclasses import dataclass
from typing import TypeAlias

START = b"\x0b"
END = b"\x1c\r"
SAMPLE = 4096  # bytes of a bad frame kept for the exceptions tray and for finding whom to answer

TOO_LONG = "frame too long"
INTERRUPTED = "frame interrupted by a new start block"
HALF_END = "end block without its carriage return"

Frame: TypeAlias = bytes


@dataclass(frozen=True, slots=True)
class Bad:
    """A frame that was given up: why, how many of its bytes were seen by then, and the first of them (at most `SAMPLE`)."""

    reason: str
    sample_size: int
    sample: bytes = b""


def wrap(payload: bytes) -> bytes:
    """One message as it goes over the wire."""
    return START + payload + END


class MllpReader:
    """Cuts a byte stream into frames. `max_frame` is the longest payload accepted, in bytes."""

    __slots__ = ("_held", "_max", "_open", "_scanned")

    def __init__(self, max_frame: int) -> None:
        self._max = max_frame
        self._held = bytearray()  # payload of the open frame so far
        self._open = False
        self._scanned = 0  # how far _held was searched

    @property
    def mid_frame(self) -> bool:
        """Whether a frame has begun and not ended: the peer owes bytes."""
        return self._open

    def feed(self, data: bytes) -> list[Frame | Bad]:
        """The payloads, and the frames given up, which `data` completes; in the order of the stream."""
        found: list[Frame | Bad] = []
        if self._open:
            self._held += data
            held = self._held
            at = self._take(held, 0, self._scanned, found)
            while at >= 0:
                at = self._take(held, at + 1, at + 1, found)
            return found
        at = data.find(START)
        while at >= 0:
            at = self._take(data, at + 1, at + 1, found)
        return found

    def _take(self, data: bytes | bytearray, begin: int, scan: int, found: list[Frame | Bad]) -> int:
        """Judge the frame whose payload begins at `begin`; the place of the next start block, or -1. Two finds, no loop."""
        again = data.find(START, scan)
        stop = again if again >= 0 else len(data)
        end = data.find(END, scan, stop)
        if 0 <= end <= begin + self._max:
            found.append(bytes(data[begin:end]))
        elif again < 0 and end < 0 and stop - begin <= self._max + 1:
            self._hold(data, begin)
            return -1
        else:
            found.append(self._bad(bytes(data[begin:stop])))
        self._release()
        return again

    def _bad(self, part: bytes) -> Bad:
        if len(part) > self._max:
            return Bad(TOO_LONG, self._max, part[: min(self._max, SAMPLE)])
        return Bad(HALF_END if b"\x1c" in part else INTERRUPTED, len(part), part[:SAMPLE])

    def _hold(self, data: bytes | bytearray, begin: int) -> None:
        if data is not self._held or begin:
            self._held = bytearray(data[begin:])
        self._open = True
        self._scanned = max(len(self._held) - 1, 0)  # an end block may be cut in two

    def _release(self) -> None:
        if self._open:
            self._held = bytearray()
            self._open = False
