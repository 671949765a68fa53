"""What the patient needs, as chips under the name: must-haves first, which no points outweigh, then wishes and what is good to know.

`choice` shows them above the cards that were ranked by them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from flow.domain.care import Isolation, Rest
from flow.domain.plan import Plan
from flow.domain.request import BedRequest
from flow.views.request_form import words_of
from flow.views.times import moment_words

_SEX = {"M": "men's bay or single", "F": "women's bay or single"}
_ISOLATION = {
    Isolation.CONTACT: "contact isolation",
    Isolation.DROPLET: "droplet isolation",
    Isolation.AIRBORNE: "airborne isolation, negative pressure",
}
_REST = {Rest.DEMENTIA: "dementia: do not move", Rest.END_OF_LIFE: "end of life: do not move"}


@dataclass(frozen=True, slots=True)
class NeedChip:
    """Something the patient needs; `must` is never traded off."""

    words: str
    must: bool


def need_chips(request: BedRequest, plan: Plan, at: datetime) -> tuple[NeedChip, ...]:
    """All that a bed is chosen by, in words, each once (an emergency bed of the specialty Emergency)."""
    must = dict.fromkeys(_headed(words) for words in _must(request))
    wish = dict.fromkeys(_headed(words) for words in _wish(request, plan, at))
    return (*(NeedChip(words, True) for words in must), *(NeedChip(words, False) for words in wish if words not in must))


def _must(request: BedRequest) -> Iterator[str]:
    yield words_of(request.type)
    if request.sex in _SEX:
        yield _SEX[request.sex]
    yield from (words_of(need) for need in sorted(request.needs))
    if request.isolation_kind is not None:
        yield _ISOLATION[request.isolation_kind] + (f" ({request.organism})" if request.organism else "")
    elif request.isolation:
        yield "isolation" + (f" ({request.organism})" if request.organism else "")
    if request.attendant:
        yield "attendant stays"
    if request.mother_of is not None:
        yield "cot: mother with her baby"
    if request.baby_of is not None:
        yield "baby: beside its mother"


def _wish(request: BedRequest, plan: Plan, at: datetime) -> Iterator[str]:
    if request.sex not in _SEX:  # the hard rule of sex
        yield "sex not known: only alone or in intensive care"
    if request.specialty:
        yield request.specialty
    yield from (words_of(wish) for wish in sorted(request.wishes))
    yield from (_REST[rest] for rest in sorted(request.rest))
    if request.ready_at is not None and request.ready_at > at:
        yield f"ready at {moment_words(request.ready_at.timestamp(), at.timestamp(), plan.zone)}"
    if request.entitlement:
        yield f"Insurance: {words_of(request.entitlement)}" + (f", up to {request.insurer_limit} a day" if request.insurer_limit else "")
    elif request.insurer_limit:
        yield f"Insurance: up to {request.insurer_limit} a day"
    if request.room_choice:
        yield f"Chose {words_of(request.room_choice)}"


def _headed(words: str) -> str:
    return words[:1].upper() + words[1:]
