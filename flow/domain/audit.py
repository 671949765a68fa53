"""The audit trail: what is written down of whoever came in, read, wrote or was refused, and how its chain is linked. Pure.

A trace names people who use Bedflow by account and patients by pseudonym. A link covers a stretch of the trail and of the log; each is
keyed and includes the one before, so that nothing that was sealed can change, go or be joined by more without its link failing
(B. Schneier, J. Kelsey: Secure Audit Logs to Support Computer Forensics, 1999). What a chain cannot see, its own tail cut off, the
anchor does.
"""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256

from flow.domain.ids import PatientId


class Kind(StrEnum):
    """What a trace tells of."""

    SIGNED_IN = "signed-in"
    NOT_SIGNED_IN = "not-signed-in"
    SIGNED_OUT = "signed-out"
    FIRST_FACTOR = "first-factor"
    NOT_PROVEN = "not-proven"
    CREDENTIAL = "credential"
    BADGE_USED = "badge-used"
    """A badge and its PIN: somebody is at a ward station, or begins a shift with a phone."""
    UNLOCKED = "unlocked"
    """A phone, by the PIN of whoever works with it."""
    WRONG_PIN = "wrong-pin"
    LOCKED_OUT = "locked-out"
    """The wrong PIN after which none is taken."""
    UNKNOWN_BADGE = "unknown-badge"
    BADGE = "badge"
    """Issued, revoked, unlocked by somebody else."""
    PAIRED = "paired"
    NOT_PAIRED = "not-paired"
    """A code was typed that no device shows."""
    SHUT_OUT = "shut-out"
    READ = "read"
    READ_AGAIN = "read-again"
    WRITTEN = "written"
    REFUSED = "refused"
    LEFT = "left"
    """Names left otherwise than on a screen: in a file, on paper, in a message."""
    FEED_OPENED = "feed-opened"
    FEED_REFUSED = "feed-refused"
    """A sender connected to a feed's port, or was turned away there."""
    SEARCHED = "searched"
    """The trail itself was read."""


@dataclass(frozen=True, slots=True)
class Trace:
    """`seat` tells one person's browsers apart; `view` is the route's pattern or the command, `place` the ward, bed or clinic of the
    address; `detail` holds what a kind has besides: a refusal's code, a command's number, how often somebody was read again."""

    at: datetime
    kind: Kind
    actor: str
    role: str = ""
    seat: str = ""
    address: str = ""
    view: str = ""
    place: str = ""
    patients: tuple[PatientId, ...] = ()
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the chain: transactions below `txid_to` and entries up to `seq_to`, how many they were since the link before, digests."""

    number: int
    at: datetime
    txid_to: int
    seq_to: int
    traces: int
    entries: int
    trail: bytes
    log: bytes
    mac: bytes = b""


START = Link(0, datetime(1970, 1, 1, tzinfo=UTC), 0, 0, 0, 0, b"", b"")
"""Before the first link."""


def mac_of(key: bytes, link: Link, before: bytes) -> bytes:
    """HMAC-SHA256 over a link's fields and the link before."""
    counts = (link.txid_to, link.seq_to, link.traces, link.entries)
    return _mac(key, (link.number, link.at, *counts, link.trail, link.log, before))


def _mac(key: bytes, told: Iterable[object]) -> bytes:
    mac = hmac.new(key, digestmod=sha256)
    for part in told:
        part = part.astimezone(UTC).isoformat() if isinstance(part, datetime) else part
        part = part if isinstance(part, bytes) else str(part).encode()
        mac.update(len(part).to_bytes(4) + part)
    return mac.digest()


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the chain begins once what was before is no longer kept: after `link`, which stays. Of the log everything up to `seq_to`
    (recorded at `log_at`, the end of `log_link`) is gone, and goes on from a snapshot with this digest; of the trail what transactions
    below `txid_to` wrote (sealed until `trail_at`, the end of `trail_link`). `begun_at` is when the record began at first."""

    number: int
    at: datetime
    link: int
    link_mac: bytes
    log_link: int
    seq_to: int
    log_at: datetime | None
    begun_at: datetime | None
    trail_link: int
    txid_to: int
    trail_at: datetime | None
    snapshot: bytes
    mac: bytes = b""


UNCUT = Cut(0, START.at, 0, b"", 0, 0, None, None, 0, 0, None, b"")
"""Everything that ever was is there."""


def mac_of_cut(key: bytes, cut: Cut, before: bytes) -> bytes:
    """HMAC-SHA256 over a cut's fields and the cut before."""
    ends = (cut.log_link, cut.seq_to, cut.log_at, cut.begun_at, cut.trail_link, cut.txid_to, cut.trail_at)
    return _mac(key, ("cut", cut.number, cut.at, cut.link, cut.link_mac, *ends, cut.snapshot, before))


@dataclass(frozen=True, slots=True)
class Anchor:
    """What was laid down outside: a link's number and its mac."""

    number: int
    mac: bytes

    def __str__(self) -> str:
        return f"{self.number} {self.mac.hex()}"


def read_anchors(lines: Iterable[str]) -> list[Anchor]:
    """The anchors of a file, a line each (`number mac`, what follows is for people). Raises ValueError with the line that is none."""
    found = []
    for number, line in enumerate(lines, start=1):
        if words := line.split():
            try:
                found.append(Anchor(int(words[0]), bytes.fromhex(words[1])))
            except (ValueError, IndexError):
                raise ValueError(f"line {number} is no anchor: a number and 64 hexadecimal digits are expected") from None
    return found


def against_anchors(macs: Mapping[int, bytes], last: int, anchors: Sequence[Anchor]) -> list[str]:
    """What the outside knows better: links that are others than when they were anchored, and links that are gone."""
    found = [
        f"link {each.number} is not the one that was anchored" for each in anchors if each.number in macs and macs[each.number] != each.mac
    ]
    newest = max((each.number for each in anchors), default=0)
    if newest > last:
        found.append(f"the tail is cut off: link {newest} was anchored, the chain ends with {last}")
    return found
