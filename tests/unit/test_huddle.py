"""The huddle sheet: a house counted by hand, each action by its rule, and that no bed counts twice."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flow.domain.bed import BedState, BedStatus, Condition, OutOfUse, Stage
from flow.domain.discharge import Discharge, Mark, Milestone, Way
from flow.domain.discharge_pace import Pace
from flow.domain.forecast_rules import ForecastRules
from flow.domain.huddle import Basis, Deed, Flow, Short
from flow.domain.huddle_actions import Scene, actions
from flow.domain.huddle_sheet import came, sheet
from flow.domain.ids import BedId, PatientId, RequestId, VisitId, WardId
from flow.domain.request import BedRequest, MadeBy, RequestStatus
from flow.errors import Misconfigured
from flow.plan_file import parse_plan
from flow.views.huddle_page import huddle_page, report
from flow.views.page import Chrome
from tests.exported import lines
from tests.hospital_file import hospital_file
from tests.plans import small_plan

AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
UNTIL = AT + timedelta(hours=2, minutes=30)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PLAN = small_plan()
A1, A2, A3, B1, B2, B3, S1, I1, I2 = PLAN.beds
ORDER = {Milestone.ORDER: Mark(AT - HOUR, "feed:his")}
"""The house's aims: 30 minutes for a clean, 60 for a turn. Steps usually take 45 (pharmacy), 30 (porter) and 20 minutes (leaving)."""


def bed(place: BedId, status: BedStatus, **said: object) -> BedState:
    condition = {name: said.pop(name) for name in ("stage", "reason", "until") if name in said}
    return BedState(place, Condition(status, AT - HOUR, "x", **condition), **said)  # type: ignore[arg-type]


def asks(number: str, **said: object) -> BedRequest:
    return replace(BedRequest(RequestId(number), PatientId(number), AT - HOUR, "general", specialty="Medicine"), **said)  # type: ignore[arg-type]


def scene(
    beds: list[BedState], requests: Sequence[BedRequest] = (), discharges: Sequence[Discharge] = (), until: datetime = UNTIL
) -> Scene:
    return Scene(PLAN, {b.id: b for b in beds}, {r.id: r for r in requests}, {d.id: d for d in discharges}, Pace(), AT, until)


BEDS = [
    bed(A1, BedStatus.AVAILABLE),
    bed(A2, BedStatus.CLEANING, stage=Stage.WAITING),
    bed(A3, BedStatus.CLEANING, stage=Stage.SUSPENDED),
    bed(B1, BedStatus.CLEANING, stage=Stage.IN_PROGRESS),
    bed(B2, BedStatus.OCCUPIED, visit=VisitId("V-pharmacy")),
    bed(B3, BedStatus.OCCUPIED, visit=VisitId("V-soon")),
    bed(S1, BedStatus.MAINTENANCE, reason=OutOfUse.REPAIR, until=AT + HOUR),
    bed(I1, BedStatus.AVAILABLE, reserved_for="request:R-tomorrow"),
    bed(I2, BedStatus.CLEANING, stage=Stage.INSPECTION),
]
MARKED = {**ORDER, Milestone.SUMMARY: Mark(AT - HOUR, "x")}
DISCHARGES = [
    Discharge(VisitId("V-pharmacy"), Way.ONWARD_0, AT - HOUR, MARKED),
    Discharge(VisitId("V-soon"), Way.ONWARD_0, AT - HOUR, {**MARKED, Milestone.PHARMACY: Mark(AT - 20 * MINUTE, "x")}),
]
REQUESTS = [
    *(asks(f"R-{n}") for n in range(4)),
    asks("R-promised", status=RequestStatus.ASSIGNED, bed=A1),
    asks("R-plan", made_by=MadeBy.PLAN, ready_at=AT + HOUR),
    asks("R-urgent", made_by=MadeBy.PLAN, ready_at=AT + HOUR, priority=2),
    asks("R-tomorrow", made_by=MadeBy.PLAN, ready_at=AT + 24 * HOUR, bed=I1, status=RequestStatus.ASSIGNED, specialty="Intensive care"),
]


def test_the_house_by_hand() -> None:
    """Medicine: 1 free (A1), 1 being cleaned (B1); of both patients half are out by 10:30, an hour before 11:30 (B2 at 10:20, B3 at 09:30),
    nine of ten are not; 5 wait, two are planned. Nothing comes besides, as there is no forecast: 1 + 1 + 1.0 - 5 - 1.8 = -3.8."""
    found = sheet(scene(BEDS, REQUESTS, DISCHARGES), ())
    medicine, icu = found.specialties
    assert found.basis is Basis.KNOWN
    assert (medicine.free, medicine.cleaning, medicine.waiting) == (1, 1, 5)
    assert (medicine.leaving, medicine.planned, medicine.coming) == pytest.approx((1.0, 1.8, 0))
    assert medicine.balance == pytest.approx(-3.8)
    assert (icu.free, icu.cleaning, icu.waiting, icu.balance) == (0, 0, 0, 0)
    # 5 - 2 = 3 are missing; of the planned 2, 1, 0 come with 0.81, 0.18, 0.01; of those to leave 0, 1, 2 go with 0.25, 0.5, 0.25.
    # 1: 0.0025, 2: 0.05, 3: 0.0025 + 0.09 + 0.2025, 4: 0.045 + 0.405, 5: 0.2025; added up 0.0025, 0.0525, 0.3475, 0.7975, 1
    assert medicine.short == found.short == Short(3, 4, 5)


