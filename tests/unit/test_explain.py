"""A letter in words: names of the standard, what may name a person, and nothing that makes it raise."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adt_feed import names
from adt_feed.explain import MOST_FIELDS, Explained, ExplainedField, ExplainedSegment, explain

CORPUS = Path(__file__).parents[3] / "shared" / "data" / "hl7" / "messages.jsonl"
LETTER = (
    b"MSH|^~\\&|HIS|HOSP|||20260301100005||ADT^A01^ADT_A01|77|P|2.5\r"
    b"EVN|A01|20260301100000||||20260301095900\r"
    b"PID|1||12345^^^HOSP^MR~91-2345^^^ABDM^ABHA||Rao^Mira||19800101|F|||12 Lake Rd\\T\\Co^^Pune\r"
    b"PV1|1|I|4B^A^1||||7^Doc|||MED|||||||||V7^^^HOSP\r"
    b"OBX|1|TX|1^Note||Mrs Rao is well\r"
    b"ZBE|M1|20260301095900||INSERT|N\r"
    b"ZXX|secret\r"
    b"stray line\r"
)


def segment(found: Explained, name: str) -> ExplainedSegment:
    return next(one for one in found.segments if one.name == name)


def fields(found: Explained, name: str, number: int) -> list[ExplainedField]:
    return [one for one in segment(found, name).fields if one.number == number]


def test_header_is_said_in_words() -> None:
    found = explain(LETTER)
    assert (found.type, found.trigger, found.title) == ("ADT", "A01", "Admit / visit notification")
    assert (found.version, found.control_id, found.charset, found.problem) == ("2.5", "77", "utf-8", "")
    assert found.left_out == 1
    assert [one.name for one in found.segments] == ["MSH", "EVN", "PID", "PV1", "OBX", "ZBE", "ZXX"]


def test_segments_and_fields_have_the_names_of_the_standard() -> None:
    found = explain(LETTER)
    pid = segment(found, "PID")
    assert (pid.title, pid.known) == ("Patient Identification", True)
    first, second = fields(found, "PID", 3)
    assert (first.name, first.value, first.repetition) == ("Patient Identifier List", "12345^^^HOSP^MR", 1)
    assert [(one.number, one.name, one.value) for one in first.components] == [
        (1, "ID Number", "12345"),
        (4, "Assigning Authority", "HOSP"),
        (5, "Identifier Type Code", "MR"),
    ]
    assert pid.place_of(second) == "PID-3[2]"
    [place] = fields(found, "PV1", 3)
    assert [one.name for one in place.components] == ["Point of Care", "Room", "Bed"]
    assert segment(found, "PV1").place_of(place) == "PV1-3"


def test_text_is_unescaped_and_empty_fields_are_left_out() -> None:
    found = explain(LETTER)
    [address] = fields(found, "PID", 11)
    assert address.components[0].value == "12 Lake Rd&Co"
    assert [one.number for one in segment(found, "PID").fields] == [1, 3, 3, 5, 7, 8, 11]


def test_delimiters_of_the_header_are_no_components() -> None:
    one, two = segment(explain(LETTER), "MSH").fields[:2]
    assert (one.value, two.value, two.components) == ("|", "^~\\&", ())


@pytest.mark.parametrize(
    ("name", "number", "hidden"),
    [
        ("PID", 1, True),
        ("PID", 3, True),
        ("PV1", 3, False),
        ("PV1", 7, True),
        ("PV1", 19, False),
        ("OBX", 3, False),
        ("OBX", 5, True),
        ("ZBE", 1, False),
        ("ZXX", 1, True),
        ("MSH", 9, False),
    ],
)
def test_what_may_name_a_person_is_sensitive(name: str, number: int, hidden: bool) -> None:
    assert all(one.sensitive is hidden for one in fields(explain(LETTER), name, number))


@pytest.mark.parametrize("name", ["PID", "PD1", "NK1", "GT1", "IN1", "IN2", "MRG", "ACC"])
def test_every_field_of_a_segment_about_a_person_is_sensitive(name: str) -> None:
    found = explain(f"MSH|^~\\&|A|B|C|D|2026||ADT^A01|1|P|2.5\r{name}|{'|'.join('x' * 20)}".encode())
    assert [one.sensitive for one in segment(found, name).fields] == [True] * 20


def test_a_field_that_the_standard_has_not_is_sensitive() -> None:
    found = explain(b"MSH|^~\\&|A|B|||1||ADT^A01|1|P|2.5\rPV1" + b"|" * 90 + b"Rao\rZBE|1||||||||||Rao\r")
    assert [one.sensitive for one in fields(found, "PV1", 90) + fields(found, "ZBE", 11)] == [True, True]


def test_unknown_segments_and_movements() -> None:
    found = explain(LETTER)
    assert not segment(found, "ZXX").known
    assert segment(found, "ZBE").title == "Movement (IHE PAM)"
    assert fields(found, "ZBE", 4)[0].name == "Action on the Movement"


@pytest.mark.parametrize(
    ("declared", "used"), [("2.5", "2.5"), ("2.9", "2.8.2"), ("2.3^DEU", "2.3"), ("2.0", "2.1"), ("", "2.5"), ("x", "2.5")]
)
def test_the_nearest_version_names(declared: str, used: str) -> None:
    assert names.nearest(declared) == used


def test_a_field_of_a_later_version_is_named_all_the_same() -> None:
    assert names.field_name("2.3", "PID", 33).name == "Last Update Date Time"
    assert names.field_name("2.5", "PID", 999) == names.UNKNOWN


def test_without_a_header_everything_is_sensitive() -> None:
    found = explain(b"PID|1||12345\rPV1|1|I|4B\r")
    assert found.problem
    assert [one.name for one in found.segments] == ["PID", "PV1"]
    assert all(one.sensitive for each in found.segments for one in each.fields)


def test_a_cut_header_gives_nothing_away() -> None:
    found = explain(b"MSH|^~\\&|HIS|PID|1||12345^^^HOSP^MR||Rao^Mira||1980|F|Lake Rd\rPV1|1|I|4B")
    assert all(one.sensitive for one in segment(found, "MSH").fields)
    assert (found.control_id, found.version, found.type) == ("", "", "")
    assert not segment(found, "PV1").fields[2].sensitive


@pytest.mark.parametrize(
    "body", [b"OBX|1|ST|a||" + b"a~" * 500_000, b"OBX" + b"|a" * 500_000, b"OBX|1|a\r" * 130_000, "é".encode() * 300_000]
)
def test_of_a_huge_letter_the_beginning_is_explained(body: bytes) -> None:
    found = explain(LETTER + body)
    assert found.cut
    assert found.charset == "utf-8"
    assert [one.name for one in found.segments[:7]] == ["MSH", "EVN", "PID", "PV1", "OBX", "ZBE", "ZXX"]
    assert sum(len(one.fields) for one in found.segments) <= MOST_FIELDS
    assert not explain(LETTER).cut


PIECES = st.sampled_from(
    [
        b"MSH",
        b"MSH|^~\\&|",
        b"|",
        b"^",
        b"~",
        b"\\",
        b"&",
        b"\r",
        b"\n",
        b"PID|",
        b"OBX|",
        b"ZBE|",
        b"\xef\xbb\xbf",
        b"\x00",
        b"\xff",
        b"2.5",
        b"\\X",
    ]
)


@given(
    st.one_of(st.binary(), st.lists(st.one_of(PIECES, st.binary(max_size=5))).map(b"".join)),
    st.sampled_from([None, "8859/1", "UTF-16", "?"]),
)
def test_no_bytes_make_it_raise(raw: bytes, charset: str | None) -> None:
    found = explain(raw, charset)
    assert found.left_out >= 0
    assert all(field.value for each in found.segments for field in each.fields)


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of public messages is not beside this clone")
def test_every_public_message_is_explained_with_names() -> None:
    named = nameless = 0
    for line in CORPUS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found = explain(row["text"].encode(row["encoding"]))
        assert found.problem == "", row["path"]
        for each in found.segments:
            assert each.known or each.name[0] == "Z" or each.name in {"XYZ", "DST", "LAB"}, (row["path"], each.name)
            if each.known:
                named += sum(1 for field in each.fields if field.name)
                nameless += sum(1 for field in each.fields if not field.name)
    assert nameless < 0.005 * named
