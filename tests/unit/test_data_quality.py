"""Signs of data quality, each counted by hand; too few say nothing, and nobody is named."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from flow.domain.cleaning_rules import Shift
from flow.domain.data_quality import FEWEST, Called, Cleaned, Entries, Found, Sign, signs
from flow.domain.evidence import Shifts
from flow.domain.held_back import Blocked, Dirty, Left, Promised
from flow.views.data_quality_page import Asked, data_quality_page, report
from flow.views.page import Chrome
from flow.views.period import AskedPeriod, Rules, last_days
from tests.exported import lines
from tests.plans import small_plan

AT = datetime(2026, 11, 21, 9, 10, tzinfo=UTC)
"""14:40 in the hospital."""
MINUTE = timedelta(minutes=1)
ZONE = "Asia/Kolkata"
SHIFTS = Shifts((Shift("a", "Morning", time(7), time(15)), Shift("b", "Evening", time(15), time(23))), ZONE, (time(8), time(16)))


def clean(at: datetime, minutes: float = 20, late: float = 1, ward: str = "4B", **said: object) -> Cleaned:
    took = minutes * MINUTE
    return Cleaned("4B-A-01", ward, at - took, at, at + late * MINUTE, took, **said)  # type: ignore[arg-type]


def looked(sign: Sign, entries: Entries) -> dict[tuple[str, str], tuple[int, int]]:
    """Of each ward's shift how many stand out, of how many."""
    return {(each.ward, each.shift): (len(each.evidence), each.count) for each in signs(entries, SHIFTS) if each.sign is sign}


def words(sign: Sign, entries: Entries) -> list[str]:
    """What the rows behind a sign say."""
    return [row.words for each in signs(entries, SHIFTS) if each.sign is sign for row in each.evidence]


def test_cleans_under_four_minutes() -> None:
    cleans = [clean(AT, 3.9), clean(AT, 4), clean(AT, 40), clean(AT + 30 * MINUTE, 1), clean(AT, 2, ward="ICU")]
    expected = {("4B", "Morning"): (1, 3), ("4B", "Evening"): (1, 1), ("ICU", "Morning"): (1, 1)}
    assert looked(Sign.QUICK, Entries(cleans)) == expected


def test_three_of_a_ward_in_one_minute_are_a_batch() -> None:
    """09:11 has three of 4B and one of ICU; 09:12 two of 4B."""
    cleans = [clean(AT), clean(AT + timedelta(seconds=30)), clean(AT + timedelta(seconds=59)), clean(AT, ward="ICU")]
    cleans += [clean(AT + MINUTE), clean(AT + MINUTE)]
    assert looked(Sign.BATCH, Entries(cleans)) == {("4B", "Morning"): (3, 5), ("ICU", "Morning"): (0, 1)}


def test_the_full_hour_is_the_hospital_s() -> None:
    """09:30 is 15:00 there, 10:00 is not."""
    cleans = [clean(AT + 19 * MINUTE), clean(AT + 49 * MINUTE)]
    assert looked(Sign.ON_THE_HOUR, Entries(cleans)) == {("4B", "Evening"): (1, 2)}


def test_a_bed_that_was_clean_long_before_anybody_knew() -> None:
    cleans = [clean(AT, late=19.9), clean(AT, late=20), clean(AT, late=90, inspected=True)]
    assert looked(Sign.TOLD_LATE, Entries(cleans)) == {("4B", "Morning"): (1, 2)}


@pytest.mark.parametrize(
    ("begins", "lasts", "out"),
    [(0, 30, 1), (0, 80, 1), (0, 81, 0), (0, 19, 0), (-41, 100, 0), (-40, 100, 1)],
)
def test_out_of_use_over_a_change_of_shift(begins: int, lasts: int, out: int) -> None:
    """The shift ends at 15:00, twenty minutes from 14:40: begun since 14:00 and back between 15:00 and 16:00."""
    start = AT + begins * MINUTE
    assert looked(Sign.BLOCKED, Entries(blocks=[Blocked("4B-A-01", "4B", start, start + lasts * MINUTE)])) == {("4B", "Morning"): (out, 1)}
    assert looked(Sign.BLOCKED, Entries(blocks=[Blocked("4B-A-01", "4B", start, None)])) == {("4B", "Morning"): (0, 1)}


