"""What the composition root hands to single rooms of the house (`Admissions`, `Managers`, `Integration`): what other wings work out.

Each may be left out, and the hospital works without: the desk has no ranking, managers no forecast, a letter's fields no names.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from flow.domain.choice import Weighed
from flow.domain.forecast import Outlooks, WhatIf
from flow.domain.hindsight import Day
from flow.domain.huddle import Sheet
from flow.domain.ids import BedId
from flow.domain.replayed import Compared, Stretch
from flow.domain.request import BedRequest
from flow.domain.weights import Weights
from flow.oidc.asked import Asked
from flow.oidc.person import Gone, Person
from flow.state.looks import Looks
from flow.views.backup import BackupLike
from flow.views.cleaning_jobs import CleanLike
from flow.views.desk.card import ReadyLike, SuggestionLike, SuggestionsLike, UnblockLike, WaitLike
from flow.views.hindsight_page import HindsightLike
from flow.views.integration.feeds import CountersLike
from flow.views.integration.letter import ExplainedLike, not_explained
from flow.views.joint_plan import JointLike

Suggest = Callable[[BedRequest, int], SuggestionsLike]
"""(request, limit): ranks the beds of the hospital as it stands."""
Coming = Callable[[], Mapping[BedId, ReadyLike]]
"""When each bed will be ready that is not free now and of which something is known."""
Broken = Callable[[BedRequest, BedId], tuple[str, ...]]
"""(request, bed): the hard rules that this bed would break, in words."""
Weigh = Callable[[BedRequest, BedId], Weighed | None]
"""(request, bed): a bed about to be assigned against the best suggestion as the hospital stands."""
Joint = Callable[[], Awaitable[JointLike]]
"""The joint plan for the hospital as it stands."""
Cleaning = Callable[[], Sequence[CleanLike]]
"""Every bed in cleaning of the hospital as it stands: those under way, then in the order in which they should be cleaned."""
LookBack = Callable[[Day], Awaitable[HindsightLike]]
"""A past day planned anew by somebody who knows what came."""
Replay = Callable[[tuple[str, int, Weights], Callable[[], Awaitable[Stretch]]], Compared]
"""(first day, how many, weights), and how to read them: a past stretch under other policies, as far as it is worked out by now."""
Forecast = Callable[[WhatIf], Awaitable[Outlooks]]
"""How full the house will be, from now on, with what somebody considers."""
MakeSheet = Callable[[], Awaitable[Sheet]]
"""The huddle sheet from now on."""
Backup = Callable[[], Awaitable[BackupLike | None]]
"""How the backup stands; None where none is configured."""
Explain = Callable[[bytes, str | None], ExplainedLike]
"""(a letter's bytes, the feed's charset): its segments and fields with their names; never raises."""


class ProviderLike(Protocol):
    """The hospital's own provider of sign-ins (`flow.oidc.provider`)."""

    @property
    def name(self) -> str: ...
    @property
    def issuer(self) -> str: ...
    async def address(self, asked: Asked) -> str: ...
    async def person(self, code: str, asked: Asked, came_from: str = "") -> Person: ...
    async def farewell(self, back: str) -> str: ...
    async def gone(self, token: str) -> Gone: ...


class _NoSuggestions:
    ranked: Sequence[SuggestionLike] = ()
    legal: int = 0
    blocked: Mapping[str, int] = {}
    sole: Mapping[str, int] = {}
    unblock: Sequence[UnblockLike] = ()
    wait: WaitLike | None = None
    weights: str = ""


def no_suggestions(request: BedRequest, limit: int) -> SuggestionsLike:
    """For a hospital that runs without the allocation wing: the picker has no ranking."""
    return _NoSuggestions()


def nothing_broken(request: BedRequest, bed: BedId) -> tuple[str, ...]:
    """Without the allocation wing no rule is known."""
    return ()


def not_weighed(request: BedRequest, bed: BedId) -> Weighed | None:
    """Without the allocation wing nothing was suggested."""
    return None


async def no_backup() -> BackupLike | None:
    """None is configured."""
    return None


def no_order() -> Sequence[CleanLike]:
    """Without the allocation wing the longest dirty is first."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Admissions:
    """Of beds and whom they suit; `looks` are who considers which bed."""

    suggest: Suggest = no_suggestions
    coming: Coming = dict
    broken: Broken = nothing_broken
    weigh: Weigh = not_weighed
    joint: Joint | None = None
    looks: Looks | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Managers:
    """Of what could have been, and of what will be."""

    look_back: LookBack | None = None
    replay: Replay | None = None
    forecast: Forecast | None = None
    sheet: MakeSheet | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """Of letters: `explain` names their fields; `counters` are those of this process's listeners by feed, `acks` their newest times in
    seconds."""

    explain: Explain = not_explained
    counters: Callable[[], Mapping[str, CountersLike]] = dict
    acks: Callable[[], Mapping[str, Sequence[float]]] = dict


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """Of what keeps the house from being lost."""

    backup: Backup = no_backup
