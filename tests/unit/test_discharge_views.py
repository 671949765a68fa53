"""Discharges on screens: whom a patient waits for, colours by delay, the insurer's clock on the tile and who sees it."""

import re
from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from flow.domain.bed import BedStatus
from flow.domain.discharge import WAYS, Discharge, Mark, Milestone, Way
from flow.domain.discharge_rules import AIMS, OWNERS, DischargeRules
from flow.domain.ids import VisitId
from flow.domain.roles import Role
from flow.locale import DEFAULT, HOME, languages, read
from flow.templating import CHECKOUT, Templates
from flow.views.bed_tile import Audience, bed_tile
from flow.views.discharge_row import DELAYS, ELSEWHERE, INSURERS, STEPS, Delay, DischargeShown, discharge_shown
from flow.views.discharge_row import OWNERS as OWNER_WORDS
from flow.views.discharge_row import WAYS as WAY_WORDS
from flow.views.discharges import Leaving, discharges_page, owned_by
from flow.views.page import Chrome
from flow.views.tile_line import TIGHT, clipped, foot, insurer_clock
from flow.views.times import clock_time
from flow.views.ward_plan import ward_plan
from tests.unit.test_templates import WARD
from tests.unit.test_views import BED, NOW, ZONE, bed

RULES = DischargeRules()
V1 = VisitId("V-1")
M = Milestone
DUE = bed(BedStatus.OCCUPIED, visit=V1, insurer_due=NOW + timedelta(minutes=80), expected_free_at=NOW + timedelta(hours=3))


def ago(minutes: float) -> Mark:
    return Mark(NOW - timedelta(minutes=minutes), "nurse:asha")


def cashless(**minutes: float) -> Discharge:
    marks = {Milestone(step): ago(each) for step, each in minutes.items()}
    return Discharge(V1, Way.CASHLESS, marks[M.ORDER].at, marks, expected=NOW + timedelta(hours=2), latest=NOW + timedelta(hours=14), seq=3)


def shown(discharge: Discharge, role: Role = Role.NURSE, **may: bool) -> DischargeShown:
    return discharge_shown(discharge, RULES, NOW, ZONE, lambda step: RULES.may_tap(role, step), **may)


# --- whom it waits for, and how late ---


def test_every_open_step_says_whom_it_waits_for_the_latest_first() -> None:
    found = shown(cashless(order=50))
    assert [(held.owner, held.words, held.lasting, held.delay) for held in found.held] == [
        ("Pharmacy", "Pharmacy", "0 h 50", Delay.LATE),
        ("Doctor", "Summary", "0 h 50", Delay.SOON),
    ]
    assert found.delay is Delay.LATE
    assert (found.expected, found.since) == (clock_time((NOW + timedelta(hours=2)).timestamp(), ZONE), "0 h 50")
    assert found.latest.count(" ") == 2, "the day stands with what is not within the day"


@pytest.mark.parametrize(("minutes", "delay"), [(10, Delay.FINE), (39, Delay.FINE), (40, Delay.SOON), (59, Delay.SOON), (60, Delay.LATE)])
def test_colours_go_by_the_aim(minutes: float, delay: Delay) -> None:
    (step,) = [each for each in shown(cashless(order=minutes, pharmacy=1)).steps if each.step is M.SUMMARY]
    assert (step.state, step.delay) == ("open", delay)


def test_a_step_that_waits_for_others_is_not_late() -> None:
    steps = {step.step: step for step in shown(cashless(order=500)).steps}
    assert (steps[M.BILLING].state, steps[M.BILLING].delay, steps[M.BILLING].detail) == ("waiting", Delay.FINE, "")
    assert steps[M.ORDER].state == "done"


def test_the_insurer_waits_by_its_own_clock() -> None:
    billed = cashless(order=400, summary=300, pharmacy=300, billing=150)
    found = shown(billed, Role.BILLING)
    assert found.clock is not None and (found.clock.left, found.clock.delay) == ("0 h 30 left", Delay.SOON)
    assert [held.owner for held in found.held] == ["TPA"]
    over = shown(cashless(order=400, summary=300, pharmacy=300, billing=200)).clock
    assert over is not None and (over.left, over.delay) == ("0 h 20 over", Delay.LATE)
    asked = replace(cashless(order=5), preauth_asked_at=NOW - timedelta(minutes=10))
    clock = shown(asked).clock
    assert clock is not None and (clock.words, clock.left) == ("Pre-authorisation", "0 h 50 left")
    assert shown(replace(asked, way=Way.CASH)).clock is None


# --- who may tap what ---


def test_each_role_taps_its_own() -> None:
    for role in (Role.NURSE, Role.DOCTOR, Role.PHARMACY, Role.BILLING, Role.MANAGER):
        taps = {step.step for step in shown(cashless(order=5), role).steps if step.may_tap and step.state != "done"}
        own = {step for step in WAYS[Way.CASHLESS] if role in OWNERS.get(step, ()) and step not in (M.EXIT, M.ORDER)}
        assert taps == own - {M.TPA}, "the TPA answers a bill that was sent"


def test_words_and_aims_are_complete() -> None:
    assert set(WAY_WORDS) == set(Way) and set(STEPS) == set(M) == set(AIMS) == set(OWNERS)


# --- the list ---


def leaving(number: str, discharge: Discharge, ward: str = "4B") -> Leaving:
    return Leaving(shown(replace(discharge, id=VisitId(number)), may_say=True, may_stop=True), f"{ward} A1", ward, "67 F", 0)


