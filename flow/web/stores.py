"""What the web room keeps and reads in the stores by itself, room by room; desk, people and letters are handed in (`flow.web.parts`)."""

from dataclasses import dataclass
from datetime import timedelta

from flow.clock import Clock
from flow.domain.plan import Plan
from flow.history.accounts import Accounts, Tokens
from flow.history.audit import Audit
from flow.history.badges import Badges
from flow.history.bonds import Bonds
from flow.history.clean_problems import Problems
from flow.history.cleaners import Cleaners
from flow.history.consents import Consents
from flow.history.contacts import Contacts
from flow.history.devices import Devices
from flow.history.displays import Displays
from flow.history.escalations import Escalations
from flow.history.factors import Factors
from flow.history.feeds import Feeds
from flow.history.floor_plans import FloorPlans
from flow.history.forecasts import Forecasts
from flow.history.hospital_files import HospitalFiles
from flow.history.huddles import Huddles
from flow.history.legal_holds import LegalHolds
from flow.history.letters import Letters
from flow.history.levels import Levels
from flow.history.messages import Messages
from flow.history.openings import Openings
from flow.history.outbox import DeadLetters
from flow.history.passkeys import Passkeys
from flow.history.pool import Database
from flow.history.practitioners import Practitioners
from flow.history.pushes import Pushes
from flow.history.reveals import Reveals
from flow.history.seals import Seals
from flow.history.sessions import Replies, Sessions
from flow.passwords import Passwords
from flow.vault import Vault
from flow.web.floor_plans import DrawnHospital
from flow.web.hall import Hall
from flow.web.plans_then import PlansThen


@dataclass(frozen=True, slots=True)
class Waits:
    """A ward station's patience, and how long a badge opens after its owner's provider has let them in."""

    station_idle: timedelta
    badge: timedelta


class Stores:
    """Those of one hospital; `file` is the version of its file that made `plan` (0: not kept)."""

    def __init__(self, plan: Plan, file: int, database: Database, vault: Vault, clock: Clock, passwords: Passwords, waits: Waits) -> None:
        # the door: who comes in, and the answers already given
        self.accounts = Accounts(database, passwords)
        self.bonds = Bonds(database, vault)
        self.tokens = Tokens(database)
        self.sessions = Sessions(database, waits.station_idle)
        self.badges = Badges(database, waits.badge)
        self.devices = Devices(database, vault)
        self.factors = Factors(database, vault)
        self.passkeys = Passkeys(database, vault)
        self.replies = Replies(database, vault)
        self.openings = Openings(database, vault)
        self.reveals = Reveals(database, vault)
        self.practitioners = Practitioners(database)
        self.audit = Audit(database)
        self.seals = Seals(database, vault)
        self.holds = LegalHolds(database)
        # displays
        self.displays = Displays(database)
        self.floor_plans = DrawnHospital(plan, FloorPlans(database))
        # housekeeping
        self.cleaners = Cleaners(database)
        self.problems = Problems(database, vault)
        self.pushes = Pushes(database, vault)
        # the waiting hall
        self.hall = Hall(database, vault)
        # whom to tell
        self.contacts = Contacts(database, vault)
        self.consents = Consents(database)
        self.escalations = Escalations(database)
        self.messages = Messages(database)
        # managers
        self.forecasts = Forecasts(database)
        self.huddles = Huddles(database)
        self.levels = Levels(database)
        self.plans_then = PlansThen(plan, file, HospitalFiles(database, vault))
        # integration
        self.feeds = Feeds(database, plan)
        self.letters = Letters(database, vault)
        self.dead_letters = DeadLetters(database, clock)
