"""What the web room is handed by the composition root (`Parts`), and what it makes of it for its handlers (`House`).

What all rooms stand on comes first, then what is handed to single rooms (`flow.web.rooms`); what the web room keeps in the stores by
itself is in `flow.web.stores`.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from starlette.requests import Request
from starlette.routing import Route

from flow.census import CensusFile, CensusKeeper
from flow.certs import Certs, Fetch
from flow.clock import Clock
from flow.desk import Desk
from flow.domain.bed import BedState
from flow.domain.check import Check
from flow.domain.ids import BedId, RequestId
from flow.domain.plan import Plan
from flow.domain.request import BedRequest
from flow.domain.transport import Transport
from flow.erasing import Erasing
from flow.erasing_work import ErasingWork
from flow.history.inbox import Inbox
from flow.history.people import People
from flow.history.pool import Database
from flow.passwords import Passwords
from flow.settings import Settings
from flow.state.live import Live
from flow.templating import Templates
from flow.vault import Vault
from flow.web.kept import Kept
from flow.web.rooms import Admissions, Cleaning, Integration, Managers, ProviderLike, Upkeep, no_order
from flow.web.security.audience import Allow
from flow.web.security.beside import Beside
from flow.web.security.doorkeeper import Doorkeeper
from flow.web.security.known import KnownBrowsers
from flow.web.security.limits import Hit, Limiter, in_memory
from flow.web.security.links import Links
from flow.web.security.trail import Trail
from flow.web.security.watch import Watch
from flow.web.stores import Stores, Waits


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the composition root hands in. `file` is the version of the hospital file that made `plan` (0: not kept); `ready` says whether
    traffic may come. `stream` makes the stream's route when given what says who may listen to what; `hit` counts rate limits for all
    processes together, else each counts its own; `certs` fetches the keys that ABDM's gateway publishes; `provider` is who signs the
    hospital's people in, where it has one; `made_up`: a demo's patients are served as if they were real, and every page says so."""

    settings: Settings
    plan: Plan
    file: int = 0
    desk: Desk
    live: Live
    database: Database
    people: People
    inbox: Inbox
    vault: Vault
    clock: Clock
    templates: Templates = field(default_factory=Templates)
    ready: Callable[[], Awaitable[bool]] | None = None

    admissions: Admissions = field(default_factory=Admissions)
    cleaning: Cleaning = no_order
    managers: Managers = field(default_factory=Managers)
    integration: Integration = field(default_factory=Integration)
    upkeep: Upkeep = field(default_factory=Upkeep)
    stream: Callable[[Allow], Route] | None = None
    hit: Hit | None = None
    certs: Fetch | None = None
    provider: ProviderLike | None = None
    made_up: bool = False


class House(Stores):
    """The parts, and the web room's own: who may come in, how often, and the bytes kept of what is read most."""

    def __init__(self, parts: Parts) -> None:
        passwords = Passwords(parts.settings.breached_passwords, parts.plan.name)
        waits = Waits(timedelta(seconds=parts.settings.station_idle), timedelta(hours=parts.settings.badge_hours))
        super().__init__(parts.plan, parts.file, parts.database, parts.vault, parts.clock, passwords, waits)
        self.settings = parts.settings
        self.plan = parts.plan
        self.desk = parts.desk
        self.live = parts.live
        self.database = parts.database
        self.people = parts.people
        self.inbox = parts.inbox
        self.clock = parts.clock
        self.templates = parts.templates
        self.made_up = parts.made_up
        self.ready = parts.ready
        self.admissions = parts.admissions
        self.cleaning = parts.cleaning
        self.managers = parts.managers
        self.integration = parts.integration
        self.provider = parts.provider
        self.upkeep = parts.upkeep
        self.certs = Certs(parts.plan.abdm, parts.clock, parts.certs) if parts.plan.abdm is not None else None
        kept = CensusFile(parts.settings.data_dir, parts.vault, parts.plan.id)
        self.census = CensusKeeper(parts.desk, parts.people, parts.inbox, parts.clock, kept)
        self.erasing = Erasing(parts.desk, parts.people, parts.vault, parts.clock, self.census, parts.settings.data_dir)
        self.erasing_work = ErasingWork(parts.database, self.erasing)
        required = parts.settings.second_factor == "required"
        beside = Beside(self.openings, self.reveals, self.practitioners, parts.clock)
        self.doorkeeper = Doorkeeper(self.sessions, self.tokens, self.devices, parts.clock, second_factor=required, beside=beside.of)
        self.known = KnownBrowsers(parts.vault.key("known browsers"))
        links = Links(self.displays)
        self.watch = Watch(self.sessions, self.tokens, self.devices, self.openings, links, parts.clock, self.doorkeeper.forget)
        hit = parts.hit or in_memory()
        self.limiter = Limiter(hit)
        self.trail = Trail(self.audit, parts.clock, hit)
        self.secure = parts.settings.secure
        self.kept = Kept()

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