def test_the_actions_by_hand() -> None:
    found = {(each.deed, each.cause): each for each in actions(scene(BEDS, REQUESTS, DISCHARGES))}
    assert set(found[Deed.CLEAN, ""].beds) == {A2, A3}
    assert found[Deed.CLEAN, ""].by == AT + 30 * MINUTE
    assert found[Deed.INSPECT, ""].beds == (I2,)
    assert (found[Deed.RETURN, "repair"].beds, found[Deed.RETURN, "repair"].by) == ((S1,), AT + HOUR)
    assert found[Deed.LEND, ""].beds == (I1,)
    assert found[Deed.DELAY, ""].requests == ("R-plan",), "the urgent one is never put off"
    assert next(iter(found)) == (Deed.CLEAN, ""), "two beds, the others one"


def test_a_step_counts_where_it_alone_makes_the_difference() -> None:
    """The pharmacy has hung for an hour of its usual 45 minutes: half of those left need 30 more (half of what is left to nine of ten),
    then 30 for the porter and 20 to leave: out after 80 minutes, the bed ready after 140. Done now: 50 and 110 minutes."""
    for minutes, causes in ((150, []), (120, ["pharmacy"]), (100, [])):
        found = actions(scene(BEDS[4:5], [], DISCHARGES[:1], AT + minutes * MINUTE))
        assert [each.cause for each in found if each.deed is Deed.STEP] == causes, minutes
    ready = actions(scene(BEDS[4:5], [], DISCHARGES[:1], AT + 120 * MINUTE))[0]
    assert (ready.by, ready.wards) == (AT + 110 * MINUTE, ((WardId("4B"), 1),))


def test_who_leaves_anyhow_or_never_is_no_action() -> None:
    gone = replace(DISCHARGES[0], ended_at=AT)
    off = replace(DISCHARGES[0], called_off=True, ended_at=AT)
    for discharge in (gone, off):
        assert actions(scene(BEDS[4:5], [], [discharge], AT + 120 * MINUTE)) == ()
    assert actions(scene([bed(B1, BedStatus.CLEANING, stage=Stage.WAITING)], until=AT + 20 * MINUTE)) == (), "no clean is that quick"


def test_want_of_staff_is_an_action_of_its_own() -> None:
    closed = [bed(S1, BedStatus.MAINTENANCE, reason=OutOfUse.STAFFING), bed(B1, BedStatus.MAINTENANCE, reason=OutOfUse.INFECTION)]
    assert [(each.deed, each.beds) for each in actions(scene(closed))] == [(Deed.STAFF, (S1,))]


def test_the_forecast_s_comings_begin_with_those_who_wait() -> None:
    """Two or four come, as likely; three wait: nobody or one comes besides."""
    flows = [Flow(WardId("4B"), (1.0,), (0, 0, 0.5, 0, 0.5)), Flow(WardId("ICU"), (1.0,), (0.5, 0.5))]
    found = sheet(scene([bed(A1, BedStatus.AVAILABLE)], [asks(f"R-{n}") for n in range(3)]), flows)
    medicine = found.specialties[0]
    assert (found.basis, medicine.coming, medicine.short) == (Basis.FORECAST, 0.5, Short(2, 2, 3))


def test_a_bed_that_is_over_in_one_specialty_helps_no_other() -> None:
    found = sheet(scene([bed(A1, BedStatus.OCCUPIED), bed(I1, BedStatus.AVAILABLE), bed(I2, BedStatus.AVAILABLE)], [asks("R-1")]), ())
    assert (found.short.middle, found.over) == (1, 2)


def test_what_came_true_is_what_was_seen() -> None:
    found = came(scene([bed(A1, BedStatus.AVAILABLE)], REQUESTS[:4]), {WardId("4B"): (3, 5), WardId("X"): (9, 9)}, [A2, A1])
    medicine = found.lines[0]
    assert (found.short, medicine.free, medicine.waiting, medicine.left, medicine.came) == (3, 1, 4, 3, 5)
    assert found.freed == (A1, A2)


