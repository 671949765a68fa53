"""Signs of data quality, each counted by hand; too few say nothing, and nobody is named."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from flow.domain.cleaning_rules import CleaningRules, Shift
from flow.domain.data_quality import FEWEST, Blocked, Called, Cleaned, Found, Shifts, Sign, signs
from flow.views.data_quality_page import Asked, data_quality_page, report
from flow.views.page import Chrome
from tests.exported import lines
from tests.plans import small_plan

AT = datetime(2026, 11, 21, 9, 10, tzinfo=UTC)
"""14:40 in the hospital."""
MINUTE = timedelta(minutes=1)
ZONE = "Asia/Kolkata"
RULES = CleaningRules(shifts=(Shift("a", "Morning", time(7), time(15)), Shift("b", "Evening", time(15), time(23))))


def clean(at: datetime, minutes: float = 20, late: float = 1, ward: str = "4B", **said: object) -> Cleaned:
    took = minutes * MINUTE
    return Cleaned("4B-A-01", ward, at - took, at, at + late * MINUTE, took, **said)  # type: ignore[arg-type]


def looked(sign: Sign, cleans: list[Cleaned] | None = None, **said: object) -> dict[tuple[str, str], tuple[int, int]]:
    """Of each ward's shift how many stand out, of how many."""
    found = signs(cleans or [], said.get("blocks", ()), said.get("calls", ()), RULES, ZONE)  # type: ignore[arg-type]
    return {(each.ward, each.shift): (len(each.evidence), each.count) for each in found if each.sign is sign}


def test_cleans_under_four_minutes() -> None:
    cleans = [clean(AT, 3.9), clean(AT, 4), clean(AT, 40), clean(AT + 30 * MINUTE, 1), clean(AT, 2, ward="ICU")]
    expected = {("4B", "Morning"): (1, 3), ("4B", "Evening"): (1, 1), ("ICU", "Morning"): (1, 1)}
    assert looked(Sign.QUICK, cleans) == expected


def test_three_of_a_ward_in_one_minute_are_a_batch() -> None:
    """09:11 has three of 4B and one of ICU; 09:12 two of 4B."""
    cleans = [clean(AT), clean(AT + timedelta(seconds=30)), clean(AT + timedelta(seconds=59)), clean(AT, ward="ICU")]
    cleans += [clean(AT + MINUTE), clean(AT + MINUTE)]
    assert looked(Sign.BATCH, cleans) == {("4B", "Morning"): (3, 5), ("ICU", "Morning"): (0, 1)}


def test_the_full_hour_is_the_hospital_s() -> None:
    """09:30 is 15:00 there, 10:00 is not."""
    cleans = [clean(AT + 19 * MINUTE), clean(AT + 49 * MINUTE)]
    assert looked(Sign.ON_THE_HOUR, cleans) == {("4B", "Evening"): (1, 2)}


def test_a_bed_that_was_clean_long_before_anybody_knew() -> None:
    cleans = [clean(AT, late=19.9), clean(AT, late=20), clean(AT, late=90, inspected=True)]
    assert looked(Sign.TOLD_LATE, cleans) == {("4B", "Morning"): (1, 2)}


@pytest.mark.parametrize(
    ("begins", "lasts", "out"),
    [(0, 30, 1), (0, 80, 1), (0, 81, 0), (0, 19, 0), (-41, 100, 0), (-40, 100, 1)],
)
def test_out_of_use_over_a_change_of_shift(begins: int, lasts: int, out: int) -> None:
    """The shift ends at 15:00, twenty minutes from 14:40: begun since 14:00 and back between 15:00 and 16:00."""
    start = AT + begins * MINUTE
    assert looked(Sign.BLOCKED, blocks=[Blocked("4B-A-01", "4B", start, start + lasts * MINUTE)]) == {("4B", "Morning"): (out, 1)}
    assert looked(Sign.BLOCKED, blocks=[Blocked("4B-A-01", "4B", start, None)]) == {("4B", "Morning"): (0, 1)}


def test_tokens_passed_over_at_once() -> None:
    calls = [Called("E-001", "ENT", AT, AT + 1.9 * MINUTE), Called("E-002", "ENT", AT, AT + 2 * MINUTE), Called("E-003", "ENT", AT, None)]
    assert looked(Sign.SKIPPED, calls=calls) == {("ENT", "Morning"): (1, 3)}


def test_hours_without_a_shift_and_houses_without_shifts() -> None:
    assert Shifts(RULES.shifts, ZONE).at(AT.replace(hour=20)) == "between shifts"
    assert Shifts(RULES.shifts, ZONE).ends_after(AT.replace(hour=20)) is None
    night = Shifts((), ZONE)
    assert (night.at(AT), night.at(AT.replace(hour=20))) == ("Day", "Night")
    assert night.ends_after(AT.replace(hour=20)) == datetime(2026, 11, 22, 1, 30, tzinfo=UTC)


CHROME = Chrome("Data quality", "Test", cases=True)


def found(count: int) -> tuple[Found, ...]:
    return signs([clean(AT, 3), *(clean(AT + n * MINUTE / 10, 20) for n in range(count - 1))], (), (), RULES, ZONE)


def test_too_few_say_nothing_and_show_no_rows() -> None:
    for count, share, rows in ((FEWEST - 1, "too few", 0), (FEWEST, "5 %", 1)):
        asked = Asked(sign=Sign.QUICK)
        page = data_quality_page(CHROME, small_plan(), found(count), ["Morning"], asked, AT, AT + MINUTE)
        (row,) = page.cards[0].rows
        assert (row.count, row.share, len(page.evidence), bool(row.href)) == (count, share, rows, bool(rows))


def test_the_file_has_the_groups_and_the_rows_behind_them() -> None:
    asked = Asked(sign=Sign.QUICK)
    page = data_quality_page(CHROME, small_plan(), found(25), ["Morning"], asked, AT, AT + MINUTE)
    made = report(page, found(25), small_plan(), AT)
    (group,) = lines(made, "quick_cleans")
    assert (group["ward"], group["shift"], group["found"], group["count"], group["share"]) == ("4B Ward 4B", "Morning", "1", "25", "4.0")
    (row,) = lines(made, "evidence")
    assert (row["what"], row["words"]) == ("4B A1", "3.0 min of work")
    assert "cleaner" not in " ".join(row)


def test_who_reads_sums_alone_gets_no_rows() -> None:
    page = data_quality_page(replace(CHROME, cases=False), small_plan(), found(25), ["Morning"], Asked(), AT, AT + MINUTE)
    assert (page.cards[0].rows[0].found, page.cards[0].rows[0].href, page.evidence, page.more) == ("1", "", (), 0)
    assert "evidence" not in [table.id for table in report(page, found(25), small_plan(), AT + MINUTE).tables]
