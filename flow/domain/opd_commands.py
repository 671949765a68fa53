"""What an outpatient clinic does beside issuing and calling tokens: passing over, sending to another room, admitting, sessions."""

from dataclasses import dataclass
from datetime import date, datetime

from flow.domain.ids import ClinicId, PatientId, TokenId, VisitId
from flow.domain.opd import Session
from flow.domain.request import BedRequest


@dataclass(frozen=True, slots=True)
class PassToken:
    """Called and did not come: back by so many places, absent after so many times (`QueuePolicy`)."""

    token: TokenId


@dataclass(frozen=True, slots=True)
class SendToRoom:
    """This token is for another room of its clinic, and waits there by its number."""

    token: TokenId
    room: str


@dataclass(frozen=True, slots=True)
class AdviseAdmission:
    """The doctor advises admission: the request for a bed, and the consultation ends."""

    token: TokenId
    request: BedRequest


@dataclass(frozen=True, slots=True)
class HoldSession:
    """A doctor sees patients in a room from `begins` to `ends`; it takes the place of sessions of that room that overlap.
    Without a doctor these are taken off the day."""

    clinic: ClinicId
    room: str
    doctor: str | None
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class OpenSessions:
    """A room's day begins with these sessions of the timetable; once a day, and beside whatever a person has set already."""

    clinic: ClinicId
    room: str
    day: date
    sessions: tuple[Session, ...]


@dataclass(frozen=True, slots=True)
class KnowPatient:
    """Whoever took a token by their ABHA number alone (`prior`) is this patient: a letter names both numbers."""

    prior: PatientId
    patient: PatientId


@dataclass(frozen=True, slots=True)
class SeatWalkIn:
    """The token of a registered outpatient follows what is told of the visit: given once, put right, taken away. `clinic`: whoever stands
    before them says where they wait, be it that the registration names none or that nobody is known to sit there."""

    visit: VisitId
    clinic: ClinicId | None = None


OpdCommand = PassToken | SendToRoom | AdviseAdmission | HoldSession | OpenSessions | KnowPatient | SeatWalkIn
