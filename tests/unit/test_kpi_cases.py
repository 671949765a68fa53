"""Cases, spans and cuts of the KPIs: by hand, without a hospital."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.domain.ids import BedId, ClinicId, PatientId, RequestId, TokenId, WardId
from flow.domain.kpis import readings
from flow.domain.kpis.cases import NOWHERE, Asked, Case, Ending, Figure, counted, figures, span
from flow.domain.kpis.readings import Cleaned, Period, Promise
from flow.domain.kpis.table import FEW, MEASURES, By, Sort, Unit
from flow.domain.opd import Token, TokenStatus
from flow.domain.plan import Plan
from flow.domain.request import BedRequest, MadeBy, RequestStatus
from flow.domain.survival import quantile, quantiles
from tests.plans import small_plan

PLAN = small_plan()
START = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
"""A midnight in India."""
NOW = START + timedelta(days=1)
PERIOD = Period(START, NOW, NOW)
MINUTE = timedelta(minutes=1)


def turns(*minutes: int, under_way: int = 0) -> list[Case]:
    over = [span("evs_turn", "4B", "general", START, START + m * MINUTE, Ending.OVER) for m in minutes]
    return over + [span("evs_turn", "4B", "general", START, NOW, Ending.OPEN) for _ in range(under_way)]


def turn(cases: list[Case]) -> Figure:
    return figures(MEASURES["evs_turn"], cases, None, "UTC")[0]


def test_who_waits_pulls_the_median_up() -> None:
    """As Kaplan and Meier: of four of five over, half are by the third."""
    assert turn(turns(10, 20, 30, 40, 50)).p50 == 30
    assert turn(turns(10, 20, 30, 40, under_way=4)).p50 == 40
    assert turn(turns(10, 20, 30, 40, under_way=5)).p50 is None


def test_under_five_cases_no_percentile_is_told() -> None:
    few, enough = turn(turns(10, 20, 30, under_way=1)), turn(turns(10, 20, 30, 40, under_way=1))
    assert (few.cases, few.p50, few.p90, few.numerator) == (FEW - 1, None, None, 60)
    assert enough.p50 == 30


@given(st.lists(st.tuples(st.integers(0, 60), st.booleans()), max_size=60), st.sampled_from([0.1, 0.5, 0.75, 0.9, 1.0]))
def test_quantiles_are_those_of_the_curve_walked_step_by_step(spans: list[tuple[int, bool]], share: float) -> None:
    """Kaplan and Meier as their paper has it, in whole fractions: each end takes its part of those who still wait."""
    known, waiting, left, walked = [(float(length), over) for length, over in spans], Fraction(1), len(spans), None
    for length, over in sorted(known, key=lambda span: (span[0], not span[1])):
        waiting *= 1 - Fraction(over, left)
        left -= 1
        if over and walked is None and waiting <= 1 - Fraction(str(share)):
            walked = length
    assert quantile(known, share) == walked
    assert quantiles(known, (0.5, 0.9)) == (quantile(known, 0.5), quantile(known, 0.9))


def test_a_negative_span_is_invalid_and_in_no_figure() -> None:
    found = turn([*turns(10, 20, 30, 40, 50), span("evs_turn", "4B", "general", START, START - MINUTE, Ending.OVER)])
    assert (found.invalid, found.cases, found.denominator, found.p50) == (1, 5, 5, 30)


@pytest.mark.parametrize("kpi", MEASURES)
def test_every_kpi_says_what_it_is(kpi: str) -> None:
    m = MEASURES[kpi]
    assert m.title and m.numerator and m.denominator and m.source and m.version >= 1 and m.by
    assert (m.sort is Sort.SPAN) == (m.unit is Unit.MINUTES)
    assert m.aim is None or m.aimed
    assert m.by | m.uncut.keys() == set(By) and all(m.uncut.values()), "it is cut by everything, or says why not"


def test_midnights_are_the_hospital_s() -> None:
    found = readings.midnights(Period(START, START + timedelta(days=2), NOW), "Asia/Kolkata")
    assert [at.astimezone(UTC) for at in found] == [START + timedelta(days=1), START + timedelta(days=2)]
    assert readings.midnights(Period(START, START + timedelta(hours=23), NOW), "Asia/Kolkata") == []


def test_hours_and_weekdays_are_local() -> None:
    """18:30 in Greenwich is midnight in India, where Saturday begins."""
    assert figures(MEASURES["evs_turn"], turns(1), By.HOUR, "Asia/Kolkata")[1].group == "00"
    assert figures(MEASURES["evs_turn"], turns(1), By.WEEKDAY, "Asia/Kolkata")[1].group == "6"
    assert figures(MEASURES["evs_turn"], turns(1), By.WEEKDAY, "UTC")[1].group == "5"


def test_what_waits_in_a_clinic_is_left_out_of_a_ward_s_and_a_type_s_figures() -> None:
    clinics = {"opd_wait", "opd_no_show", "opd_left"}
    assert {measure.id for measure, _ in counted([], Asked(ward="4B"), "UTC")} == set(MEASURES) - clinics
    assert {measure.id for measure, _ in counted([], Asked(kind="icu"), "UTC")} == set(MEASURES) - clinics


def test_a_ward_is_cut_by_hour_as_well() -> None:
    """Two wards, 18:30 and 19:30 in Greenwich: of 4B alone one hour is left."""
    other = span("evs_turn", "ICU", "icu", START + 60 * MINUTE, START + 90 * MINUTE, Ending.OVER)
    asked = Asked(ward="4B", by=By.HOUR)
    (found,) = [each for measure, each in counted([*turns(20, 30), other], asked, "UTC") if measure.id == "evs_turn"]
    assert [(figure.group, figure.cases, figure.numerator) for figure in found] == [("", 2, 50), ("18", 2, 50)]


def test_turnover_of_an_hour_is_the_leavings_and_the_bed_time_of_that_hour() -> None:
    """Ten beds for a day, eight of them taken; two leave at midnight of India. Of that hour: 10/24 of a bed, as if all the time were
    like it: 2 / (10/24) = 4.8 leavings a bed; two beds stood empty for an hour each: 2/24 days / 2 leavings."""
    hours = [readings.Counted("4B", "general", 8 * 3600.0, 10 * 3600.0, START + n * 60 * MINUTE) for n in range(24)]
    leavings = readings.exits([readings.Left("4B-A-01", START - timedelta(days=1), START + n * MINUTE) for n in (5, 50)], PLAN)
    cases = [*readings.bed_time(hours, PERIOD), *leavings]
    rate, interval = MEASURES["bed_turnover"], MEASURES["turnover_interval"]
    own = {
        name: {f.group: f for f in figures(MEASURES[name], (c for c in cases if c.kpi == name), By.HOUR, "Asia/Kolkata")}
        for name in ("bed_turnover", "turnover_interval")
    }
    assert own["bed_turnover"][""].ratio(rate) == pytest.approx(0.2)
    assert own["bed_turnover"]["00"].ratio(rate) == pytest.approx(4.8)
    assert own["bed_turnover"]["01"].ratio(rate) == 0
    assert own["turnover_interval"][""].ratio(interval) == pytest.approx(1.0), "2 beds empty for a day / 2 leavings"
    assert own["turnover_interval"]["00"].ratio(interval) == pytest.approx(2 / 24 / 2)
    assert own["turnover_interval"]["01"].ratio(interval) is None, "nobody left in it"


def test_cuts_of_nothing_are_nothing() -> None:
    for by in By:
        for measure, found in counted([], Asked(by=by), "UTC"):
            assert [figure.value(measure) for figure in found] == [0 if measure.sort is Sort.SUM else None]


def cleaned(**told: object) -> list[Case]:
    job = {"bed": "4B-A-01", "asked_at": START, "started_at": None, "cleaned_at": None, "ended_at": None, "outcome": None, "paused": 0.0}
    return list(readings.cleans([Cleaned(**(job | told))], PLAN, NOW))  # type: ignore[arg-type]


def test_a_job_overtaken_ended_otherwise_and_one_of_a_patient_who_stayed_is_none() -> None:
    at = START + 25 * MINUTE
    overtaken = cleaned(ended_at=at, outcome="overtaken")
    assert [(case.kpi, case.ending, case.minutes) for case in overtaken] == [("evs_response", "gone", 25), ("evs_turn", "gone", 25)]
    assert cleaned(ended_at=at, outcome="cancelled") == []


def test_pauses_are_no_work_and_the_work_under_way_counts() -> None:
    under_way = cleaned(started_at=NOW - 30 * MINUTE, paused=10.0)
    assert [(case.kpi, case.ending, case.minutes) for case in under_way] == [
        ("evs_response", "over", 1410),
        ("evs_clean", "open", 20),
        ("evs_turn", "open", 1440),
    ]


def promised(**told: object) -> list[Case]:
    asked = {"id": RequestId("R"), "patient": PatientId("p"), "created_at": START, "type": "general"}
    known = {name: told.pop(name, None) for name in ("occupied_at", "clean_at", "bed_status")}
    promise = Promise(BedRequest(**(asked | told)), known["occupied_at"], known["clean_at"], known["bed_status"])  # type: ignore[arg-type]
    return list(readings.asked([promise], PLAN, PERIOD))


def test_the_clock_of_the_coming_starts_with_the_last_of_ready_assigned_and_clean() -> None:
    told = {"status": RequestStatus.ASSIGNED, "assigned_at": START + 5 * MINUTE, "bed": BedId("4B-A-01")}
    assert [c.kpi for c in promised(**told, bed_status="cleaning")] == ["request_to_assign"], "a dirty bed has not begun to wait"
    clean = promised(**told, bed_status="available", clean_at=NOW - 30 * MINUTE)
    assert (clean[1].kpi, clean[1].ending, clean[1].minutes) == ("assign_to_occupy", "open", 30)
    ready = promised(**told, bed_status="available", clean_at=NOW - 30 * MINUTE, ready_at=NOW - 20 * MINUTE)
    assert ready[1].minutes == 20


def test_a_planned_stay_s_clock_starts_when_its_bed_is_needed() -> None:
    told = {"made_by": MadeBy.PLAN, "ready_at": START + 60 * MINUTE, "status": RequestStatus.ASSIGNED, "bed": BedId("4B-A-01")}
    (early, *_) = promised(**told, assigned_at=START + 10 * MINUTE)
    assert (early.ending, early.minutes, early.at) == ("over", 0, START + 60 * MINUTE)
    assert promised(made_by=MadeBy.MOVE) == []
    told["status"] = RequestStatus.ARRIVED
    came = promised(**told, assigned_at=START + 10 * MINUTE, occupied_at=START + 25 * MINUTE)
    assert (came[1].kpi, came[1].ending, came[1].minutes) == ("assign_to_occupy", "over", 15), "who came before the plan's hour was ready"


def test_boarders_come_from_the_emergency_department_by_word_or_ward() -> None:
    assert {case.kpi for case in promised(origin="Casualty trolley 3")} == {"request_to_assign", "boarding", "boarding_long"}
    assert {case.kpi for case in promised(origin="OPD", asked_by=WardId("4B"))} == {"request_to_assign"}
    assert {case.kpi for case in promised(origin="ED", type="emergency")} == {"request_to_assign"}
    late = promised(origin="ED", status=RequestStatus.EXPIRED, closed_at=START + 300 * MINUTE)
    assert (late[-1].numerator, late[-1].denominator) == (1, 1), "who went after 300 minutes boarded over 240"


def test_a_request_waits_in_the_ward_that_asked_or_is_named() -> None:
    """Three of 4B (asked by it, by its id, by its name), two of the only ward for emergencies, one of none: 10 to 60 minutes."""
    ed = replace(PLAN.wards[1], id=WardId("ED"), name="Emergency", type="emergency")
    plan = replace(PLAN, wards=(*PLAN.wards, ed))

    def asks(minutes: int, plan: Plan = plan, **told: object) -> list[Case]:
        own = {"id": RequestId("R"), "patient": PatientId("p"), "created_at": START, "type": "general"}
        placed = {"status": RequestStatus.ASSIGNED, "bed": BedId("4B-A-01"), "assigned_at": START + minutes * MINUTE}
        return list(readings.asked([Promise(BedRequest(**(own | placed | told)), None, None, "occupied")], plan, PERIOD))  # type: ignore[arg-type]

    cases = [
        *asks(10, asked_by=WardId("4B"), origin="bay 2"),
        *asks(20, origin="4b "),
        *asks(30, origin="Ward 4B"),
        *asks(40, origin="Casualty trolley 3"),
        *asks(50, origin="Emergency"),
        *asks(60, origin="Planned"),
    ]
    waits = figures(MEASURES["request_to_assign"], (c for c in cases if c.kpi == "request_to_assign"), By.WARD, "UTC")
    assert {figure.group: (figure.numerator, figure.denominator) for figure in waits} == {
        "": (210, 6),
        "4B": (60, 3),
        "ED": (90, 2),
        NOWHERE: (60, 1),
    }
    boarded = figures(MEASURES["boarding"], (c for c in cases if c.kpi == "boarding"), By.WARD, "UTC")
    assert {figure.group: figure.under_way for figure in boarded} == {"": 2, "ED": 2}, "who is asked for by 4B lies there"
    two = replace(plan, wards=(*plan.wards, replace(ed, id=WardId("ED2"), name="Emergency 2")))
    assert asks(40, two, origin="Casualty")[0].place == "", "which of two nobody said"


def seen(**told: object) -> dict[str, Case]:
    one = {"id": TokenId("E"), "clinic": ClinicId("ENT"), "day": date(2026, 11, 21), "number": "E-1", "rank": 1, "issued_at": START}
    found = readings.clinics([Token(**(one | {"arrived_at": START} | told))], "Asia/Kolkata", PERIOD)  # type: ignore[arg-type]
    return {case.kpi: case for case in found}


def test_tokens_of_every_end() -> None:
    assert seen(status=TokenStatus.CANCELLED) == {} == seen(status=TokenStatus.BOOKED, arrived_at=None, due_at=START)
    assert {k: c.numerator for k, c in seen(status=TokenStatus.NO_SHOW, arrived_at=None, due_at=START).items()} == {"opd_no_show": 1}
    absent = seen(status=TokenStatus.SKIPPED, called_at=START + 10 * MINUTE)
    assert (absent["opd_no_show"].numerator, absent["opd_left"].numerator, absent["opd_wait"].ending) == (1, 0, "over")
    left = seen(status=TokenStatus.SKIPPED, closed_at=START + 10 * MINUTE)
    assert (left["opd_no_show"].numerator, left["opd_left"].numerator, left["opd_wait"].ending) == (0, 1, "gone")
    assert seen()["opd_wait"].ending == "gone", "the day is over"
    assert seen(day=date(2026, 11, 22))["opd_wait"].ending == "open"
