"""The ledger's page: bars, columns, tables and the file say the same sums, and every cause has its words and colour."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from flow.domain.bed import BedStatus, Stage
from flow.domain.check import Looked
from flow.domain.discharge import Discharge, Mark, Milestone, Way
from flow.domain.ghosts import Ghost
from flow.domain.ids import BedId, VisitId, WardId
from flow.domain.ledger import Owner, Piece, Stretch, idle
from flow.domain.ledger_sums import Ledger, ledger
from flow.history.clean_jobs import Spread, Times
from flow.templating import CHECKOUT, Templates
from flow.views.exported import ledger as exported
from flow.views.ledger_page import RULES, LedgerPage, ledger_page
from flow.views.ledger_words import DEFINITIONS, OWNERS, STRETCHES
from flow.views.page import Chrome
from flow.views.period import MINUTE, AskedPeriod, last_days
from tests.exported import lines
from tests.plans import small_plan

AT = datetime(2026, 11, 21, 9, 0, 30, tzinfo=UTC)
PLAN = small_plan()
CHROME = Chrome("Minute ledger", "Test Hospital", "Mia", "manager", "csrf")
NONE = Looked()
CLEANS = Times(7, 0, Spread(7, 12.4, 31.0), Spread(6, 20.0, 44.6), Spread(0, None, None), 0, 0, 0)
BED, ICU = BedId("4B-A-01"), BedId("ICU-I-01")


def when(key: str = "7d") -> AskedPeriod:
    return AskedPeriod(last_days(key, AT, "UTC").floored(MINUTE), RULES, AT)


def pieces() -> list[Piece]:
    """A day of two beds: one is left and taken again, the other stands free and dirty by turns."""
    start, minutes = AT - timedelta(days=2), [600, 700, 745, 790, 830, 1000]
    edges = [start + timedelta(minutes=each) for each in minutes]
    conditions = [
        (BedStatus.OCCUPIED, None, False),
        (BedStatus.CLEANING, Stage.WAITING, False),
        (BedStatus.CLEANING, Stage.IN_PROGRESS, True),
        (BedStatus.AVAILABLE, None, True),
        (BedStatus.OCCUPIED, None, False),
    ]
    visits = [VisitId("V1"), None, None, None, VisitId("V2")]
    own = [
        Piece(BED, WardId("4B"), left, right, status, stage, reserved, visit)
        for left, right, (status, stage, reserved), visit in zip(edges, edges[1:], conditions, visits, strict=False)
    ]
    return [*own, Piece(ICU, WardId("ICU"), start, AT, BedStatus.AVAILABLE)]


def found() -> Ledger:
    begun = AT - timedelta(days=2) + timedelta(minutes=630)
    marks = {Milestone.ORDER: Mark(begun, "x"), Milestone.SUMMARY: Mark(begun + timedelta(minutes=20), "x")}
    leaving = Discharge(VisitId("V1"), Way.CASH, begun, marks, ended_at=begun + timedelta(minutes=70))
    return ledger(idle(pieces(), {leaving.id: leaving}, AT), when().period.start, when().period.end, "UTC")


def page(
    sums: Ledger | None = None, ghosts: Sequence[Ghost] = (), looked: Looked = NONE, *, empty: bool = False, key: str = "7d"
) -> LedgerPage:
    nothing = ledger([], when(key).period.start, when(key).period.end, "UTC")
    return ledger_page(
        CHROME,
        PLAN,
        nothing if empty else sums or found(),
        ghosts,
        looked,
        {} if empty else {None: CLEANS, WardId("ICU"): CLEANS},
        when=when(key),
        ward=None,
    )


def test_every_view_of_the_sums_says_the_same() -> None:
    sums, view = found(), page()
    hours = sums.total / timedelta(hours=1)
    assert view.sum_row.total == f"{hours:.1f}"
    assert view.sum_row.share == "100.0 %"
    assert sum(float(row.share.removesuffix(" %")) for row in view.owner_rows) == pytest.approx(100)
    rows = lines(exported.report(view, sums, "UTC"))
    assert sum(float(row["seconds"]) for row in rows) == sums.total.total_seconds()
    assert sum(float(row.total) for row in view.ward_rows) == pytest.approx(hours, abs=0.1)
    assert sum(float(row.total) for row in view.day_rows) == pytest.approx(hours, abs=0.2)
    assert [row.name.split()[0] for row in view.ward_rows] == ["4B", "ICU"]


def test_the_owners_of_the_leaving_are_those_who_held_it_up() -> None:
    by_owner = {row.owner: row.hours for row in page().owner_rows}
    assert by_owner[Owner.DOCTOR] == ("0.3", "–", "–")
    assert by_owner[Owner.PHARMACY] == ("0.8", "–", "–")
    assert by_owner[Owner.WAITING_FOR_CLEANING] == ("–", "0.8", "–")
    assert by_owner[Owner.NOT_ARRIVED] == ("–", "–", "0.7")


def test_bars_fill_what_they_are_of_and_stand_side_by_side() -> None:
    for bar in page().bars:
        assert all(left.x + left.width == pytest.approx(right.x, abs=0.15) for left, right in zip(bar.parts, bar.parts[1:], strict=False))
    widths = [sum(part.width for part in bar.parts) for bar in page().bars]
    assert max(widths) == pytest.approx(720, abs=1)


def test_columns_stand_on_zero_and_under_the_top() -> None:
    view = page()
    for column in view.columns:
        assert column.parts[0].y + column.parts[0].height == pytest.approx(212, abs=0.1)
        assert min(part.y for part in column.parts) >= 12
    assert view.marks[0].words == "0"


def test_ghosts_are_told_by_ward_and_in_all() -> None:
    ghost = Ghost(BED, WardId("4B"), AT - timedelta(hours=3), AT - timedelta(hours=1))
    view = page(ghosts=[ghost])
    assert (view.kpis[-2].value, view.kpis[-2].note) == ("2.0", "once · longest 2 h 00")
    assert [row.ghost for row in view.ward_rows] == ["2.0", "0.0"]


@pytest.mark.parametrize(
    ("looked", "said"),
    [
        (NONE, "nothing contradicted itself"),
        (Looked(2), "nobody has looked"),
        (Looked(9, 7, 3, 4.0), "7 looked at, median 4 min · 3 shown wrongly"),
    ],
)
def test_beds_in_doubt_are_told_with_what_came_of_it(looked: Looked, said: str) -> None:
    kpi = page(looked=looked).kpis[-1]
    assert (kpi.value, kpi.note) == (str(looked.raised), said)


def test_every_cause_has_words_a_colour_and_letters_that_stand_on_it() -> None:
    css = (CHECKOUT / "static/css/ledger.css").read_text()
    assert OWNERS.keys() == set(Owner)
    assert STRETCHES.keys() == set(Stretch)
    for owner in Owner:
        assert f".owner-{owner} " in css
        assert f".on-{owner}" in css


@pytest.mark.parametrize("empty", [True, False])
def test_the_page_stands_in_its_template(empty: bool) -> None:
    html = Templates().render("manager/ledger.html", page(empty=empty))
    assert ("No bed was idle" in html) is empty
    assert all(f'id="define-{name}"' in html for name in DEFINITIONS)
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=", html)


def test_cleans_are_told_of_the_house_and_of_each_ward() -> None:
    rows = ledger_page(CHROME, PLAN, found(), [], NONE, {WardId("ICU"): CLEANS, None: CLEANS}, when=when(), ward=None).clean_rows
    assert [row.name.split()[0] for row in rows] == ["All", "ICU"]
    assert (rows[0].done, rows[0].spreads) == (7, ("12", "31", "20", "45", "–", "–"))
    one = ledger_page(CHROME, PLAN, found(), [], NONE, {WardId("ICU"): CLEANS, None: CLEANS}, when=when(), ward="ICU")
    assert [row.name.split()[0] for row in one.clean_rows] == ["ICU"]


def test_links_keep_the_ward_and_the_period() -> None:
    view = ledger_page(CHROME, PLAN, found(), [], NONE, {None: CLEANS, WardId("4B"): CLEANS}, when=when("28d"), ward="4B")
    assert [choice.here for choice in view.when.choices] == [key == "28d" for key in RULES.keys]
    assert all("ward=4B" in choice.href for choice in view.when.choices)
