"""The beds suggested for a request over the API: with the reasons, when they are ready, and what keeps the others back."""

from datetime import datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from flow.views.desk.card import ReadyLike, SuggestionLike, SuggestionsLike
from flow.web.api.requests import found_request
from flow.web.api.wire import answer, limit_of
from flow.web.parts import house_of


class TermOut(msgspec.Struct):
    """One reason, with its points."""

    name: str
    points: int
    reason: str


class ReadyOut(msgspec.Struct):
    """The moments by which a bed will be ready with 10, 50 and 90 % probability."""

    p10: datetime
    p50: datetime
    p90: datetime


class SuggestionOut(msgspec.Struct):
    """A bed with the terms its score is the sum of; `ready_at` when it can be lain in (null: now), `ready` with its spread."""

    bed: str
    score: int
    terms: list[TermOut]
    ready_at: datetime | None = None
    ready: ReadyOut | None = None


class WaitOut(msgspec.Struct):
    """Take `now`, or wait about `minutes` (`late`: at worst, 90 %) for `bed`, which is worth `gain` points more."""

    now: str
    bed: str
    minutes: int
    late: int
    gain: int


class UnblockOut(msgspec.Struct):
    """A bed that `rule` alone keeps back: the `reason` as counted, the `remedy` that would free it, `when` if known, its worth."""

    bed: str
    rule: str
    reason: str
    remedy: str
    when: datetime | None
    score: int


class SuggestionsOut(msgspec.Struct):
    """The best beds first, of `legal` that may be given; how many each hard rule keeps back (`sole`: it alone), what would unblock the
    best of those, the choice between now and soon, and the version of the weights that the scores were made with."""

    as_of: datetime
    seq: int
    items: list[SuggestionOut]
    legal: int
    blocked: dict[str, int]
    sole: dict[str, int]
    unblock: list[UnblockOut]
    weights: str
    wait: WaitOut | None = None


async def suggestions(request: Request) -> Response:
    """The best beds for a request, with the reasons, and what keeps the others back."""
    house, wanted = house_of(request), await found_request(request)
    found = house.admissions.suggest(wanted, limit_of(request, 5))
    return answer(suggestions_out(found, house.clock.now(), house.desk.hospital.seq))


def suggestions_out(found: SuggestionsLike, at: datetime, seq: int) -> SuggestionsOut:
    """An answer for the wire."""
    wait = found.wait
    return SuggestionsOut(
        as_of=at,
        seq=seq,
        items=[_suggestion(each) for each in found.ranked],
        legal=found.legal,
        blocked=dict(found.blocked),
        sole=dict(found.sole),
        unblock=[UnblockOut(u.bed, u.rule, u.reason, u.remedy, u.when, u.score) for u in found.unblock],
        weights=found.weights,
        wait=WaitOut(wait.now, wait.bed, wait.minutes, wait.late, wait.gain) if wait is not None else None,
    )


def _suggestion(each: SuggestionLike) -> SuggestionOut:
    terms = [TermOut(term.name, term.points, term.reason) for term in each.terms]
    return SuggestionOut(each.bed, each.score, terms, each.ready_at, _ready(each.ready))


def _ready(ready: ReadyLike | None) -> ReadyOut | None:
    return ReadyOut(ready.p10, ready.p50, ready.p90) if ready is not None else None
