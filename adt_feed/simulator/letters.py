"""The demo HIS's messages, HL7 v2.5.1, with the time zone written out. Written by hand: thousands a second are wanted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from adt_feed.simulator.patient import Patient
from flow.domain.ids import BedId, WardId
from flow.domain.plan import Plan

STRUCTURES = {
    **dict.fromkeys(("A04", "A08", "A13"), "A01"),
    **dict.fromkeys(("A05", "A14"), "A05"),
    **dict.fromkeys(("A10", "A11"), "A09"),
    "A12": "A12",
    "A25": "A21",
    "A40": "A39",
}
"""MSH-9.3 where it is not the trigger's own name."""


@dataclass(frozen=True, slots=True)
class Stand:
    """What PV1 says of a stay. `klass` PV1-2, `place` PV1-3, `prior` PV1-6, `away` PV1-11, `payer` PV1-20, `pending` PV1-42."""

    klass: str = "I"
    place: str = ""
    prior: str = ""
    away: str = ""
    pending: str = ""
    specialty: str = ""
    ended: datetime | None = None
    temporary: bool = False
    payer: str = ""


@dataclass(frozen=True, slots=True)
class Booked:
    """An appointment: SCH-1 and -2, its clinic (AIL-3) and time (TQ1-7), `reason` SCH-7, `kind` SCH-8."""

    id: str
    clinic: str
    due: datetime
    reason: str = ""
    kind: str = ""


