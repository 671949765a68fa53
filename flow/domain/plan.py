"""The hospital as built: wards, rooms, beds, clinics and feeds, with places on the floor plan.

Read from one TOML file (`flow.plan_file`), fixed while the programme runs. What happens in it is `flow.domain.hospital`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from flow.domain.abdm import AbdmRules
from flow.domain.alert_rules import AlertRules
from flow.domain.check_rules import CheckRules
from flow.domain.cleaning_rules import CleaningRules
from flow.domain.discharge_rules import DischargeRules
from flow.domain.escalation_rules import EscalationRules
from flow.domain.forecast_rules import ForecastRules
from flow.domain.ids import BedId, ClinicId, FeedId, HospitalId, RoomId, WardId
from flow.domain.kpis.aims import Aims
from flow.domain.move_rules import MoveRules
from flow.domain.opd_queue import QueuePolicy
from flow.domain.opd_telling import OpdTelling
from flow.domain.opd_timetable import Regular
from flow.domain.patient_texts import PatientMessages
from flow.domain.report_rules import ReportRules
from flow.domain.request_rules import RequestRules
from flow.domain.room_rates import RoomRates
from flow.domain.sign_in_rules import SignInRules
from flow.domain.station_rules import StationRules
from flow.domain.transport_rules import TransportRules
from flow.domain.wall_looks import WallLooks
from flow.domain.weights import Weights


class SexPolicy(StrEnum):
    """Who may lie in a room: `same` means the first occupant binds it for the others."""

    ANY = "any"
    MALE = "male"
    FEMALE = "female"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the ward's plan, in plan units (the wall draws 1920 x 1080 of them)."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Bed:
    """One bed. `label` is what stands on the tile (`A3`), `metres` its way to the nurse station,
    `aliases` the HL7 places (PL, compared without case and trailing carets) that mean it."""

    id: BedId
    ward: WardId
    room: RoomId
    label: str
    type: str
    features: frozenset[str]
    metres: int
    box: Box
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Room:
    """A bay or single room of a ward."""

    id: RoomId
    ward: WardId
    name: str
    sex: SexPolicy
    type: str
    box: Box


@dataclass(frozen=True, slots=True)
class Label:
    """Something on the plan that is neither room nor bed: the nurse station, the corridor, the lifts."""

    name: str
    box: Box
    kind: str = "room"


@dataclass(frozen=True, slots=True)
class Lettering:
    """Words of a drawn plan: where their baseline begins, is in the middle or ends (`anchor` as in SVG), and how large."""

    words: str
    x: float
    y: float
    size: float
    anchor: str = "start"


@dataclass(frozen=True, slots=True)
class BedOutline:
    """A bed on a drawn plan: `box` is where its tile's number and icon stand, `path` its outline where that is no upright rectangle."""

    box: Box
    path: str = ""


@dataclass(frozen=True, slots=True)
class DrawnPlan:
    """A ward's plan that somebody drew (`flow.domain.floor_plan`): `lines` is path data in plan units."""

    version: int
    lines: str
    words: tuple[Lettering, ...]
    beds: Mapping[BedId, BedOutline]


@dataclass(frozen=True, slots=True)
class Ward:
    """A ward; ages in whole years, inclusive. `drawn` is the plan that stands in for its boxes."""

    id: WardId
    name: str
    specialty: str
    floor: str
    type: str
    age_min: int = 0
    age_max: int = 130
    rooms: tuple[Room, ...] = ()
    beds: tuple[Bed, ...] = ()
    labels: tuple[Label, ...] = ()
    drawn: DrawnPlan | None = None


@dataclass(frozen=True, slots=True)
class ClinicRoom:
    """A consulting room as its door sign names it; `tele`: its patients are at home."""

    id: str
    name: str
    tele: bool = False


@dataclass(frozen=True, slots=True)
class Clinic:
    """An outpatient clinic; tokens are `prefix-001` upwards each day, called by the house's `queue` policy.
    `timetable`: who sits where on which weekdays."""

    id: ClinicId
    name: str
    specialty: str
    floor: str
    prefix: str
    rooms: tuple[ClinicRoom, ...]
    queue: QueuePolicy = field(default_factory=QueuePolicy)
    timetable: tuple[Regular, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """One sending system. `places` maps its PL spellings to bed ids, `statuses` its NPU-2 codes to table 0116,
    `classes` its PV1-2 words to E, I, O, P, R, B; `a08` is ignore | fill | transfer | admit; `outbound` is host:port;
    `authorities` are the assigning authorities whose numbers are written without them, none named: all are.
    `visit_key` says in which order a visit's number is looked for: visit (PV1-19), account (PID-18), alternate (PV1-50);
    `clinics` maps its words for a clinic to ours; `client` is the common name of its TLS client certificate;
    `sends` what its `outbound` is told (A20, A14, P03), `charges` how a bed is charged: by the started hour or by midnight;
    `on_outage` what it hears when we cannot store: silence | AE; `scores` are the observations that are early-warning scores;
    `payers` maps its words for who pays (PV1-20, IN1, IN2) to cash, cashless, pmjay, `dispositions` its PV1-36 to a way of leaving or
    usual; `tells_way`: these are read; `walk_ins`: its outpatients' registrations give tokens; `vip` are its words in PV1-16 for somebody
    whose name is to be withheld, none named: any that is no no."""

    id: FeedId
    name: str
    zone: str
    listen: str | None = None
    outbound: str | None = None
    a08: str = "fill"
    charset: str | None = None
    places: Mapping[str, BedId] = field(default_factory=dict)
    statuses: Mapping[str, str] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)
    authorities: tuple[str, ...] = ()
    visit_key: tuple[str, ...] = ("visit", "account", "alternate")
    clinics: Mapping[str, ClinicId] = field(default_factory=dict)
    client: str | None = None
    sends: tuple[str, ...] = ("A20",)
    charges: str | None = None
    on_outage: str = "silence"
    scores: tuple[str, ...] = ()
    payers: Mapping[str, str] = field(default_factory=dict)
    dispositions: Mapping[str, str] = field(default_factory=dict)
    tells_way: bool = True
    walk_ins: bool = True
    vip: tuple[str, ...] = ()


