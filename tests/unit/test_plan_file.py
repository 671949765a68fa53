"""The hospital file: what it says, what it refuses with which line, and that what it draws never overlaps."""

import time
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.domain.ids import BedId, RoomId, WardId
from flow.domain.plan import Box, Plan, SexPolicy
from flow.errors import Misconfigured
from flow.plan_file import load_plan, parse_plan
from flow.plan_file.layout import BOTTOM, LEFT, RIGHT, TOP, draw, fill
from flow.plan_file.lines import Lines
from flow.plan_file.problems import SHOWN

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
ROOM_B = '\n[[wards.rooms]]\nid = "B"\nname = "Bay B"\ntype = "general"\nbeds = 1\n'
FEED = '\n[[feeds]]\nid = "his"\nname = "HIS"\n'
CLINIC = '\n[[clinics]]\nid = "{0}"\nname = "{0}"\nprefix = "A"\nrooms = [{{ id = "1", name = "Room 1" }}]\n'


def refusal(text: str) -> str:
    """What is said of a text that cannot be used, after the heading."""
    with pytest.raises(Misconfigured) as refused:
        parse_plan(text, "small.toml")
    assert refused.value.code == "hospital-file"
    return refused.value.reason.partition("\n")[2]


def only_ward(extra: str) -> Plan:
    return parse_plan(SMALL.replace('name = "Ward"', f'name = "Ward"\n{extra}'), "small.toml")


def test_rooms_make_beds_by_rule_and_tables_change_them() -> None:
    plan = parse_plan(SMALL, "small.toml")
    one, two = plan.beds.values()
    assert (one.id, one.label, two.id, two.label, two.features) == ("4B-A-01", "A1", "4B-A-02", "Z9", frozenset({"oxygen"}))
    assert plan.bed_at("4b^A^2^Anywhere") == two.id
    assert plan.rooms[one.room].sex is SexPolicy.FEMALE


def test_a_bed_of_its_own_id_stands_after_the_numbered() -> None:
    plan = parse_plan(SMALL + '\n[[wards.rooms.bed]]\nid = "TROLLEY"\nmetres = 3\n', "small.toml")
    assert [(bed.id, bed.label) for bed in plan.beds.values()] == [("4B-A-01", "A1"), ("4B-A-02", "Z9"), ("TROLLEY", "A3")]
    assert plan.beds[BedId("TROLLEY")].metres == 3


