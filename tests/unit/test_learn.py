"""Drafting a hospital file from a feed: what becomes a bed, what it is called, and that the draft always loads."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adt_feed.er7 import read_er7
from adt_feed.learn import learn
from adt_feed.mapping.places import place
from adt_feed.message import Message
from flow.domain.ids import BedId
from flow.domain.plan import Box, Plan
from flow.plan_file import parse_plan

FEED = Path(__file__).parents[3] / "shared" / "data" / "hl7" / "simhospital-feed.er7"


def message(text: str) -> Message:
    return Message.parse(f"MSH|^~\\&|A|B|||20260101||ADT^A01|1|P|2.5\rPV1|1|I|{text}\r".encode())


def learnt(*places: str) -> Plan:
    return parse_plan(learn([message(text) for text in places], "Test", "Europe/London"), "learnt.toml")


def shown(plan: Plan) -> list[tuple[str, str]]:
    return [(bed.id, bed.label) for bed in plan.beds.values()]


def test_places_become_wards_rooms_and_beds() -> None:
    places = ["Renal^Main^Bed 10^Hosp", "Renal^Main^Bed 9^Hosp", "ED^^", "renal^main^bed 9", 'X"\\Y^R^1']
    text = learn([message(one) for one in places], "Test", "Europe/London")
    plan = parse_plan(text, "learnt")
    assert [bed.label for bed in plan.wards[0].beds] == ["9", "10"]
    assert all(plan.bed_at(one) for one in places if one != "ED^^")
    assert "# ED was named 1 times without a bed" in text
    assert [(feed.id, feed.zone) for feed in plan.feeds] == [("his", "Europe/London")]


@pytest.mark.parametrize(
    ("places", "beds"),
    [
        (["RenalWard^MainRoom^Bed 1"], [("RENALWARD-MAINROOM-01", "1")]),
        (["W^R^7", "W^R^3"], [("W-R-03", "3"), ("W-R-07", "7")]),
        (["W^R^Bed 1", "W^R^Cot 1"], [("W-R-BED_1", "BED1"), ("W-R-COT_1", "COT1")]),
        (["W^101^A", "W^102^A"], [("W-101-A", "101A"), ("W-102-A", "102A")]),
        (["W^Room 1^Bed 1", "W^Room 2^Bed 1"], [("W-ROOM_1-01", "1-1"), ("W-ROOM_2-01", "2-1")]),
        (["W^Main^1", "W^Side^1"], [("W-MAIN-01", "M1"), ("W-SIDE-01", "S1")]),
        (["W^R^Door", "W^R^Window"], [("W-R-DOOR", "DOOR"), ("W-R-WINDOW", "WINDOW")]),
        (["w^r^1", "W^R^2", "W^r^3"], [("W-R-01", "1"), ("W-R-02", "2"), ("W-R-03", "3")]),
        (["A^R-1^1", "A-R^1^1"], [("A-R_1-01", "1"), ("A_R-1-01", "1")]),
        (["Säuglinge^R^1"], [("SAUGLINGE-R-01", "1")]),
        (["^^7"], [("HOSPITAL-X-07", "7")]),
    ],
)
def test_ids_and_labels_say_what_the_feed_says(places: list[str], beds: list[tuple[str, str]]) -> None:
    plan = learnt(*places)
    assert shown(plan) == beds
    assert all(plan.bed_at(text) for text in places)


def test_wards_of_another_script_keep_their_names_and_get_ids() -> None:
    plan = learnt("महिला^1^1", "पुरुष^1^1")
    assert {ward.name for ward in plan.wards} == {"महिला", "पुरुष"}
    assert all(re.fullmatch(r"X[0-9A-F]{6}-1-01", bed) for bed in plan.beds)


def test_a_longer_recording_keeps_the_ids_of_a_shorter() -> None:
    short, long = learnt("W^R^7", "W^R^9"), learnt("V^R^1", *(f"W^R^{n}" for n in range(1, 31)))
    assert all(short.bed_at(text) == long.bed_at(text) for text in ("W^R^7", "W^R^9"))


def test_a_deleted_component_names_nothing() -> None:
    """`""` is no bed, and no room called `""`."""
    plan = learnt('W^R^""', '""^R^1', 'W^""^2')
    assert shown(plan) == [("W-X-02", "2")]
    assert plan.bed_at('W^""^2') == plan.bed_at("W^^2") == "W-X-02"


def test_status_and_type_of_a_place_make_no_other_bed() -> None:
    plan = learnt("W^R^1^H^O^N^Main^2", "W^R^1^H^U", "W^R^1")
    assert len(plan.beds) == 1
    assert plan.bed_at("W^R^1^H^C^BED^^2") == "W-R-01"
    assert plan.wards[0].floor == "2"


def test_wards_of_one_name_in_two_facilities_stay_two() -> None:
    text = learn([message(one) for one in ("ICU^1^1^North", "ICU^1^1^South", "ICU^1^2^South", "ICU^1^1", "ICU^1^2", "ICU^1^3")], "T")
    plan = parse_plan(text, "learnt")
    assert [ward.name for ward in plan.wards] == ["ICU", "ICU, North", "ICU, South"]
    assert plan.bed_at("ICU^1^1^North") == "ICU_NORTH-1-01"
    assert plan.bed_at("ICU^1^1^South") == "ICU_SOUTH-1-01"
    assert plan.bed_at("ICU^1^2") == "ICU_SOUTH-1-02"
    assert plan.bed_at("ICU^1^3") == "ICU-1-03"
    assert plan.bed_at("ICU^1^1") is None
    assert "# ICU^1^1 was named 1 times without saying which facility or building" in text


def test_places_without_a_point_of_care_are_told_apart_by_building_and_floor() -> None:
    plan = learnt("^R^1^F^^^Main^3", "^R^2^F^^^Main^3", "^R^1^F^^^Main^4")
    assert [(ward.name, len(ward.beds), ward.floor) for ward in plan.wards] == [("Main 3", 2, "3"), ("Main 4", 1, "4")]
    assert plan.bed_at("^R^1^F^^^Main^4") == "MAIN_4-R-01"


def test_a_place_is_compared_as_the_mapping_reads_it() -> None:
    """Sub-components (a facility with its OID) are no part of it."""
    said = message("W&1.2&ISO^R&x^ 1 ^F&2.16.840&ISO")
    plan = parse_plan(learn([said], "T"), "learnt")
    assert plan.bed_at(place(said.segments("PV1")[0], 3)) == "W-R-01"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ICU", "icu"),
        ("SCBU", "nicu"),
        ("High Dependency", "hdu"),
        ("ED", "emergency"),
        ("Medicine", "general"),
        ("Maternity", "maternity"),
    ],
)
def test_types_are_guessed_from_names(name: str, kind: str) -> None:
    plan = learnt(f"{name}^R^1")
    assert (plan.wards[0].type, plan.wards[0].beds[0].type) == (kind, kind)


def test_a_room_of_a_whole_ward_is_drawn_in_bays() -> None:
    plan = learnt(*(f"W^R^{n}" for n in range(1, 62)))
    (ward,) = plan.wards
    assert [sum(bed.room == room.id for bed in ward.beds) for room in ward.rooms] == [11, 11, 11, 11, 11, 6]
    assert ward.rooms[1].name == "R 12–22"
    assert list(plan.beds)[12:14] == [BedId("W-R-13"), BedId("W-R-14")]


COMPONENT = st.sampled_from(["", "A", "a", "A-1", "A_1", "1", "Bed 1", "01", '""', 'x"\\', "é", "ह", "W" * 60])
PLACES = st.lists(st.tuples(*[COMPONENT] * 4, st.just(""), st.just(""), COMPONENT, COMPONENT), min_size=1, max_size=12)


def overlap(a: Box, b: Box) -> bool:
    return a.x + 0.2 < b.x + b.width and b.x + 0.2 < a.x + a.width and a.y + 0.2 < b.y + b.height and b.y + 0.2 < a.y + a.height


@given(PLACES)
def test_whatever_is_named_the_draft_loads_and_finds_it_again(places: list[tuple[str, ...]]) -> None:
    messages = [message("^".join(parts).replace("\\", "\\E\\")) for parts in places]
    text = learn(messages, "Test")
    unclear = [line for line in text.splitlines() if "without saying which" in line]
    if "[[wards]]" not in text:
        return
    plan = parse_plan(text, "learnt")
    found: dict[BedId | None, set[tuple[str, ...]]] = {}
    for said, parts in zip(messages, places, strict=True):
        told = place(said.segments("PV1")[0], 3)
        if told and parts[2] not in ("", '""') and not any(line.startswith(f"# {told} was") for line in unclear):
            assert plan.bed_at(told) is not None
            found.setdefault(plan.bed_at(told), set()).add(tuple(part.replace(chr(34) * 2, "").casefold() for part in parts[:3]))
    assert all(len(three) == 1 for three in found.values())


@pytest.mark.skipif(not FEED.exists(), reason="the recorded feed is not on this machine")
def test_every_bed_of_the_recorded_feed_is_found_again() -> None:
    messages = [Message.parse(raw) for raw in read_er7(FEED)]
    plan = parse_plan(learn(messages, "Simulated Hospital"), "learnt")
    fields = [
        (seg, n)
        for m in messages
        for name in ("PV1", "PV2")
        for seg in m.segments(name)
        for n in ((1,) if name == "PV2" else (3, 6, 42, 43, 11))
    ]
    told = {place(seg, n) for seg, n in fields if seg.component(n, 3)}
    assert len(plan.beds) == 84
    assert len({plan.bed_at(text) for text in told} - {None}) == 84
    assert all(plan.bed_at(text) for text in told)
    assert "RENALWARD-MAINROOM-61" in plan.beds
    for ward in plan.wards:
        assert not any(overlap(a.box, b.box) for a in ward.beds for b in ward.beds if a.id < b.id)
