"""The report on overrides: what counts as one, what it cost, what came of it, and whom it must not tell apart."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from allocation.choice import weighed
from flow.domain.choice import Choice, Judged, Outcome, Weighed
from flow.domain.ids import BedId, PatientId, RequestId, WardId
from flow.domain.person import PersonDetails
from flow.templating import Templates
from flow.views.exported import overrides as exported
from flow.views.page import Chrome
from flow.views.period import AskedPeriod, last_days
from flow.views.regret import OTHERS, RULES, RegretPage, regret_page
from flow.web.pages.regret import without_name
from tests.exported import lines
from tests.plans import small_plan
from tests.unit.test_cleaning_value import ENGINE, MEN, WOMEN, asks, dirty, full_hospital
from tests.unit.test_cleaning_value import NOW as DIRTY_NOW

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
PLAN = small_plan()
WHEN = AskedPeriod(last_days("28d", NOW, PLAN.zone), RULES, NOW)
A1, S1, ICU = BedId("4B-A-01"), BedId("4B-S-01"), BedId("ICU-I-01")
CHROME = Chrome("Overrides", "Test", "Boss", "manager", "x")
WEIGHED = Weighed(A1, 66, None, S1, 100, NOW + timedelta(minutes=40), "v1")
ONE = Choice(
    7, NOW - timedelta(hours=5), RequestId("R-1"), WardId("4B"), WEIGHED, (), "Asked by Dr Rao", "private", 2, "Medicine", isolation=True
)
CAME = Outcome(A1, NOW - timedelta(hours=3))


def page(*found: Judged, detailed: bool = True, promised: int = 0) -> RegretPage:
    return regret_page(CHROME, PLAN, found, WHEN, detailed=detailed, promised=promised)


def test_an_override_is_another_bed_than_the_best_or_a_broken_rule() -> None:
    assert ONE.is_override
    best = replace(WEIGHED, bed=S1, score=100)
    assert not replace(ONE, weighed=best).is_override
    assert replace(ONE, weighed=best, blocked=("men's bay",)).is_override
    assert not replace(ONE, weighed=replace(WEIGHED, best=None)).is_override, "there was nothing to override"
    assert (ONE.points, replace(ONE, weighed=replace(WEIGHED, best=None)).points) == (-34, None)


def test_a_row_says_what_was_taken_what_was_suggested_and_what_came_of_it() -> None:
    (row,) = page(Judged(ONE, CAME)).rows
    assert (row.at, row.ward, row.asked) == ("21 Nov 09:30", "4B", "P2 · private bed · Medicine · isolation")
    assert (row.bed, row.score, row.best, row.best_score, row.points, row.won) == ("4B A1", "66", "4B S1", "100", "−34", False)
    assert (row.promised, row.came, row.off_ward, row.isolation, row.moved) == ("21 Nov 15:10", "after 2 h 00", "no", "unmet", "no")
    (row,) = page(Judged(ONE, Outcome(S1, NOW, moved_again=True))).rows
    assert (row.isolation, row.moved) == ("met", "yes")
    assert page(Judged(ONE, Outcome(ICU, NOW))).rows[0].off_ward == "yes"
    walls = replace(PLAN.beds[A1], features=frozenset({"single"}))
    ward = replace(PLAN.ward[WardId("4B")], beds=(walls, *PLAN.ward[WardId("4B")].beds[1:]))
    alone = regret_page(CHROME, replace(PLAN, wards=(ward, PLAN.wards[1])), [Judged(ONE, CAME)], WHEN)
    assert alone.rows[0].isolation == "met", "a single bed has its own walls, however many the file puts under one name"
    assert [page(Judged(ONE, Outcome(given_up=given))).rows[0].came for given in (True, False)] == ["given up", "not yet"]


def test_sums_are_told_from_five_on() -> None:
    cases = [Judged(replace(ONE, command=n, reason="  asked by  dr rao" if n else "Asked by Dr Rao"), CAME) for n in range(5)]
    other = Judged(replace(ONE, command=9, ward=WardId("ICU"), reason=""), CAME)
    found = page(*cases, other)
    assert [(row.name, row.count, row.points, row.mean, row.off_ward) for row in found.by_reason] == [
        ("Asked by Dr Rao", "5", "−170", "−34", "0 of 5"),
        ("no reason given", "under 5", "–", "–", "–"),
    ]
    assert [(row.name, row.count) for row in found.by_ward] == [("4B Ward 4B", "5"), ("ICU", "under 5")]
    assert page(*cases[:4]).by_reason[0].count == "under 5"


def test_the_figures_count_overrides_among_all_assignments() -> None:
    followed = Judged(replace(ONE, command=8, weighed=replace(WEIGHED, bed=S1, score=100)), CAME)
    won = Judged(replace(ONE, command=9, weighed=replace(WEIGHED, score=110), blocked=("men's bay",)), CAME)
    found = page(Judged(ONE, CAME), won, followed, followed)
    assert [(kpi.title, kpi.value) for kpi in found.kpis][:3] == [("Overrides", "2"), ("Points lost", "−34"), ("Rules broken", "1")]
    assert (found.kpis[0].note, found.kpis[1].note) == ("50 % of 4 assignments", "+10 won by breaking a rule")
    assert len(found.rows) == 2


def test_who_reads_aggregates_alone_gets_no_rows() -> None:
    found = page(Judged(ONE, CAME), detailed=False)
    assert (found.rows, found.total) == ((), 1)
    html = Templates().render("manager/overrides.html", found)
    assert "4B A1" not in html
    assert "This sign-in reads sums alone." in html


def test_assignments_without_a_recorded_suggestion_are_told_apart_from_none() -> None:
    followed = Judged(replace(ONE, weighed=replace(WEIGHED, bed=S1, score=100)), CAME)
    assert [page(promised=n).kpis[0].note for n in (0, 1, 3)] == [
        "no assignment yet",
        "1 assignment, none with a recorded suggestion",
        "3 assignments, none with a recorded suggestion",
    ]
    assert page(Judged(ONE, CAME), followed, promised=5).kpis[0].note == "50 % of 2 assignments; 3 more without a recorded suggestion"
    told = [Templates().render("manager/overrides.html", each) for each in (page(), page(promised=3), page(followed, promised=1))]
    words = "No bed was assigned", "none with a suggestion recorded", "was the best one suggested"
    assert [[said in html for said in words] for html in told] == [[True, False, False], [False, True, False], [False, False, True]]


def test_who_reads_sums_alone_reads_no_reason_of_fewer_than_five_and_no_sum_of_them() -> None:
    common = [Judged(replace(ONE, command=n), CAME) for n in range(5)]
    rare = [Judged(replace(ONE, command=9 + n, reason=f"Asked by the minister {n}"), CAME) for n in range(5)]
    found = page(*common, *rare, detailed=False)
    assert [(row.name, row.count) for row in found.by_reason] == [("Asked by Dr Rao", "5"), (OTHERS, "5")]
    assert "minister" not in Templates().render("manager/overrides.html", found)
    few = page(*common, *rare[:2], detailed=False)
    assert [(row.name, row.count, row.points) for row in few.by_reason] == [("Asked by Dr Rao", "5", "−170"), (OTHERS, "under 5", "–")]
    assert {kpi.value for kpi in page(*common[:4], detailed=False).kpis} == {"under 5"}
    assert [page(*common[:count], detailed=False).kpis[0].value for count in (0, 5)] == ["0", "5"]
    assert page(*common[:4]).kpis[0].value == "4", "a manager reads every row"


def test_the_file_holds_what_the_screen_shows() -> None:
    found = page(Judged(replace(ONE, reason='=cmd, "x"'), CAME), Judged(replace(ONE, command=8), CAME))
    rows = lines(exported.report(found, PLAN.zone))
    assert len(rows) == 2
    assert list(rows[0])[:6] == ["time", "ward", "asked", "bed", "points_of_bed", "suggested"]
    taken = ["2026-11-21T09:30+05:30", "4B", "P2 · private bed · Medicine · isolation", "4B A1", "66", "4B S1", "100", "-34"]
    assert list(rows[0].values()) == [*taken, '\'=cmd, "x"', "", "21 Nov 15:10", "after 2 h 00", "no", "unmet", "no"]
    html = Templates().render("manager/overrides.html", found)
    assert html.count('<tr><th scope="row"><time') == 2


def test_a_name_in_a_reason_is_not_shown() -> None:
    person = PersonDetails(PatientId("p"), "Meera Rao", "MRN-4021", None, "F")
    said = without_name(Judged(replace(ONE, reason="Mrs RAO (mrn-4021) knows the ward; Meera agreed"), CAME), person).choice.reason
    assert said == "Mrs ••• (•••) knows the ward; ••• agreed"
    assert without_name(Judged(ONE, CAME), None).choice.reason == "Asked by Dr Rao"


def test_a_choice_is_weighed_against_the_best_legal_bed() -> None:
    hospital = full_hospital()
    dirty(hospital, WOMEN, 30)
    dirty(hospital, MEN, 30)
    woman = asks(hospital, "x", 30)
    found = weighed(ENGINE, woman, MEN, hospital, DIRTY_NOW)
    suggested = ENGINE.suggest(woman, hospital, DIRTY_NOW).ranked[0]
    assert (found.best, found.best_score, found.best_ready_at) == (WOMEN, suggested.score, suggested.ready_at)
    assert found.bed == MEN
    assert found.ready_at is not None
    assert found.version == PLAN.weights.version
    assert weighed(ENGINE, woman, WOMEN, hospital, DIRTY_NOW).score == suggested.score
    dirty(hospital, WOMEN, 30)
    nowhere = weighed(ENGINE, replace(woman, needs=frozenset({"ventilator"})), MEN, hospital, DIRTY_NOW)
    assert (nowhere.best, nowhere.best_score) == (None, 0)
