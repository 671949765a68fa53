"""What the web room is handed by the composition root (`Parts`), and what it makes of it for its handlers (`House`)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.routing import Route

from flow.census import CensusFile, CensusKeeper
from flow.certs import Certs, Fetch
from flow.clock import Clock
from flow.desk import Desk
from flow.domain.bed import BedState
from flow.domain.check import Check
from flow.domain.choice import Weighed
from flow.domain.forecast import Outlooks, WhatIf
from flow.domain.hindsight import Day
from flow.domain.huddle import Sheet
from flow.domain.ids import BedId, RequestId
from flow.domain.plan import Plan
from flow.domain.replayed import Compared, Stretch
from flow.domain.request import BedRequest
from flow.domain.transport import Transport
from flow.domain.weights import Weights
from flow.history.accounts import Accounts, Tokens
from flow.history.clean_problems import Problems
from flow.history.cleaners import Cleaners
from flow.history.contacts import Contacts
from flow.history.devices import Devices
from flow.history.displays import Displays
from flow.history.escalations import Escalations
from flow.history.feeds import Feeds
from flow.history.floor_plans import FloorPlans
from flow.history.forecasts import Forecasts
from flow.history.hospital_files import HospitalFiles
from flow.history.huddles import Huddles
from flow.history.inbox import Inbox
from flow.history.letters import Letters
from flow.history.levels import Levels
from flow.history.messages import Messages
from flow.history.outbox import DeadLetters
from flow.history.people import People
from flow.history.pool import Database
from flow.history.pushes import Pushes
from flow.history.sessions import Replies, Sessions
from flow.settings import Settings
from flow.state.live import Live
from flow.state.looks import Looks
from flow.templating import Templates
from flow.vault import Vault
from flow.views.cleaning_jobs import CleanLike
from flow.views.desk.card import ReadyLike, SuggestionLike, SuggestionsLike, UnblockLike, WaitLike
from flow.views.hindsight_page import HindsightLike
from flow.views.integration.feeds import CountersLike
from flow.views.integration.letter import ExplainedLike, not_explained
from flow.views.joint_plan import JointLike
from flow.web.floor_plans import DrawnHospital
from flow.web.hall import Hall
from flow.web.kept import Kept
from flow.web.plans_then import PlansThen
from flow.web.security.audience import Allow
from flow.web.security.doorkeeper import Doorkeeper
from flow.web.security.limits import Hit, Limiter, in_memory
from flow.web.security.links import Links
from flow.web.security.watch import Watch

Suggest = Callable[[BedRequest, int], SuggestionsLike]
"""(request, limit): ranks the beds of the hospital as it stands."""
Coming = Callable[[], Mapping[BedId, ReadyLike]]
"""When each bed will be ready that is not free now and of which something is known."""
Broken = Callable[[BedRequest, BedId], tuple[str, ...]]
"""(request, bed): the hard rules that this bed would break, in words."""

Weigh = Callable[[BedRequest, BedId], Weighed | None]
"""(request, bed): a bed about to be assigned against the best suggestion as the hospital stands."""

LookBack = Callable[[Day], Awaitable[HindsightLike]]
"""A past day planned anew by somebody who knows what came."""

Replay = Callable[[tuple[str, int, Weights], Callable[[], Awaitable[Stretch]]], Compared]
"""(first day, how many, weights), and how to read them: a past stretch under other policies, as far as it is worked out by now."""

Cleaning = Callable[[], Sequence[CleanLike]]
"""Every bed in cleaning of the hospital as it stands: those under way, then in the order in which they should be cleaned."""

Forecast = Callable[[WhatIf], Awaitable[Outlooks]]
"""How full the house will be, from now on, with what somebody considers."""

MakeSheet = Callable[[], Awaitable[Sheet]]
"""The huddle sheet from now on."""

Joint = Callable[[], Awaitable[JointLike]]
"""The joint plan for the hospital as it stands."""

Explain = Callable[[bytes, str | None], ExplainedLike]
"""(a letter's bytes, the feed's charset): its segments and fields with their names; never raises."""


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


def no_order() -> Sequence[CleanLike]:
    """Without the allocation wing the longest dirty is first."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the composition root hands in. `stream` makes the stream's route when given what says who may listen to what;
    `hit` counts rate limits for all processes together, else each counts its own; `looks` are who considers which bed;
    `certs` fetches the keys that ABDM's gateway publishes; `file` is the version of the hospital file that made `plan` (0: not kept);
    `ready` says whether traffic may come;
    `explain` names a letter's fields; `counters` are those of this process's listeners by feed, `acks` their newest times in seconds."""

    settings: Settings
    plan: Plan
    desk: Desk
    live: Live
    database: Database
    people: People
    inbox: Inbox
    vault: Vault
    clock: Clock
    suggest: Suggest = no_suggestions
    coming: Coming = dict
    broken: Broken = nothing_broken
    weigh: Weigh = not_weighed
    look_back: LookBack | None = None
    replay: Replay | None = None
    cleaning: Cleaning = no_order
    joint: Joint | None = None
    explain: Explain = not_explained
    forecast: Forecast | None = None
    sheet: MakeSheet | None = None
    counters: Callable[[], Mapping[str, CountersLike]] = dict
    acks: Callable[[], Mapping[str, Sequence[float]]] = dict
    stream: Callable[[Allow], Route] | None = None
    hit: Hit | None = None
    looks: Looks | None = None
    certs: Fetch | None = None
    file: int = 0
    templates: Templates = field(default_factory=Templates)
    ready: Callable[[], Awaitable[bool]] | None = None


class House:
    """The parts, and the web room's own: who may come in, how often, and the bytes kept of what is read most."""

    def __init__(self, parts: Parts) -> None:
        self.settings = parts.settings
        self.plan = parts.plan
        self.desk = parts.desk
        self.live = parts.live
        self.database = parts.database
        self.people = parts.people
        self.inbox = parts.inbox
        self.clock = parts.clock
        self.looks = parts.looks
        self.suggest = parts.suggest
        self.coming = parts.coming
        self.broken = parts.broken
        self.weigh = parts.weigh
        self.look_back, self.replay = parts.look_back, parts.replay
        self.cleaning = parts.cleaning
        self.joint = parts.joint
        self.explain = parts.explain
        self.forecast, self.sheet = parts.forecast, parts.sheet
        self.forecasts = Forecasts(parts.database)
        self.counters = parts.counters
        self.acks = parts.acks
        self.floor_plans = DrawnHospital(parts.plan, FloorPlans(parts.database))
        self.plans_then = PlansThen(parts.plan, parts.file, HospitalFiles(parts.database, parts.vault))
        self.letters = Letters(parts.database, parts.vault)
        self.feeds = Feeds(parts.database, parts.plan)
        self.dead_letters = DeadLetters(parts.database, parts.clock)
        self.templates = parts.templates
        self.ready = parts.ready
        self.accounts = Accounts(parts.database)
        self.tokens = Tokens(parts.database)
        self.sessions = Sessions(parts.database)
        self.devices = Devices(parts.database, parts.vault)
        self.problems = Problems(parts.database, parts.vault)
        self.cleaners = Cleaners(parts.database)
        self.pushes = Pushes(parts.database, parts.vault)
        self.contacts = Contacts(parts.database, parts.vault)
        self.escalations = Escalations(parts.database)
        self.messages = Messages(parts.database)
        self.replies = Replies(parts.database, parts.vault)
        self.certs = Certs(parts.plan.abdm, parts.clock, parts.certs) if parts.plan.abdm is not None else None
        kept = CensusFile(parts.settings.data_dir, parts.vault, parts.plan.id)
        self.census = CensusKeeper(parts.desk, parts.people, parts.inbox, parts.clock, kept)
        self.doorkeeper = Doorkeeper(self.sessions, self.tokens, self.devices, parts.clock)
        self.displays = Displays(parts.database)
        self.watch = Watch(self.sessions, self.tokens, self.devices, Links(self.displays), parts.clock, self.doorkeeper.forget)
        self.limiter = Limiter(parts.hit or in_memory())
        self.secure = parts.settings.origin.startswith("https://")
        self.kept = Kept()
        self.hall = Hall(parts.database, parts.vault)

    @property
    def levels(self) -> Levels:
        """The escalation level as it was kept."""
        return Levels(self.database)

    @property
    def huddles(self) -> Huddles:
        """The huddle sheets as they were issued."""
        return Huddles(self.database)

    def bed(self, bed: BedId) -> BedState | None:
        """The newest record of a bed that this process has: the desk's after a write of its own, else the live picture's."""
        known = [state for state in (self.desk.hospital.beds.get(bed), self.live.beds.get(bed)) if state is not None]
        return max(known, key=lambda state: state.seq, default=None)

    def request(self, number: str) -> BedRequest | None:
        """The newest record of an open bed request."""
        return self.requests().get(RequestId(number))

    def requests(self) -> Mapping[RequestId, BedRequest]:
        """The bed requests of whichever is ahead: the live picture, or the desk right after a write of this process."""
        desk = self.desk.hospital
        return self.live.requests if self.live.epoch is not None and self.live.seq >= desk.seq else desk.requests

    def checks(self) -> list[Check]:
        """The beds in doubt, by whichever is ahead as well."""
        desk = self.desk.hospital
        ahead = self.live.epoch is not None and self.live.seq >= desk.seq
        return list((self.live.checks if ahead else desk.checks).values())

    def transports(self) -> list[Transport]:
        """Porters' jobs, by whichever is ahead as well."""
        desk = self.desk.hospital
        ahead = self.live.epoch is not None and self.live.seq >= desk.seq
        return list((self.live.transports if ahead else desk.transports).values())

    def checked_beds(self) -> frozenset[BedId]:
        """Those that somebody is asked to look at."""
        return frozenset(check.bed for check in self.checks() if check.is_live)

    def ward_of(self, bed: BedId | None) -> str | None:
        """The ward a bed stands in; None for no bed, or one that the hospital's file no longer names."""
        if bed is None or bed in self.plan.beds:
            return self.plan.beds[bed].ward if bed is not None else None
        place = self.bed(bed)
        return place.temporary.ward if place is not None and place.temporary is not None else None


def house_of(request: Request) -> House:
    """The house a request came to."""
    house: House = request.app.state.house
    return house