def dirty(start: int, clean: int, ward: str = "4B", bed: str = "4B-A-01") -> Dirty:
    """From and to so many minutes after 14:40."""
    return Dirty(bed, ward, AT + start * MINUTE, AT + clean * MINUTE)


def test_dirty_far_beyond_what_is_usual_and_clean_just_after_a_shift_or_huddle() -> None:
    """4B took 30, 40, 40, 100, 101, 161 and 170 minutes: 100 are usual, and only more than 200 would stand out. The ICU took 30, 40, 41,
    125 and 131: 41 are usual, and more than 82 are far beyond. At 15:00 a shift ends, at 16:00 is a huddle."""
    own = [dirty(0, 30), dirty(0, 40), dirty(0, 40), dirty(-90, 10), dirty(-81, 20), dirty(-80, 81), dirty(-80, 90)]
    assert looked(Sign.DIRTY, Entries(dirty=own)) == {("4B", "Morning"): (0, 7)}
    icu = [dirty(a, b, "ICU") for a, b in ((0, 30), (-20, 20), (-5, 36), (-100, 25), (-42, 89))]
    assert looked(Sign.DIRTY, Entries(dirty=icu)) == {("ICU", "Morning"): (2, 5)}
    assert words(Sign.DIRTY, Entries(dirty=icu)) == [
        "dirty for 125 min, usual 41; clean after the Morning shift's end",
        "dirty for 131 min, usual 41; clean after the 16:00 huddle",
    ]


@pytest.mark.parametrize(("clean", "out"), [(19.9, 0), (20, 1), (49.9, 1), (50, 0), (79.9, 0), (80, 1), (109.9, 1), (110, 0)])
def test_just_after_is_half_an_hour_from_the_end(clean: float, out: int) -> None:
    """Dirty since 12:40, three others of the ward for twenty minutes: 15:00 is twenty minutes from 14:40, 16:00 eighty."""
    own = [Dirty("4B-A-01", "4B", AT - 120 * MINUTE, AT + clean * MINUTE), *(dirty(n, n + 20) for n in range(3))]
    assert len(words(Sign.DIRTY, Entries(dirty=own))) == out


def test_a_quick_ward_is_not_blamed_for_less_than_an_hour() -> None:
    """Five minutes are usual: sixty are twelve times as long, and no more than an hour; sixty-one are."""
    usual = [dirty(n, n + 5) for n in range(5)]
    assert words(Sign.DIRTY, Entries(dirty=[*usual, dirty(-35, 25)])) == []
    assert words(Sign.DIRTY, Entries(dirty=[*usual, dirty(-36, 25)])) == ["dirty for 61 min, usual 5; clean after the Morning shift's end"]


def promise(start: int, lasts: int | None, *, came: bool = False, taken: int | None = None, bed: str = "4B-A-01") -> Promised:
    end = AT + (start + lasts) * MINUTE if lasts is not None else None
    return Promised(bed, "4B", AT + start * MINUTE, end, came, AT + taken * MINUTE if taken is not None else None)


def test_promised_three_times_to_nobody_who_came() -> None:
    """Of 4B-A-01 three promises were let go, then one was kept: three of the four stand out. After it came two more, which are too few. Of
    4B-A-02 two were let go after ten minutes and longer, one after nine: somebody made up their mind. Of 4B-A-03 the third still stands."""
    own = [promise(0, 30), promise(40, 10), promise(60, 30), promise(95, 20, came=True)]
    own += [promise(200, 30, taken=115), promise(240, 30, taken=115)]
    own += [promise(n * 40, lasts, bed="4B-A-02") for n, lasts in enumerate((30, 9, 10))]
    own += [promise(n * 40, lasts, bed="4B-A-03") for n, lasts in enumerate((30, 30, None))]
    found = Entries(promises=own)
    assert looked(Sign.PROMISED, found) == {("4B", "Morning"): (1, 3), ("4B", "Evening"): (2, 9)}
    assert words(Sign.PROMISED, found)[::2] == ["promise 2 of 3 to which nobody came", "promise 1 of 3 to which nobody came"]


