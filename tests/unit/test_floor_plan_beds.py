"""Shapes become beds: by their names, by hand; what is wrong is told; and the plan that comes of it is drawn like the generated one."""

import re
from dataclasses import replace

import pytest

from flow.domain.floor_plan.binding import Kind, bed_named, bind, bound, drawn, faults
from flow.domain.floor_plan.drawing import AREA, Drawing
from flow.domain.floor_plan.svg import read_drawing
from flow.domain.ids import BedId, WardId
from flow.domain.plan import DrawnPlan, Ward
from flow.views.bed_tile import Audience, TileState
from flow.views.desk.choice import selected_request
from flow.views.floor_plans import editor, fault_words
from flow.views.ward_plan import ward_plan
from flow.views.ward_wall import WardWall
from tests.plans import small_plan
from tests.unit.test_desk_choice import suggested
from tests.unit.test_desk_view import AT, Ranking, asks, bed, page
from tests.unit.test_desk_view import PLAN as DESK
from tests.unit.test_templates import BEDS, TEMPLATES, _transfer
from tests.unit.test_views import NOW, ZONE

PLAN = small_plan()
WARD = PLAN.ward[WardId("4B")]
LABELS = [bed.label for bed in WARD.beds]
FRAME = '<rect x="0" y="0" width="1840" height="888"/><text x="60" y="800" font-size="40">Nurse station</text>'


def svg(*shapes: str) -> Drawing:
    return read_drawing(f'<svg viewBox="0 0 1840 888">{FRAME}{"".join(shapes)}</svg>'.encode())


def rect(name: str, n: int = 0, more: str = 'width="180" height="180"') -> str:
    return f'<rect id="{name}" x="{20 + n * 220}" y="40" {more}/>'


def whole(*others: str) -> Drawing:
    """Every bed of the ward, A1 as a circle."""
    beds = [rect(f"bed-{label}", n) for n, label in enumerate(LABELS) if n]
    return svg('<circle id="bed-A1" cx="120" cy="130" r="100"/><text x="100" y="130">A1</text>', *beds, *others)


def test_names_that_say_bed_bind_by_themselves() -> None:
    found = svg(rect("bed-4B-A-01"), rect("Bed A2", 1), rect("bed_4B_A3", 2), rect("4B-B-01", 3), rect("B2", 4), rect("rect17", 5))
    assert list(bind(PLAN, WARD.id, found).values()) == ["4B-A-01", "4B-A-02", "4B-A-03", "4B-B-01"]
    assert bed_named(PLAN, WardId("ICU"), "bed-I1") == "ICU-I-01"
    assert bed_named(PLAN, WARD.id, "bed-Z9") is None


def test_a_bed_is_in_one_place_and_a_shape_is_one_bed() -> None:
    a1, a2 = BedId("4B-A-01"), BedId("4B-A-02")
    assert bound({"s1": a1, "s2": a2}, "s3", a1) == {"s2": a2, "s3": a1}
    assert bound({"s1": a1, "s2": a2}, "s1", a2) == {"s1": a2}
    assert bound({"s1": a1}, "s1", None) == {}


@pytest.mark.parametrize(
    ("shapes", "kind", "words"),
    [
        ([rect("bed-A1")], Kind.MISSING, "6 beds have no shape: A2, A3, B1, B2, B3, S1."),
        ([rect("bed-A1"), rect("bed-4B-A1", 1)], Kind.DOUBLE, "Bed A1 has several shapes: 2, 3. Say of one of them that it is A1."),
        ([rect("bed-99")], Kind.UNKNOWN, "Shape 2 is called “bed-99”, and no bed is."),
        ([rect("bed-ICU-I1")], Kind.ELSEWHERE, "Shape 2 is called “bed-ICU-I1”, a bed of ward ICU."),
        ([rect("bed-A1", 0, 'width="40" height="180"')], Kind.SMALL, "Bed A1 (shape 2) is too small for its number."),
        (
            [rect("bed-A1"), '<rect id="bed-A2" x="40" y="60" width="180" height="180"/>'],
            Kind.COVERED,
            "Beds A1 and A2 (shapes 2 and 3) lie over each other.",
        ),
        (['<rect id="bed-A1" x="1800" y="60" width="180" height="180"/>'], Kind.OUTSIDE, "Bed A1 (shape 2) lies outside the sheet."),
    ],
)
def test_what_is_wrong_is_said(shapes: list[str], kind: Kind, words: str) -> None:
    drawing = svg(*shapes)
    found = [fault for fault in faults(PLAN, WARD, drawing, bind(PLAN, WARD.id, drawing)) if fault.kind is kind]
    assert [fault_words(fault, PLAN) for fault in found] == [words]
    assert found[0].stops == (kind not in (Kind.UNKNOWN, Kind.ELSEWHERE))