def test_a_feed_says_how_it_speaks() -> None:
    said = 'authorities = ["MRN"]\nlisten = "127.0.0.1:0"\n[feeds.places]\n"X^1" = "4B-A-01"\n[feeds.classes]\nDAYCASE = "O"\n'
    plan = parse_plan(SMALL + FEED + said, "small.toml")
    (feed,) = plan.feeds
    assert (feed.zone, feed.authorities, feed.classes) == ("Asia/Kolkata", ("MRN",), {"DAYCASE": "O"})
    assert plan.bed_at("x^1^^^") == "4B-A-01"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('zone = "Asia/Kolkata"', 'zone = "Asia/Kolkatta"', ":5: unknown time zone 'Asia/Kolkatta'; did you mean 'Asia/Kolkata'?"),
        ('zone = "Asia/Kolkata"', 'zone = "Asia"', ":5: unknown time zone 'Asia'"),
        ('zone = "Asia/Kolkata"', "", ":2: [hospital] needs zone"),
        ('id = "h"', 'id = "h{1}"', ":3: 'h{1}' is no id"),
        ("beds = 2", "beds = 2\nbeds_ = 3", ":17: unknown key 'beds_'; did you mean 'beds'?"),
        ("beds = 2", "beds = true", ":16: beds = True: expected `int`"),
        ("beds = 2", "beds = 401", ":16: beds = 401: expected `int` <= 400"),
        ("beds = 2", "beds = 2\nx = nan\ny = 1\nwidth = 1\nheight = 1", ":17: x = nan"),
        ("beds = 2", "beds = 2\nx = 1\ny = 1", ":11: x, y, width and height go together"),
        ("beds = 2", 'beds = 2\nfeatures = ["oxigen"]', ":17: unknown feature 'oxigen'; did you mean 'oxygen'?"),
        ('sex = "female"', 'sex = "femail"', ":15: unknown sex 'femail'; did you mean 'female'?"),
        ('type = "general"', 'type = "palace"', ":14: unknown type 'palace'; known are icu, hdu, general"),
        ('type = "general"', "", ":11: [[wards.rooms]] needs type"),
        ("beds = 2", f'beds = 2\n{ROOM_B}label = "A"\n', "labelled 'A1'"),
        ("beds = 2", f"beds = 2\n{ROOM_B}".replace('"B"', '"a"'), ":19: room 'a' stands twice"),
        ("n = 2", "n = 3", ":19: n = 3, but the room has beds 1 to 2"),
        ("n = 2", "n = 2\n\n[[wards.rooms.bed]]\nn = 2", ":22: n = 2 stands twice in room 'A'"),
        ("n = 2", 'n = 2\nid = "4B-A-01"', ":18: two beds are called '4B-A-01' (the other in line 11)"),
        ("n = 2", 'n = 2\nid = "../x"', ":20: '../x' is no id"),
        ('label = "Z9"', 'label = "The bed by the window"', ":20: label = 'The bed by the window': expected `str` of length <= 12"),
        ('aliases = ["4B^A^2"]', 'aliases = ["4b-a-01"]', ":22: the place '4b-a-01' means both 4B-A-01 and 4B-A-02"),
        ('aliases = ["4B^A^2"]', 'aliases = ["^^"]', ":22: the alias '^^' of 4B-A-02 names no place"),
        ('name = "H"', "name = ", ":4: not TOML"),
        ('aliases = ["4B^A^2"]', 'aliases = ["4B^A^2"', ":22: not TOML: Unclosed array"),
        (SMALL[SMALL.index("beds = 2") :], "", ":7: ward '4B' has no beds"),
        (SMALL[SMALL.index("[[wards]]") :], "", ":1: a hospital needs at least one [[wards]]"),
        (SMALL, "", ":1: the file needs [hospital]"),
        ("[[wards]]", "[wards]", ":7: 'wards' is a table here; write it as [[wards]]"),
    ],
)
def test_a_damaged_file_is_refused_with_its_line(old: str, new: str, words: str) -> None:
    assert words in refusal(SMALL.replace(old, new, 1))


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (FEED + 'listen = "here"', ":27: listen = 'here' is no address; write HOST:PORT"),
        (FEED + 'outbound = "x:99999"', ":27: outbound = 'x:99999' is no address"),
        (FEED + '[feeds.places]\n"X^1" = "4B-A-09"', ":28: the place 'X^1' is mapped to '4B-A-09', which is no bed"),
        (FEED + '[feeds.places]\n"4B^A^2" = "4B-A-01"', ":28: the place '4B^A^2' means both 4B-A-02 and 4B-A-01"),
        (FEED + '[feeds.statuses]\nX = "Q"', ":28: status 'Q' is not of HL7 table 0116"),
        (FEED + '[feeds.classes]\nX = "Q"', ":28: class 'Q' is not of HL7 table 0004"),
        (FEED + FEED.replace("his", "lis"), "two feeds without listen"),
        (CLINIC.format("ENT") + CLINIC.format("GM"), ":33: clinics ENT and GM would both call A-001"),
        ('\n[[clinics]]\nid = "ENT"\nname = "ENT"\nprefix = "E"\n', ":24: clinic 'ENT' has no rooms"),
    ],
)
def test_clinics_and_feeds_are_checked(more: str, words: str) -> None:
    assert words in refusal(SMALL + more)


def test_two_wards_may_not_make_one_room() -> None:
    """A-R + 1 and A + R-1 would share their beds' sex policy."""
    wards = [("A", "R-1"), ("A-R", "1")]
    text = SMALL[: SMALL.index("[[wards]]")]
    for ward, room in wards:
        text += f'\n[[wards]]\nid = "{ward}"\nname = "W"\n' + ROOM_B.replace('"B"', f'"{room}"')
    assert "the room 'A-R-1' would be one of ward 'A' as well" in refusal(text)


