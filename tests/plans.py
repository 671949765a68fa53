"""A small hospital for tests: two bays, a single, an ICU, and one clinic."""

from flow.domain.ids import BedId, ClinicId, FeedId, HospitalId, RoomId, WardId
from flow.domain.plan import Bed, Box, Clinic, ClinicRoom, Feed, Plan, Room, SexPolicy, Ward


def small_plan() -> Plan:
    """Ward 4B: women's bay A1-A3, men's bay B1-B3, single S1; ward ICU: I1, I2; clinic ENT with two rooms."""
    ward = Ward(
        WardId("4B"),
        "Ward 4B",
        "Medicine",
        "4",
        "general",
        rooms=(
            _room("4B", "A", SexPolicy.FEMALE, "bay"),
            _room("4B", "B", SexPolicy.MALE, "bay"),
            _room("4B", "S", SexPolicy.ANY, "single"),
        ),
        beds=(*_beds("4B", "A", 3), *_beds("4B", "B", 3), *_beds("4B", "S", 1, "private")),
    )
    icu = Ward(
        WardId("ICU"),
        "ICU",
        "Intensive care",
        "2",
        "icu",
        rooms=(_room("ICU", "I", SexPolicy.ANY, "icu"),),
        beds=_beds("ICU", "I", 2, "icu"),
    )
    clinic = Clinic(ClinicId("ENT"), "ENT", "ENT", "0", "E", (ClinicRoom("1", "Room 1"), ClinicRoom("2", "Room 2")))
    feed = Feed(FeedId("his"), "HIS", "Asia/Kolkata")
    return Plan(HospitalId("test"), "Test Hospital", "Asia/Kolkata", (ward, icu), (clinic,), (feed,))


def _room(ward: str, name: str, sex: SexPolicy, kind: str) -> Room:
    return Room(RoomId(f"{ward}-{name}"), WardId(ward), f"Bay {name}", sex, kind, Box(0, 0, 400, 400))


def _beds(ward: str, room: str, count: int, kind: str = "general") -> tuple[Bed, ...]:
    return tuple(
        Bed(
            BedId(f"{ward}-{room}-{n:02d}"),
            WardId(ward),
            RoomId(f"{ward}-{room}"),
            f"{room}{n}",
            kind,
            frozenset({"oxygen"}),
            n * 5,
            Box(10 + n * 100, 10, 90, 90),
            aliases=(f"{ward}^{room}^{n}",),
        )
        for n in range(1, count + 1)
    )
