"""The desk's left column: who waits and until when, who is easily mixed up, what the filters show, what lapsed, and what a form asks."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.domain.care import Isolation, Rest
from flow.domain.decide.waiting import EDITABLE
from flow.domain.ids import BedId, PatientId, RequestId, VisitId
from flow.domain.person import PersonDetails
from flow.domain.request import BedRequest, MadeBy, Move, RequestStatus
from flow.domain.request_rules import RequestRules
from flow.domain.visit import Course, Visit, VisitStatus
from flow.plan_file import load_plan
from flow.templating import CHECKOUT, Templates
from flow.views.desk.clock import Lateness, lateness, span, waiting_clock
from flow.views.desk.edit import edit_dialog
from flow.views.desk.filters import Filter, filter_bar, read_filter, wards_of
from flow.views.desk.keys import KEYS
from flow.views.desk.lapsed import lapsed_rows
from flow.views.desk.page import DeskPage, desk_page
from flow.views.desk.person import like_names, person_of
from flow.views.desk.waiting import MADE_BY, next_request
from flow.views.page import Chrome
from flow.views.request_form import BED_PROMISED, edit_form, request_form
from tests.plans import small_plan

AT = datetime(2026, 11, 21, 8, 32, tzinfo=UTC)
PLAN = small_plan()
CHROME = Chrome("Bed desk", "Test Hospital", "Asha", "admissions", "csrf", topics="desk")
TEMPLATES = Templates()
RULES = RequestRules(aims=(30, 120, 240, 480))


def asks(name: str, minutes: int = 10, priority: int = 3, **more: object) -> BedRequest:
    wanted = BedRequest(RequestId(name), PatientId(f"p-{name}"), AT - timedelta(minutes=minutes), "general", priority=priority)
    return replace(wanted, **more)


def known(name: str, mrn: str, key: str = "") -> PersonDetails:
    return PersonDetails(PatientId(key or f"p-{mrn}"), name, mrn)


def page(requests: list[BedRequest], people: dict[PatientId, PersonDetails] | None = None, **more: object) -> DeskPage:
    selected = more.pop("selected", next_request(requests, AT))
    return desk_page(CHROME, PLAN, requests, {}, AT, people=people, selected=selected, **more)  # type: ignore[arg-type]


def drawn(requests: list[BedRequest], people: dict[PatientId, PersonDetails] | None = None, **more: object) -> str:
    return TEMPLATES.render("desk/page.html", page(requests, people, **more))


@pytest.mark.parametrize(
    ("priority", "minutes", "said"),
    [(1, 14, "on-time"), (1, 15, "soon"), (1, 30, "late"), (3, 119, "on-time"), (3, 120, "soon"), (3, 240, "late"), (4, 300, "soon")],
)
def test_a_wait_is_late_by_the_hospitals_own_aim(priority: int, minutes: int, said: str) -> None:
    assert lateness(asks("x", minutes, priority), RULES, AT) == said
    strict = RequestRules(aims=(1, 1, 1, 1))
    assert lateness(asks("x", minutes, priority), strict, AT) is Lateness.LATE


@given(st.integers(1, 4), st.integers(0, 2000))
def test_late_is_what_due_at_says(priority: int, minutes: int) -> None:
    request = asks("x", minutes, priority)
    assert (lateness(request, RULES, AT) is Lateness.LATE) == (RULES.due_at(request) <= AT)


def test_the_clock_says_how_long_until_and_since() -> None:
    assert waiting_clock(asks("x", 108, 2), RULES, AT, PLAN.zone).left == "12 min"
    late = waiting_clock(asks("x", 190, 2), RULES, AT, PLAN.zone)
    assert (late.lateness, late.left, late.waiting) == (Lateness.LATE, "1 h 10", "3 h 10")
    assert [span(timedelta(minutes=m)) for m in (0, 59, 60, 2879, 2880)] == ["0 min", "59 min", "1 h 00", "47 h 59", "2 d"]


def test_a_planned_stays_clock_starts_when_its_bed_is_needed() -> None:
    planned = asks("x", 600, made_by=MadeBy.PLAN, ready_at=AT + timedelta(hours=1))
    clock = waiting_clock(planned, RULES, AT, PLAN.zone)
    assert (clock.lateness, clock.needed, clock.starts) == (Lateness.PLANNED, "15:02", "1 h 00")
    tomorrow = waiting_clock(replace(planned, ready_at=AT + timedelta(days=1)), RULES, AT, PLAN.zone)
    assert tomorrow.needed == "22 Nov 14:02"
    assert lateness(planned, RULES, AT + timedelta(hours=6)) is Lateness.LATE


def test_how_a_wait_stands_is_said_in_words_and_drawn_as_a_shape() -> None:
    html = drawn(
        [asks("late", 200, 2), asks("soon", 70, 2), asks("fine", 1, 2), asks("plan", made_by=MadeBy.PLAN, ready_at=AT + timedelta(hours=3))]
    )
    for words, icon in (("late by 1 h 20", "i-alert"), ("due in 50 min", "i-clock"), ("bed needed in 3 h 00", "i-ticket")):
        assert re.search(rf'href="#{icon}"/></svg>{words}', html), words
    assert "due in 1 h 59" in html


def test_where_a_request_comes_from_is_said() -> None:
    html = drawn([asks(each, made_by=each) for each in MadeBy])
    for words in MADE_BY.values():
        assert words in html
    assert len(set(MADE_BY.values())) == len(MadeBy)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ravi Kumar", "Ramesh Kumar"),
        ("Ravi Kumar", "Kumar Ravi"),
        ("Meera Iyer", "Mira Iyar"),
        ("R. K.", "R.K."),
        ("Asha Rao", "asha  rao"),
    ],
)
def test_like_names_are_found(one: str, other: str) -> None:
    assert like_names([known(one, "A1234"), known(other, "A9999")]) == {"p-A1234": 4, "p-A9999": 4}


def test_unlike_names_and_one_person_twice_are_not() -> None:
    assert like_names([known("Ravi Kumar", "A1234"), known("Anil Sharma", "A9999"), known("Ravi Kumar", "A1234")]) == {}
    assert like_names([known("Unknown male 1", "UNKNOWN-M-1"), known("Unknown male 2", "UNKNOWN-M-2")]) == {}


def test_as_much_of_the_mrn_is_shown_as_tells_them_apart() -> None:
    people = {p.patient: p for p in (known("R K", "AX14711", "p-a"), known("R K", "AX24711", "p-b"))}
    alike = like_names(people.values())
    assert [person_of(asks(n), people, alike).mrn_tail for n in "ab"] == ["14711", "24711"]
    html = drawn([asks("a"), asks("b")], people)
    assert html.count("Same name: check MRN") == 2
    assert "…14711" in html
    assert "…24711" in html


def test_without_the_right_nobody_sees_a_name_or_a_warning() -> None:
    html = drawn([asks("a"), asks("b")], None)
    assert "Same name" not in html
    assert "…" not in re.sub(r"<option.*?</option>|placeholder=\S+", "", html)


def test_somebody_unknown_is_marked_and_can_be_identified() -> None:
    people = {PatientId("p-a"): PersonDetails(PatientId("p-a"), "Unknown male 3", "UNKNOWN-M-3", sex="M")}
    html = drawn([asks("a")], people)
    assert "Unknown male 3" in html
    assert "Nobody knows yet who it is" in html
    assert 'data-do="identify"' in html
    assert "UNKNOWN-M-3" not in html
    assert 'data-do="identify"' not in drawn([asks("a")], {PatientId("p-a"): known("Asha", "M1", "p-a")})


VISITS = {VisitId("V1"): Visit(VisitId("V1"), PatientId("p-x"), course=Course(VisitStatus.IN_PROGRESS), bed=BedId("ICU-I-01"))}


@pytest.mark.parametrize(
    ("more", "wards"),
    [
        ({"specialty": "medicine"}, {"4B"}),
        ({"origin": "4B A3"}, {"4B"}),
        ({"origin": "Ward 4B"}, {"4B"}),
        ({"visit": VisitId("V1")}, {"ICU"}),
        ({"visit": VisitId("V1"), "specialty": "Medicine"}, {"4B", "ICU"}),
        ({"origin": "ED bay 4"}, set()),
    ],
)
def test_a_request_concerns_its_specialtys_ward_and_where_the_patient_is(more: dict[str, object], wards: set[str]) -> None:
    assert wards_of(asks("x", **more), PLAN, VISITS) == wards


def test_the_filter_shows_some_and_the_count_says_of_how_many() -> None:
    requests = [asks("a", specialty="Medicine"), asks("b", priority=1), asks("c", specialty="Medicine", priority=1)]
    view = page(requests, shown=Filter("4B", "1"), selected=requests[2])
    assert [row.id for row in view.rows] == ["c"]
    html = TEMPLATES.render("desk/page.html", view)
    assert re.search(r'id="count"[^>]*>1 of 3</span>', html)
    assert "ward=4B&amp;priority=1" in html
    assert '<option value="4B" selected>Ward 4B · 2</option>' in html
    assert re.search(r'id="count"[^>]*>3</span>', drawn(requests))


def test_who_is_looked_at_stays_on_the_list_whatever_the_filter() -> None:
    requests = [asks("a"), asks("b", priority=1)]
    assert [row.id for row in page(requests, shown=Filter("", "1"), selected=requests[0]).rows] == ["b", "a"]


def test_the_next_request_is_one_that_fits_unless_another_is_asked_for() -> None:
    requests = [asks("a", 30), asks("b", 20), asks("c", 10)]
    fits = {"b", "c"}.__contains__
    assert next_request(requests, AT, None, lambda r: fits(r.id)) is requests[1]
    assert next_request(requests, AT, "a", lambda r: fits(r.id)) is requests[0]
    assert next_request(requests, AT, None, lambda r: fits(r.id), "c") is requests[2]
    assert next_request(requests, AT, None, lambda r: fits(r.id), "a") is requests[1]
    assert next_request(requests, AT, None, lambda r: False) is None


def test_a_filter_is_read_from_an_address_that_anybody_may_have_typed() -> None:
    assert read_filter({"ward": "4B", "priority": "2"}, PLAN) == Filter("4B", "2")
    assert not read_filter({"ward": "<script>", "priority": "9"}, PLAN)
    assert Filter("4 B", "2").query == "&ward=4+B&priority=2"
    bar = filter_bar(Filter("ICU"), [asks("a")], PLAN, {})
    assert [option.value for option in bar.wards] == ["ICU"], "an empty ward is offered only while it is chosen"


def test_what_lapsed_within_a_day_can_be_taken_up() -> None:
    closed = [
        asks("gone", status=RequestStatus.CANCELLED, closed_at=AT - timedelta(hours=2)),
        asks("forgotten", status=RequestStatus.EXPIRED, closed_at=AT - timedelta(hours=1)),
        asks("older", status=RequestStatus.CANCELLED, closed_at=AT - timedelta(hours=25)),
        asks("came", status=RequestStatus.ARRIVED, closed_at=AT),
        asks("again", status=RequestStatus.CANCELLED, closed_at=AT),
        asks("unmade", status=RequestStatus.CANCELLED),
        asks("move", status=RequestStatus.CANCELLED, closed_at=AT, move=Move(BedId("4B-A-01"), BedId("4B-A-02"))),
    ]
    waiting = [asks("new", patient=PatientId("p-again"))]
    rows = lapsed_rows(closed, waiting, {}, PLAN.zone, AT)
    assert [(row.id, row.expired, row.at) for row in rows] == [("forgotten", True, "13:02"), ("gone", False, "12:02")]
    html = drawn(waiting, lapsed=closed)
    assert 'action="/admissions/requests/forgotten/take-up"' in html
    assert "take-up" not in drawn(waiting, lapsed=closed, writes=False)


FULL = asks(
    "full",
    type="private",
    needs=frozenset({"oxygen"}),
    wishes=frozenset({"oxygen"}),
    sex="F",
    age=67,
    specialty="Medicine",
    priority=2,
    origin="ED bay 6",
    isolation=True,
    isolation_kind=Isolation.DROPLET,
    organism="Influenza",
    ready_at=AT,
    entitlement="general",
    insurer_limit=4500,
    room_choice="private",
    attendant=True,
    mother_of=PatientId("p-baby"),
    rest=frozenset({Rest.DEMENTIA}),
    seq=41,
)
BABY = {PatientId("p-baby"): known("Baby Rao", "MRN-BABY", "p-baby")}


def test_the_edit_dialog_is_filled_in_from_the_request() -> None:
    html = TEMPLATES.render("desk/_edit_form.html", edit_dialog(CHROME, PLAN, FULL, BABY))
    for field in (
        'name="if_seq" value="41"',
        'value="Influenza"',
        'value="4500"',
        'value="2026-11-21T14:02"',
        'value="MRN-BABY"',
        'value="67"',
    ):
        assert field in html
    for option in ("private", "droplet", "general", "2", "F"):
        assert re.search(rf'<option value="{option}" selected>', html), option
    for tick in ("oxygen", "dementia"):
        assert re.search(rf'value="{tick}" checked', html), tick
    assert 'name="name"' not in html, "who it is for is never edited"
    assert " disabled" not in html


def test_once_a_bed_is_promised_what_chose_it_is_disabled_with_the_reason() -> None:
    html = TEMPLATES.render("desk/_edit_form.html", edit_dialog(CHROME, PLAN, replace(FULL, status=RequestStatus.ASSIGNED), BABY))
    assert BED_PROMISED in html
    disabled = set(re.findall(r'name="(\w+)"[^>]* disabled aria-describedby="edit-fixed"', html))
    fixed = EDITABLE[RequestStatus.WAITING] - EDITABLE[RequestStatus.ASSIGNED]
    assert disabled == fixed - {"needs", "isolation_kind"}
    assert '<fieldset disabled aria-describedby="edit-fixed"><legend>Must have' in html
    assert edit_form(PLAN, FULL, {}).fixed == frozenset()


def test_the_form_asks_for_everything_a_request_can_hold() -> None:
    html = drawn([])
    names = set(re.findall(r'name="(\w+)"', html.split('id="new-request"')[1].split("</dialog>")[0]))
    person = {"csrf", "name", "mrn", "sex", "age", "birth_date", "unknown"}
    asked = {"type", "need", "specialty", "priority", "origin", "isolation", "organism", "ready_at", "attendant", "wish", "rest"}
    money = {"entitlement", "insurer_limit", "room_choice", "mother_of", "baby_of"}
    told = {"phone", "tell", "telling"}  # the patient's own message, with their consent
    assert names == person | asked | money | told


def test_two_forms_on_one_page_share_no_id() -> None:
    html = drawn([]) + TEMPLATES.render("desk/_edit_form.html", edit_dialog(CHROME, PLAN, FULL, BABY))
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids))


def test_no_key_is_listed_twice_and_every_group_says_something() -> None:
    keys = [key for group in KEYS for line in group.keys for key in line.keys]
    assert sorted(keys) == sorted(set(keys))
    html = drawn([])
    for group in KEYS:
        for line in group.keys:
            assert line.words in html


def test_the_sample_hospital_has_its_aims_in_its_file() -> None:
    text = (CHECKOUT / "flow/sample/city_general.toml").read_text()
    assert re.search(r"^\[requests\]\naims = \[30, 120, 240, 480\]", text, re.MULTILINE)
    assert load_plan(CHECKOUT / "flow/sample/city_general.toml").requests == RequestRules()


def test_a_row_is_looked_up_by_name_and_by_the_end_of_the_mrn() -> None:
    html = drawn([asks("a", specialty="Medicine")], {PatientId("p-a"): known("Asha Rao", "M124711", "p-a")})
    script = (CHECKOUT / "static/js/desk.js").read_text()
    for part, word in (("name", "Asha"), ("needs", "4711"), ("needs", "Medicine"), ("priority", "P3")):
        assert f'".{part}"' in script and re.search(rf'<span class="{part}[ "].*{word}', html), word


def test_words_for_a_form_are_the_hospitals_own() -> None:
    form = request_form(PLAN)
    assert [option.value for option in form.categories] == ["general", "private"]
    assert {"contact", "droplet", "airborne"} <= {option.value for option in form.isolations}


def test_who_needs_no_bed_yet_stands_last() -> None:
    tomorrow = asks("planned", 300, 2, made_by=MadeBy.PLAN, ready_at=AT + timedelta(hours=15))
    soon = asks("soon", 300, 2, made_by=MadeBy.PLAN, ready_at=AT + timedelta(minutes=40))
    listed = page([tomorrow, asks("waits", 400, 4), soon])
    assert [row.id for row in listed.rows] == ["soon", "waits", "planned"]
    assert listed.selected is not None
    assert listed.selected.row.id == "soon"