def test_several_mistakes_are_told_at_once_and_in_order() -> None:
    text = (
        SMALL.replace("Asia/Kolkata", "Nowhere")
        .replace("n = 2", "n = 7")
        .replace('"female"', '"women"')
        .replace("beds = 2", "beds = 2\nbad = 1")
    )
    lines = [int(row.split(":")[1]) for row in refusal(text).splitlines()]
    assert lines == sorted(lines)
    assert lines == [5, 15, 17, 20]


def test_no_more_than_twenty_are_shown() -> None:
    shown = refusal(SMALL.replace("beds = 2", "beds = 2\n" + "\n".join(f"bad{n} = 1" for n in range(SHOWN + 3)))).splitlines()
    assert len(shown) == SHOWN + 1
    assert shown[-1] == "... and 3 more"


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="Set BEDFLOW_HOSPITAL"):
        load_plan(tmp_path / "none.toml")


def test_what_editors_leave_behind_is_read(tmp_path: Path) -> None:
    (tmp_path / "notepad.toml").write_bytes(b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode())
    assert len(load_plan(tmp_path / "notepad.toml").beds) == 2
    (tmp_path / "latin.toml").write_bytes(SMALL.replace('"Ward"', '"W\xe4rd"').encode("latin-1"))
    with pytest.raises(Misconfigured, match=r"latin.toml:9: .*UTF-8"):
        load_plan(tmp_path / "latin.toml")


def test_lines_are_found_past_strings_lists_and_quoted_names() -> None:
    text = 'a = """\n[[wards]]\nid = 1\n"""\nlist = [ # [\n  "]",\n  "k = 1",\n]\n'
    text += '[[wards]]\nid = "x"\n[wards."a.b"]\n"c d" = 1\n[[wards]]\nid = 2\n'
    lines = Lines(text)
    assert lines.of(("wards", 0, "id")) == 10
    assert lines.of(("wards", 0, "a.b", "c d")) == 12
    assert lines.of(("wards", 1, "id")) == 14
    assert lines.of(("wards", 1, "rooms", 3, "sex")) == 13
    assert lines.of(("k",)) == 1


def overlap(a: Box, b: Box) -> bool:
    return a.x + 0.2 < b.x + b.width and b.x + 0.2 < a.x + a.width and a.y + 0.2 < b.y + b.height and b.y + 0.2 < a.y + a.height


def within(room: Box, bed: Box) -> bool:
    right, bottom = bed.x + bed.width, bed.y + bed.height
    return bed.x >= room.x and bed.y >= room.y and right <= room.x + room.width + 0.3 and bottom <= room.y + room.height + 0.3


def is_apart(sizes: list[int]) -> bool:
    """Rooms, station and corridor apart; beds apart, in their rooms, and on the plan."""
    drawing = draw(sizes)
    rooms = [room.room for room in drawing.rooms] + [label.box for label in drawing.labels]
    beds = [room.beds for room in drawing.rooms]
    overlapping = [pair for boxes in (rooms, *beds) for pair in combinations(boxes, 2) if overlap(*pair)]
    outside = [bed for room in drawing.rooms for bed in room.beds if not within(room.room, bed)]
    off = [r for r in rooms if r.x < LEFT or r.x + r.width > RIGHT + 0.2 or r.y < TOP or r.y + r.height > BOTTOM + 0.2]
    return [len(row) for row in beds] == sizes and not overlapping and not outside and not off


@pytest.mark.parametrize("sizes", [[6, 6, 4, 4, 6, 6, 4], [12, 12], [6] * 10, [1], [], [61], [12] * 11, [1] * 36, [1] * 150, [4] * 90])
def test_nothing_on_a_drawn_ward_overlaps(sizes: list[int]) -> None:
    assert is_apart(sizes)


@given(st.lists(st.integers(0, 30), max_size=25))
def test_no_ward_is_drawn_over_itself(sizes: list[int]) -> None:
    assert is_apart(sizes)


