"""Random hospitals and requests for the tests of allocation, and legality written a second time: bed by bed, from the words of the rules
and not from their code."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from flow.domain.bed import BedState, BedStatus, Condition, Stage
from flow.domain.care import NO_CARE, Care, Isolation
from flow.domain.hospital import Hospital, opened
from flow.domain.ids import BedId, PatientId, RequestId, RoomId, VisitId, WardId
from flow.domain.plan import Bed, Box, Plan, Room, SexPolicy, Ward
from flow.domain.request import BedRequest, RequestStatus
from tests.plans import small_plan

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
TYPES = ("general", "general", "general", "semi_private", "private", "isolation", "icu", "hdu")
FEATURES = ("oxygen", "telemetry", "single", "negative_pressure", "attendant", "cot", "ventilator")
ORGANISMS = ("MRSA", "VRE", "influenza")
INTENSIVE = ("icu", "hdu", "nicu", "emergency")
STATUSES = ("free", "free", "free", "occupied", "occupied", "leaving", "cleaning", "maintenance")


def random_plan(dice: random.Random) -> Plan:
    """One or two wards of two to four rooms of one to four beds."""
    wards = []
    for w in range(dice.randint(1, 2)):
        rooms, beds = [], []
        for r in range(dice.randint(2, 4)):
            room = Room(RoomId(f"W{w}-{r}"), WardId(f"W{w}"), f"Room {r}", dice.choice(list(SexPolicy)), "bay", Box(0, 0, 1, 1))
            rooms.append(room)
            beds += [random_bed(dice, room, number) for number in range(dice.randint(1, 4))]
        ages = dice.choice([(0, 130), (0, 130), (0, 16), (18, 130)])
        specialty = dice.choice(["Medicine", "Surgery"])
        wards.append(Ward(WardId(f"W{w}"), f"Ward {w}", specialty, str(w), "general", *ages, tuple(rooms), tuple(beds)))
    return replace(small_plan(), wards=tuple(wards))


def random_bed(dice: random.Random, room: Room, number: int) -> Bed:
    """Any type with any features."""
    features = frozenset(name for name in FEATURES if dice.random() < 0.4)
    bed = BedId(f"{room.id}-{number}")
    return Bed(bed, room.ward, room.id, f"{number}", dice.choice(TYPES), features, dice.randrange(2, 60), Box(0, 0, 1, 1))


def random_hospital(dice: random.Random, plan: Plan) -> Hospital:
    """The plan's beds in any state; the infectious came with a request that says their organism."""
    hospital = Hospital(plan, seq=dice.randrange(1, 10_000))
    for number, state in enumerate(opened(plan, NOW - timedelta(days=2))):
        state = random_state(dice, state, number)
        hospital.put(state)
        if state.reserved_for is not None and dice.random() < 0.4:
            hospital.put(other_request(dice, state, number))
    return hospital


def random_state(dice: random.Random, state: BedState, number: int) -> BedState:
    """One bed's state, promised or not."""
    since = NOW - timedelta(minutes=dice.randrange(600))
    match dice.choice(STATUSES):
        case "occupied" | "leaving" as status:
            free_at = NOW + timedelta(minutes=dice.randrange(-60, 300)) if status == "leaving" else None
            visit, sex = VisitId(f"V{number}"), dice.choice(["M", "M", "M", "F", "F", "F", "O", None])
            now = Condition(BedStatus.OCCUPIED, since, "t")
            state = replace(
                state, now=now, visit=visit, sex=sex, expected_free_at=free_at, isolation=dice.random() < 0.15, care=random_care(dice)
            )
        case "cleaning":
            stage = dice.choice(list(Stage))
            started = None if stage is Stage.WAITING else since
            state = replace(state, now=Condition(BedStatus.CLEANING, since, "t", stage, started_at=started))
        case "maintenance":
            state = replace(state, now=Condition(BedStatus.MAINTENANCE, since, "t"))
        case _:
            state = replace(state, cleaned_at=dice.choice([None, since]))
    if state.status is not BedStatus.MAINTENANCE and dice.random() < 0.15:
        holder = dice.choice([f"request:R{number}", f"request:R{number}", "request:ours", "visit:V99"])
        state = replace(state, reserved_for=holder, reserved_sex=dice.choice(["M", "F", "M", "F", "A", None]))
    return state


def random_care(dice: random.Random) -> Care:
    """Some are isolated, with an organism or without."""
    return Care(Isolation.CONTACT, dice.choice([None, *ORGANISMS])) if dice.random() < 0.2 else NO_CARE


def other_request(dice: random.Random, state: BedState, number: int) -> BedRequest:
    """The request that will bring an infectious patient to this bed."""
    organism = dice.choice([None, *ORGANISMS])
    kind = Isolation.CONTACT if dice.random() < 0.7 else None
    request = BedRequest(RequestId(f"R{number}"), PatientId(f"p{number}"), NOW, "general", isolation=True, isolation_kind=kind)
    return replace(request, organism=organism, status=RequestStatus.ASSIGNED, bed=state.id)


