"""Who may do what, and how far: one table of roles, read by every door of the web room and by its tests.

Pure. A role's reach is the whole hospital, the ward it is bound to, or a weakened form of the right (masked names, an
override with its reason); a dash is no.
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple


class Role(StrEnum):
    """What a signed-in person, a token or a device is. `integration` is an interface's token, `supervisor` leads the cleaners."""

    ADMISSIONS = "admissions"
    NURSE = "nurse"
    HOUSEKEEPING = "housekeeping"
    DISPLAY = "display"
    MANAGER = "manager"
    ADMIN = "admin"
    AUDITOR = "auditor"
    INTEGRATION = "integration"
    DOCTOR = "doctor"
    BILLING = "billing"
    PHARMACY = "pharmacy"
    PORTER = "porter"
    OPD = "opd"
    SUPERVISOR = "supervisor"


class May(StrEnum):
    """The rights: the rows of the table. `REPORTS` are figures; `CASES` the single beds, visits and choices of the past behind them."""

    COUNTS = "counts"
    BEDS = "beds"
    NAMES = "names"
    FIND = "find"
    ADMIT = "admit"
    WAITING = "waiting"
    ASSIGN = "assign"
    RESOLVE = "resolve"
    JOBS = "jobs"
    CLEAN = "clean"
    ASK = "ask-cleaning"
    ANSWER = "answer-moves"
    BLOCK = "block"
    PROPOSE = "propose"
    VERIFY = "verify"
    SUPERVISE = "supervise"
    REPORTS = "reports"
    CASES = "cases"
    QUEUE = "queue"
    CALL = "call"
    UNDO = "undo"
    USERS = "users"
    USERS_READ = "users-read"
    DEVICES = "devices"
    PAIR = "pair"
    LETTERS = "letters"
    REPLAY = "replay"
    REVEAL = "reveal"
    CONFLICTS = "conflicts"
    AUDIT = "audit"
    METRICS = "metrics"
    DISCHARGES = "discharges"
    DISCHARGE = "discharge"
    TRANSPORTS = "transports"
    ASK_TRANSPORT = "ask-transport"
    CARRY = "carry"
    ESCALATIONS = "escalations"
    MUTE = "mute"
    COMMAND = "command"
    DRAW = "draw"
    CENSUS = "census"
    ENTER_BACK = "enter-back"
    DIRTY_WALL = "dirty-wall"
    OPEN = "open-names"


class Reach(StrEnum):
    """How far a right goes. `REASON`: only with a stated reason; `MASKED` and `INITIALS`: of names, no more than that;
    `OWN`: of names, of one's own patients; `SUM`: aggregates alone."""

    NO = "-"
    ALL = "all"
    WARD = "ward"
    REASON = "reason"
    MASKED = "masked"
    INITIALS = "initials"
    OWN = "own"
    SUM = "sum"


