"""How much a request weighs beside others, and the hospital's numbers under the name by which this wing knows them.

Who goes first is a matter of priority and of waiting, never of who pays; the joint plan and the cleaning order weigh requests with it.
"""

from datetime import datetime

from flow.domain.request import BedRequest
from flow.domain.weights import Weights

__all__ = ["Weights", "urgency"]

_PRIORITY = {1: 1600, 2: 400, 3: 100, 4: 50}
"""A quarter more each hour: what can wait till today (3) comes before what is needed now (1) after twelve hours, before urgent (2) after
six."""


def urgency(request: BedRequest, at: datetime, weights: Weights) -> int:
    """Points by priority, growing with each hour waited (compound), so that nobody waits for ever; at most a thousandfold."""
    hours = max(0.0, (at - request.clock_from).total_seconds() / 3600)
    grown = min(1000.0, float((1 + weights.starvation_percent / 100) ** min(hours, 240.0)))
    return round(_PRIORITY.get(request.priority, 100) * grown)
