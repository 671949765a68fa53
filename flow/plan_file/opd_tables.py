"""The tables of outpatient clinics as records: `[[clinics]]` with their rooms, and `[opd]`, in which order they call."""

from typing import Annotated

import msgspec

from flow.domain.ids import ClinicId
from flow.domain.opd_queue import QueuePolicy
from flow.domain.plan import Clinic, ClinicRoom
from flow.plan_file.words import Short, Table, Text

_Some = Annotated[int, msgspec.Meta(ge=1, le=1000)]
_Places = Annotated[int, msgspec.Meta(ge=0, le=1000)]


class ClinicRoomTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[[clinics.rooms]]`."""

    id: str
    name: Text
    tele: bool = False


class ClinicTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[[clinics]]`: tokens are PREFIX-001 upwards each day."""

    id: str
    name: Text
    specialty: str = ""
    floor: str = ""
    prefix: Short
    rooms: list[ClinicRoomTable] = []


class OpdTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[opd]`: see `flow.domain.opd_queue.QueuePolicy`, which has what is left out here."""

    priority_before: _Some | None = None
    follow_ups_before: _Some | None = None
    back_places: _Places | None = None
    absent_after: _Some | None = None
    return_places: _Places | None = None


def queue_policy(table: OpdTable) -> QueuePolicy:
    """The policy that the table amounts to."""
    usual = QueuePolicy()
    said = {name: getattr(table, name) for name in OpdTable.__struct_fields__}
    return QueuePolicy(**{name: getattr(usual, name) if value is None else value for name, value in said.items()})


def clinic_of(clinic: ClinicTable, policy: QueuePolicy) -> Clinic:
    """The clinic as built."""
    rooms = tuple(ClinicRoom(room.id, room.name, room.tele) for room in clinic.rooms)
    return Clinic(ClinicId(clinic.id), clinic.name, clinic.specialty, clinic.floor, clinic.prefix, rooms, policy)