def test_turned_beds_side_by_side_do_not_lie_over_each_other() -> None:
    """Though the boxes round them do."""
    turned = [f'<g transform="translate({400 + n * 120} {100 + n * 80}) rotate(33)">{rect(f"bed-A{n}", -1)}</g>' for n in (1, 2)]
    turned = [each.replace('width="180"', 'width="120"') for each in turned]
    drawing = svg(*turned)
    assert Kind.COVERED not in {fault.kind for fault in faults(PLAN, WARD, drawing, bind(PLAN, WARD.id, drawing))}
    one, other = (shape.around for shape in drawing.shapes[1:])
    assert one.x + one.width > other.x and one.y + one.height > other.y


def test_a_plan_too_heavy_for_a_wall_is_not_shown() -> None:
    noise = "".join(f"L{n * 7919 % 1840} {n * 104729 % 888}" for n in range(9000))
    drawing = whole(f'<path d="M0 0{noise}"/>')
    assert [fault.kind for fault in faults(PLAN, WARD, drawing, bind(PLAN, WARD.id, drawing))] == [Kind.HEAVY]


def test_a_whole_drawing_has_no_faults_and_says_what_it_left_out() -> None:
    drawing = whole("<script>alert(1)</script>", rect("bed-99", 7))
    view = editor(PLAN, with_drawing(drawing), 3, drawing, bind(PLAN, WARD.id, drawing), is_shown=False, preview=None)
    assert view.faults == ()
    assert view.notes[0] == "Shape 9 is called “bed-99”, and no bed is." and view.notes[-1] == "Left out of the file: 1 × script."
    assert [bed.label for bed in view.beds if bed.shape] == LABELS


def with_drawing(drawing: Drawing | None = None) -> Ward:
    found = drawing or whole()
    return replace(WARD, drawn=plan_of(found))


def plan_of(drawing: Drawing) -> DrawnPlan:
    return drawn(drawing, bind(PLAN, WARD.id, drawing), 3)


def test_a_beds_own_number_in_the_drawing_makes_way_for_the_tiles() -> None:
    assert [word.words for word in plan_of(whole()).words] == ["Nurse station"]


def wall(audience: Audience = Audience.PUBLIC) -> str:
    return TEMPLATES.render("wall/page.html", WardWall.of(ward_plan(with_drawing(), BEDS, audience, NOW, ZONE), audience, NOW))


def test_drawn_beds_carry_the_same_states_icons_and_words() -> None:
    for audience in Audience:
        plain, found = ward_plan(WARD, BEDS, audience, NOW, ZONE), ward_plan(with_drawing(), BEDS, audience, NOW, ZONE)
        assert [(spot.tile, spot.icon) for spot in found.spots] == [(spot.tile, spot.icon) for spot in plain.spots]
        assert found.chips == plain.chips and found.summary == plain.summary and found.regions == ()
    page = wall()
    assert set(re.findall(r'class="bed"[^>]*data-state="(\w+)"', page)) == {str(state.tile.state) for state in found.spots}
    assert TileState.OUT in {spot.tile.state for spot in found.spots}
    for label in LABELS:
        assert f'font-size="{found.spots[0].layout.code}">{label}</text>' in page


def test_a_round_bed_is_drawn_round_with_its_number_inside() -> None:
    round_one, square = ward_plan(with_drawing(), BEDS, Audience.PUBLIC, NOW, ZONE).spots[:2]
    assert round_one.path.startswith("M") and square.path == ""
    assert round_one.box.x > AREA.x + 20 and round_one.box.width < 200
    assert wall().count('<path class="tile"') == 1 and ">Nurse station</text>" in wall() and '<path class="drawn" d="M40 112L' in wall()


def test_a_drawn_wall_fits_in_seventy_kilobytes() -> None:
    assert _transfer(wall(), ["inter.woff2"]) <= 70_000


def test_the_wall_knows_which_version_it_draws() -> None:
    assert 'data-plan="3" data-drawing="/displays/ward/4B/drawing"' in wall()
    plain = WardWall.of(ward_plan(WARD, BEDS, Audience.PUBLIC, NOW, ZONE), Audience.PUBLIC, NOW)
    assert 'data-plan="0"' in TEMPLATES.render("wall/page.html", plain)


def test_the_desks_map_draws_it_too() -> None:
    hospital = replace(DESK, wards=tuple(with_drawing() if ward.id == WARD.id else ward for ward in DESK.wards))
    beds = {name: bed(name) for name in DESK.beds}
    view = selected_request(asks("R1", 30), Ranking((suggested(BedId("4B-A-01"), 90),)), hospital, beds, {}, AT)
    html = TEMPLATES.render("desk/board.html", replace(page(), selected=view))
    assert html.count('<path class="drawn"') == html.count('<path class="tile"') == 1 and html.count("data-mark=") == 1
