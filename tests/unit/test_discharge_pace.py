"""When a patient will be out: by the steps that are left and the house's pace, learnt from those who left."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from allocation.engine import Engine
from flow.domain.discharge import GATES, WAYS, Discharge, Mark, Way
from flow.domain.discharge_commands import BeginDischarge, CallOffDischarge, ExpectAnew, LearnPace, MarkMilestone
from flow.domain.discharge_pace import USUAL, Pace, Took, expected_out, learnt, step_minutes
from flow.domain.ids import PatientId, RequestId
from flow.domain.request import BedRequest
from tests.hearing import T0, House, check
from tests.unit.test_discharges import A1, V1, M, discharge, done, expected, soon


@pytest.fixture
def house() -> Iterator[House]:
    fresh = House()
    fresh.hears("A01", "4B^A^1")
    yield fresh
    check(fresh)


def test_each_step_done_brings_the_expectation_nearer(house: House) -> None:
    soon(house, BeginDischarge(V1, Way.CASH))
    before = discharge(house).expected
    soon(house, MarkMilestone(V1, M.SUMMARY), 1)
    soon(house, MarkMilestone(V1, M.PHARMACY), 1)
    soon(house, MarkMilestone(V1, M.BILLING), 1)
    after = discharge(house)
    assert before is not None and after.expected is not None and after.latest is not None
    assert after.expected < before and after.expected <= after.latest
    assert house.hospital.beds[A1].expected_free_at == after.expected


def test_time_alone_pushes_it_back(house: House) -> None:
    house.does(BeginDischarge(V1, Way.CASH))
    before = discharge(house).expected
    for _ in range(6):
        house.does(ExpectAnew())
    assert before is not None and discharge(house).expected is not None
    assert discharge(house).expected > max(before, house.now)
    assert house.hospital.beds[A1].expected_free_at == discharge(house).expected


def test_the_log_is_spared_minutes_that_tremble(house: House) -> None:
    house.does(BeginDischarge(V1, Way.CASH))
    told = 0
    for _ in range(72):
        told += len(soon(house, ExpectAnew(), 5))
        out = discharge(house).expected
        assert out is not None and out > house.now
    assert 4 <= told / 2 <= 24, "six hours: not every five minutes, and never in the past"


def test_the_feeds_own_time_counts_until_somebody_tells_of_a_step(house: House) -> None:
    told = house.now + timedelta(hours=8)
    house.hears("A16", "4B^A^1", tail=expected(told))
    for _ in range(9):
        house.does(ExpectAnew())
    assert house.now > told == house.hospital.beds[A1].expected_free_at, "past, too: how late they leave is learnt"
    assert house.hospital.beds[A1].latest_free_at is None
    done(house, M.SUMMARY)
    assert house.hospital.beds[A1].expected_free_at == discharge(house).expected != told


def test_the_pace_of_the_house_counts(house: House) -> None:
    soon(house, BeginDischarge(V1, Way.CASH), 0)
    slow = discharge(house).expected
    house.does(LearnPace({step: Took(1, 2) for step in M}))
    soon(house, ExpectAnew(), 0)
    assert slow is not None and discharge(house).expected is not None and discharge(house).expected < slow
    assert house.does(LearnPace({step: Took(1, 2) for step in M})) == []


def test_allocation_hears_when_the_bed_will_be_ready_and_how_surely(house: House) -> None:
    """Each step done brings the bed nearer in the engine's own figures, and its p90 with it."""
    soon(house, BeginDischarge(V1, Way.CASH), 0)
    engine = Engine(house.hospital.plan)
    first = engine.ready(house.hospital, house.now)[A1]
    for step in (M.SUMMARY, M.PHARMACY, M.BILLING, M.TRANSPORT):
        soon(house, MarkMilestone(V1, step), 1)
    then = engine.ready(house.hospital, house.now)[A1]
    assert first.p10 <= first.p50 < first.p90
    assert then.p50 < first.p50 - timedelta(minutes=90)
    assert then.p90 - then.p50 < first.p90 - first.p50
    wanted = BedRequest(RequestId("R"), PatientId("p9"), house.now, "general", sex="F", age=40)
    assert A1 in {one.bed for one in engine.suggest(wanted, house.hospital, house.now, limit=20).ranked}
    house.does(CallOffDischarge(V1))
    assert A1 not in engine.ready(house.hospital, house.now)


def test_the_pace_is_learnt_from_those_who_left() -> None:
    marks = {M.ORDER: Mark(T0, "nurse:a")}
    for minutes, step in ((40, M.SUMMARY), (30, M.PHARMACY), (100, M.BILLING), (120, M.TRANSPORT), (130, M.EXIT)):
        marks[step] = Mark(T0 + timedelta(minutes=minutes), "nurse:a")
    left = Discharge(V1, Way.CASH, T0, marks, ended_at=T0 + timedelta(minutes=130))
    minutes = step_minutes([left, replace(left, called_off=True)])
    assert minutes == {M.SUMMARY: [40], M.PHARMACY: [30], M.BILLING: [60], M.TRANSPORT: [20], M.EXIT: [10]}
    assert learnt(minutes) == {}
    assert learnt({M.BILLING: [*range(1, 101)]}) == {M.BILLING: Took(51, 91)}


@pytest.mark.parametrize("way", Way)
def test_every_way_has_its_time_and_reaches_its_end(way: Way) -> None:
    fresh = Discharge(V1, way, T0, {M.ORDER: Mark(T0, "x")} if M.ORDER in WAYS[way] else {})
    out = expected_out(fresh, Pace(), T0)
    assert out is not None and T0 < out.p50 <= out.p90
    while fresh.left:
        assert fresh.open, f"{way} comes to a stand at {fresh.left}"
        fresh = replace(fresh, marks={**fresh.marks, fresh.open[0]: Mark(T0, "x")})


def test_every_step_has_its_usual_time() -> None:
    assert set(USUAL) == set(M)
    assert all(step not in gates for step, gates in GATES.items())
