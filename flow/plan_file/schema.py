"""What may stand in a hospital file, and the words it may use."""

from datetime import time
from typing import Annotated, Literal

import msgspec

from flow.plan_file.abdm import AbdmKeyTable, AbdmTable
from flow.plan_file.checks import ChecksTable
from flow.plan_file.command_centre import AlertLevelTable, CommandCentreTable
from flow.plan_file.forecast import ForecastTable
from flow.plan_file.kpi import KpiTable
from flow.plan_file.opd_tables import ClinicRoomTable, ClinicTable, OpdTable, SessionTable
from flow.plan_file.opd_telling import OpdTellingTable
from flow.plan_file.reports import ReportsTable
from flow.plan_file.sign_in import SignInTable
from flow.plan_file.station import StationTable
from flow.plan_file.telling_tables import EscalatingTable, EscalationTable, LevelTable, PatientMessagesTable, TransportTable
from flow.plan_file.walls import WallsTable
from flow.plan_file.words import Age, Amount, Count, Length, Metres, Minutes, Place, Points, Short, Some, Table, Text

BedType = Literal[
    "icu", "hdu", "general", "private", "semi_private", "nicu", "maternity", "isolation", "paediatric", "emergency", "day_care"
]
Sex = Literal["any", "male", "female", "same"]
FEATURES = frozenset(
    (
        "oxygen",
        "suction",
        "telemetry",
        "monitor",
        "ventilator",
        "dialysis",
        "negative_pressure",
        "single",
        "attendant",
        "bariatric",
        "hoist",
        "traction",
        "cot",
    )
)
"""Features as the sample spells them. A hospital may have others; a near miss of one of these is a slip of the pen."""


class Placed(Table, forbid_unknown_fields=True, kw_only=True):
    """A rectangle in whatever unit the plan was measured in; the wall stretches a ward to its canvas."""

    x: Place | None = None
    y: Place | None = None
    width: Length | None = None
    height: Length | None = None


class BedTable(Placed, forbid_unknown_fields=True, kw_only=True):
    """`[[wards.rooms.bed]]`: what differs from the room's rule for bed `n` (from 1), or a bed of its own with an id."""

    n: Annotated[int, msgspec.Meta(ge=1)] | None = None
    id: str | None = None
    label: Short | None = None
    type: BedType | None = None
    features: list[str] = []
    metres: Metres | None = None
    aliases: list[str] = []


class RoomTable(Placed, forbid_unknown_fields=True, kw_only=True):
    """`[[wards.rooms]]`: `beds = 6` makes six beds labelled A1 to A6 for `id = "A"`; they share type and features.

    `label` replaces the id on the tiles, `first` is the first bed's number."""

    id: str
    name: Text
    type: BedType
    sex: Sex = "any"
    beds: Count = 0
    label: Short | None = None
    first: Annotated[int, msgspec.Meta(ge=0, le=9999)] = 1
    features: list[str] = []
    bed: list[BedTable] = []


class LabelTable(Placed, forbid_unknown_fields=True, kw_only=True):
    """`[wards.station]` and `[[wards.labels]]`: what else is drawn on a plan that has coordinates."""

    name: Text = "Nurse station"
    kind: Literal["station", "corridor", "room"] = "room"


class WardTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[[wards]]`: `metres_across` is how wide the ward is, for the ways to its nurse station."""

    id: str
    name: Text
    specialty: str = ""
    floor: str = ""
    type: BedType = "general"
    age_min: Age = 0
    age_max: Age = 130
    metres_across: Annotated[float, msgspec.Meta(gt=0, le=1000)] = 46.0
    station: LabelTable | None = None
    labels: list[LabelTable] = []
    rooms: list[RoomTable] = []


class FeedTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[[feeds]]`: see `flow.domain.plan.Feed`."""

    id: str
    name: Text
    zone: str | None = None
    listen: str | None = None
    outbound: str | None = None
    a08: Literal["ignore", "fill", "transfer", "admit"] = "fill"
    charset: str | None = None
    places: dict[str, str] = {}
    statuses: dict[str, str] = {}
    classes: dict[str, str] = {}
    authorities: list[str] = []
    visit_key: list[Literal["visit", "account", "alternate"]] = msgspec.field(default_factory=lambda: ["visit", "account", "alternate"])
    clinics: dict[str, str] = {}
    client: str | None = None
    sends: list[Literal["A20", "A14", "P03"]] = msgspec.field(default_factory=lambda: ["A20"])
    charges: Literal["hour", "midnight"] | None = None
    on_outage: Literal["silence", "AE"] = "silence"
    payers: dict[str, str] = {}
    dispositions: dict[str, str] = {}
    vip: list[str] = []


class HospitalTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[hospital]`."""

    id: str
    name: Text
    zone: str


class AllocationTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[allocation]`: see `flow.domain.weights.Weights`, which has what is left out here."""

    version: Short | None = None
    type_match: Points | None = None
    type_near: Points | None = None
    above_entitlement: Points | None = None
    below_entitlement: Points | None = None
    home_ward: Points | None = None
    kept_for_own: Points | None = None
    wish: Points | None = None
    near_station: Points | None = None
    station_metres: Some | None = None
    watched_factor: Some | None = None
    clean_recent: Points | None = None
    clean_hours: Some | None = None
    minute_waited: Points | None = None
    longest_wait: Some | None = None
    scarce: Points | None = None
    last_of_kind: Points | None = None
    kept_for_airborne: Points | None = None
    opens_bay: Points | None = None
    cohort: Points | None = None
    with_family: Points | None = None
    ward_load: Points | None = None
    floor: Points | None = None
    clean_minutes: Some | None = None
    queue_minutes: Some | None = None
    starvation_percent: Points | None = None


class RequestsTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[requests]`: see `flow.domain.request_rules.RequestRules`. `aims` are minutes, for priority 1 to 4."""

    aims: tuple[Minutes, Minutes, Minutes, Minutes] = (30, 120, 240, 480)
    expire_hours: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 72
    from_plans: bool = True
    place_minutes: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 60


class MovesTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[moves]`: see `flow.domain.move_rules.MoveRules`, which has what is left out here."""

    quiet_from: time | None = None
    quiet_to: time | None = None
    a_stay: Annotated[int, msgspec.Meta(ge=0, le=20)] | None = None
    price: Points | None = None
    served: Points | None = None
    minutes: Annotated[int, msgspec.Meta(ge=5, le=1440)] | None = None
    answer_hours: Annotated[int, msgspec.Meta(ge=1, le=48)] | None = None


class RatesTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[room_rates]`: a day in the hospital's currency, by bed type."""

    currency: Annotated[str, msgspec.Meta(max_length=8)] = ""
    icu: Amount | None = None
    hdu: Amount | None = None
    general: Amount | None = None
    private: Amount | None = None
    semi_private: Amount | None = None
    nicu: Amount | None = None
    maternity: Amount | None = None
    isolation: Amount | None = None
    paediatric: Amount | None = None
    emergency: Amount | None = None
    day_care: Amount | None = None


class ZoneTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[[cleaning.zones]]`: wards that one team of cleaners looks after."""

    id: str
    name: Text
    wards: list[str]


class ShiftTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[[cleaning.shifts]]`: hours of the day; `to` before `from` means past midnight."""

    id: str
    name: Text
    begins: time
    until: time


class CleaningTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[cleaning]`: see `flow.domain.cleaning_rules.CleaningRules`, which has what is left out here."""

    isolation_steps: list[Literal["linen", "wash", "disinfect", "curtains", "air"]] | None = None
    inspect_percent: Annotated[int, msgspec.Meta(ge=0, le=100)] | None = None
    daily: bool = True
    daily_at: time | None = None
    answer_minutes: Annotated[int, msgspec.Meta(ge=1, le=60)] | None = None
    response_aim: Minutes | None = None
    clean_aim: Minutes | None = None
    turn_aim: Minutes | None = None
    stat_aim: Minutes | None = None
    zones: list[ZoneTable] = []
    shifts: list[ShiftTable] = []


Owner = Literal["doctor", "nurse", "pharmacy", "billing", "admissions", "porter"]
Step = Literal["summary", "pharmacy", "billing", "tpa", "onward_care", "certificate", "police", "mortuary", "transport"]


class DischargeTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[discharge]`: see `flow.domain.discharge_rules.DischargeRules`, which has what is left out here."""

    way: Literal["cash", "cashless", "pmjay", "onward_0"] | None = None
    preauth_minutes: Minutes | None = None
    final_minutes: Minutes | None = None
    aims: dict[Literal[Step, "order", "exit"], Minutes] = {}
    owners: dict[Literal[Step, "order"], list[Owner]] = {}
    codes: dict[str, Step] | None = None


class File(Table, forbid_unknown_fields=True, kw_only=True):
    """The whole file."""

    hospital: HospitalTable
    allocation: AllocationTable = msgspec.field(default_factory=AllocationTable)
    wards: list[WardTable] = []
    clinics: list[ClinicTable] = []
    feeds: list[FeedTable] = []
    requests: RequestsTable = msgspec.field(default_factory=RequestsTable)
    moves: MovesTable = msgspec.field(default_factory=MovesTable)
    room_rates: RatesTable = msgspec.field(default_factory=RatesTable)
    checks: ChecksTable = msgspec.field(default_factory=ChecksTable)
    cleaning: CleaningTable = msgspec.field(default_factory=CleaningTable)
    discharge: DischargeTable = msgspec.field(default_factory=DischargeTable)
    transport: TransportTable = msgspec.field(default_factory=TransportTable)
    escalations: list[EscalationTable] = []
    escalating: EscalatingTable = msgspec.field(default_factory=EscalatingTable)
    patient_messages: PatientMessagesTable = msgspec.field(default_factory=PatientMessagesTable)
    station: StationTable = msgspec.field(default_factory=StationTable)
    opd: OpdTable = msgspec.field(default_factory=OpdTable)
    walls: WallsTable = msgspec.field(default_factory=WallsTable)
    opd_telling: OpdTellingTable = msgspec.field(default_factory=OpdTellingTable)
    command_centre: CommandCentreTable = msgspec.field(default_factory=CommandCentreTable)
    forecast: ForecastTable = msgspec.field(default_factory=ForecastTable)
    kpi: KpiTable = msgspec.field(default_factory=KpiTable)
    reports: ReportsTable = msgspec.field(default_factory=ReportsTable)
    abdm: AbdmTable | None = None
    sign_in: SignInTable = msgspec.field(default_factory=SignInTable)


TABLES: dict[str, type[Table]] = {
    "": File,
    "hospital": HospitalTable,
    "walls": WallsTable,
    "sign_in": SignInTable,
    "requests": RequestsTable,
    "moves": MovesTable,
    "room_rates": RatesTable,
    "checks": ChecksTable,
    "cleaning": CleaningTable,
    "cleaning.zones": ZoneTable,
    "cleaning.shifts": ShiftTable,
    "discharge": DischargeTable,
    "transport": TransportTable,
    "escalations": EscalationTable,
    "escalations.levels": LevelTable,
    "escalating": EscalatingTable,
    "patient_messages": PatientMessagesTable,
    "station": StationTable,
    "opd": OpdTable,
    "opd_telling": OpdTellingTable,
    "command_centre": CommandCentreTable,
    "command_centre.levels": AlertLevelTable,
    "forecast": ForecastTable,
    "kpi": KpiTable,
    "reports": ReportsTable,
    "allocation": AllocationTable,
    "wards": WardTable,
    "wards.station": LabelTable,
    "wards.labels": LabelTable,
    "wards.rooms": RoomTable,
    "wards.rooms.bed": BedTable,
    "abdm": AbdmTable,
    "abdm.keys": AbdmKeyTable,
    "clinics": ClinicTable,
    "clinics.rooms": ClinicRoomTable,
    "clinics.sessions": SessionTable,
    "feeds": FeedTable,
}
"""Each table of the file by its dotted header, for the words of an error."""

SINGLE = frozenset(
    (
        *("abdm", "allocation", "checks", "cleaning", "command_centre", "discharge", "escalating", "forecast", "hospital", "kpi"),
        *("moves", "opd", "opd_telling", "patient_messages", "reports", "requests", "room_rates", "sign_in", "station", "transport"),
        *("walls", "wards.station"),
    )
)
"""Tables that stand once, so `[name]` and not `[[name]]`."""
