"""The views: what each audience sees of a bed, where it is drawn, what is counted, what a waiting hall reads."""

from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.domain.bed import PEOPLE_SET, BedState, BedStatus, CleanKind, Condition, OutOfUse, Stage
from flow.domain.ids import BedId, ClinicId, RoomId, TokenId, VisitId, WardId
from flow.domain.opd import RoomState, Token, TokenStatus
from flow.domain.plan import Bed, Box, Room, SexPolicy, Ward
from flow.plan_file.layout import draw
from flow.templating import Templates
from flow.views.availability import availability, counted, occupancy
from flow.views.bed_tile import Audience, TileState, bed_tile
from flow.views.floor import AREA, READABLE, code_size, ems, fitted, tile_layout
from flow.views.opd_page import opd_page
from flow.views.opd_screen import room_tiles
from flow.views.opd_wall import opd_wall
from flow.views.page import Chrome
from flow.views.tile_line import clipped
from flow.views.times import clock_time, minutes, waited
from flow.views.ward_page import moves, ward_page
from flow.views.ward_plan import ward_plan
from tests.plans import small_plan

NOW = datetime(2026, 11, 21, 8, 32, tzinfo=UTC)
ZONE = "Asia/Kolkata"
PLAN = small_plan()
BED = PLAN.beds[BedId("4B-A-01")]
CHROME = Chrome("Ward 4B", "Test Hospital")


def condition(status: BedStatus, **fields: object) -> Condition:
    return Condition(status, NOW - timedelta(minutes=12), "person:asha", **fields)  # type: ignore[arg-type]


def bed(status: BedStatus, now: Condition | None = None, **fields: object) -> BedState:
    return BedState(BED.id, now or condition(status), seq=7, **fields)  # type: ignore[arg-type]


OCCUPIED = bed(BedStatus.OCCUPIED, visit=VisitId("V-77"), sex="F", age=67, isolation=True, discrepancy="The feed says free.")
LEAVING = replace(OCCUPIED, expected_free_at=NOW + timedelta(hours=1))
FREE = bed(BedStatus.AVAILABLE)
COMING = replace(FREE, reserved_for="request:R1", reserved_until=NOW + timedelta(minutes=30), reserved_sex="F")
DIRTY = bed(BedStatus.CLEANING, condition(BedStatus.CLEANING, stage=Stage.WAITING, clean=CleanKind.ISOLATION))
AT_WORK = bed(BedStatus.CLEANING, condition(BedStatus.CLEANING, stage=Stage.IN_PROGRESS, started_at=NOW - timedelta(minutes=5)))
BROKEN = bed(BedStatus.MAINTENANCE, condition(BedStatus.MAINTENANCE, reason=OutOfUse.INFECTION, note="Mr Rao's drip"))


@pytest.mark.parametrize(
    ("state", "drawn"),
    [
        (FREE, TileState.FREE),
        (COMING, TileState.COMING),
        (DIRTY, TileState.DIRTY),
        (replace(DIRTY, now=replace(DIRTY.now, stage=Stage.SUSPENDED)), TileState.DIRTY),
        (AT_WORK, TileState.CLEANING),
        (replace(DIRTY, now=replace(DIRTY.now, stage=Stage.INSPECTION)), TileState.CLEANING),
        (OCCUPIED, TileState.OCCUPIED),
        (LEAVING, TileState.LEAVING),
        (replace(OCCUPIED, reserved_for="request:R1"), TileState.OCCUPIED),
        (BROKEN, TileState.OUT),
    ],
)
def test_seven_states_are_drawn_from_four_statuses(state: BedState, drawn: TileState) -> None:
    assert bed_tile(BED, state, Audience.PUBLIC).state is drawn


@pytest.mark.parametrize("state", [FREE, COMING, DIRTY, AT_WORK, OCCUPIED, LEAVING, BROKEN])
def test_the_public_learns_nothing_of_a_patient(state: BedState) -> None:
    shown = asdict(bed_tile(BED, state, Audience.PUBLIC))
    for field in ("isolation", "away", "visit", "sex", "age", "reserved_for", "source", "discrepancy"):
        assert shown[field] is None
    assert "Rao" not in str(shown) and "infection" not in str(shown)