_TABLE = """
               admissions nurse housekeeping display  manager admin auditor integration doctor billing pharmacy porter opd supervisor
counts         all        all   all          ward     all     all   -       -           all    -       -        all    -   all
beds           all        all   all          ward     all     all   -       -           all    -       -        all    -   all
names          all        ward  -            initials masked  -     -       -           own    -       -        -      all -
find           all        ward  -            -        -       -     -       -           -      -       -        -      -   -
admit          all        ward  -            -        -       -     -       -           -      -       -        -      -   -
waiting        all        ward  -            -        all     -     -       -           -      -       -        -      -   -
assign         all        ward  -            -        reason  -     -       -           -      -       -        -      -   -
resolve        all        -     -            -        all     -     -       -           -      -       -        -      -   -
jobs           all        all   all          -        all     -     -       -           -      -       -        -      -   all
clean          -          -     all          -        -       -     -       -           -      -       -        -      -   all
ask-cleaning   all        ward  all          -        all     -     -       -           -      -       -        -      -   all
answer-moves   -          ward  -            -        -       -     -       -           -      -       -        -      -   -
block          all        ward  -            -        all     -     -       -           -      -       -        -      -   -
propose        all        ward  all          -        all     -     -       -           -      -       -        -      -   all
verify         all        ward  all          -        all     -     -       -           ward   -       -        all    -   all
supervise      -          -     -            -        all     -     -       -           -      -       -        -      -   all
reports        sum        ward  -            -        all     -     sum     -           -      -       -        -      -   -
cases          -          ward  -            -        all     -     -       -           -      -       -        -      -   -
queue          all        -     -            ward     all     -     -       -           -      -       -        -      all -
call           all        -     -            -        -       -     -       -           -      -       -        -      all -
undo           all        all   all          -        all     -     -       -           all    all     all      all    all all
users          -          -     -            -        -       all   -       -           -      -       -        -      -   -
users-read     -          -     -            -        -       all   all     -           -      -       -        -      -   -
devices        -          -     -            -        -       all   all     -           -      -       -        -      -   all
pair           -          -     -            -        -       all   -       -           -      -       -        -      -   all
letters        -          -     -            -        -       all   all     -           -      -       -        -      -   -
replay         -          -     -            -        -       all   -       -           -      -       -        -      -   -
reveal         -          -     -            -        -       reason -      -           -      -       -        -      -   -
conflicts      all        -     -            -        all     all   -       -           -      -       -        -      -   -
audit          -          -     -            -        -       -     all     -           -      -       -        -      -   -
metrics        -          -     -            -        -       all   -       all         -      -       -        -      -   -
discharges     all        ward  -            -        all     -     -       -           all    all     all      -      -   -
discharge      all        ward  -            -        -       -     -       -           ward   all     all      -      -   -
transports     all        ward  -            -        all     -     -       -           ward   -       -        all    -   all
ask-transport  all        ward  -            -        -       -     -       -           ward   -       -        -      -   -
carry          -          -     -            -        -       -     -       -           -      -       -        all    -   -
escalations    all        ward  -            -        all     -     -       -           ward   all     all      -      -   all
mute           -          -     -            -        all     -     -       -           -      -       -        -      -   -
command        all        -     -            all      all     -     -       -           -      -       -        -      -   all
draw           -          -     -            -        -       all   -       -           -      -       -        -      -   -
census         all        ward  -            -        all     all   -       -           all    -       -        -      -   all
enter-back     all        ward  -            -        -       -     -       -           -      -       -        -      -   all
dirty-wall     all        ward  all          all      all     -     -       -           -      -       -        -      -   all
open-names     -          -     -            -        reason  reason -      -           reason -       -        -      -   -
"""
"""`ward` is the ward the person, token or device is bound to, and nothing for those bound to none; whoever is bound to one is
held to it in every `all` as well, so that a nurse sees the beds of the own ward."""


def _read(table: str) -> Mapping[Role, Mapping[May, Reach]]:
    head, *rows = (line.split() for line in table.strip().splitlines())
    return {Role(role): {May(row[0]): Reach(row[place]) for row in rows} for place, role in enumerate(head, start=1)}


MATRIX: Mapping[Role, Mapping[May, Reach]] = _read(_TABLE)


class Limits(NamedTuple):
    """How long a sign-in lasts: without a sign of life, and at most."""

    idle: timedelta
    absolute: timedelta


_DESK = Limits(timedelta(minutes=15), timedelta(hours=12))

SESSION_LIMITS: Mapping[Role, Limits] = {
    **dict.fromkeys(Role, _DESK),
    Role.ADMIN: Limits(timedelta(minutes=10), timedelta(hours=8)),
}
"""Of accounts. A device stays signed in until it is revoked; a phone asks for its PIN after `PHONE_LOCK`."""

PHONE_LOCK = timedelta(minutes=2)
STATION_IDLE = timedelta(minutes=2)
"""How long a ward station shows names to somebody who does nothing, unless the hospital sets it otherwise."""
BADGED = (Role.NURSE, Role.DOCTOR, Role.ADMISSIONS)
"""Who may be issued a badge for ward stations."""
PROVEN_FOR = timedelta(minutes=5)
"""How long a factor that was shown is fresh enough for what is dangerous."""


def needs_second_factor(role: Role) -> bool:
    """Whether a password is not enough for this role: it sees names, or rules over those who do, or over what is written of them."""
    return MATRIX[role][May.NAMES] is not Reach.NO or role in (Role.ADMIN, Role.AUDITOR)


def reach(role: Role, right: May, bound: str | None) -> Reach:
    """How far a role's right goes for somebody bound to a ward (or to none)."""
    cell = MATRIX[role][right]
    if bound is not None and cell is Reach.ALL and right not in _EVERYWHERE:
        return Reach.WARD
    return cell


_EVERYWHERE = frozenset({May.COUNTS, May.UNDO, May.USERS, May.USERS_READ, May.DEVICES, May.PAIR, May.METRICS})
"""Rights that know no ward, or that a bound person needs for the whole house (where the free beds are)."""


def may(role: Role, right: May, bound: str | None, ward: str | None) -> bool:
    """Whether a role may do this in a ward; `ward` is None where no single ward is meant (the caller then filters)."""
    match reach(role, right, bound):
        case Reach.NO:
            return False
        case Reach.WARD:
            return bound is not None and ward in (None, bound)
        case _:
            return True
