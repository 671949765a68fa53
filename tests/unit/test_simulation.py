"""The simulated hospital: nobody lost, no bed with two patients, no rule broken, the same seed the same run; figures and intervals."""

import json
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import typer
from typer.testing import CliRunner

from allocation.cleaning import at_home
from allocation.joint.plan import assigned
from allocation.simulation.demand import DAY, START, opened_empty
from allocation.simulation.measures import MEASURES, Measures, difference, measured
from allocation.simulation.policies import OURS, POLICIES, Policy
from allocation.simulation.report import Comparison, plot, table
from allocation.simulation.run import CLEANING, Fate, Run, Setting
from allocation.simulation.world import World
from flow.cli.compare import compare
from flow.domain.bed import BedStatus
from flow.domain.plan import SexPolicy
from tests.hospital_file import hospital_file
from tests.plans import small_plan

SMALL = Setting(small_plan(), load=1.3, busy=0.8, days=6, warm_up=1)
EACH = pytest.mark.parametrize("policy", POLICIES, ids=[policy.key for policy in POLICIES])


def run_of(policy: Policy, seed: int = 3, setting: Setting = SMALL) -> Run:
    run = Run(setting, setting.patients(seed), policy)
    run.run()
    return run


@EACH
def test_nobody_is_lost(policy: Policy) -> None:
    run = run_of(policy)
    came = {arrival.request.id for arrival in SMALL.patients(3) if arrival.minute < run.last}
    assert came == set(run.fates)
    assert {key for key, fate in run.fates.items() if fate.bed is None} == set(run.world.waiting)
    lying = {state.id for state in run.world.hospital.beds.values() if state.status is BedStatus.OCCUPIED}
    assert lying == set(run.in_bed)


@EACH
def test_no_bed_has_two_patients_and_each_is_cleaned_between(policy: Policy) -> None:
    stays: dict[str, list[tuple[int, int]]] = {}
    for fate in run_of(policy).fates.values():
        if fate.bed is not None:
            start = fate.arrival.minute + fate.waited
            stays.setdefault(fate.bed, []).append((start, fate.arrival.gone(start)))
    assert sum(len(found) > 1 for found in stays.values()) >= 3
    for found in stays.values():
        found.sort()
        assert all(next_start >= end + CLEANING for (_, end), (next_start, _) in pairwise(found))


@EACH
def test_no_rule_is_broken(policy: Policy) -> None:
    run = run_of(policy)
    plan = SMALL.plan
    for fate in (fate for fate in run.fates.values() if fate.bed is not None):
        bed, asked = plan.beds[fate.bed], fate.arrival.request
        assert (bed.type == "icu") == (asked.type == "icu")
        policy_of_room = plan.rooms[bed.room].sex
        assert policy_of_room in (SexPolicy.ANY, {"M": SexPolicy.MALE, "F": SexPolicy.FEMALE}[asked.sex or ""])
    assert run.world.sex_violations == 0


def test_a_world_refuses_what_a_rule_forbids() -> None:
    world = World(SMALL.plan)
    man = next(a.request for a in SMALL.patients(1) if a.request.sex == "M" and a.request.type == "general")
    world.ask(man)
    with pytest.raises(ValueError, match="women's bay"):
        world.place(man, next(bed for bed in SMALL.plan.beds if "-A-" in bed), man.created_at)
    free = next(bed for bed in SMALL.plan.beds if "-B-" in bed)
    world.place(man, free, man.created_at)
    world.ask(replace(man, id=type(man.id)("other")))
    with pytest.raises(ValueError, match="not free"):
        world.place(world.waiting[type(man.id)("other")], free, man.created_at)


def test_ours_lays_everybody_where_the_served_joint_plan_says() -> None:
    world = World(SMALL.plan)
    for arrival in [a for a in SMALL.patients(1) if a.request.type == "general"][:4]:
        world.ask(arrival.request)
    at = max(request.created_at for request in world.waiting.values())
    planned = assigned(world.engine, world.hospital, at)
    assert len(planned) > 1
    assert {request.id: bed for request, bed in OURS.serve((), world, at)} == planned
    first = min(planned.values())
    world.free.discard(first)
    assert first not in {bed for _, bed in OURS.serve((), world, at)}, "whose bed is not free yet waits for it"


