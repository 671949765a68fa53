"""Choosing: what the allocation wing says of beds and whom they suit, of the hospital as it stands, for the admissions desk."""

from collections.abc import Callable

from allocation.choice import weighed
from allocation.engine import Engine, Suggestions
from flow.clock import Clock
from flow.desk import Desk
from flow.domain.request import BedRequest
from flow.main.planning import Planning
from flow.state.looks import Looks
from flow.web.rooms import Admissions


def nothing() -> None:
    """Nothing to tell the engine before it suggests."""


def choosing(engine: Engine, desk: Desk, clock: Clock, looks: Looks | None = None, tell: Callable[[], None] = nothing) -> Admissions:
    """The desk's parts; `tell` brings the engine up to date before it ranks beds."""

    def suggest(request: BedRequest, limit: int) -> Suggestions:
        tell()
        return engine.suggest(request, desk.hospital, clock.now(), limit)

    return Admissions(
        suggest=suggest,
        coming=lambda: engine.ready(desk.hospital, clock.now()),
        broken=lambda request, bed: engine.broken(request, bed, desk.hospital, clock.now()),
        weigh=lambda request, bed: weighed(engine, request, bed, desk.hospital, clock.now()),
        joint=Planning(engine, desk, clock).plan,
        looks=looks,
    )
