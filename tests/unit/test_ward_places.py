"""Temporary places on the ward's screens: drawn apart, counted apart, and never more than two taps away."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from flow.domain.bed import BedState, BedStatus, Condition, OutOfUse, PlaceKind, Temporary, place_id
from flow.domain.hospital import Hospital, opened
from flow.domain.ids import BedId, PatientId, RequestId, VisitId, WardId
from flow.domain.request import BedRequest
from flow.domain.visit import Course, Visit, VisitStatus
from flow.templating import Templates
from flow.views.bed_tile import Audience, TileState
from flow.views.page import Chrome
from flow.views.places import place_tile, places_in, told_places
from flow.views.ward_page import WardPage, ward_page
from flow.views.ward_places import Occupant, census
from flow.views.ward_plan import ward_plan
from flow.views.ward_wall import WardWall
from realtime.topics import Topic, topic_of
from tests.plans import small_plan

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
PLAN = small_plan()
WARD = PLAN.ward[WardId("4B")]
TEMPLATES = Templates()
CHROME = Chrome("Ward 4B", "Test Hospital", "Asha", "nurse", "token")


def place(kind: PlaceKind, number: int, *, taken: bool = False, near: str | None = None, minutes: int = 25) -> BedState:
    status = BedStatus.OCCUPIED if taken else BedStatus.AVAILABLE
    now = Condition(status, NOW - timedelta(minutes=minutes), "person:asha")
    there = Temporary(WARD.id, kind, number, BedId(near) if near else None)
    visit = VisitId(f"V-{kind}-{number}") if taken else None
    return BedState(
        place_id(WARD.id, kind, number), now, visit=visit, sex="M" if taken else None, age=71 if taken else None, temporary=there
    )


TROLLEY, CHAIR, SHARED = place(PlaceKind.TROLLEY, 1, taken=True), place(PlaceKind.CHAIR, 1), place(PlaceKind.SHARED, 1, near="4B-A-01")
GONE = replace(CHAIR, id=BedId("4B:chair-2"), now=replace(CHAIR.now, status=BedStatus.MAINTENANCE, reason=OutOfUse.ROOM_CLOSED))
BEDS = {state.id: state for state in (*opened(PLAN, NOW - timedelta(days=1)), CHAIR, SHARED, GONE, TROLLEY)}


def page(*, admits: bool = True) -> WardPage:
    occupants = {TROLLEY.visit: Occupant("Meera Iyer", "4021")} if TROLLEY.visit else {}
    return ward_page(CHROME, WARD, BEDS, NOW, "Asia/Kolkata", occupants=occupants, admits=admits)


def test_those_that_stand_are_listed_apart_from_the_beds() -> None:
    view = page()
    assert [row.tile.label for row in view.places] == ["Trolley 1", "Chair 1", "Shared bed 1"]
    assert [row.tile.id for row in view.rows] == [bed.id for bed in WARD.beds]
    assert [(row.occupant.name if row.occupant else None, row.detail) for row in view.places][:2] == [
        ("Meera Iyer", "0 h 25"),
        (None, "0 h 25 · goes by itself at 15:05"),
    ]
    assert [row.near for row in view.places] == ["temporary", "temporary", "in A1 · temporary"]


def test_they_are_in_no_number_of_beds() -> None:
    assert page().census == "7 beds · 0 occupied + 1 in temporary places"
    assert sum(chip.count for chip in page().plan.chips) == 7
    assert census([], []) == "0 beds · 0 occupied"


def test_what_may_be_done_depends_on_who_reads_and_who_lies_there() -> None:
    assert [(row.may_admit, row.may_leave, row.may_close) for row in page().places] == [(False, True, False), *[(True, False, True)] * 2]
    assert not any(row.may_admit or row.may_leave or row.may_close for row in page(admits=False).places)
    assert ([kind.value for kind in page().kinds], page(admits=False).kinds) == (["trolley", "floor", "chair"], ())


def test_an_empty_place_is_offered_to_whoever_is_moved() -> None:
    offered = [target.value for target in page().targets]
    assert {"4B:chair-1", "4B:shared-1"} <= set(offered)
    assert not {"4B:trolley-1", "4B:chair-2"} & set(offered)


def test_the_page_makes_one_with_two_taps_and_takes_it_away_with_one() -> None:
    html = TEMPLATES.render("ward/page.html", page())
    form = re.search(r'<form[^>]*action="/wards/4B/places".*?</form>', html, re.DOTALL)
    assert form is not None
    assert re.findall(r'name="kind" value="(\w+)"', form[0]) == ["trolley", "floor", "chair"]
    assert 'action="/wards/4B/places/4B:chair-1/close"' in html
    assert 'action="/wards/4B/places/4B:trolley-1/close"' not in html, "somebody lies there"
    assert 'id="row-4B:trolley-1"' in html
    assert "Meera Iyer" in html


def test_an_occupied_bed_takes_a_second_patient_in_one_tap() -> None:
    lain = replace(BEDS[BedId("4B-A-02")], visit=VisitId("V-9"), now=Condition(BedStatus.OCCUPIED, NOW, "t"))
    view = ward_page(CHROME, WARD, {**BEDS, lain.id: lain}, NOW, "Asia/Kolkata", admits=True)
    html = TEMPLATES.render("ward/page.html", view)
    assert re.findall(r'name="kind" value="shared"><input type="hidden" name="near" value="([^"]+)"', html) == ["4B-A-02"]


def test_the_wall_shows_them_in_their_own_strip_and_without_a_word_of_who() -> None:
    plan = ward_plan(WARD, BEDS, Audience.PUBLIC, NOW, "Asia/Kolkata")
    html = TEMPLATES.render("wall/page.html", WardWall.of(plan, Audience.PUBLIC, NOW))
    strip = re.search(r'<div id="places".*?</div>', html, re.DOTALL)
    assert strip is not None
    assert re.findall(r"<b>([^<]+)</b> <span class=\"meta\">([^<]+)<", strip[0]) == [
        ("Trolley 1", "25 min"),
        ("Chair 1", "empty"),
        ("Shared bed 1", "empty"),
    ]
    assert 'class="crowded"' in html
    assert "V-trolley" not in html
    bare = ward_plan(WARD, {bed.id: BEDS[bed.id] for bed in WARD.beds}, Audience.PUBLIC, NOW, "Asia/Kolkata")
    assert re.search(r'<div id="places"[^>]* hidden>', TEMPLATES.render("wall/page.html", WardWall.of(bare, Audience.PUBLIC, NOW)))


def test_a_tile_of_a_place_is_told_to_its_wards_screens() -> None:
    assert topic_of(TROLLEY, PLAN) == Topic("ward", "4B")
    assert (place_tile(TROLLEY, Audience.PUBLIC).key, place_tile(GONE, Audience.PUBLIC).state) == ("place:4B:trolley-1", TileState.OUT)
    assert place_tile(TROLLEY, Audience.PUBLIC).visit is None
    assert places_in(WardId("ICU"), BEDS.values()) == []


def test_the_desk_finds_who_lies_in_a_temporary_place() -> None:
    hospital = Hospital(PLAN)
    hospital.put(TROLLEY)
    assert TROLLEY.visit is not None
    hospital.put(Visit(TROLLEY.visit, PatientId("p"), Course(VisitStatus.IN_PROGRESS, claim=TROLLEY.id), bed=TROLLEY.id))
    lying = BedRequest(RequestId("R-1"), PatientId("p"), NOW, "general", origin="ED")
    other = BedRequest(RequestId("R-2"), PatientId("q"), NOW, "general", origin="ED")
    assert [request.origin for request in told_places([lying, other], hospital)] == ["4B trolley 1", "ED"]