def test_the_engine_learns_how_long_beds_take_here() -> None:
    world, bed, at = World(SMALL.plan), next(iter(SMALL.plan.beds)), START
    for _ in range(8):
        world.leave(bed, at)
        world.start_cleaning(bed, at + timedelta(minutes=15))
        at += timedelta(minutes=15 + CLEANING)
        world.finish_cleaning(bed, at)
    expected = world.engine.turnover.clean[0].mean()
    world.learn()
    assert world.engine.turnover.queue[0].mean() == 15
    assert world.engine.turnover.clean[0].mean() == CLEANING != expected


@EACH
def test_the_same_seed_plays_the_same_run(policy: Policy) -> None:
    assert SMALL.play(5, policy) == SMALL.play(5, policy)
    assert SMALL.play(5, policy) != SMALL.play(6, policy)


def test_patients_do_not_depend_on_the_policy() -> None:
    fates = [{key: fate.arrival for key, fate in run_of(policy).fates.items()} for policy in POLICIES]
    assert all(found == fates[0] for found in fates)


def test_demand_fills_the_beds_as_it_should() -> None:
    days = 60
    coming = Setting(SMALL.plan, load=1.0, days=days, warm_up=0).patients(1)
    bed_days = sum(arrival.stay for arrival in coming if arrival.minute) / DAY / days
    assert 0.6 < bed_days / len(SMALL.plan.beds) < 1.1
    assert all(arrival.gone(arrival.minute) > arrival.minute for arrival in coming)


def test_who_is_infectious_is_at_home_in_isolation() -> None:
    hospital = opened_empty(SMALL.plan)
    request = next(a.request for a in SMALL.patients(1) if a.request.specialty == "Medicine")
    assert at_home(request, next(bed for bed in SMALL.plan.beds if bed.startswith("4B")), hospital)
    assert not at_home(request, next(bed for bed in SMALL.plan.beds if bed.startswith("ICU")), hospital)


def test_measures_count_by_hand() -> None:
    first, second = [a for a in SMALL.patients(1) if not a.request.isolation][:2]
    bed = next(iter(SMALL.plan.beds))
    outcome = replace(SMALL.play(1, OURS), fates=(Fate(first, bed, 300, False), Fate(second, None, 100, False)))
    found = measured(outcome, SMALL.plan)
    assert (found.off_ward, found.wait, found.over_4h, found.patients) == (100.0, 200.0, 50.0, 2)


def test_the_interval_is_that_of_paired_differences() -> None:
    rival = [Measures(0, 0, 0, wait, 0, 0, 1, 0) for wait in (100.0, 110.0, 90.0, 100.0)]
    ours = [Measures(0, 0, 0, wait, 0, 0, 1, 0) for wait in (80.0, 95.0, 65.0, 80.0)]
    found = difference(rival, ours, "wait")
    assert found.percent == pytest.approx(-20.0)
    assert (found.low, found.high) == (pytest.approx(-20 - 3.1824 * 2.0412, abs=0.01), pytest.approx(-20 + 3.1824 * 2.0412, abs=0.01))
    assert found.sure
    with pytest.raises(ValueError, match="two seeds"):
        difference(rival[:1], ours[:1], "wait")


def test_the_report_names_every_measure_and_draws_it() -> None:
    runs = {policy.key: [measured(SMALL.play(seed, policy), SMALL.plan) for seed in (1, 2)] for policy in POLICIES}
    found = Comparison("Small", "Two seeds.", runs)
    assert all(words in table(found) for words in MEASURES.values())
    drawn = ET.fromstring(plot([found]))
    assert len(drawn.findall(".//{http://www.w3.org/2000/svg}circle")) == 15


def test_the_command_says_it_for_machines(tmp_path: Path) -> None:
    file = tmp_path / "h.toml"
    file.write_text(hospital_file({"4B": {"A": 6}}), encoding="utf-8")
    app = typer.Typer()
    app.command()(compare)
    result = CliRunner().invoke(app, [str(file), "--seeds", "2", "--days", "3", "--warm-up", "1", "--json"])
    assert result.exit_code == 0, result.output
    few, enough = json.loads(result.stdout)
    assert (few["seeds"], few["sex_violations"], enough["sex_violations"]) == (2, 0, 0)
    assert set(few["against"]["ward_first"]) == set(MEASURES)
