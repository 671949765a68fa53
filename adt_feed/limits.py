"""Limits and counters of one MLLP port: how much a peer may ask of us, and what came of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds. An idle connection has no limit: silence for hours is legitimate."""

    max_frame: int = 1 << 20
    connections: int = 256
    unanswered: int = 512  # letters of one connection that wait for their commit before it is read further
    unanswered_bytes: int = 4 << 20
    stall_seconds: float = 30.0  # from a frame's first byte to its last, so that dripping bytes do not help
    unread_seconds: float = 15.0  # how long a peer may leave its answers unread
    ae_on_outage: bool = False  # answer AE for our own outage instead of closing in silence


@dataclass(slots=True)
class Counters:
    """What happened since the start; `connections` is how many are open now."""

    connections: int = 0
    received: int = 0  # whole frames
    kept: int = 0  # letters that the journal committed
    acked: int = 0  # answers given to the network, of any code
    refused: int = 0  # answers that were no AA or CA
    bad: int = 0  # frames given up: too long, interrupted, half ended, left unfinished
    turned_away: int = 0  # connections over the cap
    cut: int = 0  # connections ended by us: stalled, not reading, or our own outage
    outages: int = 0  # commits that did not happen
