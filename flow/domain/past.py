"""A past moment as it is known at another: what was believed of it then, and what has been learnt of it since. Pure.

Two kinds of words bear on a bed. Its own condition is told by its events: each counts from a time in the hospital (`Claim.start`) and
replaces what was believed of that time and of all after it. Who lay in it is told by visits: a stay has its beginning and end by event
time, and a visit told anew replaces its stays. Both say from which Seq to which they were believed. `flow.history.conditions` keeps
them, `flow.history.past` asks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flow.domain.bed import BedStatus
from flow.domain.ids import BedId, VisitId


@dataclass(frozen=True, slots=True)
class Claim:
    """A bed's condition from `start` on, told by the entry `seq` and believed until the entry `until`; `before`: what the bed would be
    had the patient in it never come."""

    bed: BedId
    start: datetime
    status: BedStatus
    seq: int
    until: int | None = None
    before: BedStatus | None = None


@dataclass(frozen=True, slots=True)
class Lay:
    """A visit in a bed from `start` to `end` (None: still), told by the entry `seq` and believed until the entry `until`."""

    bed: BedId
    visit: VisitId
    start: datetime
    end: datetime | None
    seq: int
    until: int | None = None

    def covers(self, at: datetime) -> bool:
        """Lay there then: from its start, up to its end without it."""
        return self.start <= at and (self.end is None or at < self.end)


@dataclass(frozen=True, slots=True)
class Known:
    """What a bed was at a moment: its status and who lay in it."""

    status: BedStatus
    visit: VisitId | None = None


def known(claim: Claim, lay: Lay | None, gone: Lay | None) -> Known:
    """The rule: `claim` is the last word about the bed's condition then, `lay` the stay that covers the moment, `gone` the one that ended
    last since the claim began. A stay decides, of two the one that began first, because nobody is evicted; a bed that was said to be
    occupied and in which nobody lay wanted cleaning after the one who had left, and else was what it had been before."""
    if lay is not None:
        return Known(BedStatus.OCCUPIED, lay.visit)
    if claim.status is not BedStatus.OCCUPIED:
        return Known(claim.status)
    return Known(BedStatus.CLEANING if gone is not None else claim.before or BedStatus.AVAILABLE)


def known_of(claims: Iterable[Claim], lays: Iterable[Lay], at: datetime, seq: int) -> Known | None:
    """What one bed was at a moment, as known after the entry `seq`; None before it was opened."""
    told = [claim for claim in claims if claim.start <= at and _believed(claim, seq)]
    if not told:
        return None
    claim = max(told, key=lambda one: (one.start, one.seq))
    stood = [lay for lay in lays if lay.start <= at and _believed(lay, seq)]
    lay = min((one for one in stood if one.covers(at)), key=lambda one: (one.start, one.visit), default=None)
    ended = [one for one in stood if one.end is not None and max(claim.start, one.start) < one.end <= at]
    return known(claim, lay, max(ended, key=lambda one: one.end or at, default=None))


def _believed(word: Claim | Lay, seq: int) -> bool:
    return word.seq <= seq and (word.until is None or word.until > seq)


@dataclass(frozen=True, slots=True)
class Piece:
    """A bed as it was from `start` to `end`, or as it was believed to be."""

    start: datetime
    end: datetime
    known: Known | None


def pieces(claims: Sequence[Claim], lays: Sequence[Lay], start: datetime, end: datetime, seq: int) -> list[Piece]:
    """One bed through a stretch of time, as known after the entry `seq`; neighbours differ."""
    told = [claim.start for claim in claims if _believed(claim, seq)]
    came = [at for lay in lays if _believed(lay, seq) for at in (lay.start, lay.end) if at is not None]
    bounds = sorted({start, *(at for at in (*told, *came) if start < at < end)})
    found = [Piece(at, to, known_of(claims, lays, at, seq)) for at, to in zip(bounds, [*bounds[1:], end], strict=True)]
    return joined(found)


def joined(found: Iterable[Piece]) -> list[Piece]:
    """Neighbours that say the same as one."""
    whole: list[Piece] = []
    for piece in found:
        if whole and whole[-1].known == piece.known and whole[-1].end == piece.start:
            whole[-1] = Piece(whole[-1].start, piece.end, piece.known)
        elif piece.start < piece.end:
            whole.append(piece)
    return whole


@dataclass(frozen=True, slots=True)
class Correction:
    """A stretch in which a bed was believed to be other than is known now; `learnt` is the entry from which on it was known."""

    bed: BedId
    start: datetime
    end: datetime
    believed: Known | None
    known: Known | None
    learnt: int | None


def corrections(
    bed: BedId, believed: Sequence[Piece], now: Sequence[Piece], words: tuple[Sequence[Claim], Sequence[Lay]], seq: int
) -> list[Correction]:
    """Where one bed's two readings differ; `seq` is the last entry that is known."""
    found: list[Correction] = []
    for then in believed:
        for piece in now:
            start, end = max(then.start, piece.start), min(then.end, piece.end)
            if start < end and then.known != piece.known:
                found.append(Correction(bed, start, end, then.known, piece.known, learnt(*words, start, seq)))
    return found


def learnt(claims: Sequence[Claim], lays: Sequence[Lay], at: datetime, seq: int) -> int | None:
    """The entry after which a moment was known as it is known after the entry `seq`, and never otherwise again."""
    words: list[Claim | Lay] = [*claims, *lays]
    turns = sorted({turn for word in words for turn in (word.seq, word.until) if turn is not None and turn <= seq})
    now, found = known_of(claims, lays, at, seq), None
    for turn in reversed(turns):
        if known_of(claims, lays, at, turn) != now:
            break
        found = turn
    return found