def test_the_ward_sees_isolation_and_staff_see_the_visit() -> None:
    ward, staff = bed_tile(BED, OCCUPIED, Audience.WARD), bed_tile(BED, OCCUPIED, Audience.STAFF)
    assert (ward.isolation, ward.visit, ward.sex) == (True, None, None)
    assert (staff.isolation, staff.visit, staff.sex, staff.age) == (True, "V-77", "F", 67)
    assert bed_tile(BED, BROKEN, Audience.WARD).note == "Mr Rao's drip"


def test_a_promise_stands_on_a_bed_that_is_not_ready() -> None:
    assert bed_tile(BED, replace(DIRTY, reserved_for="request:R1"), Audience.PUBLIC).promised
    assert not bed_tile(BED, COMING, Audience.PUBLIC).promised


def test_a_timer_runs_from_the_start_of_the_work() -> None:
    tile = bed_tile(BED, AT_WORK, Audience.PUBLIC)
    assert tile.timer and tile.since == int((NOW - timedelta(minutes=5)).timestamp())


def ward_of(rooms: list[int]) -> Ward:
    """A ward as the hospital file's layout draws it, bays lettered, beds numbered."""
    drawing, ward = draw(rooms), WardId("9C")
    names = [chr(65 + index) for index in range(len(rooms))]
    drawn = list(zip(names, drawing.rooms, strict=True))
    return Ward(
        ward, "Nine", "", "9", "general",
        rooms=tuple(Room(RoomId(name), ward, f"Bay {name}", SexPolicy.ANY, "general", room.room) for name, room in drawn),
        beds=tuple(
            Bed(BedId(f"9C-{name}-{n:02d}"), ward, RoomId(name), f"{name}{n}", "general", frozenset(), 1, box)
            for name, room in drawn
            for n, box in enumerate(room.beds, 1)
        ),
        labels=drawing.labels,
    )  # fmt: skip


SIZES = {24: [6] * 4, 36: [6, 6, 4, 4, 6, 6, 4], 60: [6] * 8 + [12]}


@pytest.mark.parametrize("beds", SIZES)
def test_numbers_are_read_at_five_metres_and_nothing_overlaps(beds: int) -> None:
    ward = ward_of(SIZES[beds])
    states = {b.id: replace(FREE, id=b.id) for b in ward.beds}
    plan = ward_plan(ward, states, Audience.PUBLIC, NOW, ZONE)
    assert len(plan.spots) == beds
    assert min(spot.layout.code for spot in plan.spots) >= READABLE
    for one, other in combinations(plan.spots, 2):
        assert not _overlap(one.box, other.box)
    for spot in plan.spots:
        assert ems(spot.tile.label) * spot.layout.code <= spot.box.width - 14
        assert _contained(spot.box)


def _contained(box: Box) -> bool:
    across = AREA.x - 4 <= box.x and box.x + box.width <= AREA.x + AREA.width + 4
    return across and AREA.y - 4 <= box.y and box.y + box.height <= AREA.y + AREA.height + 4


def _overlap(one: Box, other: Box) -> bool:
    beside = one.x + one.width <= other.x or other.x + other.width <= one.x
    return not beside and not (one.y + one.height <= other.y or other.y + other.height <= one.y)


@given(st.floats(90, 400), st.floats(95, 400), st.sampled_from(["A1", "B12", "W10"]))
def test_the_parts_of_a_tile_stay_on_it(width: float, height: float, label: str) -> None:
    box = Box(0, 0, width, height)
    size = code_size([(label, box)])
    at = tile_layout(box, label, size)
    assert at.icon > 0 and at.icon_x >= 0 and at.icon_x + at.icon <= width and at.icon_y + at.icon <= height
    assert at.code_y < at.icon_y + at.icon and at.meta_y < height and at.chars >= 5
    assert ems(label) * size <= width - 14
    if at.mark:
        assert at.mark_x >= 0 and at.mark_x + at.mark <= width and at.mark_y + at.mark <= height


