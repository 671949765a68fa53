"""Fields of forms, read as what they stand for."""

from datetime import UTC, date, datetime

import pytest
from starlette.datastructures import FormData

from flow.domain.bed import BedStatus
from flow.web.pages.form import Form
from flow.web.problems import Denied


def form(**fields: str) -> Form:
    return Form(FormData(list(fields.items())))


def test_fields_are_read() -> None:
    filled = form(name="  Asha\0 ", age="40", status="cleaning", until="2026-01-31T14:05", born="1986-02-01")
    assert (filled.text("name"), filled.number("age"), filled.word("status", BedStatus)) == ("Asha", 40, BedStatus.CLEANING)
    assert filled.moment("until", "Asia/Kolkata") == datetime(2026, 1, 31, 8, 35, tzinfo=UTC)
    assert filled.day("born") == date(1986, 2, 1)
    assert filled.clock("none", "Asia/Kolkata", datetime.now(UTC)) is None


def test_a_clock_time_is_of_the_hospitals_day() -> None:
    late = datetime(2026, 1, 31, 20, 0, tzinfo=UTC)  # 01:30 on the first of February in Kolkata
    assert form(back="02:00").clock("back", "Asia/Kolkata", late) == datetime(2026, 1, 31, 20, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"age": "forty"}, "not-a-number"),
        ({"age": "-1"}, "not-a-number"),
        ({"status": "dusty"}, "unknown-word"),
        ({"until": "soon"}, "not-a-time"),
        ({"name": "x" * 301}, "too-long"),
    ],
)
def test_what_cannot_be_read_is_refused(fields: dict[str, str], code: str) -> None:
    filled = form(**fields)
    with pytest.raises(Denied) as denied:
        filled.number("age"), filled.word("status", BedStatus), filled.moment("until", "UTC"), filled.text("name")
    assert denied.value.code == code


def test_a_needed_field_is_missed() -> None:
    with pytest.raises(Denied, match="MRN is missing"):
        form(mrn=" ").needed("mrn")
