"""The demo's patients leave step by step: ways of every kind, taps and letters, a clock of the insurer's that runs, nothing refused."""

from collections import Counter
from datetime import timedelta

import pytest

from adt_feed.simulator.history import Stage
from adt_feed.simulator.milestones import WAYS
from flow.domain.discharge import Milestone
from flow.domain.discharge_pace import learnt, step_minutes
from tests.unit.test_simulator import PLAN, UNTIL, Played, model_on, play, pseudonym


@pytest.fixture(scope="module")
def days() -> Played:
    """Two days and a half of life in the sample hospital, until the afternoon."""
    start = UNTIL - timedelta(days=2.5)
    stage = Stage(PLAN, start, pseudonym)
    model = model_on(stage, start)
    model.fill()
    return play(model, stage, UNTIL)


def test_screens_have_something_of_everything(days: Played) -> None:
    assert days.refused == 0
    live = [each for each in days.stage.hospital.discharges.values() if each.is_live]
    assert len({step for each in live for step in each.open}) >= 4
    assert any(each.insurer for each in live)
    assert len({each.way for each in live}) >= 3
    held = [bed for bed in days.stage.hospital.beds.values() if bed.insurer_due is not None]
    assert held and all(bed.visit is not None for bed in held)


def test_patients_leave_by_every_way_told_by_people_and_by_systems(days: Played) -> None:
    left = [each for each in days.stage.hospital.discharges.values() if not each.is_live and not each.called_off]
    assert {each.way for each in left} == set(WAYS)
    told = Counter(mark.source.partition(":")[0] for each in left for mark in each.marks.values())
    assert told["feed"] > 100 and told["person"] > 100
    assert 20 < sum(each.by_feed for each in left) < len(left) - 20, "of some the HIS says who pays, of others the ward"
    assert sum(not each.left for each in left) > 0.75 * len(left), "of each step one in twenty-five tells nobody"
    assert {Milestone.SUMMARY, Milestone.PHARMACY, Milestone.BILLING, Milestone.TPA} <= learnt(step_minutes(left)).keys()


def test_a_second_start_finishes_what_was_begun(days: Played) -> None:
    stage = Stage(PLAN, UNTIL, pseudonym)
    hospital = days.stage.hospital
    for records in (hospital.beds, hospital.visits, hospital.requests, hospital.discharges):
        for record in records.values():
            stage.hospital.put(record)
    stage.hospital.seq = hospital.seq
    begun = {each.id: each.marks.keys() for each in hospital.discharges.values() if each.is_live and each.is_ordered}
    model = model_on(stage, UNTIL, speed=6.0)
    model.adopt()
    played = play(model, stage, UNTIL + timedelta(hours=2))
    assert played.refused == 0
    assert any(stage.hospital.discharges[visit].marks.keys() - marks - {Milestone.EXIT} for visit, marks in begun.items())
