"""A bed that somebody takes against the best one suggested, at the moment of the choice. Pure; kept for the report on overrides."""

from datetime import datetime

import numpy as np

from allocation.engine import Engine
from allocation.ready import moments
from allocation.scored import Scored, best
from flow.domain.choice import Weighed
from flow.domain.hospital import Hospital
from flow.domain.ids import BedId
from flow.domain.request import BedRequest


def weighed(engine: Engine, request: BedRequest, bed: BedId, hospital: Hospital, at: datetime) -> Weighed:
    """Both beds with their points and when each is ready; the bed taken may break a rule, the best one does not."""
    found = engine.scored(request, hospital, at)
    layout = found.look.grid.layout
    row = layout.index[bed]
    first = best(np.flatnonzero(found.kept.legal), found.score, layout.rank, 1)
    taken = Weighed(bed, int(found.score[row]), _ready(found, row), None, 0, None, engine.weights.version)
    if not first.size:
        return taken
    top = int(first[0])
    ready = _ready(found, top)
    return Weighed(bed, taken.score, taken.ready_at, layout.ids[top], int(found.score[top]), ready, engine.weights.version)


def _ready(found: Scored, row: int) -> datetime | None:
    """The median; None for a bed that is free at once, or of which nothing is known."""
    first, half, last = (float(minutes[row]) for minutes in found.minutes)
    return moments(found.look.asked.at, (first, half, last)).p50 if half > 0 else None
