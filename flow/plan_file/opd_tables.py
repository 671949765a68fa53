"""The tables of outpatient clinics as records: `[[clinics]]` with their rooms and sessions, and `[opd]`, in which order they call."""

from datetime import time
from typing import Annotated, Literal

import msgspec

from flow.domain.ids import ClinicId
from flow.domain.opd_queue import QueuePolicy
from flow.domain.opd_timetable import Regular
from flow.domain.plan import Clinic, ClinicRoom
from flow.plan_file.lines import Path
from flow.plan_file.problems import Problems
from flow.plan_file.words import Short, Table, Text

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_Some = Annotated[int, msgspec.Meta(ge=1, le=1000)]
_Places = Annotated[int, msgspec.Meta(ge=0, le=1000)]


class ClinicRoomTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[[clinics.rooms]]`."""

    id: str
    name: Text
    tele: bool = False


class SessionTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[[clinics.sessions]]`: see `flow.domain.opd_timetable.Regular`."""

    doctor: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    room: str
    days: Annotated[list[Weekday], msgspec.Meta(min_length=1, max_length=7)]
    begins: time
    until: time


class ClinicTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[[clinics]]`: tokens are PREFIX-001 upwards each day."""

    id: str
    name: Text
    specialty: str = ""
    floor: str = ""
    prefix: Short
    rooms: list[ClinicRoomTable] = []
    sessions: list[SessionTable] = []


class OpdTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[opd]`: see `flow.domain.opd_queue.QueuePolicy`, which has what is left out here."""

    priority_before: _Some | None = None
    follow_ups_before: _Some | None = None
    back_places: _Places | None = None
    absent_after: _Some | None = None
    return_places: _Places | None = None
    elderly_years: Annotated[int, msgspec.Meta(ge=40, le=120)] | None = None


def queue_policy(table: OpdTable) -> QueuePolicy:
    """The policy that the table amounts to."""
    usual = QueuePolicy()
    said = {name: getattr(table, name) for name in OpdTable.__struct_fields__}
    return QueuePolicy(**{name: getattr(usual, name) if value is None else value for name, value in said.items()})


def clinic_of(clinic: ClinicTable, policy: QueuePolicy) -> Clinic:
    """The clinic as built."""
    rooms = tuple(ClinicRoom(room.id, room.name, room.tele) for room in clinic.rooms)
    timetable = tuple(_regular(session) for session in clinic.sessions)
    return Clinic(ClinicId(clinic.id), clinic.name, clinic.specialty, clinic.floor, clinic.prefix, rooms, policy, timetable)


def _regular(session: SessionTable) -> Regular:
    return Regular(session.doctor, session.room, tuple(session.days), session.begins, session.until)


def check_sessions(clinic: ClinicTable, path: Path, problems: Problems) -> None:
    """Each is held in a room of its clinic, ends after it begins, and has the room to itself."""
    rooms, before = {room.id for room in clinic.rooms}, list[Regular]()
    for index, table in enumerate(clinic.sessions):
        session, here = _regular(table), (*path, "sessions", index)
        if session.room not in rooms:
            problems.add((*here, "room"), f"clinic {clinic.id!r} has no room {session.room!r}")
        if session.until <= session.begins:
            problems.add((*here, "until"), f"the session of {session.doctor} ends before it begins")
        if met := next((other for other in before if session.meets(other)), None):
            problems.add(here, f"{met.doctor} and {session.doctor} have room {session.room!r} at the same time")
        before.append(session)
