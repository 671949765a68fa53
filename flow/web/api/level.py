"""`GET /api/v1/level/history`: every change of the escalation level in a period, with the thresholds that fired and the rules' version."""

from datetime import datetime, timedelta

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.alert_level import rules_of
from flow.domain.alert_rules import Measure
from flow.domain.level_history import LevelChange
from flow.web.api.wire import listing, moment
from flow.web.parts import house_of
from flow.web.problems import invalid

LONGEST = timedelta(days=366)


class FiredOut(msgspec.Struct):
    """A threshold that was reached: how it stood, and from where on it counts."""

    measure: Measure
    value: float
    threshold: int


class ChangeOut(msgspec.Struct):
    """From `before` (null: nobody had looked, `unseen_since` when there was a look before) to `number` of `levels`; the figures of that
    moment, and the `version` of the rules."""

    at: datetime
    before: int | None
    before_name: str
    number: int
    name: str
    levels: int
    fired: list[FiredOut]
    occupancy: float | None
    boarders: int
    dirty: int
    expected: float | None
    version: str
    unseen_since: datetime | None


class LevelHistoryOut(msgspec.Struct):
    """The changes from `start` to `end`, the oldest first, after the one that the period began with (`at` before `start`); `looked_at` is
    when the last look was, `version` that of the rules in force."""

    start: datetime
    end: datetime
    version: str
    hold_minutes: int
    looked_at: datetime | None
    items: list[ChangeOut]


async def get_history(request: Request) -> Response:
    """How hard the house was pressed: `from`, `to` (at most 366 days, usually the last seven)."""
    house = house_of(request)
    now = house.clock.now()
    end = min(_time(request, "to", now), now)
    start = _time(request, "from", end - timedelta(days=7))
    if not start < end <= start + LONGEST:
        raise invalid("bad-period", f"from lies before to, and at most {LONGEST.days} days before it.")
    rules = rules_of(house.plan)
    items = [_out(change) for change in await house.levels.changes(start, end)]
    return listing(request, LevelHistoryOut(start, end, rules.version, rules.hold_minutes, await house.levels.looked_at(), items))


def _time(request: Request, name: str, usual: datetime) -> datetime:
    text = request.query_params.get(name)
    return usual if text is None else moment(text, name)


def _out(change: LevelChange) -> ChangeOut:
    figures = change.measured
    return ChangeOut(
        at=change.at,
        before=change.before,
        before_name=change.before_name,
        number=change.number,
        name=change.name,
        levels=change.levels,
        fired=[FiredOut(each.measure, each.value, each.threshold) for each in change.fired],
        occupancy=figures.occupancy,
        boarders=figures.boarders,
        dirty=figures.dirty,
        expected=figures.expected,
        version=change.version,
        unseen_since=change.unseen_since,
    )
