"""The made-up hospital: plausible, repeatable, sound, and able to go on where it was left."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from adt_feed.message import Message
from adt_feed.simulator.action import DESK, Timed
from adt_feed.simulator.clinics import FASTEST
from adt_feed.simulator.demand import length, poisson
from adt_feed.simulator.history import Stage, history
from adt_feed.simulator.model import Model
from adt_feed.simulator.patient import first_number, number_of, patient
from adt_feed.simulator.tempo import HOURS, WEEKDAYS, Tempo
from flow.domain.bed import BedStatus, CleanKind
from flow.domain.bed import Stage as Cleaning
from flow.domain.commands import AssignBed, Chart, Person, SetBedStatus, Told
from flow.domain.hospital import Hospital
from flow.domain.ids import PatientId, VisitId
from flow.domain.plan import Plan, SexPolicy
from flow.domain.request import RequestStatus
from flow.domain.visit import Act, Fact, Order
from flow.plan_file import load_plan
from tests.plans import small_plan

PLAN = load_plan(Path(__file__).parents[2] / "flow" / "sample" / "city_general.toml")
UNTIL = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)  # a Friday, 15:00 in Kolkata


def pseudonym(mrn: str, authority: str) -> PatientId:
    return PatientId(sha256(f"{authority}|{mrn}".encode()).hexdigest()[:16])


@dataclass
class Played:
    """A run, and what was seen on the way."""

    stage: Stage
    actions: list[Timed] = field(default_factory=list)
    refused: int = 0
    seen: list[tuple[datetime, Counter[BedStatus], int]] = field(default_factory=list)

    def look(self, at: datetime) -> None:
        hospital = self.stage.hospital
        waiting = sum(request.status is RequestStatus.WAITING for request in hospital.requests.values())
        self.seen.append((at, Counter(bed.status for bed in hospital.beds.values()), waiting))


def play(model: Model, stage: Stage, until: datetime) -> Played:
    played = Played(stage)
    for timed in model.run(until):
        played.actions.append(timed)
        played.refused += not stage.play(timed) and not timed.is_letter
        if not played.seen or timed.at - played.seen[-1][0] > timedelta(hours=1):
            played.look(timed.at)
    return played


def model_on(stage: Stage, start: datetime, *, speed: float = 1.0, seed: int = 1) -> Model:
    return Model(stage.hospital.plan, lambda: stage.hospital, pseudonym, seed=seed, speed=speed, start=start)


@pytest.fixture(scope="module")
def days() -> Played:
    """Four days of life in the sample hospital."""
    start = UNTIL - timedelta(days=4)
    stage = Stage(PLAN, start, pseudonym)
    model = model_on(stage, start)
    model.fill()
    return play(model, stage, UNTIL)


def triggers(actions: list[Timed]) -> Counter[str]:
    return Counter(timed.what.split(b"|")[8].decode()[4:7] for timed in actions if isinstance(timed.what, bytes))


def test_every_letter_is_understood_and_every_tap_is_legal(days: Played) -> None:
    assert days.refused == 0
    for timed in days.actions[:500]:
        if isinstance(timed.what, bytes):
            assert Message.parse(timed.what).type in ("ADT", "ORU", "RDE", "RDS")


def test_actions_come_in_order_of_time_and_are_written_in_it(days: Played) -> None:
    assert [timed.at for timed in days.actions] == sorted(timed.at for timed in days.actions)
    ids = [Message.parse(timed.what).control_id for timed in days.actions if isinstance(timed.what, bytes)]
    assert len(set(ids)) == len(ids)
    assert ids == sorted(ids)


def test_the_hospital_is_as_full_and_busy_as_ours(days: Played) -> None:
    settled = [counts for at, counts, _ in days.seen if at > UNTIL - timedelta(days=3)]
    shares = [counts[BedStatus.OCCUPIED] / (counts.total() - counts[BedStatus.MAINTENANCE]) for counts in settled]
    assert 0.80 < sum(shares) / len(shares) < 0.90
    assert min(shares) > 0.70 and max(shares) < 0.95
    assert 8 < sum(counts[BedStatus.CLEANING] for counts in settled) / len(settled) < 28
    assert 5 < sum(counts[BedStatus.MAINTENANCE] for counts in settled) / len(settled) < 18


def test_the_desk_has_something_to_do(days: Played) -> None:
    waiting = [count for at, _, count in days.seen if at > UNTIL - timedelta(days=3)]
    assert 4 < sum(waiting) / len(waiting) < 12
    assert any(bed.reserved_for for bed in days.stage.hospital.beds.values())
    assert any(bed.expected_free_at for bed in days.stage.hospital.beds.values())


def test_everything_that_happens_in_hospitals_happens(days: Played) -> None:
    happened = triggers(days.actions)
    assert set(happened) >= {"A01", "A02", "A03", "A04", "A05", "A08", "A09", "A10", "A11", "A12", "A13", "A16", "A17", "A38", "A40"}
    commands = {type(timed.what).__name__ for timed in days.actions}
    assert set(happened) >= {"S12", "S13", "S15", "S26"}, "appointments are booked, moved, cancelled and missed"
    kept = [token for token in days.stage.hospital.tokens.values() if token.appointment and token.called_at]
    assert kept and all(token.due_at and token.arrived_at for token in kept), "and most are kept"
    assert commands >= {"SetBedStatus", "RequestBed", "AssignBed", "IssueToken", "CallNext", "MarkToken", "SetRoom"}


def test_a_hundred_come_a_day(days: Played) -> None:
    assert 300 < triggers(days.actions)["A03"] < 900
    assert 250 < sum(isinstance(timed.what, AssignBed) for timed in days.actions) < 600


def test_nobody_lies_where_the_ward_would_not_have_them(days: Played) -> None:
    hospital = days.stage.hospital
    for bed in hospital.beds.values():
        if bed.visit is None:
            continue
        who = patient(number_of(bed.visit) or 0)
        ward, room = PLAN.ward[PLAN.beds[bed.id].ward], PLAN.rooms[PLAN.beds[bed.id].room]
        assert ward.age_min - 1 <= who.age(UNTIL.date()) <= ward.age_max + 1
        assert room.sex not in (SexPolicy.MALE, SexPolicy.FEMALE) or room.sex == {"M": "male", "F": "female"}[who.sex]


def test_an_assigned_bed_has_what_the_patient_needs(days: Played) -> None:
    requests = days.stage.hospital.requests
    for timed in days.actions:
        if isinstance(timed.what, AssignBed) and timed.what.request in requests:
            assert requests[timed.what.request].needs <= PLAN.beds[timed.what.bed].features


def test_mrns_say_that_they_are_made_up(days: Played) -> None:
    letters = [timed.what for timed in days.actions if isinstance(timed.what, bytes)]
    assert all(b"|DEMO" in letter for letter in letters)


def test_the_same_seed_is_the_same_history() -> None:
    def digest(seed: int) -> str:
        actions = history(0.4, seed, UNTIL, PLAN, pseudonym)
        return sha256(json.dumps([(str(t.at), t.actor, repr(t.what)) for t in actions]).encode()).hexdigest()

    first = digest(3)
    assert digest(3) == first
    assert digest(4) != first


def test_history_ends_where_it_should_and_opens_clinics_late() -> None:
    start = UNTIL - timedelta(days=1.3)  # Thursday morning, before the clinics
    actions = list(history(1.3, 1, UNTIL, PLAN, pseudonym, clinic_days=0.3))
    assert start <= actions[0].at and actions[-1].at <= UNTIL
    tokens = [timed.at for timed in actions if timed.actor == "demo-opd"]
    assert min(tokens) >= UNTIL - timedelta(days=0.3)


# --- going on ---


def test_a_second_start_goes_on_with_the_same_patients(days: Played) -> None:
    stage = Stage(PLAN, UNTIL, pseudonym)
    for records in (days.stage.hospital.beds, days.stage.hospital.visits, days.stage.hospital.requests):
        for record in records.values():
            stage.hospital.put(record)
    stage.hospital.seq = days.stage.hospital.seq
    before = {visit.id for visit in stage.hospital.visits.values() if visit.is_open}
    model = model_on(stage, UNTIL, speed=6.0)
    model.adopt()
    played = play(model, stage, UNTIL + timedelta(hours=10))
    assert played.refused == 0
    left = before - {visit.id for visit in stage.hospital.visits.values() if visit.is_open}
    assert len(left) > len(before) / 3  # ten hours are sixty
    new = {visit.id for visit in stage.hospital.visits.values()} - set(days.stage.hospital.visits)
    assert min(number_of(visit) or 0 for visit in new) > max(number_of(visit) or 0 for visit in before)
    shares = [c[BedStatus.OCCUPIED] / (c.total() - c[BedStatus.MAINTENANCE]) for _, c, _ in played.seen]
    assert min(shares) > 0.78 and max(shares) < 0.93


def test_a_bed_promised_by_a_user_gets_the_patient(days: Played) -> None:
    """Whatever bed somebody else assigns, the made-up patient comes to it."""
    stage = Stage(PLAN, UNTIL, pseudonym)
    for records in (days.stage.hospital.beds, days.stage.hospital.visits, days.stage.hospital.requests):
        for record in records.values():
            stage.hospital.put(record)
    stage.hospital.seq = days.stage.hospital.seq
    model = model_on(stage, UNTIL, speed=6.0)
    model.adopt()
    free = [bed for bed in stage.hospital.beds.values() if bed.free]
    wanted = [r for r in stage.hospital.waiting() if r.status is RequestStatus.WAITING]
    request, bed = next((r, bed) for r in wanted for bed in free if PLAN.beds[bed.id].type == r.type)
    stage.play(Timed(UNTIL, "asha", AssignBed(request.id, bed.id)))
    for timed in model.run(UNTIL + timedelta(minutes=40)):
        stage.play(timed)
    assert stage.hospital.requests[request.id].status is RequestStatus.ARRIVED
    assert stage.hospital.requests[request.id].bed == bed.id


def test_a_cleaning_begun_by_another_hand_is_finished() -> None:
    plan = small_plan()
    stage = Stage(plan, UNTIL, pseudonym)
    bed = next(iter(plan.beds))
    stage.play(Timed(UNTIL, "asha", SetBedStatus(bed, BedStatus.CLEANING, stage=Cleaning.IN_PROGRESS, clean=CleanKind.ROUTINE)))
    for timed in model_on(stage, UNTIL).run(UNTIL + timedelta(hours=3)):
        stage.play(timed)
    assert stage.hospital.beds[bed].cleaned_at is not None


def test_patients_of_another_his_are_left_alone() -> None:
    stage = Stage(small_plan(), UNTIL, pseudonym)
    fact = Fact(Act.ADMIT, UNTIL, Order(UNTIL), "4B^A^1")
    stage.play(Timed(UNTIL, "asha", Chart((Told(VisitId("M-000001"), Person(PatientId("p"), "F"), fact),))))
    model = model_on(stage, UNTIL)
    model.adopt()
    assert model.world.stays == {}
    for timed in model.run(UNTIL + timedelta(days=2)):
        stage.play(timed)
    assert stage.hospital.visits[VisitId("M-000001")].is_open


def test_a_hospital_without_beds_clinics_or_feeds_is_quiet() -> None:
    plan = Plan(PLAN.id, "Empty", "UTC", (), (), ())
    model = Model(plan, lambda: Hospital(plan), pseudonym, seed=1, speed=1, start=UNTIL)
    assert [timed for timed in model.run(UNTIL + timedelta(hours=12)) if timed.actor == DESK] == []


# --- parts ---


def test_a_patient_is_worked_out_from_the_visit_number() -> None:
    number = first_number(UNTIL)
    who = patient(number)
    assert number_of(who.visit) == number
    assert patient(number) == who
    assert number_of(VisitId("M-000001")) is None
    assert number_of(VisitId("18345875094209895551")) is None


def test_rhythms_have_mean_one() -> None:
    assert abs(sum(HOURS) / 24 - 1) < 0.03
    assert abs(sum(WEEKDAYS) / 7 - 1) < 0.01


def test_people_go_home_in_the_afternoon_and_a_fast_clock_is_flatter() -> None:
    dice = Random(1)
    life, fast = Tempo("Asia/Kolkata"), Tempo("Asia/Kolkata", 6)
    hours = [life.local(life.leaving(UNTIL, 3, dice)).hour for _ in range(500)]
    assert sum(12 <= hour < 19 for hour in hours) > 300
    assert fast.leaving(UNTIL, 3, dice) == UNTIL + timedelta(hours=12)
    night = UNTIL.replace(hour=21)
    assert life.arrivals(night) < fast.arrivals(night) < 1


def test_lengths_of_stay_have_their_mean() -> None:
    dice, ward = Random(2), PLAN.ward[next(iter(PLAN.ward))]
    general = next(ward for ward in PLAN.wards if ward.type == "general")
    stays = [length(general, "general", dice) for _ in range(4000)]
    assert abs(sum(stays) / len(stays) - 4.3) < 0.25
    assert length(ward, "day_care", dice) < 0.5
    assert abs(sum(poisson(0.7, dice) for _ in range(5000)) / 5000 - 0.7) < 0.06


def test_clinics_can_be_followed() -> None:
    assert FASTEST <= 2
