"""The supervisor's board as records: what is late, who has what, what waits for a look; nobody's name but colleagues' nicks."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from flow.domain.bed import BedState, BedStatus, CleanKind, Condition, OutOfUse, Stage
from flow.domain.cleaning_job import CleanJob, Why
from flow.domain.ids import BedId, PatientId, RequestId
from flow.domain.request import BedRequest, MadeBy
from flow.templating import Templates
from flow.views.page import Chrome
from flow.views.supervisor import Board, Staff, supervisor_board
from tests.plans import small_plan

AT = datetime(2026, 11, 21, 8, 32, tzinfo=UTC)
PLAN = small_plan()
CHROME = Chrome("Cleaning", "Test Hospital", "Lata", "supervisor", "csrf", topics="housekeeping")
NOBODY = Staff()
A1, A2 = BedId("4B-A-01"), BedId("4B-A-02")


@dataclass(frozen=True)
class One:
    """A cleaner."""

    id: str
    nick: str
    trained: bool = False
    zone: str | None = None
    shift: str | None = None
    has_pin: bool = True
    locked_out: bool = False
    on_since: datetime | None = AT
    device: str | None = "phone-1"


@dataclass(frozen=True)
class Reported:
    """An open report."""

    id: str
    bed: BedId
    reason: OutOfUse = OutOfUse.REPAIR
    at: datetime = AT
    photo_type: str | None = None


@dataclass(frozen=True)
class Spread:
    count: int
    p50: float | None
    p90: float | None


@dataclass(frozen=True)
class Times:
    done: int
    response: Spread
    clean: Spread
    turn: Spread
    inspected: int = 0
    failed: int = 0
    freed: int = 0


def dirty(bed: BedId, minutes: int, stage: Stage = Stage.WAITING, **job: object) -> BedState:
    since = AT - timedelta(minutes=minutes)
    made = replace(CleanJob(f"{bed}@1", Why.LEFT, since), **job)  # type: ignore[arg-type]
    return BedState(bed, Condition(BedStatus.CLEANING, since, "feed:his", stage, CleanKind.ROUTINE), job=made, seq=3)


def board(*states: BedState, staff: Staff = NOBODY, **more: object) -> Board:
    return supervisor_board(CHROME, PLAN, {state.id: state for state in states}, [], AT, staff=staff, **more)  # type: ignore[arg-type]


def test_what_waits_longer_than_the_aim_is_late_and_an_urgent_one_sooner() -> None:
    rows = {row.bed: row for row in board(dirty(A1, 11), dirty(A2, 11, stat=True)).jobs}
    assert (rows[A1].late, rows[A2].late, rows[A2].stat) == (False, True, True)
    assert board(dirty(A1, 31)).jobs[0].late
    assert not board(dirty(A1, 31, Stage.IN_PROGRESS, started_at=AT)).jobs[0].late


def test_whom_nobody_answered_for_comes_first() -> None:
    found = board(dirty(A1, 50), dirty(A2, 5, escalated_at=AT))
    assert [(row.bed, row.state) for row in found.jobs] == [(A2, "Nobody answered"), (A1, "Waiting")]


@pytest.mark.parametrize("stage", [Stage.IN_PROGRESS, Stage.SUSPENDED, Stage.INSPECTION])
def test_a_bed_that_is_being_cleaned_is_not_one_that_nobody_answered_for(stage: Stage) -> None:
    assert not board(dirty(A2, 5, stage, escalated_at=AT)).unanswered, "though another system said that it was begun"
    assert not board(dirty(A2, 5, escalated_at=AT, acknowledged_at=AT)).unanswered


def test_what_nobody_answered_for_is_said_aloud_and_each_figure_says_what_it_counts() -> None:
    html = Templates().render("supervisor/page.html", board(dirty(A2, 5, escalated_at=AT)))
    assert "Nobody has answered for <b>A2</b> 4B" in html
    assert "Nobody has answered for" not in Templates().render("supervisor/page.html", board(dirty(A2, 5)))
    found = board(times={"Today": Times(0, *[Spread(0, None, None)] * 3)})
    assert {row.name for row in found.times} <= {name for name, _ in found.definitions}


def test_each_state_has_its_words_and_its_cleaner() -> None:
    staff = Staff((One("c1", "Meena"),))
    offered = dirty(A1, 5, cleaner="c1", offered_at=AT)
    assert (board(offered, staff=staff).jobs[0].state, board(offered, staff=staff).jobs[0].who) == ("Offered, no answer yet", "Meena")
    words = [
        board(dirty(A1, 5, cleaner="c1", acknowledged_at=AT)).jobs[0].state,
        board(dirty(A1, 5, Stage.IN_PROGRESS, cleaner="c1")).jobs[0].state,
        board(dirty(A1, 5, Stage.SUSPENDED)).jobs[0].state,
        board(dirty(A1, 5, Stage.SUSPENDED, problem="p")).jobs[0].state,
    ]
    assert words == ["On the way", "Cleaning", "Paused", "Problem reported"]


def test_people_are_those_on_shift_with_what_they_are_at() -> None:
    staff = Staff((One("c1", "Meena", trained=True), One("c2", "Ravi", on_since=None)))
    found = board(dirty(A1, 5, Stage.IN_PROGRESS, cleaner="c1"), staff=staff)
    assert ([(card.nick, card.busy) for card in found.cleaners], found.others) == ([("Meena", "4B A1")], 1), "two wards have an A1"


def test_a_clean_that_waits_for_a_look_is_no_job_any_more() -> None:
    found = board(dirty(A1, 50, Stage.INSPECTION, cleaned_at=AT - timedelta(minutes=4)))
    assert (found.jobs, [(each.label, each.since) for each in found.inspections]) == ((), [("A1", "4 min")])


def test_a_report_blocks_an_empty_bed_at_once_and_one_with_a_patient_when_empty() -> None:
    occupied = BedState(A2, Condition(BedStatus.OCCUPIED, AT, "feed:his"), visit=None)
    staff = Staff(problems=(Reported("p1", A1, photo_type="image/jpeg"), Reported("p2", A2)))
    found = {card.id: card for card in board(dirty(A1, 5), occupied, staff=staff).problems}
    assert [(card.blockable, card.when_empty, card.photo) for card in found.values()] == [(True, False, True), (True, True, False)]
    closing = replace(occupied, closes=Condition(BedStatus.MAINTENANCE, AT, "person:x", reason=OutOfUse.REPAIR, note="rail"))
    assert board(closing).closing == ((A2, "4B A2", "rail"),)


def test_times_stand_beside_their_aims_and_over_them_is_marked() -> None:
    today = Times(4, Spread(4, 12.4, 31.0), Spread(3, 42.0, 55.5), Spread(0, None, None))
    rows = board(times={"Today": today}).times
    assert [(row.name, row.aim, row.spreads, row.over) for row in rows] == [
        ("Response", 30, ("12 / 31 min of 4",), (False,)),
        ("Clean", 30, ("42 / 56 min of 3",), (True,)),
        ("Turn", 60, ("–",), (False,)),
    ]
    html = Templates().render("supervisor/page.html", board(times={"Today": today}))
    assert "12 / 31 min <small>of 4</small>" in html and "<td>–</td>" in html, "of how many stands on a line of its own"


def test_daily_cleans_still_to_do_are_counted_by_ward() -> None:
    old = Condition(BedStatus.OCCUPIED, AT - timedelta(days=2), "feed:his")
    found = board(BedState(A1, old), BedState(A2, old, daily_at=AT - timedelta(hours=1)))
    assert (found.daily, found.daily_left) == ((("4B", 1),), 1)


def test_the_page_draws_every_state_without_a_patients_name() -> None:
    waits = BedRequest(RequestId("R1"), PatientId("p-Meera"), AT - timedelta(hours=2), "general", origin="Meera in ED")
    state = replace(dirty(A1, 50), reserved_for=waits.holder)
    view = supervisor_board(CHROME, PLAN, {A1: state}, [waits], AT, staff=Staff((One("c1", "Lakshmi"),), problems=(Reported("p1", A1),)))
    html = Templates().render("supervisor/page.html", view)
    assert "a patient waits" in html and "Lakshmi" in html and "Meera" not in html


def test_a_planned_patient_does_not_wait_before_their_hour() -> None:
    planned = BedRequest(RequestId("R1"), PatientId("p"), AT, "general", made_by=MadeBy.PLAN, ready_at=AT + timedelta(hours=3))
    state = replace(dirty(A1, 50), reserved_for=planned.holder)
    for at, serves in ((AT, ""), (AT + timedelta(hours=3, minutes=5), "5 min")):
        (row,) = supervisor_board(CHROME, PLAN, {A1: state}, [planned], at, staff=Staff()).jobs
        assert row.serves == serves
