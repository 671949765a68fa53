"""How a screen asks about a bed in doubt: of whom, in which words, and never with a name on a phone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from flow.domain.check import Check, Doubt, Seen
from flow.domain.ids import BedId, CheckId, VisitId, WardId
from flow.locale import languages, words
from flow.templating import Templates
from flow.views.ward_checks import ANSWERS, PATIENCE, WHY, brought_out, phone_checks, ward_checks
from flow.views.words import Words
from tests.plans import small_plan
from tests.unit import test_phone_view as phone

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PLAN = small_plan()
EN = Words()


def check(bed: str = "4B-A-01", doubt: Doubt = Doubt.SILENT, asked: str | None = None, ago: int = 5) -> Check:
    at = AT - timedelta(minutes=ago)
    return Check(CheckId(f"c-{bed}"), BedId(bed), PLAN.beds[BedId(bed)].ward, doubt, at, asked=asked, asked_at=at if asked else None)


def test_the_ward_page_asks_whoever_is_asked_first_and_shows_the_rest_beside() -> None:
    found = ward_checks(
        [check("4B-A-01", asked="asha"), check("4B-A-02"), check("ICU-I-01")], "4B", PLAN, AT, reader="asha", may_answer=True
    )
    assert [card.label for card in found.asked] == ["A1"]
    assert [card.label for card in found.others] == ["A2"]
    assert found.asked[0].minutes == "5 min"
    assert [answer.seen for answer in found.asked[0].answers] == [Seen.OCCUPIED, Seen.EMPTY_DIRTY, Seen.EMPTY_CLEAN]


def test_two_who_claim_a_bed_are_buttons_of_their_own() -> None:
    claims = {BedId("4B-A-01"): [(VisitId("V1"), "Meera Iyer"), (VisitId("V2"), "Asha Rao")]}
    found = ward_checks([check(doubt=Doubt.TWO_CLAIMS)], "4B", PLAN, AT, claims=claims)
    told = [(answer.seen, answer.visit, answer.words) for answer in found.others[0].answers]
    assert told[:2] == [(Seen.OCCUPIED, "V1", "Meera Iyer"), (Seen.OCCUPIED, "V2", "Asha Rao")]
    assert [seen for seen, _, _ in told[2:]] == [Seen.EMPTY_DIRTY, Seen.EMPTY_CLEAN]


def test_what_is_over_is_asked_of_nobody() -> None:
    over = [replace(check(), answered_at=AT), replace(check(), withdrawn_at=AT)]
    assert ward_checks(over, "4B", PLAN, AT) == ward_checks([], "4B", PLAN, AT)
    assert phone_checks(over, None, PLAN, AT, EN) == ()


@pytest.mark.parametrize(
    ("one", "shown"),
    [
        (check(), True),
        (check(asked="asha"), False),
        (check(asked="asha", ago=PATIENCE // timedelta(minutes=1)), True),
        (check(doubt=Doubt.TWO_CLAIMS), False),
        (check("ICU-I-01"), False),
    ],
)
def test_a_phone_is_asked_where_no_nurse_looks_in_its_own_wards(one: Check, shown: bool) -> None:
    assert bool(phone_checks([one], frozenset({WardId("4B")}), PLAN, AT, EN)) is shown


def test_a_phone_is_asked_about_two_beds_at_most_the_oldest_first() -> None:
    found = phone_checks([check("4B-A-01", ago=1), check("4B-A-02", ago=9), check("4B-A-03", ago=5)], None, PLAN, AT, EN)
    assert [card.label for card in found] == ["A2", "A3"]


@pytest.mark.parametrize("lang", languages())
def test_the_phone_asks_in_its_language_with_one_button_each(lang: str) -> None:
    spoken = words(lang)
    view = replace(phone.page([], lang=lang), checks=phone_checks([check()], None, PLAN, AT, spoken))
    html = Templates().render("housekeeping/page.html", view)
    assert spoken.say(WHY[Doubt.SILENT]) in html
    assert html.count('action="/housekeeping/checks/c-4B-A-01"') == len(ANSWERS)
    assert all(spoken.say(said) in html for _, _, said in ANSWERS)
    assert lang == "en" or WHY[Doubt.SILENT] not in html


def test_each_nurse_is_asked_whether_who_was_brought_out_has_left() -> None:
    out = replace(check(doubt=Doubt.BROUGHT_OUT), out_at=AT - timedelta(minutes=20))
    found = ward_checks([out], "4B", PLAN, AT, reader="asha", may_answer=True)
    (card,) = found.left
    assert (card.label, card.minutes, [each.words for each in card.answers]) == ("A1", "20 min", ["Has left", "Still here"])
    assert (found.asked, found.others) == ((), ())
    assert [each.label for each in ward_checks([out], "4B", PLAN, AT).others] == ["A1"], "who may not answer reads it"
    assert phone_checks([out], None, PLAN, AT, EN) == ()


def test_whoever_asked_for_the_ride_is_told_by_bed() -> None:
    out = replace(check(doubt=Doubt.BROUGHT_OUT), out_at=AT - timedelta(minutes=20))
    over = replace(check("4B-A-02", Doubt.BROUGHT_OUT), answered_at=AT)
    assert brought_out([out, over, check("4B-A-03")], None, PLAN, AT) == (("4B A1", "20 min"),)
    assert brought_out([out], "ICU", PLAN, AT) == ()


def test_english_says_what_exactly_contradicts_and_other_languages_the_kind() -> None:
    told = replace(check(doubt=Doubt.REPORTED_OTHERWISE), words="Shown occupied, but: another system says available.")
    assert ward_checks([told], "4B", PLAN, AT).others[0].why == told.words
    assert phone_checks([told], None, PLAN, AT, words("hi"))[0].why == words("hi").say(WHY[Doubt.REPORTED_OTHERWISE])