def test_a_plan_in_any_unit_fills_the_canvas() -> None:
    ward = replace(PLAN.ward[WardId("4B")], rooms=(), labels=())
    fit = fitted(ward)
    boxes = [fit(b.box) for b in ward.beds]
    assert min(box.x for box in boxes) == pytest.approx(AREA.x, abs=0.2)
    assert max(box.x + box.width for box in boxes) == pytest.approx(AREA.x + AREA.width, abs=0.2)


def test_the_foot_says_minutes_times_and_notes() -> None:
    ward = ward_of([2, 2])
    ids = [b.id for b in ward.beds]
    states = {i: replace(s, id=i) for i, s in zip(ids, (AT_WORK, COMING, BROKEN, OCCUPIED), strict=True)}
    spots = ward_plan(ward, states, Audience.PUBLIC, NOW, ZONE).spots
    assert [spot.meta for spot in spots] == ["5 min", "14:32", "closed", ""]
    assert spots[0].words == "Bed A1 5 min, cleaning"


def test_words_are_clipped_whole() -> None:
    assert clipped("bed rail", 6) == "bed"
    assert clipped("bed rail", 8) == "bed rail"
    assert clipped("ceiling", 6) == "ceili…"


def test_times_are_those_of_the_hospital() -> None:
    assert clock_time(NOW.timestamp(), ZONE) == "14:02"
    assert [minutes(0, seconds) for seconds in (-5, 59, 3599, 7200, 200_000)] == ["0 min", "0 min", "59 min", "2 h", "2 d"]
    assert waited(0, 3 * 3600 + 52 * 60) == "3 h 52"


STATES = (FREE, COMING, DIRTY, AT_WORK, OCCUPIED, LEAVING, BROKEN, replace(OCCUPIED, reserved_for="request:R2"))


def test_statuses_partition_the_beds_and_promises_overlay_them() -> None:
    figures = counted(STATES)
    assert (figures["available"], figures["occupied"], figures["cleaning"], figures["maintenance"]) == (2, 3, 2, 1)
    assert (figures["reserved"], figures["free"], figures["staffed"]) == (2, 1, 7)


def test_wards_and_types_add_up_to_the_totals() -> None:
    states = {b: replace(STATES[i % len(STATES)], id=b) for i, b in enumerate(PLAN.beds)}
    found = availability(PLAN, states, 42, NOW)
    for field in ("available", "occupied", "cleaning", "maintenance", "reserved", "free", "staffed"):
        assert getattr(found.totals, field) == sum(getattr(w, field) for w in found.wards)
        assert all(getattr(w, field) == sum(getattr(t, field) for t in w.types) for w in found.wards)
    assert occupancy(found.totals) == pytest.approx(100 * found.totals.occupied / found.totals.staffed)
    assert [t.type for t in found.wards[0].types] == ["general", "private"]


@pytest.mark.parametrize("state", STATES)
def test_buttons_are_moves_of_the_table(state: BedState) -> None:
    for move in moves(state):
        assert move.status is state.status or (state.status, move.status) in PEOPLE_SET
    assert bool(moves(state)) is (state.status is not BedStatus.OCCUPIED)


def test_a_ward_page_offers_free_beds_and_says_who_comes_and_goes() -> None:
    ward = PLAN.ward[WardId("4B")]
    states = {b.id: replace(s, id=b.id) for b, s in zip(ward.beds, STATES, strict=False)}
    page = ward_page(CHROME, ward, states, NOW, ZONE)
    assert [choice.value for choice in page.targets] == [ward.beds[0].id, ward.beds[1].id]
    assert [row.tile.state for row in page.soon] == [TileState.COMING, TileState.LEAVING]
    assert all(row.occupant is None for row in page.rows if row.tile.visit is None)


def test_a_reader_gets_the_buttons_of_their_rights_alone() -> None:
    ward = PLAN.ward[WardId("4B")]
    states = {b.id: replace(s, id=b.id) for b, s in zip(ward.beds, STATES, strict=False)}
    asks = ward_page(CHROME, ward, states, NOW, ZONE, may_move=lambda was, to: (was, to) == (BedStatus.AVAILABLE, BedStatus.CLEANING))
    assert {move.words for row in asks.rows for move in row.moves} == {"Needs clean"}
    assert not any(row.may_block or row.may_admit or row.may_leave for row in asks.rows)
    admits = ward_page(CHROME, ward, states, NOW, ZONE, admits=True)
    assert any(row.may_admit for row in admits.rows) and any(row.may_leave for row in admits.rows)


