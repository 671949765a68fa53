"""Writing down what was suggested when a bed is assigned, for the managers' report on overrides.

`weigh` is asked before the command, `remember` after it: what stood first must not be judged by what came later.
"""

from dataclasses import replace

import structlog

from flow.domain.choice import Choice, Weighed
from flow.domain.ids import BedId
from flow.domain.request import BedRequest
from flow.errors import Unavailable
from flow.history import choices
from flow.history.pool import NotStored
from flow.web.act import Done
from flow.web.parts import House

log = structlog.get_logger()


async def remember(
    house: House, wanted: BedRequest, weighed: Weighed | None, done: Done, blocked: tuple[str, ...] = (), reason: str | None = None
) -> None:
    """Keep the choice. A promise that was made stands even where this cannot be stored."""
    made = done.of(BedRequest, wanted.id)
    if weighed is None or made is None or made.bed != weighed.bed:
        return
    try:
        await choices.keep(house.database, _choice(house, wanted, weighed, done.command, blocked, reason or ""))
    except (Unavailable, NotStored) as error:
        log.warning("choice.not_kept", command=done.command, reason=error.reason)


def as_suggested(weighed: Weighed) -> Weighed:
    """The bed taken is the one that was suggested: the joint plan gives a bed for the sake of all, and who follows it overrides nothing."""
    return replace(weighed, best=weighed.bed, best_score=weighed.score, best_ready_at=weighed.ready_at)


def _choice(house: House, wanted: BedRequest, weighed: Weighed, command: int, blocked: tuple[str, ...], reason: str) -> Choice:
    return Choice(
        command=command,
        at=house.clock.now(),
        request=wanted.id,
        ward=house.plan.beds[BedId(weighed.bed)].ward,
        weighed=weighed,
        blocked=blocked,
        reason=reason,
        type=wanted.type,
        priority=wanted.priority,
        specialty=wanted.specialty or "",
        isolation=wanted.isolation or wanted.isolation_kind is not None,
    )
