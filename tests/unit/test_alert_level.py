"""The level that the house's written rules give: what is counted, which rule fires, what the file may not say."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from flow.domain.alert_level import Measured, boarders, measured, rules_of, standing
from flow.domain.alert_rules import AlertLevel, AlertRules, Measure, usual_rules
from flow.domain.bed import BedState, BedStatus, Condition, PlaceKind, Stage, Temporary, place_id
from flow.domain.cleaning_job import CleanJob, Why
from flow.domain.ids import BedId, PatientId, RequestId, VisitId, WardId
from flow.domain.request import BedRequest, MadeBy, RequestStatus
from flow.errors import Misconfigured
from flow.plan_file import parse_plan
from tests.hospital_file import hospital_file
from tests.plans import small_plan

AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
PLAN = small_plan()
BEDS = list(PLAN.beds)
RULES = AlertRules((AlertLevel("Usual"), AlertLevel("Busy", 80, 2, 2), AlertLevel("Full", 95, 4, 4, reached=2)))


def ago(minutes: int) -> datetime:
    return AT - timedelta(minutes=minutes)


def occupied(bed: BedId, visit: str) -> BedState:
    return BedState(bed, Condition(BedStatus.OCCUPIED, ago(300), "feed:his"), visit=VisitId(visit))


def dirty(bed: BedId, minutes: int, stage: Stage = Stage.WAITING, **job: object) -> BedState:
    made = replace(CleanJob(f"{bed}@1", Why.LEFT, ago(minutes)), **job)  # type: ignore[arg-type]
    return BedState(bed, Condition(BedStatus.CLEANING, ago(minutes), "feed:his", stage), job=made)


def asks(number: str, minutes: int = 60, **said: object) -> BedRequest:
    return replace(BedRequest(RequestId(number), PatientId(f"p-{number}"), ago(minutes), "general"), **said)  # type: ignore[arg-type]


def place(visit: str) -> BedState:
    made = place_id(WardId("4B"), PlaceKind.TROLLEY, 1)
    return replace(occupied(made, visit), temporary=Temporary(WardId("4B"), PlaceKind.TROLLEY, 1))


@pytest.mark.parametrize(
    ("figures", "number", "fired"),
    [
        (Measured(79.9, 1, 1), 1, []),
        (Measured(80.0, 0, 0), 2, [Measure.OCCUPANCY]),
        (Measured(None, 2, 3), 2, [Measure.BOARDERS, Measure.DIRTY]),
        (Measured(99.0, 3, 3), 2, [Measure.OCCUPANCY, Measure.BOARDERS, Measure.DIRTY]),
        (Measured(99.0, 4, 0), 3, [Measure.OCCUPANCY, Measure.BOARDERS]),
    ],
)
def test_the_highest_level_whose_rule_is_fulfilled_holds(figures: Measured, number: int, fired: list[Measure]) -> None:
    found = standing(RULES, figures)
    assert (found.number, [each.measure for each in found.fired]) == (number, fired)
    assert found.above is (RULES.levels[number] if number < 3 else None)


def test_beds_out_of_use_are_no_part_of_occupancy() -> None:
    states = [occupied(bed, f"V{n}") for n, bed in enumerate(BEDS[:6])]
    states += [BedState(bed, Condition(BedStatus.MAINTENANCE, AT, "person:x")) for bed in BEDS[6:8]]
    states += [BedState(BEDS[8], Condition(BedStatus.AVAILABLE, AT, "person:x"))]
    found = measured(PLAN, {state.id: state for state in states}, [], AT)
    assert found.occupancy == pytest.approx(100 * 6 / 7)
    assert measured(PLAN, {}, [], AT).occupancy is None


def test_a_bed_counts_as_dirty_too_long_from_its_aim_until_somebody_begins() -> None:
    aim, stat = PLAN.cleaning.response_aim, PLAN.cleaning.stat_aim
    states = [
        dirty(BEDS[0], aim),
        dirty(BEDS[1], aim - 1),
        dirty(BEDS[2], stat, stat=True),
        dirty(BEDS[3], aim + 60, Stage.IN_PROGRESS, started_at=AT),
        dirty(BEDS[4], aim + 60, Stage.SUSPENDED, started_at=ago(20)),
        dirty(BEDS[5], aim + 60, Stage.INSPECTION),
    ]
    assert measured(PLAN, {state.id: state for state in states}, [], AT).dirty == 2


def test_who_boards_needs_a_bed_now_and_lies_in_none() -> None:
    ed = replace(PLAN, wards=(replace(PLAN.wards[0], beds=(replace(PLAN.wards[0].beds[0], type="emergency"), *PLAN.wards[0].beds[1:])),))
    beds = {state.id: state for state in (occupied(BEDS[0], "V-ed"), occupied(BEDS[1], "V-ward"), place("V-trolley"))}
    requests = [
        asks("waits"),
        asks("promised", status=RequestStatus.ASSIGNED, bed=BEDS[2]),
        asks("lies-in-ed", visit=VisitId("V-ed")),
        asks("on-a-trolley", visit=VisitId("V-trolley")),
        asks("lies-in-a-ward", visit=VisitId("V-ward")),
        asks("needs-it-tonight", made_by=MadeBy.PLAN, ready_at=AT + timedelta(hours=6)),
        asks("moves-for-another", made_by=MadeBy.MOVE),
        asks("came", status=RequestStatus.ARRIVED),
    ]
    found = boarders(ed, beds, requests, AT)
    assert [each.request.id for each in found if each.request] == ["waits", "promised", "lies-in-ed", "on-a-trolley"]
    assert len(boarders(ed, beds, [], AT)) == 1, "whoever lies on a trolley and has no request"


def test_rules_that_come_by_themselves_grow_with_the_house() -> None:
    assert rules_of(PLAN) == usual_rules(9)
    small, large = usual_rules(9), usual_rules(500)
    assert [level.boarders for level in small.levels] == [None, 2, 4, 8]
    assert [level.boarders for level in large.levels] == [None, 5, 10, 20]


FILE = hospital_file({"A": {"1": 2}})
USUAL = '\n[[command_centre.levels]]\nname = "Usual"\n'


def test_what_the_file_says_counts() -> None:
    said = f'{FILE}{USUAL}\n[[command_centre.levels]]\nname = "Full"\noccupancy = 97\ndirty = 3\nreached = 2\ndo = "Call."\n'
    assert rules_of(parse_plan(said, "x.toml")).levels == (AlertLevel("Usual"), AlertLevel("Full", 97, None, 3, 2, "Call."))


@pytest.mark.parametrize(
    "level",
    [
        "occupancy = 101",
        "boarders = 0",
        "reached = 2\ndirty = 3",
        "",
        'shout = "loud"',
        'dirty = 5\n[[command_centre.levels]]\nname = "Full"\ndirty = 5',
    ],
)
def test_nonsense_is_told_with_its_line(level: str) -> None:
    with pytest.raises(Misconfigured, match=r"x\.toml:\d+: "):
        parse_plan(f'{FILE}{USUAL}\n[[command_centre.levels]]\nname = "Busy"\n{level}\n', "x.toml")


def test_the_first_level_has_no_thresholds() -> None:
    with pytest.raises(Misconfigured, match="the first level is the usual one"):
        parse_plan(f"{FILE}{USUAL}occupancy = 90\n", "x.toml")