@pytest.mark.parametrize(
    ("sizes", "wide", "high"),
    [
        ([12, 12], 146, 172),
        ([1] * 24, 146, 145),
        ([6, 6, 4, 4, 6, 6, 4], 146, 172),
        ([1] * 36, 140, 145),
        ([6] * 8 + [12], 125, 110),
        ([12] * 5, 120, 110),
    ],
)
def test_tiles_of_24_36_and_60_beds_have_room_for_the_number(sizes: list[int], wide: float, high: float) -> None:
    """A bed number of 56 units beside an icon, and a line of 30 under it (UI.md)."""
    tiles = [box for room in draw(sizes).rooms for box in room.beds]
    assert min(box.width for box in tiles) >= wide
    assert min(box.height for box in tiles) >= high


def test_the_station_is_nearer_to_the_beds_beside_it() -> None:
    ward = only_ward("").ward[WardId("4B")]
    station = next(label for label in ward.labels if label.kind == "station")
    assert {label.kind for label in ward.labels} == {"station", "corridor"}
    by_way = sorted(ward.beds, key=lambda bed: bed.metres)
    ways = [abs(bed.box.x - station.box.x) + abs(bed.box.y - station.box.y) for bed in by_way]
    assert ways == sorted(ways)


MEASURED = """station = { x = 0, y = 0, width = 4, height = 4 }
metres_across = 20
labels = [{ name = "Corridor", kind = "corridor", x = 0, y = 4.5, width = 20, height = 1 }]"""
PLACED = SMALL.replace('name = "Ward"', f'name = "Ward"\n{MEASURED}').replace("beds = 2", "beds = 2\nx = 10\ny = 0\nwidth = 10\nheight = 4")


def test_a_measured_plan_is_taken_as_it_is() -> None:
    plan = parse_plan(PLACED, "small.toml")
    ward = plan.ward[WardId("4B")]
    room, (one, two) = plan.rooms[RoomId("4B-A")].box, ward.beds
    assert room == Box(10, 0, 10, 4)
    assert within(room, one.box)
    assert within(room, two.box)
    assert not overlap(one.box, two.box)
    assert [(label.name, label.kind) for label in ward.labels] == [("Nurse station", "station"), ("Corridor", "corridor")]
    assert two.metres > one.metres


def test_a_bed_with_coordinates_stands_where_they_say() -> None:
    plan = parse_plan(PLACED.replace("n = 2", "n = 2\nx = 16\ny = 1\nwidth = 3\nheight = 2"), "small.toml")
    assert plan.beds[BedId("4B-A-02")].box == Box(16, 1, 3, 2)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (PLACED.replace("n = 2", "n = 2\nx = 19\ny = 1\nwidth = 3\nheight = 2"), "bed 4B-A-02 lies outside its room 'A' on the plan"),
        (PLACED.replace("n = 2", "n = 2\nx = 11\ny = 1\nwidth = 3\nheight = 2"), "overlaps bed 4B-A-0"),
        (PLACED.replace("n = 2", "n = 2\nx = 11"), "x and y go together"),
        (PLACED + ROOM_B, "room 'B' has no place on the plan though others of the ward have"),
        (PLACED + ROOM_B + "x = 5\ny = 1\nwidth = 6\nheight = 2\n", "room 'A' overlaps room 'B' on the plan"),
        (PLACED.replace("x = 10\n", "x = 1\n"), "overlaps Nurse station on the plan"),
        (SMALL.replace('name = "Ward"', f'name = "Ward"\n{MEASURED}'), "give the rooms x, y, width, height as well"),
    ],
)
def test_what_cannot_stand_so_on_a_plan_is_refused(text: str, words: str) -> None:
    assert words in refusal(text)


@given(st.floats(1, 5000), st.floats(1, 5000), st.integers(0, 60))
def test_beds_fill_a_room_of_any_shape(width: float, height: float, count: int) -> None:
    room = Box(7, 9, width, height)
    beds = fill(room, count)
    assert len(beds) == count
    assert all(within(room, bed) and bed.width > 0 and bed.height > 0 for bed in beds)


def test_five_hundred_beds_load_at_once() -> None:
    """150 ms of the processor, whoever else is at work on the machine."""
    sample = Path(__file__).parents[2] / "flow" / "sample" / "city_general.toml"
    times = []
    for _ in range(5):
        began = time.process_time()
        load_plan(sample)
        times.append(time.process_time() - began)
    assert min(times) < 0.15