def random_request(dice: random.Random) -> BedRequest:
    """Anything a desk may ask for."""
    kind = dice.choice([None, None, None, None, *Isolation])
    return BedRequest(
        RequestId("ours"),
        PatientId("p"),
        NOW - timedelta(minutes=dice.randrange(400)),
        dice.choice(["general", "general", "private", "semi_private", "isolation", "icu", "hdu"]),
        needs=frozenset(name for name in ("oxygen", "telemetry", "dialysis") if dice.random() < 0.12),
        wishes=frozenset(name for name in ("near_station", "single", "attendant") if dice.random() < 0.2),
        sex=dice.choice(["M", "M", "M", "F", "F", "F", "O", None]),
        age=dice.choice([5, 16, 40, 80, None]),
        specialty=dice.choice(["Medicine", "surgery", "Urology", None]),
        isolation=kind is not None or dice.random() < 0.05,
        isolation_kind=kind,
        organism=dice.choice([None, *ORGANISMS]) if kind is not None else None,
        entitlement=dice.choice([None, "general", "semi_private", "private"]),
        room_choice=dice.choice([None, None, "private"]),
        attendant=dice.random() < 0.1,
        mother_of=PatientId("baby") if dice.random() < 0.05 else None,
    )


# -- legality, a second time


def legal(hospital: Hospital, bed: Bed, request: BedRequest) -> bool:
    """Whether this patient may be given this bed."""
    return usable(hospital.beds[bed.id], request) and equipped(hospital, bed, request) and safe(hospital, bed, request)


def usable(state: BedState, request: BedRequest) -> bool:
    """Nobody else has it, and it is in use."""
    if state.status is BedStatus.MAINTENANCE or state.reserved_for not in (None, request.holder):
        return False
    return state.visit is None or state.expected_free_at is not None


def equipped(hospital: Hospital, bed: Bed, request: BedRequest) -> bool:
    """Type, must-haves, companions and ages."""
    if (bed.type in INTENSIVE or request.type in INTENSIVE) and bed.type != request.type:
        return False
    needs = set(request.needs) | ({"attendant"} if request.attendant else set()) | ({"cot"} if request.mother_of else set())
    ward = hospital.plan.ward[bed.ward]
    return needs <= bed.features and (request.age is None or ward.age_min <= request.age <= ward.age_max)


def safe(hospital: Hospital, bed: Bed, request: BedRequest) -> bool:
    """Infection and sex, by who else lies in the room or is promised to come."""
    others = list(roommates(hospital, bed, request))
    alone = "single" in bed.features or bed.type == "isolation"
    if request.isolation_kind is Isolation.AIRBORNE and not (alone and "negative_pressure" in bed.features):
        return False
    among_their_own = bool(others) and request.organism is not None and all(one[1] == {request.organism} for one in others)
    isolated = request.isolation or request.isolation_kind is not None
    if isolated and not alone and not among_their_own:
        return False
    beside_infection = any(one[1] - {"none"} for one in others) and bed.type not in INTENSIVE and not alone
    if beside_infection and not (isolated and among_their_own):
        return False
    policy = hospital.plan.rooms[bed.room].sex
    if bed.type in INTENSIVE or policy is SexPolicy.ANY:
        return True
    beside = set().union(*(one[0] for one in others))
    if request.sex not in ("M", "F"):
        return not beside if policy is SexPolicy.SAME else alone or len(hospital.plan.roommates[bed.room]) == 1
    if policy is SexPolicy.SAME:
        return beside <= {request.sex}
    return policy is (SexPolicy.MALE if request.sex == "M" else SexPolicy.FEMALE)


def roommates(hospital: Hospital, bed: Bed, request: BedRequest) -> Iterator[tuple[set[str], set[str]]]:
    """For each other bed of the room that somebody has: the sexes there and to come, and their organisms; "?" where nobody knows it,
    "none" for a patient who needs no isolation."""
    for other in hospital.plan.roommates[bed.room]:
        state = hospital.beds[other]
        held = state.reserved_for is not None and state.reserved_for != request.holder
        if other == bed.id or not (state.visit or held):
            continue
        sexes = ([state.sex] if state.visit else []) + ([state.reserved_sex] if held else [])
        yield {sex if sex in ("M", "F") else "?" for sex in sexes}, set(organisms(hospital, state, held=held))


def organisms(hospital: Hospital, state: BedState, *, held: bool) -> Iterator[str]:
    """Of who lies there and of who is to come."""
    if state.visit:
        yield (state.care.organism or "?") if state.isolation or state.care.isolation else "none"
    if held:
        coming = next((one for one in hospital.requests.values() if one.holder == state.reserved_for), None)
        yield (coming.organism or "?") if coming is not None and coming.isolation else "none"
