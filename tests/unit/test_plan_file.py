"""The hospital file: what it says, what it refuses with which line, and that what it draws never overlaps."""

from itertools import combinations
from pathlib import Path

import pytest

from flow.domain.plan import Box, SexPolicy
from flow.errors import Misconfigured
from flow.plan_file import describe, load_plan, parse_plan
from flow.plan_file.layout import BOTTOM, LEFT, RIGHT, TOP, draw

SAMPLE = Path(__file__).parents[2] / "flow" / "sample" / "city_general.toml"
SMALL = """
[hospital]
id = "h"
name = "H"
zone = "Asia/Kolkata"

[[wards]]
id = "4B"
name = "Ward"

[[wards.rooms]]
id = "A"
name = "Bay A"
type = "general"
sex = "female"
beds = 2

[[wards.rooms.bed]]
n = 2
label = "Z9"
features = ["oxygen"]
aliases = ["4B^A^2"]
"""


def test_rooms_make_beds_by_rule_and_tables_change_them() -> None:
    plan = parse_plan(SMALL, "small.toml")
    one, two = plan.beds.values()
    assert (one.id, one.label, two.id, two.label, two.features) == ("4B-A-01", "A1", "4B-A-02", "Z9", frozenset({"oxygen"}))
    assert plan.bed_at("4b^A^2^Anywhere") == two.id
    assert plan.rooms[one.room].sex is SexPolicy.FEMALE


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('zone = "Asia/Kolkata"', 'zone = "Mars/North"', ":5: unknown time zone 'Mars/North'"),
        ("beds = 2", "beds = 2\nbeds_ = 3", ":17: unknown key 'beds_'; did you mean 'beds'?"),
        ('sex = "female"', 'sex = "women"', ":15: Invalid enum value 'women'"),
        ('type = "general"', 'type = "palace"', ":14: Invalid enum value 'palace'"),
        ("beds = 2", 'beds = 2\n\n[[wards.rooms]]\nid = "B"\nname = "B"\ntype = "general"\nlabel = "A"\nbeds = 1', "labelled 'A1'"),
        ("n = 2", "n = 3", ":19: n = 3, but the room has beds 1 to 2"),
        ("n = 2", 'n = 2\nid = "4B-A-01"', ":18: two beds are called '4B-A-01' (the other in line 11)"),
        ('name = "H"', "name = ", ":4: not TOML"),
        (SMALL[SMALL.index("beds = 2") :], "", ":7: ward '4B' has no beds"),
    ],
)
def test_a_damaged_file_is_refused_with_its_line(old: str, new: str, words: str) -> None:
    with pytest.raises(Misconfigured) as refusal:
        parse_plan(SMALL.replace(old, new, 1), "small.toml")
    assert f"small.toml{words}" in refusal.value.reason or words in refusal.value.reason


def test_several_mistakes_are_told_at_once() -> None:
    text = SMALL.replace("Asia/Kolkata", "Nowhere").replace("n = 2", "n = 7")
    with pytest.raises(Misconfigured) as refusal:
        parse_plan(text, "x.toml")
    assert refusal.value.reason.count("x.toml:") == 2


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="Set BEDFLOW_HOSPITAL"):
        load_plan(tmp_path / "none.toml")


def test_the_sample_is_the_hospital_of_the_issue() -> None:
    plan = load_plan(SAMPLE)
    described = describe(plan)
    sizes = {len(ward.beds) for ward in plan.wards}
    types = {"icu", "hdu", "general", "private", "paediatric", "maternity", "isolation", "semi_private", "nicu"}
    assert (described["beds"], len(plan.clinics)) == (500, 6)
    assert len(plan.wards) >= 12
    assert {24, 36, 60} <= sizes
    assert types <= set(described["types"])


def overlap(a: Box, b: Box) -> bool:
    return a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height


@pytest.mark.parametrize("sizes", [[6, 6, 4, 4, 6, 6, 4], [12, 12], [6] * 10, [4] * 6, [1], [61], [20] * 12, [1] * 30])
def test_nothing_on_a_drawn_ward_overlaps(sizes: list[int]) -> None:
    drawing = draw(sizes)
    beds = [box for room in drawing.rooms for box in room.beds]
    rooms = [room.room for room in drawing.rooms] + [drawing.station]
    assert len(beds) == sum(sizes)
    assert not any(overlap(a, b) for a, b in combinations(beds, 2))
    assert not any(overlap(a, b) for a, b in combinations(rooms, 2))
    assert all(b.x >= LEFT and b.x + b.width <= RIGHT + 1 and b.y >= TOP and b.y + b.height <= BOTTOM for b in beds)


def test_tiles_of_24_36_and_60_beds_have_room_for_the_number() -> None:
    """A bed number of 56 units beside an icon, and a line of 30 under it (UI.md)."""
    for sizes in ([12, 12], [6, 6, 4, 4, 6, 6, 4], [6] * 8 + [12]):
        smallest = min((box for room in draw(sizes).rooms for box in room.beds), key=lambda box: box.width * box.height)
        assert smallest.width >= 120
        assert smallest.height >= 105