def place_key(text: str) -> str:
    """A PL as it is compared: case folded, components trimmed, trailing empty components dropped."""
    parts = [part.strip().casefold() for part in text.split("^")]
    while parts and not parts[-1]:
        parts.pop()
    return "^".join(parts)


def spellings(place: str) -> tuple[str, ...]:
    """How a place may be known, the fullest first."""
    key = place_key(place)
    parts = key.split("^")
    return tuple(text for text in (key, "^".join(parts[:3]).rstrip("^"), parts[2] if len(parts) > 2 else "") if text)


@dataclass(frozen=True)
class Plan:
    """The whole hospital as built; `file` is the digest of the file that says so, `kpi_aims` are the hospital's own."""

    id: HospitalId
    name: str
    zone: str
    wards: tuple[Ward, ...]
    clinics: tuple[Clinic, ...]
    feeds: tuple[Feed, ...]
    weights: Weights = field(default_factory=Weights)
    requests: RequestRules = field(default_factory=RequestRules)
    moves: MoveRules = field(default_factory=MoveRules)
    rates: RoomRates = field(default_factory=RoomRates)
    checks: CheckRules = field(default_factory=CheckRules)
    discharge: DischargeRules = field(default_factory=DischargeRules)
    cleaning: CleaningRules = field(default_factory=CleaningRules)
    station: StationRules = field(default_factory=StationRules)
    transport: TransportRules = field(default_factory=TransportRules)
    escalations: EscalationRules = field(default_factory=EscalationRules)
    patient_messages: PatientMessages = field(default_factory=PatientMessages)
    queue: QueuePolicy = field(default_factory=QueuePolicy)
    opd_telling: OpdTelling = field(default_factory=OpdTelling)
    alert: AlertRules = field(default_factory=AlertRules)
    forecast: ForecastRules = field(default_factory=ForecastRules)
    kpi_aims: Aims = field(default_factory=Aims)
    reports: ReportRules = field(default_factory=ReportRules)
    abdm: AbdmRules | None = None
    walls: WallLooks = field(default_factory=WallLooks)
    sign_in: SignInRules = field(default_factory=SignInRules)
    file: str = ""

    @cached_property
    def beds(self) -> Mapping[BedId, Bed]:
        """Every bed by id, in the order of the file."""
        return {bed.id: bed for ward in self.wards for bed in ward.beds}

    @cached_property
    def rooms(self) -> Mapping[RoomId, Room]:
        """Every room by id."""
        return {room.id: room for ward in self.wards for room in ward.rooms}

    @cached_property
    def ward(self) -> Mapping[WardId, Ward]:
        """Every ward by id."""
        return {ward.id: ward for ward in self.wards}

    def ward_name(self, ward: str) -> str:
        """By its id and its name, said once where they are the same: `4B Medicine`; the id of a ward that the file does not name."""
        known = self.ward.get(WardId(ward))
        return f"{ward} {known.name}" if known is not None and known.name != ward else ward

    def wards_of(self, specialty: str) -> tuple[WardId, ...]:
        """The wards of a specialty; one without is its own."""
        return tuple(ward.id for ward in self.wards if (ward.specialty or ward.name) == specialty)

    @cached_property
    def clinic(self) -> Mapping[ClinicId, Clinic]:
        """Every clinic by id."""
        return {clinic.id: clinic for clinic in self.clinics}

    @cached_property
    def feed(self) -> Mapping[FeedId, Feed]:
        """Every feed by id."""
        return {feed.id: feed for feed in self.feeds}

    @cached_property
    def roommates(self) -> Mapping[RoomId, tuple[BedId, ...]]:
        """The beds of each room."""
        found: dict[RoomId, list[BedId]] = {}
        for bed in self.beds.values():
            found.setdefault(bed.room, []).append(bed.id)
        return {room: tuple(beds) for room, beds in found.items()}

    def bed_name(self, bed: BedId) -> str:
        """As it stands on its door: `4B A1`; the id of a place that the file does not name."""
        known = self.beds.get(bed)
        return f"{known.ward} {known.label}" if known is not None else bed

    @cached_property
    def _places(self) -> Mapping[str, BedId]:
        known = {place_key(bed.id): bed.id for bed in self.beds.values()}
        for bed in self.beds.values():
            known.update((place_key(alias), bed.id) for alias in bed.aliases)
        for feed in self.feeds:
            known.update((place_key(spelling), bed) for spelling, bed in feed.places.items())
        return known

    @cached_property
    def places_of(self) -> Mapping[str, Mapping[str, BedId]]:
        """Each feed's own spellings, as they are compared."""
        return {feed.id: {place_key(spelling): bed for spelling, bed in feed.places.items()} for feed in self.feeds}

    def bed_at(self, place: str | None) -> BedId | None:
        """The bed an HL7 place (PL) means: by its whole text, else by `point of care^room^bed`,
        else by a bed component that is one of our ids. None when unknown or no bed is named (HL7.md rule 9)."""
        return found_in(place, self._places)


def found_in(place: str | None, *books: Mapping[str, BedId]) -> BedId | None:
    """The bed of a place by the first book that knows one of its spellings."""
    texts = spellings(place) if place else ()
    return next((book[text] for book in books for text in texts if text in book), None)
