"""Who is asking: an account with its session, a programme's token, or a paired device; with what it may do and where."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Literal

from starlette.requests import Request

from flow.domain.ids import ClinicId, PatientId, WardId
from flow.domain.opening import Opened
from flow.domain.roles import May, Reach, Role, may, needs_second_factor, reach
from flow.history.devices import Station
from flow.history.sessions import Proof
from flow.views.bed_tile import Audience

_OF_CLINICS = frozenset({May.QUEUE, May.CALL})
PHONE_PAGES: Mapping[Role, str] = {Role.HOUSEKEEPING: "/housekeeping", Role.PORTER: "/porter"}
"""The page of a phone, by the trade of whoever is on shift with it."""


Wants = Literal["", "code", "new-password", "set-up"]
"""What a password, or a provider who asked for no more, does not open alone: the second factor is asked for, or must be set up
first; or the password is somebody else's choice, and is to be changed."""


class Way(StrEnum):
    """How somebody showed who they are."""

    SESSION = "session"
    TOKEN = "token"  # the name of a way in, not a secret
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class Principal:
    """`id` is what every Cause names as its actor; `digest` that of the cookie or token; `csrf` makes the tokens that its
    forms must send back.

    `audience` is set for a display: the class of screens its grant is for. `locked`: a phone that wants its PIN first.
    `shows` is `housekeeping` for a display of that board, `lang` and `light` how one is written and coloured; `clinics` are those that a
    display of a waiting hall stands before. `wants` says what is still missing of somebody who is half signed in, `proven_at` when a
    session was last shown a factor. `station` is the ward station that this is: of a device with nobody at it, or of who is there.
    `given`: the password is somebody else's choice; `provider`: the account signs in by the hospital's own provider, which calls this
    session `sid`. `opened` is what names somebody has open for a reason, `own` whom a doctor looks after, `unreviewed` how many openings
    an auditor has not looked at.
    """

    id: str
    way: Way
    role: Role
    name: str
    digest: bytes
    ward: WardId | None = None
    clinics: tuple[ClinicId, ...] = ()
    audience: Audience | None = None
    csrf: bytes = b""
    locked: bool = False
    has_pin: bool = False
    shows: str = ""
    lang: str = ""
    light: bool = False
    wants: Wants = ""
    proven_at: datetime | None = None
    station: Station | None = None
    provider: bool = False
    given: bool = False
    sid: str = ""
    opened: Opened | None = None
    own: frozenset[PatientId] = frozenset()
    unreviewed: int = 0

    @property
    def seat(self) -> str:
        """Which of this person's browsers or programmes it is, told apart from the others without telling the cookie; at a ward station
        its name comes first, so that whatever is written down says where it was done."""
        own = seat_of(self.digest)
        return f"{self.station.id}/{own}" if self.station is not None else own

    @property
    def is_empty_station(self) -> bool:
        """A ward station with nobody signed in at it: the board stays, of names there are initials."""
        return self.station is not None and self.way is Way.DEVICE

    @property
    def is_phone(self) -> bool:
        """A cleaner's or porter's phone, which has a PIN."""
        return self.way is Way.DEVICE and self.role in PHONE_PAGES

    def may(self, right: May, ward: str | None = None) -> bool:
        """Whether this right reaches a ward (a clinic, for rights over queues); None: anywhere at all."""
        return may(self.role, right, self._bound(right, ward), ward)

    def reach(self, right: May) -> Reach:
        """How far a right goes."""
        return reach(self.role, right, self._bound(right))

    def _bound(self, right: May, place: str | None = None) -> str | None:
        """What the right is held to: an account or token names its clinic where others name their ward; a display of a waiting hall has
        several, of which it is the one that is asked for."""
        if right not in _OF_CLINICS or not self.clinics:
            return self.ward
        return next((clinic for clinic in self.clinics if clinic == place), self.clinics[0])

    def sees_names(self, ward: str | None, patient: PatientId | None = None) -> bool:
        """Whether the full name of a patient in a ward (None: of everybody there) is for these eyes; `ward` None: of people in none yet."""
        return self.usually_sees(ward, patient) or self.has_open(ward)

    def breaks_glass(self, ward: str | None, patient: PatientId | None = None) -> bool:
        """Whether it is by what they have open, and by nothing else."""
        return self.has_open(ward) and not self.usually_sees(ward, patient)

    def has_open(self, ward: str | None) -> bool:
        """The names of a ward are open for a reason."""
        return self.opened is not None and self.opened.ward == ward

    def usually_sees(self, ward: str | None, patient: PatientId | None = None) -> bool:
        """The same without what is open for a reason."""
        match self.reach(May.NAMES):
            case Reach.ALL:
                return True
            case Reach.WARD:
                return ward is not None and ward == self.ward
            case Reach.OWN:
                return patient is not None and patient in self.own
            case _:
                return False

    def only_ward(self, right: May) -> str | None:
        """The one ward a right is held to; None when it is for the whole house."""
        return self.ward if self.reach(right) is Reach.WARD else None


def seat_of(digest: bytes) -> str:
    """A cookie's or token's own number, which does not tell it."""
    return blake2b(digest, digest_size=8, person=b"seat").hexdigest()


def wants(proof: Proof, role: Role, *, has_second: bool, required: bool, given: bool = False) -> Wants:
    """What is missing of a sign-in by this proof; `required`: those who see names need a second factor in this hospital, `given`: the
    password was chosen by somebody else. A badge has a PIN since its owner was in by a password of their own."""
    alone = proof in ("password", "provider")
    if alone and has_second:
        return "code"
    if given and proof != "badge":
        return "new-password"
    return "set-up" if alone and required and needs_second_factor(role) else ""


def half_of(request: Request) -> Principal | None:
    """Whoever is half signed in: to all other doors this is nobody."""
    half = request.scope.get("half")
    return half if isinstance(half, Principal) else None


def principal_of(request: Request) -> Principal:
    """Whoever sent the request; only behind a door that lets nobody unknown in."""
    principal = request.scope["principal"]
    assert isinstance(principal, Principal)
    return principal


def anybody(request: Request) -> Principal | None:
    """Whoever sent the request, if known."""
    principal = request.scope.get("principal")
    return principal if isinstance(principal, Principal) else None
