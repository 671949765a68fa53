"""The rows behind a figure of the ledger: they add up to it, whatever the beds' lives, and name who left and who came."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from flow.domain.discharge import Discharge
from flow.domain.ghosts import Ghost
from flow.domain.ids import VisitId
from flow.domain.ledger import Piece, Stretch, idle
from flow.domain.ledger_behind import Wanted, behind, bounds, ghosts_behind
from flow.domain.ledger_sums import ledger
from tests.unit.test_ledger import AVAILABLE, BED, CLEANING, DAY, OCCUPIED, WARD, at, lives, piece

MINUTE = timedelta(minutes=1)


@given(lives(), st.integers(0, 3000), st.integers(1, 3000), st.sampled_from(["Asia/Kolkata", "UTC"]))
def test_the_rows_behind_a_figure_add_up_to_it(
    life: tuple[list[Piece], dict[VisitId, Discharge]], start: int, length: int, zone: str
) -> None:
    pieces, discharges = life
    found = list(idle(pieces, discharges, max(each.end for each in pieces)))
    begin = DAY + start * MINUTE
    end = begin + length * MINUTE
    sums = ledger(found, begin, end, zone)
    for each in sums.sums:
        rows = behind(found, pieces, begin, end, zone, Wanted(each.owner, each.stretch, each.ward, each.day))
        assert sum((row.time for row in rows), timedelta()) == each.time
    rows = behind(found, pieces, begin, end, zone, Wanted())
    assert sum((row.time for row in rows), timedelta()) == sums.total
    assert [row.time for row in rows] == sorted((row.time for row in rows), reverse=True)


def test_a_row_names_who_left_and_who_came() -> None:
    pieces = [
        piece("08:00", "10:00", OCCUPIED, visit="V1"),
        piece("10:00", "10:30", CLEANING),
        piece("10:30", "11:00", AVAILABLE),
        piece("11:00", "12:00", OCCUPIED, visit="V2"),
    ]
    rows = behind(idle(pieces, {}, at("12:00")), pieces, at("00:00"), at("23:00"), "UTC", Wanted())
    told = [(row.stretch, row.left, row.came) for row in sorted(rows, key=lambda row: row.start)]
    assert told == [(Stretch.TURNOVER, "V1", None), (Stretch.WAITING, None, "V2")]
    (ghost,) = ghosts_behind([Ghost(BED, WARD, at("10:00"), at("10:20"))], pieces, at("10:05"), at("23:00"), "UTC", Wanted())
    assert (ghost.left, ghost.came, ghost.time) == ("V1", None, 15 * MINUTE)


def test_a_day_is_the_hospitals_and_cut_at_the_period() -> None:
    found = bounds(at("12:00"), at("12:00", 2), "Asia/Kolkata", at("00:00", 1).date())
    assert found == (at("18:30"), at("18:30", 1))
    assert bounds(at("12:00"), at("13:00"), "UTC", at("00:00", 5).date()) == (at("13:00"), at("13:00"))