class Letters:
    """Writes the letters of one HIS; control ids go up with time and never repeat."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.zone = ZoneInfo(plan.zone)
        self._second = ""
        self._count = 0

    def place(self, bed: BedId) -> str:
        """A bed as the HIS spells it: its first alias, else ward, room and bed."""
        found = self.plan.beds[bed]
        return found.aliases[0] if found.aliases else f"{found.ward}^{found.room}^{found.id}"

    def ward(self, ward: WardId | str) -> str:
        """A place without a bed."""
        return f"{ward}^^^{self.plan.id}"

    def adt(self, trigger: str, at: datetime, patient: Patient, stand: Stand, expected: tuple[int, datetime] | None = None) -> bytes:
        """One message about one stay; `expected` is a field of PV2 and its time."""
        quiet = ["PD1|" + "|" * 11 + "Y"] if patient.quiet else []
        lines = [*self._head(trigger, at), self._pid(patient, stand.temporary), *quiet, self._pv1(patient, stand)]
        if expected:
            lines.append("PV2|" + "|" * (expected[0] - 1) + self._time(expected[1]))
        return _letter(lines)

    def cancel(self, trigger: str, at: datetime, undone: datetime, patient: Patient, stand: Stand) -> bytes:
        """A message that cancels the event of the moment `undone` (EVN-6)."""
        return _letter([*self._head(trigger, at, undone), self._pid(patient, stand.temporary), self._pv1(patient, stand)])

    def swap(self, at: datetime, pairs: Sequence[tuple[Patient, Stand]]) -> bytes:
        """A17: each stand is after the swap."""
        return _letter([*self._head("A17", at), *(line for who, stand in pairs for line in (self._pid(who), self._pv1(who, stand)))])

    def merge(self, at: datetime, patient: Patient) -> bytes:
        """A40: the temporary number given at the door was this patient's."""
        return _letter([*self._head("A40", at), self._pid(patient), f"MRG|{self._number(patient, temporary=True)}"])

    def order(self, message: str, at: datetime, patient: Patient, number: str, detail: tuple[str, str]) -> bytes:
        """An order or a result: RDE^O11 (RXE), RDS^O13 (RXD) or ORU^R01 (OBR, final); `detail` is its segment and what was ordered."""
        name, code = detail
        sent, (kind, _, trigger) = self._time(at), message.partition("^")
        sender = f"DEMOHIS|{self.plan.id}|BEDFLOW|{self.plan.id}"
        header = f"MSH|^~\\&|{sender}|{sent}||{message}^{kind}_{trigger}|{self._control_id(at)}|T|2.5.1||||||UNICODE UTF-8"
        visit = self._pv1(patient, Stand())
        orders = {
            "RXE": (f"ORC|NW|{number}|||||||{sent}", f"RXE||{code}|1||TAB"),
            "RXD": (f"ORC|RE|{number}|||||||{sent}", f"RXD|1|{code}|{sent}|10"),
            "OBR": (f"ORC|RE|{number}|||||||{sent}", f"OBR|1|{number}||{code}^Discharge summary^LN" + "|" * 18 + sent + "|||F"),
        }
        return _letter([header, self._pid(patient), visit, *orders[name]])

    def appointment(self, trigger: str, at: datetime, patient: Patient, booked: Booked) -> bytes:
        """SIU: S12 booked, S13 moved, S15 cancelled, S26 did not come; by the scheduling system."""
        sender = f"DEMOSCH|{self.plan.id}|BEDFLOW|{self.plan.id}"
        header = f"MSH|^~\\&|{sender}|{self._time(at)}||SIU^{trigger}^SIU_S12|{self._control_id(at)}|T|2.5.1||||||UNICODE UTF-8"
        schedule = f"SCH|{booked.id}|{booked.id}|||||{booked.reason}|{booked.kind}"
        return _letter([header, schedule, f"TQ1|1||||||{self._time(booked.due)}", self._pid(patient), "RGS|1", f"AIL|1||{booked.clinic}"])

    def score(self, at: datetime, patient: Patient, total: int) -> bytes:
        """ORU^R01: the total of an early-warning score, and nothing else."""
        sent, sender = self._time(at), f"DEMOEMR|{self.plan.id}|BEDFLOW|{self.plan.id}"
        header = f"MSH|^~\\&|{sender}|{sent}||ORU^R01^ORU_R01|{self._control_id(at)}|T|2.5.1||||||UNICODE UTF-8"
        observed = f"OBX|1|NM|NEWS2^NEWS2 total^L||{total}||||||F|||{sent}"
        return _letter([header, self._pid(patient), self._pv1(patient, Stand()), "OBR|1|||NEWS2^Early warning score^L", observed])

    def _head(self, trigger: str, at: datetime, undone: datetime | None = None) -> tuple[str, str]:
        sent = self._time(at)
        structure = STRUCTURES.get(trigger, trigger)
        sender = f"DEMOHIS|{self.plan.id}|BEDFLOW|{self.plan.id}"
        event = f"EVN|{trigger}|{sent}||||{self._time(undone)}" if undone else f"EVN|{trigger}|{sent}"
        header = f"MSH|^~\\&|{sender}|{sent}||ADT^{trigger}^ADT_{structure}|{self._control_id(at)}|T|2.5.1||||||UNICODE UTF-8"
        return header, event

    def _control_id(self, at: datetime) -> str:
        second = f"{at:%y%m%d%H%M%S}"
        self._count = self._count + 1 if second == self._second else 0
        self._second = second
        return f"{second}{self._count:03d}"

    def _time(self, at: datetime) -> str:
        return f"{at.astimezone(self.zone):%Y%m%d%H%M%S%z}"

    def _number(self, patient: Patient, *, temporary: bool) -> str:
        return f"{patient.mrn}{'T' if temporary else ''}^^^{self.plan.id}^MR"

    def _pid(self, patient: Patient, temporary: bool = False) -> str:
        name = f"Unknown^{patient.sex}" if temporary else f"{patient.family}^{patient.given}"
        return f"PID|1||{self._number(patient, temporary=temporary)}||{name}||{patient.born:%Y%m%d}|{patient.sex}"

    def _pv1(self, patient: Patient, stand: Stand) -> str:
        fields = [""] * 46
        fields[0:4] = ["PV1", "1", stand.klass, stand.place]
        fields[6], fields[10], fields[11], fields[42] = stand.prior, stand.specialty, stand.away, stand.pending
        fields[7], fields[16] = "^".join(patient.doctor), "VIP" if patient.vip else ""
        fields[19] = f"{patient.visit}^^^{self.plan.id}^VN"
        fields[20] = stand.payer
        fields[45] = self._time(stand.ended) if stand.ended else ""
        return "|".join(fields).rstrip("|")


def _letter(lines: Sequence[str]) -> bytes:
    return ("\r".join(lines) + "\r").encode()
