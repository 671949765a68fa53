"""An early-warning score on tiles and the ward's page: shown as long as it counts, beside the time a patient leaves, and what it asks of
the ward; and the words of a moment that is not today."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from flow.domain.acuity import Acuity, Level
from flow.domain.bed import BedState, BedStatus, Condition
from flow.domain.care import Care, Isolation
from flow.domain.ids import BedId, VisitId
from flow.domain.station_rules import StationRules
from flow.settings import CHECKOUT
from flow.views.bed_tile import Audience, bed_tile
from flow.views.row_care import NO_ROW_CARE, Nearer
from flow.views.tile_line import foot
from flow.views.times import moment_words
from flow.views.ward_plan import ward_plan
from flow.views.ward_scores import nearer, scored
from tests.plans import small_plan

PLAN = small_plan()
WARD = PLAN.ward[PLAN.beds[BedId("4B-A-01")].ward]
NEAR, FAR = min(WARD.beds, key=lambda bed: (bed.metres, bed.id)), max(WARD.beds, key=lambda bed: bed.metres)
NOW = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
RULES = StationRules()
HIGH = Acuity(Level.HIGH, NOW - HOUR, NOW - HOUR, "feed:his", 9)
OLD = replace(HIGH, at=NOW - 13 * HOUR)
TAP = replace(OLD, score=None)


def lying(bed: str, **fields: object) -> BedState:
    now = Condition(BedStatus.OCCUPIED, NOW - HOUR, "feed:his")
    return BedState(BedId(bed), now, visit=VisitId(f"V-{bed}"), sex="F", **fields)  # type: ignore[arg-type]


def said(state: BedState, audience: Audience = Audience.WARD, at: datetime = NOW) -> str:
    return foot(bed_tile(PLAN.beds[state.id], state, audience), at.timestamp(), "UTC")


def test_a_score_stands_on_a_tile_as_long_as_it_counts_and_a_tap_for_good() -> None:
    state = lying(FAR.id, acuity=HIGH)
    assert (said(state), said(state, at=NOW + 11 * HOUR), said(state, at=NOW + 12 * HOUR)) == ("!! 9", "!! 9", "")
    assert said(replace(state, acuity=TAP), at=NOW + 48 * HOUR) == "!!"
    short = bed_tile(FAR, state, Audience.WARD, station=StationRules(fresh_hours=1))
    assert foot(short, (NOW + timedelta(minutes=1)).timestamp(), "UTC") == ""
    for acuity, words in ((HIGH, True), (OLD, False)):
        spots = ward_plan(WARD, {FAR.id: replace(state, acuity=acuity)}, Audience.STAFF, NOW, "UTC").spots
        assert ["watch closely" in spot.words for spot in spots] == [words]


def test_a_patient_about_to_leave_keeps_the_mark_of_a_high_score() -> None:
    leaving = lying(FAR.id, acuity=HIGH, expected_free_at=NOW + HOUR)
    assert said(leaving) == "!! 04:00" and said(leaving, Audience.PUBLIC) == "04:00"
    assert said(replace(leaving, insurer_due=NOW + HOUR)) == "!!TPA 1:00"
    assert said(replace(leaving, acuity=replace(HIGH, level=Level.MEDIUM, score=5))) == "04:00"
    assert said(replace(leaving, acuity=OLD)) == "04:00"
    (spot,) = ward_plan(WARD, {FAR.id: leaving}, Audience.WARD, NOW, "UTC").spots
    assert spot.meta == "!! 04:00", "whole, however small the tile"


def test_the_page_says_that_a_score_is_old() -> None:
    fresh, old = (scored(NO_ROW_CARE, acuity, NOW, "UTC", RULES) for acuity in (HIGH, OLD))
    assert (fresh.acuity, fresh.level) == ("score 9 · high · 21 Nov 02:00", Level.HIGH)
    assert (old.acuity, old.level) == ("old score 9 · high · 20 Nov 14:00", "")
    assert scored(NO_ROW_CARE, TAP, NOW, "UTC", RULES).level is Level.HIGH


def near(who: BedState, there: BedState | None, name: str = "") -> Nearer | None:
    free = BedState(NEAR.id, Condition(BedStatus.AVAILABLE, NOW, "person:x"))
    return nearer(WARD, who, {who.id: who, NEAR.id: there or free}, {NEAR.id: name}, NOW, RULES)


def test_who_must_be_watched_should_lie_nearer_in_a_free_bed_or_in_anothers_place() -> None:
    who, calm = lying(FAR.id, acuity=HIGH), lying(NEAR.id)
    assert near(who, None) == Nearer(NEAR.label, swap=False)
    assert near(who, calm, "Rao, Asha") == Nearer(NEAR.label, swap=True, name="Rao, Asha")


@pytest.mark.parametrize(
    "there",
    [{"sex": "M"}, {"acuity": TAP}, {"expected_free_at": NOW + HOUR}, {"care": Care(Isolation.CONTACT)}, {"reserved_for": "request:R1"}],
)
def test_nobody_is_named_to_swap_with_who_cannot(there: dict[str, object]) -> None:
    taken = lying(NEAR.id)
    for name, value in there.items():
        taken = replace(taken, **{name: value})  # type: ignore[arg-type]
    assert near(lying(FAR.id, acuity=HIGH), taken) is None


def test_who_leaves_and_an_old_score_move_nobody() -> None:
    assert near(lying(FAR.id, acuity=HIGH, expected_free_at=NOW + HOUR), None) is None
    assert near(lying(FAR.id, acuity=OLD), None) is None


def test_a_time_that_is_not_today_says_its_day_in_the_hospitals_zone() -> None:
    def words(when: datetime) -> str:
        return moment_words(when.timestamp(), NOW.timestamp(), "Asia/Kolkata")

    assert words(NOW + HOUR) == "09:30"
    assert words(NOW.replace(hour=18, minute=29)) == "23:59"
    assert words(NOW.replace(hour=18, minute=30)) == "22 Nov 00:00"
    assert words(NOW - 10 * HOUR) == "20 Nov 22:30"
    assert said(lying(FAR.id, expected_free_at=NOW + 24 * HOUR)) == "22 Nov 03:00"


def test_the_walls_script_says_the_same_of_scores_and_days() -> None:
    script = (CHECKOUT / "static/js/wall.js").read_text()
    for words in ("!tile.watch_until || display.age.now() <= tile.watch_until", '(grave + " " + moment(tile.at)).trim()', 'GRAVE = "!!"'):
        assert words in script
