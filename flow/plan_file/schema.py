"""What may stand in a hospital file, and the words it may use."""

from typing import Literal

import msgspec

BedType = Literal[
    "icu", "hdu", "general", "private", "semi_private", "nicu", "maternity", "isolation", "paediatric", "emergency", "day_care"
]
Sex = Literal["any", "male", "female", "same"]
Name = msgspec.Meta(min_length=1, max_length=80)


class BedTable(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`[[wards.rooms.bed]]`: what differs from the room's rule for bed `n` (from 1), or a bed of its own with an id."""

    n: int | None = None
    id: str | None = None
    label: str | None = None
    type: BedType | None = None
    features: list[str] = []
    metres: int | None = None
    x: float | None = None
    y: float | None = None
    width: float | None = None
    height: float | None = None
    aliases: list[str] = []


class RoomTable(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`[[wards.rooms]]`: `beds = 6` makes six beds labelled A1 to A6 for `id = "A"`; they share type and features."""

    id: str
    name: str
    type: BedType
    sex: Sex = "any"
    beds: int = 0
    label: str | None = None
    first: int = 1
    features: list[str] = []
    x: float | None = None
    y: float | None = None
    width: float | None = None
    height: float | None = None
    bed: list[BedTable] = []


class WardTable(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`[[wards]]`."""

    id: str
    name: str
    specialty: str = ""
    floor: str = ""
    type: BedType = "general"
    age_min: int = 0
    age_max: int = 130
    rooms: list[RoomTable] = []


class ClinicRoomTable(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`[[clinics.rooms]]`."""

    id: str
    name: str


class ClinicTable(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`[[clinics]]`: tokens are PREFIX-001 upwards each day."""

    id: str
    name: str
    specialty: str = ""
    floor: str = ""
    prefix: str
    rooms: list[ClinicRoomTable] = []


class FeedTable(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`[[feeds]]`: see `flow.domain.plan.Feed`."""

    id: str
    name: str
    zone: str | None = None
    listen: str | None = None
    outbound: str | None = None
    a08: Literal["ignore", "fill", "transfer", "admit"] = "fill"
    charset: str | None = None
    places: dict[str, str] = {}
    statuses: dict[str, str] = {}
    classes: dict[str, str] = {}


class HospitalTable(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`[hospital]`."""

    id: str
    name: str
    zone: str


class File(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The whole file."""

    hospital: HospitalTable
    wards: list[WardTable] = []
    clinics: list[ClinicTable] = []
    feeds: list[FeedTable] = []


TABLES: dict[str, type[msgspec.Struct]] = {
    "": File,
    "hospital": HospitalTable,
    "wards": WardTable,
    "wards.rooms": RoomTable,
    "wards.rooms.bed": BedTable,
    "clinics": ClinicTable,
    "clinics.rooms": ClinicRoomTable,
    "feeds": FeedTable,
}
"""Each table of the file by its dotted header, for the words of an error."""
