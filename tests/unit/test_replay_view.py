"""The replay's page and its JSON: one minute in both readings, the corrections beside them; and the rule that makes the second reading."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from flow.domain.bed import BedStatus
from flow.domain.cause import Cause, Origin
from flow.domain.ids import BedId, VisitId, WardId
from flow.domain.past import Claim, Known, Lay, Piece, corrections, known_of, learnt, pieces
from flow.history.replay import BedDay, PastDay
from flow.templating import Templates
from flow.views.page import Chrome
from flow.views.replay_page import Asked, Reading, ReplayPage, day_json, replay_page, state_at
from flow.views.replay_words import how_told
from tests.plans import small_plan

DAY = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
"""Midnight in the hospital."""
PLAN, TEMPLATES = small_plan(), Templates()
PLAN_ZONE = ZoneInfo(PLAN.zone)
CHROME = Chrome("Replay", "Test Hospital", "Mia", "manager", "csrf")
ONE, TWO = BedId("4B-A-01"), BedId("4B-A-02")
FREE, TAKEN, DIRTY, OUT = BedStatus.AVAILABLE, BedStatus.OCCUPIED, BedStatus.CLEANING, BedStatus.MAINTENANCE
V1, V2 = VisitId("V1"), VisitId("V2")


def at(hour: int, minute: int = 0) -> datetime:
    return DAY + timedelta(hours=hour, minutes=minute)


def a_day() -> PastDay:
    """A1 was shown occupied until 15:00 and was left at 14:00; A2 the other way round, by letter 7."""
    claims = {ONE: [Claim(ONE, at(8), TAKEN, 2, 9, FREE), Claim(ONE, at(14), DIRTY, 9)], TWO: [Claim(TWO, at(0), FREE, 1, 8)]}
    claims[TWO] += [Claim(TWO, at(14), TAKEN, 8, None, FREE), Claim(TWO, at(0), FREE, 1)]
    lays = {ONE: [Lay(ONE, V1, at(8), None, 2, 8), Lay(ONE, V1, at(8), at(14), 8)], TWO: [Lay(TWO, V1, at(14), None, 8)]}
    shown = {ONE: [(0, FREE, None), (8, TAKEN, V1), (15, DIRTY, None)], TWO: [(0, FREE, None), (15, TAKEN, V1)]}
    claims[ONE].insert(0, Claim(ONE, at(0), FREE, 1))
    beds = {}
    for bed, steps in shown.items():
        ends = [hour for hour, *_ in steps[1:]] + [24]
        believed = [Piece(at(hour), at(end), Known(status, visit)) for (hour, status, visit), end in zip(steps, ends, strict=True)]
        now = pieces(claims[bed], lays[bed], at(0), at(24), 9)
        beds[bed] = BedDay(believed, now, corrections(bed, believed, now, (claims[bed], lays[bed]), 9))
    cause = Cause(Origin.FEED, "his", at(15), letter=7)
    return PastDay(at(0), at(24), 9, beds, {8: cause, 9: cause})


def page(reading: Reading = Reading.THEN, minute: datetime | None = None) -> ReplayPage:
    asked = Asked(date(2026, 11, 21), (minute or at(14, 30)).astimezone(PLAN_ZONE), WardId("4B"), reading)
    return replay_page(CHROME, PLAN, [PLAN.ward[WardId("4B")]], "As built.", a_day(), asked, date(2026, 11, 22))


def drawn(view: ReplayPage) -> str:
    return TEMPLATES.render("manager/replay.html", view)


@pytest.mark.parametrize(("reading", "one", "two"), [(Reading.THEN, "occupied", "free"), (Reading.SINCE, "cleaning", "occupied")])
def test_a_minute_is_drawn_in_both_readings_with_marks(reading: Reading, one: str, two: str) -> None:
    view = page(reading)
    states = {bed.spot.tile.id: (bed.state, bed.differs) for bed in view.wards[0].beds}
    assert (states[ONE], states[TWO], states["4B-A-03"]) == ((one, True), (two, True), ("none", False))
    assert [(row.bed, row.was, row.now, row.how, row.when, row.here) for row in view.rows] == [
        (ONE, "Occupied", "To clean, or being cleaned", "letter 7 of his", "21 Nov 15:00:00", True),
        (TWO, "Free", "Occupied", "letter 7 of his", "21 Nov 15:00:00", True),
    ]
    assert f'data-bed="{ONE}" data-label="A1" data-state="{one}" data-differs' in drawn(view)


def test_outside_the_stretch_nothing_differs() -> None:
    for minute in (at(13, 59), at(15)):
        view = page(minute=minute)
        assert view.shown == 0 and not any(bed.differs for bed in view.wards[0].beds)
        assert "Nothing: the screens showed what is known today." in drawn(view)


def test_the_script_draws_every_minute_as_the_server_does() -> None:
    found = a_day()
    told = day_json(found, [ONE, TWO])
    for reading in Reading:
        for minute in range(0, 24 * 60, 7):
            asked = Asked(date(2026, 11, 21), at(0, minute), None, reading)
            for bed in (ONE, TWO):
                steps = [state for second, state in told["beds"][bed][reading] if second <= minute * 60]
                known = state_at(found, bed, asked)
                assert known is not None and told["words"][steps[-1]].startswith({FREE: "Free", TAKEN: "Occ", DIRTY: "To"}[known.status])


def test_what_is_put_right_within_a_minute_is_not_told() -> None:
    found, day = a_day(), a_day().beds[ONE].corrections[0]
    short = type(day)(ONE, at(14), at(14) + timedelta(seconds=59), day.believed, day.known, day.learnt)
    beds = {ONE: BedDay(found.beds[ONE].believed, found.beds[ONE].known, [short])}
    assert day_json(PastDay(found.start, found.end, 9, beds, {}), [ONE])["beds"][ONE]["differs"] == []


def test_an_occupied_bed_in_which_nobody_lay() -> None:
    claims = [Claim(ONE, at(6), OUT, 1), Claim(ONE, at(8), TAKEN, 2, None, OUT)]
    assert known_of(claims, [], at(9), 9) == Known(OUT), "nobody ever came: what it had been before"
    assert known_of(claims, [Lay(ONE, V1, at(8), at(9), 3)], at(10), 9) == Known(DIRTY), "somebody had left"
    assert known_of(claims, [Lay(ONE, V2, at(8, 30), None, 3), Lay(ONE, V1, at(8), None, 2)], at(9), 9) == Known(TAKEN, V1)
    assert known_of(claims, [], at(5), 9) is None, "not open yet"


def test_it_is_learnt_with_the_last_entry_that_changed_it() -> None:
    lays = [Lay(ONE, V1, at(8), None, 2, 5), Lay(ONE, V1, at(8), at(9), 5, 7), Lay(ONE, V1, at(8), None, 7)]
    claims = [Claim(ONE, at(0), FREE, 1), Claim(ONE, at(8), TAKEN, 2, None, FREE)]
    assert [learnt(claims, lays, moment, 9) for moment in (at(1), at(8, 30), at(10))] == [1, 2, 7]


def test_who_clicked_is_not_told() -> None:
    causes = [Cause(origin, "asha", at(9), command=4) for origin in Origin]
    assert [how_told(cause) for cause in causes] == [
        "command 4 of asha",
        "a click, command 4",
        "by the clock, command 4",
        "entered from paper, command 4",
    ]
    assert how_told(None) == "–"
