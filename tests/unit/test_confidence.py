"""How far to believe a bed: each rule, and that nothing but time, words and contradictions decides."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.domain.bed import BedState, BedStatus, Condition, OutOfUse, Stage
from flow.domain.confidence import FRESH, LASTS, SILENT, Level, trust
from flow.domain.ids import BedId, FeedId, VisitId
from flow.domain.plan import Box
from flow.templating import CHECKOUT, Templates
from flow.views.bed_tile import Audience, bed_tile
from flow.views.doubt_words import AGO, LEAST, SMALLER
from flow.views.floor import TileLayout, tile_layout
from flow.views.page import Chrome
from flow.views.tile_line import line, meta_size
from flow.views.trust_words import LEVELS, trust_line
from flow.views.ward_page import ward_page
from flow.views.ward_plan import ward_plan
from flow.views.ward_wall import WardWall
from tests.plans import small_plan

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
PLAN = small_plan()
BED = BedId("4B-A-01")
HIS = FeedId("his")


def bed(status: BedStatus = BedStatus.OCCUPIED, source: str = "feed:his", age: timedelta = HOUR, **more: object) -> BedState:
    visit = VisitId("V1") if status is BedStatus.OCCUPIED else None
    stage = Stage.WAITING if status is BedStatus.CLEANING else None
    return BedState(BED, Condition(status, AT - age, source, stage), visit=visit, **more)  # type: ignore[arg-type]


def test_a_contradiction_or_a_question_is_doubt_whoever_said_it() -> None:
    assert trust(bed(source="person:asha", discrepancy="x"), AT).level is Level.IN_DOUBT
    assert trust(bed(source="person:asha"), AT, checked=True).level is Level.IN_DOUBT


def test_a_hand_is_surer_than_a_feed_and_not_for_ever() -> None:
    assert trust(bed(source="person:asha", age=FRESH - timedelta(seconds=1)), AT).level is Level.SURE
    assert trust(bed(source="person:asha", age=FRESH), AT).level is Level.LIKELY
    assert trust(bed(source="feed:his"), AT).level is Level.LIKELY


@pytest.mark.parametrize("status", BedStatus)
def test_what_lasts_longer_than_it_should_is_unsure(status: BedStatus) -> None:
    assert trust(bed(status, "person:x", LASTS[status]), AT).level is Level.LIKELY
    late = trust(bed(status, "person:x", LASTS[status] + HOUR), AT)
    assert late.level is Level.UNSURE
    assert "nothing was heard" in late.why


def test_a_bed_out_of_use_past_its_end_is_unsure() -> None:
    state = bed(BedStatus.MAINTENANCE, "person:x")
    assert trust(replace(state, now=replace(state.now, until=AT - HOUR)), AT).level is Level.UNSURE


def test_a_silent_feed_is_no_news() -> None:
    late = AT - SILENT - timedelta(minutes=1)
    assert trust(bed(age=9 * HOUR), AT, heard={HIS: late}).level is Level.UNSURE
    assert trust(bed(age=9 * HOUR), AT, heard={HIS: AT}).level is Level.LIKELY
    assert trust(bed(age=9 * HOUR), AT, heard={FeedId("other"): late}).level is Level.LIKELY
    assert trust(bed(source="person:his", age=9 * HOUR), AT, heard={HIS: late}).level is Level.LIKELY


def test_a_look_renews_a_state_and_belongs_to_it_alone() -> None:
    old = bed(age=30 * timedelta(days=1), confirmed_at=AT - HOUR, confirmed_by="person:asha")
    assert (trust(old, AT).level, trust(old, AT).source, trust(old, AT).told_at) == (Level.SURE, "person:asha", AT - HOUR)
    newer = bed(age=timedelta(minutes=5), confirmed_at=AT - HOUR, confirmed_by="person:asha")
    assert trust(newer, AT).source == "feed:his"


ORDER = (Level.IN_DOUBT, Level.UNSURE, Level.LIKELY, Level.SURE)


@given(
    st.sampled_from(BedStatus),
    st.sampled_from(["feed:his", "person:a", "system:x"]),
    st.integers(0, 60 * 24 * 30),
    st.integers(0, 60 * 24 * 30),
    st.none() | st.integers(0, 600),
)
def test_no_state_becomes_surer_by_waiting(status: BedStatus, source: str, age: int, more: int, silent: int | None) -> None:
    heard = {HIS: AT - timedelta(minutes=silent)} if silent is not None else {}
    state = bed(status, source, timedelta(minutes=age))
    now, later = trust(state, AT, heard=heard).level, trust(state, AT + timedelta(minutes=more), heard=heard).level
    assert ORDER.index(later) <= ORDER.index(now)


def test_the_ward_page_tells_the_trust_of_each_tile_and_walls_do_not() -> None:
    ward, beds = PLAN.ward[PLAN.beds[BED].ward], {BED: bed(source="person:asha.rao", age=3 * HOUR)}
    html = Templates().render("ward/page.html", ward_page(Chrome("x", "y"), ward, beds, AT, "UTC"))
    assert "<title>by hand · 3 h · sure</title>" in html
    assert "asha.rao" not in html
    wall = WardWall.of(ward_plan(ward, beds, Audience.WARD, AT, "UTC"), Audience.WARD, AT)
    assert "by hand" not in Templates().render("wall/page.html", wall)


def test_the_line_names_no_account() -> None:
    line = trust_line(trust(bed(source="person:asha.rao", age=3 * HOUR), AT), AT)
    assert (line.by, line.age, line.words) == ("by hand", "3 h", LEVELS[Level.SURE])
    assert trust_line(trust(bed(), AT), AT).by == "feed his"


@pytest.mark.parametrize(("audience", "doubt"), [(Audience.PUBLIC, None), (Audience.WARD, True), (Audience.STAFF, True)])
def test_a_tile_in_doubt_says_so_to_staff_and_not_to_visitors(audience: Audience, doubt: bool | None) -> None:
    static, state = PLAN.beds[BED], bed()
    assert bed_tile(static, state, audience, checked=True).doubt is doubt
    assert bed_tile(static, replace(state, discrepancy="x"), audience).doubt is doubt
    spot = ward_plan(PLAN.ward[static.ward], {BED: state}, audience, AT, "UTC", {BED}).spots[0]
    assert ("doubt" in spot.meta) is bool(doubt)
    assert ("in doubt" in spot.words) is bool(doubt)
    told = bed_tile(static, state, audience).told
    assert told == (None if audience is Audience.PUBLIC else int((AT - HOUR).timestamp()))


def shape(chars: int) -> TileLayout:
    """A tile whose foot holds so many letters."""
    return replace(tile_layout(Box(0, 0, 146, 172), "A1", 63), chars=chars)


@pytest.mark.parametrize(
    ("chars", "age", "words"),
    [
        (12, 3 * HOUR, "HIS 3 h ago, doubtful"),
        (8, 3 * HOUR, "HIS 3 h, doubtful"),
        (6, timedelta(minutes=40), "HIS 40m doubt"),
        (4, 3 * HOUR, "3h doubt"),
        (2, 3 * HOUR, "? 3h"),
        (1, 3 * HOUR, "?"),
        (6, 3 * HOUR, "HIS 3h doubt"),
    ],
)
def test_a_tile_in_doubt_says_whose_word_it_is_and_how_old_as_far_as_it_has_space(chars: int, age: timedelta, words: str) -> None:
    tile = bed_tile(PLAN.beds[BED], bed(age=age), Audience.WARD, checked=True)
    assert line(tile, shape(chars), AT.timestamp(), "UTC") == words
    assert meta_size(words, shape(chars)) >= LEAST, "one line, and large enough to be read"


def test_a_word_that_is_merely_old_stands_on_an_empty_line_alone_and_on_no_public_tile() -> None:
    def said(state: BedState, audience: Audience = Audience.STAFF) -> str:
        return line(bed_tile(PLAN.beds[BED], state, audience), shape(12), AT.timestamp(), "UTC")

    old = bed(BedStatus.AVAILABLE, "person:asha.rao", age=26 * HOUR)
    assert (said(old), said(old, Audience.WARD), said(old, Audience.PUBLIC)) == ("hand 26 h ago, unsure", "hand 26 h ago, unsure", "")
    assert said(bed(BedStatus.AVAILABLE, age=23 * HOUR)) == ""
    leaving = bed(age=15 * 24 * HOUR, expected_free_at=AT + HOUR)
    assert said(leaving) == "10:00", "an expected time is worth more"
    assert said(replace(leaving, discrepancy="x", insurer_due=AT + HOUR)) == "? TPA 1:00"


def test_a_bed_that_closes_when_empty_says_why() -> None:
    closing = bed(closes=Condition(BedStatus.MAINTENANCE, AT, "person:x", reason=OutOfUse.INFECTION))
    ward = PLAN.ward[PLAN.beds[BED].ward]
    for audience, words in ((Audience.WARD, "infection"), (Audience.PUBLIC, "")):
        assert line(bed_tile(PLAN.beds[BED], closing, audience), shape(12), AT.timestamp(), "UTC") == words
        (spot,) = ward_plan(ward, {BED: closing}, audience, AT, "UTC").spots
        assert ("out of use when empty" in spot.words) is bool(words)


def test_the_walls_script_says_the_same_of_doubt() -> None:
    script = (CHECKOUT / "static/js/wall.js").read_text()
    assert f"chars * Math.min({SMALLER}, size / {LEAST})" in script
    for words in (f'say("{AGO}"', '"doubtful" : "unsure"', '"doubt" : "unsure"', '"? " + short'):
        assert words in script


def test_a_small_tile_says_less_rather_than_too_small() -> None:
    tile, low = bed_tile(PLAN.beds[BED], bed(age=3 * HOUR), Audience.WARD, checked=True), tile_layout(Box(0, 0, 130, 112), "A1", 56)
    said = line(tile, low, AT.timestamp(), "UTC")
    assert said == "? 3h" and meta_size(said, low) >= LEAST