@st.composite
def houses(draw: st.DrawFn) -> Scene:
    beds, discharges, requests = [], [], []
    for number, place in enumerate(PLAN.beds):
        status = draw(st.sampled_from(BedStatus))
        stage = draw(st.sampled_from(Stage)) if status is BedStatus.CLEANING else None
        out = status is BedStatus.MAINTENANCE
        until = AT + draw(st.integers(-60, 300)) * MINUTE if out and draw(st.booleans()) else None
        reason = draw(st.sampled_from(OutOfUse)) if out else None
        visit = VisitId(f"V{number}") if status is BedStatus.OCCUPIED else None
        holder = f"request:P{number}" if draw(st.booleans()) else None
        beds.append(bed(place, status, stage=stage, reason=reason, until=until, visit=visit, reserved_for=holder))
        due = AT + draw(st.integers(-60, 300)) * MINUTE
        kind = {"made_by": MadeBy.PLAN, "ready_at": due, "status": RequestStatus.ASSIGNED, "bed": place}
        requests.append(asks(f"P{number}", priority=draw(st.integers(1, 4)), **kind))
        if visit is not None:
            way = draw(st.sampled_from(Way))
            steps = draw(st.sets(st.sampled_from(Milestone)))
            discharges.append(Discharge(visit, way, AT - HOUR, {step: Mark(AT - HOUR, "x") for step in steps - {Milestone.EXIT}}))
    return scene(beds, requests, discharges, AT + draw(st.integers(1, 600)) * MINUTE)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(houses())
def test_no_bed_counts_twice(house: Scene) -> None:
    found = actions(house)
    counted = Counter([bed for each in found for bed in each.beds] + [request for each in found for request in each.requests])
    assert all(count == 1 for count in counted.values())
    assert all(sum(count for _, count in each.wards) == each.count > 0 and each.by <= house.until for each in found)
    assert [each.count for each in found] == sorted((each.count for each in found), reverse=True)
    base = sheet(house, ())
    free = {state.id for state in house.states if state.status is BedStatus.AVAILABLE} - {b for e in found for b in e.beds}
    assert sum(line.free for line in base.specialties) == len(free), "a bed that an action frees is not among the free"


def test_the_page_says_what_frees_most_and_how_it_was_counted() -> None:
    made = sheet(scene(BEDS, REQUESTS, DISCHARGES), ())
    view = huddle_page(Chrome("Huddle sheet", "Test"), PLAN, made, AT, (), ("/supervisor",), "")
    assert (view.until, view.short, view.range) == ("17:00", "4", "3 to 5 in eight of ten cases")
    first = view.first[0]
    assert (first.count, first.words, first.href) == (2, "Clean 2 dirty beds that wait for somebody to begin.", "/supervisor")
    assert (first.beds, first.by, first.wards) == ("4B A2, 4B A3", "15:00", "4B 2")
    assert "30 minutes, the house's aim" in first.counted
    assert len(view.first) == 3 and len(view.others) == len(made.actions) - 3
    row = lines(report(view, made, PLAN), "lines")[0]
    assert list(row.values()) == ["Medicine", "1", "1", "1.0", "5", "1.8", "0.0", "-3.8", "4", "3", "5"]
    deeds = lines(report(view, made, PLAN), "actions")
    assert len(deeds) == len(made.actions)
    assert deeds[0]["by"] == "2026-11-21T15:00+05:30", "a file says the day, the year and the offset"


def test_who_is_put_off_is_not_said_to_free_a_bed() -> None:
    """Two beds to clean, one to bring back; then one planned patient put off instead of the bed brought back."""
    made = sheet(scene(BEDS, REQUESTS, DISCHARGES), ())
    kinds = {each.deed: each for each in made.actions}
    freeing, putting = (
        (kinds[Deed.CLEAN], kinds[Deed.INSPECT], kinds[Deed.RETURN]),
        (kinds[Deed.CLEAN], kinds[Deed.INSPECT], kinds[Deed.DELAY]),
    )
    told = []
    for first in (freeing, putting):
        view = huddle_page(Chrome("Huddle sheet", "Test"), PLAN, replace(made, actions=first), AT, (), (), "")
        told.append((view.kpis[-1].title, view.kpis[-1].value, view.kpis[-1].note))
    assert told == [
        ("The first three free", "4", "beds, if all three are done"),
        ("The first three together", "4", "beds, if all three are done: 3 freed, 1 needed less"),
    ]


@pytest.mark.parametrize(("hour", "day"), [(6, 21), (11, 21), (12, 22)])
def test_the_hour_is_that_of_the_day_or_the_next(hour: int, day: int) -> None:
    assert ForecastRules().counted_to(AT.replace(hour=hour), "Asia/Kolkata").isoformat() == f"2026-11-{day}T17:00:00+05:30"


def test_the_file_sets_the_hour() -> None:
    said = hospital_file({"A": {"1": 2}})
    assert parse_plan(f"{said}\n[forecast]\nshort_by = 20:30:00\n", "x.toml").forecast.short_by == time(20, 30)
    with pytest.raises(Misconfigured, match=r"x\.toml:\d+: .*short_by"):
        parse_plan(f'{said}\n[forecast]\nshort_by = "late"\n', "x.toml")