def leaving(at: int, told: float, ward: str = "4B") -> Left:
    return Left(f"{ward}-A-01", ward, AT + at * MINUTE, AT + told * MINUTE)


def test_left_and_still_shown_in_bed() -> None:
    """Told after 29.9 minutes, 30, 60 and 65, the last two five minutes apart; and one of another ward with them."""
    own = [leaving(0, 29.9), leaving(0, 30), leaving(0, 60), leaving(0, 65), leaving(0, 62, "ICU")]
    assert looked(Sign.LEFT_LATE, Entries(leavings=own)) == {("4B", "Morning"): (3, 4), ("ICU", "Morning"): (1, 1)}
    assert words(Sign.LEFT_LATE, Entries(leavings=own)) == [
        "shown occupied for 30 min",
        "shown occupied for 60 min; one of 2 entered within five minutes",
        "shown occupied for 65 min; one of 2 entered within five minutes",
        "shown occupied for 62 min",
    ]


def test_tokens_passed_over_at_once() -> None:
    calls = [Called("E-001", "ENT", AT, AT + 1.9 * MINUTE), Called("E-002", "ENT", AT, AT + 2 * MINUTE), Called("E-003", "ENT", AT, None)]
    assert looked(Sign.SKIPPED, Entries(calls=calls)) == {("ENT", "Morning"): (1, 3)}


def test_hours_without_a_shift_and_houses_without_shifts() -> None:
    assert SHIFTS.at(AT.replace(hour=20)) == "between shifts"
    assert SHIFTS.ends_after(AT.replace(hour=20)) is None
    night = Shifts((), ZONE)
    assert (night.at(AT), night.at(AT.replace(hour=20))) == ("Day", "Night")
    assert night.ends_after(AT.replace(hour=20)) == datetime(2026, 11, 22, 1, 30, tzinfo=UTC)


CHROME = Chrome("Data quality", "Test", cases=True)
WHEN = AskedPeriod(last_days("7d", AT + MINUTE, ZONE), Rules(), AT + MINUTE)


def found(count: int) -> tuple[Found, ...]:
    return signs(Entries([clean(AT, 3), *(clean(AT + n * MINUTE / 10, 20) for n in range(count - 1))]), SHIFTS)


def test_too_few_say_nothing_and_show_no_rows() -> None:
    for count, share, rows in ((FEWEST - 1, "too few", 0), (FEWEST, "5 %", 1)):
        asked = Asked(sign=Sign.QUICK)
        page = data_quality_page(CHROME, small_plan(), found(count), ["Morning"], asked, WHEN)
        (row,) = page.cards[0].rows
        assert (row.count, row.share, len(page.evidence), bool(row.href)) == (count, share, rows, bool(rows))


def test_the_file_has_the_groups_and_the_rows_behind_them() -> None:
    asked = Asked(sign=Sign.QUICK)
    page = data_quality_page(CHROME, small_plan(), found(25), ["Morning"], asked, WHEN)
    made = report(page, found(25), small_plan())
    (group,) = lines(made, "quick_cleans")
    assert (group["ward"], group["shift"], group["found"], group["count"], group["share"]) == ("4B Ward 4B", "Morning", "1", "25", "4.0")
    (row,) = lines(made, "evidence")
    assert (row["what"], row["words"]) == ("4B A1", "3.0 min of work")
    assert (row["at"], row["until"]) == ("2026-11-21T14:37+05:30", "2026-11-21T14:40+05:30")
    assert (page.evidence[0].at.words, page.evidence[0].until.words) == ("21 Nov 14:37", "21 Nov 14:40")
    assert "cleaner" not in " ".join(row)


def test_who_reads_sums_alone_gets_no_rows() -> None:
    page = data_quality_page(replace(CHROME, cases=False), small_plan(), found(25), ["Morning"], Asked(), WHEN)
    assert (page.cards[0].rows[0].found, page.cards[0].rows[0].href, page.evidence, page.more) == ("1", "", (), 0)
    assert "evidence" not in [table.id for table in report(page, found(25), small_plan()).tables]
