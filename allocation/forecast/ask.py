"""The one door: a past is learnt from once, then asked as often as anybody likes. Everything behind it is pure; `flow.main.forecasting`
reads and keeps.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from allocation.forecast.bands import marked
from allocation.forecast.chances import comings, leavings
from allocation.forecast.judge import Bench
from allocation.forecast.outlook import Scene, coming_means, leaving_chances, outlooks
from allocation.forecast.rates import WINDOW, rates
from allocation.forecast.usual import Usual, Weights, blended
from flow.domain.forecast import ENOUGH_DAYS, Judged, Outlook, Outlooks, Past, WhatIf
from flow.domain.huddle import Flow
from flow.domain.ids import WardId
from flow.domain.plan import Plan


@dataclass(frozen=True)
class Learnt:
    """The house as it stands `at` a moment with what `days` of history taught; no `scene` where they are too few."""

    at: datetime
    days: float
    scene: Scene | None
    usual: Usual = field(default_factory=dict)


def learn(plan: Plan, past: Past, at: datetime) -> Learnt:
    """From the last 28 whole days."""
    days = (at - past.first) / timedelta(days=1) if past.first is not None else 0.0
    if days < ENOUGH_DAYS:
        return Learnt(at, days, None)
    bench = Bench.of(plan, past, at)
    return Learnt(at, days, bench.scene(rates(bench.counted, int(bench.end // 24), WINDOW), bench.end), bench.usual(bench.end))


def answer(known: Learnt, verdicts: Iterable[Judged], *, huddle: datetime | None = None, what_if: WhatIf | None = None) -> Outlooks:
    """The forecast, with what somebody considers; without rows where too little was learnt. `verdicts` are those of the newest
    back-test: how far each group leans on what is usual, and how far its bands may be trusted."""
    what_if = what_if or WhatIf()
    judged = {(each.level, each.name, each.hours): each for each in verdicts}
    rows = _leaning(known, known.scene, what_if, {key: each.weight for key, each in judged.items()}) if known.scene is not None else []
    return Outlooks(known.at, known.days, marked(rows, judged), huddle, what_if)


def _leaning(known: Learnt, scene: Scene, what_if: WhatIf, weights: Weights) -> list[Outlook]:
    rows = outlooks(scene, what_if)
    return blended(rows, outlooks(scene) if what_if.is_any else rows, known.usual, scene.groups, weights)


def flows(known: Learnt, until: datetime, turn: timedelta) -> tuple[Flow, ...]:
    """How many leave each ward early enough for their beds to be cleaned (`turn`) until a moment, and how many come whom nobody announced;
    nothing where too little was learnt."""
    scene = known.scene
    if scene is None:
        return ()
    hours, cleaned = (max(0.0, (moment - known.at) / timedelta(hours=1)) for moment in (until, until - turn))
    here = scene.stays.here(scene.at)
    leave = leaving_chances(scene, here, scene.stays.expected(scene.at)[here], cleaned)
    coming = coming_means(scene, hours)
    ward_of = scene.stays.ward[here]
    return tuple(
        Flow(
            WardId(ward),
            tuple(map(float, leavings(leave[ward_of == place]))),
            tuple(map(float, comings(float(coming[place]), float(scene.rates.spread[place])))),
        )
        for ward, place in scene.groups.wards.items()
    )


def forecast(
    plan: Plan, past: Past, verdicts: Iterable[Judged], at: datetime, *, huddle: datetime | None = None, what_if: WhatIf | None = None
) -> Outlooks:
    """Both at once."""
    return answer(learn(plan, past, at), verdicts, huddle=huddle, what_if=what_if)