@pytest.mark.parametrize(("late", "asked"), [(-1, False), (0, True), (60, True)])
def test_a_bed_out_of_use_past_its_end_is_asked_for(late: int, asked: bool) -> None:
    ward, until = PLAN.ward[WardId("4B")], NOW - timedelta(minutes=late)
    out = bed(BedStatus.MAINTENANCE, condition(BedStatus.MAINTENANCE, reason=OutOfUse.REPAIR, until=until))
    page = ward_page(CHROME, ward, {ward.beds[0].id: replace(out, id=ward.beds[0].id)}, NOW, ZONE)
    assert ("Was to be back in use at" in Templates().render("ward/page.html", page)) is asked


CLINIC = PLAN.clinic[ClinicId("ENT")]


def token(rank: int, status: TokenStatus = TokenStatus.WAITING, **fields: object) -> Token:
    made = Token(TokenId(f"ENT-{rank}"), CLINIC.id, date(2026, 11, 21), f"E-{rank:03d}", rank, NOW, status, seq=rank)
    return replace(made, **fields)  # type: ignore[arg-type]


TOKENS = [
    token(1, TokenStatus.IN_ROOM, room="1", called_at=NOW),
    token(2, TokenStatus.CALLED, room="2", called_at=NOW, calls=2),
    token(3),
    token(4),
    token(5, priority=1),
    token(6, TokenStatus.SKIPPED),
    token(7, TokenStatus.BOOKED),
]


def test_a_room_shows_who_is_called_and_who_comes_next() -> None:
    one, two = room_tiles(CLINIC, TOKENS, {})
    assert (one.key, one.token, one.called, one.next) == ("room:ENT/1", "E-001", False, ("E-005", "E-004"))
    assert (two.token, two.called, two.calls, two.next) == ("E-002", True, 2, ("E-003",))


def test_nobody_is_sent_to_a_doctor_who_is_away() -> None:
    away = {"ENT/1": RoomState("ENT/1", CLINIC.id, "1", NOW + timedelta(minutes=18), seq=9)}
    one, two = room_tiles(CLINIC, TOKENS, away)
    assert (one.next, two.next) == ((), ("E-005", "E-003"))
    assert opd_wall([CLINIC], TOKENS, away, NOW, ZONE).back(one.back_at or 0) == "Back 14:20"


def test_the_clinic_page_shows_bookings_by_their_time_and_who_is_not_coming() -> None:
    due = [NOW + timedelta(minutes=minutes) for minutes in (30, -10, 5, 20)]
    booked = (token(11, TokenStatus.BOOKED, due_at=due[0]), token(12, TokenStatus.BOOKED, due_at=due[1]))
    gone = (token(13, TokenStatus.NO_SHOW, due_at=due[2]), token(14, TokenStatus.CANCELLED, due_at=due[3]))
    page = opd_page(CHROME, CLINIC, (*booked, *gone), {}, NOW, ZONE, writes=True)
    assert [(row.number, row.due, row.late) for row in page.booked] == [("E-012", "13:52", True), ("E-011", "14:32", False)]
    assert [(row.number, row.status, row.steps) for row in page.not_coming] == [
        ("E-013", "no_show", (("arrive", "Arrived after all"),)),
        ("E-014", "cancelled", ()),
    ]
    html = Templates().render("opd/page.html", page)
    assert "13:52" in html and "No-show" in html and "Cancelled or did not show · 2" in html


def test_the_clinic_page_offers_each_token_its_moves() -> None:
    page = opd_page(CHROME, CLINIC, TOKENS, {}, NOW, ZONE, writes=True)
    assert [row.number for row in page.queue] == ["E-005", "E-003", "E-004"]
    assert [step for step, _ in page.queue[0].steps] == ["skip"]
    called = page.rooms[1].token
    assert called is not None and [step for step, _ in called.steps] == ["start", "call", "skip"]
    assert [row.steps for row in page.skipped] == [(("recall", "Recall"),)]
    assert [row.steps for row in page.booked] == [(("arrive", "Arrived"), ("no-show", "No-show"))]