def test_the_list_has_the_latest_first_and_counts_whom_they_wait_for() -> None:
    early, late, other = leaving("V1", cashless(order=5)), leaving("V2", cashless(order=90)), leaving("V3", cashless(order=5), "3A")
    page = discharges_page(Chrome("Discharges", "H"), [early, late, other], ())
    assert page.rows[0].shown.visit == "V2"
    assert [(chip.owner, chip.count, chip.late) for chip in page.chips] == [("Doctor", 3, 1), ("Pharmacy", 3, 1)]
    assert (page.total, page.late) == (3, 1)
    one = discharges_page(Chrome("Discharges", "H"), [early, late, other], (), ward="3A", owner="Doctor")
    assert [row.shown.visit for row in one.rows] == ["V3"]


def test_what_waits_for_the_reader_stands_first() -> None:
    """A pharmacist is shown the pharmacy's before anybody later; who is asked for no step is shown one list."""
    late, own = leaving("V1", cashless(order=90, pharmacy=80)), leaving("V2", cashless(order=5))
    billed = leaving("V3", cashless(order=99, pharmacy=90, summary=90, billing=10))
    page = discharges_page(Chrome("Discharges", "H"), [late, own, billed], (), own=owned_by(Role.PHARMACY, RULES))
    assert [row.shown.visit for row in page.mine] == ["V2"] and [row.shown.visit for row in page.rows] == ["V1", "V3"]
    assert [chip.owner for chip in page.chips] == ["Pharmacy", "Doctor", "TPA"]
    assert owned_by(Role.BILLING, RULES) == {"Billing", "TPA"} and owned_by(Role.DOCTOR, RULES) == {"Doctor"}
    html = Templates().render("discharges/page.html", page)
    assert html.index("Waiting for you · 1") < html.index("leaving-V2") < html.index("Waiting for others") < html.index("leaving-V1")
    boss = discharges_page(Chrome("Discharges", "H"), [late, own, billed], (), own=owned_by(Role.MANAGER, RULES))
    assert boss.mine == () and len(boss.rows) == 3
    assert "Waiting for" not in Templates().render("discharges/page.html", boss).split("</ul>")[-1]


def test_the_page_renders_with_a_token_in_every_form() -> None:
    page = discharges_page(Chrome("Discharges", "H", csrf="t0k3n"), [leaving("V/1", cashless(order=90))], ())
    html = Templates().render("discharges/page.html", page)
    assert html.count("<form") == html.count('name="csrf" value="t0k3n"') > 3
    assert "/discharges/V%2F1/step" in html or "/discharges/V/1/step" in html
    empty = Templates().render("discharges/page.html", discharges_page(Chrome("Discharges", "H"), [], ()))
    assert "Nobody is about to leave." in empty


# --- the clock on the tile ---


def test_the_insurers_clock_is_on_the_tile_of_staff_and_ward_alone() -> None:
    for audience in (Audience.STAFF, Audience.WARD):
        assert foot(bed_tile(BED, DUE, audience), NOW.timestamp(), ZONE) == "TPA 1:20"
    public = bed_tile(BED, DUE, Audience.PUBLIC)
    assert public.due is None and "TPA" not in foot(public, NOW.timestamp(), ZONE)
    assert asdict(public) == asdict(bed_tile(BED, replace(DUE, insurer_due=None), Audience.PUBLIC))


def test_a_public_plan_says_nothing_of_the_payer() -> None:
    beds = {WARD.beds[0].id: replace(DUE, id=WARD.beds[0].id)}
    said = [str(ward_plan(WARD, beds, audience, NOW, ZONE)) for audience in (Audience.PUBLIC, Audience.WARD)]
    assert "TPA" not in said[0] and "TPA 1:20" in said[1]


@pytest.mark.parametrize(("minutes", "words"), [(180, "TPA 3:00"), (1, "TPA 0:01"), (0, "TPA+0:00"), (-5, "TPA+0:05"), (-125, "TPA+2:05")])
def test_the_clock_counts_down_and_then_up(minutes: int, words: str) -> None:
    assert insurer_clock(minutes * 60, 0) == words


def test_the_walls_script_knows_the_clock() -> None:
    script = (CHECKOUT / "static/js/wall.js").read_text()
    assert "if (tile.due) return grave + clock(tile.due);" in script and 'return "TPA" + (left <= 0 ? "+" : " ")' in script
    assert f"chars * {TIGHT} : chars" in script


def test_a_clock_stands_whole_on_a_small_tile() -> None:
    assert [clipped(words, 6, True) for words in ("TPA 1:20", "? TPA+2:05")] == ["TPA 1:20", "? TPA+2:05"]
    assert clipped("bed rail", 6) == "bed"
    beds = {WARD.beds[0].id: replace(DUE, id=WARD.beds[0].id)}
    (spot,) = ward_plan(WARD, beds, Audience.WARD, NOW, ZONE).spots
    assert spot.meta == "TPA 1:20"
    assert len(spot.meta) * spot.size <= max(len(spot.meta), spot.layout.chars) * spot.layout.meta


def phrases() -> set[str]:
    """What the pages of discharges say: the templates' own words, and those of the views."""
    paths = [*(CHECKOUT / "templates/discharges").glob("*.html"), CHECKOUT / "templates/ward/_discharge.html"]
    found = re.findall(r"""_\((?:"([^"]+)"|'([^']+)')\)""", "\n".join(path.read_text() for path in paths))
    tables = (WAY_WORDS, STEPS, OWNER_WORDS, ELSEWHERE, DELAYS, INSURERS)
    return {word for pair in found for word in pair if word} | {word for table in tables for word in table.values()}


@pytest.mark.parametrize("lang", [lang for lang in languages() if lang != DEFAULT])
def test_no_language_has_a_gap(lang: str) -> None:
    assert len(phrases()) > 60
    known = read((HOME / f"{lang}.po").read_text("utf-8"))
    assert sorted(phrase for phrase in phrases() if not known.get(phrase)) == []
