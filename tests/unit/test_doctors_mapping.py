"""Whom a letter names as looking after a visit: codes of PV1-7, 8, 9 and 17, never names."""

from datetime import UTC, datetime

import pytest

from adt_feed.mapping import read
from adt_feed.message import Message
from adt_feed.simulator.letters import Letters, Stand
from adt_feed.simulator.patient import patient
from flow.dev.sign_ins import CODES
from flow.domain.ids import FeedId, PatientId, VisitId
from flow.domain.person import Doctors
from flow.domain.plan import Feed
from flow.history.practitioners import typed_codes
from tests.plans import small_plan

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PLAN = small_plan()
FEED = Feed(FeedId("his"), "HIS", "Asia/Kolkata", authorities=("CITY",))


def told(pv1: dict[int, str], visit: str = "V1") -> tuple[Doctors, ...]:
    """What an A01 with these fields of PV1 says."""
    fields = [""] * 20
    fields[2], fields[3], fields[19] = "I", "4B^A^4B-A-01", visit
    for field, text in pv1.items():
        fields[field] = text
    lines = ["MSH|^~\\&|HIS|CITY|BEDFLOW|CITY|20261121143000+0530||ADT^A01|1|P|2.5", "EVN|A01|20261121143000+0530"]
    lines += ["PID|1||M1^^^CITY^MR||Rao^Asha", "PV1|" + "|".join(fields[1:])]
    return of("\r".join(lines).encode())


def of(raw: bytes) -> tuple[Doctors, ...]:
    (person,) = read(Message.parse(raw), FEED, lambda mrn, authority: PatientId(mrn), AT, PLAN.bed_at).people
    return person.doctors


@pytest.mark.parametrize(
    ("pv1", "codes"),
    [
        ({}, {}),
        ({7: "d01^Rao^Leela^^^Dr"}, {7: {"D01"}}),
        ({7: "D01^Rao~D02^Iyer", 17: "D03"}, {7: {"D01", "D02"}, 17: {"D03"}}),
        ({8: "GP7^Menon", 9: "D09^Das~^Nameonly"}, {8: {"GP7"}, 9: {"D09"}}),
        ({7: '""'}, {7: set()}),
        ({7: "^Rao^Leela"}, {7: set()}),
        ({7: "D01^Rao^^^^^^^CITY"}, {7: {"D01"}}),
        ({7: "D01^Rao^^^^^^^LAB"}, {7: {"D01@LAB"}}),
        ({7: "9" * 80}, {7: set()}),
        ({7: "D 01, a"}, {7: {"D01A"}}),
    ],
)
def test_codes_of_doctors_are_read_and_never_names(pv1: dict[int, str], codes: dict[int, set[str]]) -> None:
    found = told(pv1)
    assert {each.field: set(each.codes) for each in found} == codes
    assert {each.visit for each in found} <= {VisitId("V1")}
    assert "Rao" not in repr(found) and "Leela" not in repr(found)


def test_without_a_visit_number_nobody_looks_after_a_visit() -> None:
    assert told({7: "D01"}, visit="") == ()


def test_the_made_up_feed_names_the_demos_doctor() -> None:
    letters = Letters(PLAN)
    named = [of(letters.adt("A01", AT, patient(number), Stand(place="4B^A^4B-A-01"))) for number in range(200)]
    codes = [code for each in named for doctors in each for code in doctors.codes]
    assert len(codes) == 200
    assert 20 < sum(code in CODES for code in codes) < 80


def test_codes_as_they_are_typed() -> None:
    assert typed_codes(" d02, D01;x@lab\nD01 ") == ["D01", "D02", "X@LAB"]
    assert typed_codes("") == []
