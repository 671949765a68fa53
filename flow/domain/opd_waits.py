"""How long people wait to be called in an outpatient clinic, those who still wait counted in. Pure.

Whoever waits yet, or has left uncalled, has waited at least so long; so the figures are read off the curve of `flow.domain.survival`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flow.domain.opd import NOT_COME, Token, TokenStatus
from flow.domain.survival import Span, quantile


@dataclass(frozen=True, slots=True)
class Waits:
    """Minutes from coming to the first call: half were called within `p50`, nine of ten within `p90` (None: that many have not been
    called yet). `called` were, `waiting` wait, `left` went uncalled."""

    called: int = 0
    waiting: int = 0
    left: int = 0
    p50: int | None = None
    p90: int | None = None


def waits_of(tokens: Iterable[Token], at: datetime) -> Waits:
    """The waits of these tokens as they stand at `at`."""
    came = [token for token in tokens if token.arrived_at is not None and token.status not in NOT_COME]
    spans = [_span(token, at) for token in came]
    called = sum(is_called for _, is_called in spans)
    waiting = sum(token.called_at is None and token.status is TokenStatus.WAITING for token in came)
    return Waits(called, waiting, len(came) - called - waiting, _minutes(spans, 0.5), _minutes(spans, 0.9))


def _span(token: Token, at: datetime) -> Span:
    """Minutes waited, and whether a call ended it."""
    end = token.called_at or token.closed_at or at
    assert token.arrived_at is not None
    return max(0.0, (end - token.arrived_at).total_seconds() / 60), token.called_at is not None


def _minutes(spans: list[Span], share: float) -> int | None:
    found = quantile(spans, share)
    return None if found is None else round(found)
