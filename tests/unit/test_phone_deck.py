"""What the phone deals and finds without the page: the deck's pictures, a scanned bed's card, the labels' addresses; no language a gap."""

import re
from dataclasses import replace

import pytest

from flow.domain.bed import BedState, BedStatus, CleanKind, Condition
from flow.domain.ids import BedId, WardId
from flow.locale import DEFAULT, languages, words
from flow.templating import CHECKOUT, Templates
from flow.views.labels import label_sheet
from flow.views.page import Undo
from flow.views.phone import StepShown
from flow.views.phone_deck import deal, nothing_left
from flow.views.phone_found import found
from tests.unit import test_phone_view as phone

TEMPLATES = Templates()
CARD = "housekeeping/_card.html"


def drawn(states: list[BedState], **job: object) -> dict[str, str]:
    view = phone.page(states, [phone.asks("x", 190)], "en")
    assert view.job is not None
    first = next(deal(replace(view, job=replace(view.job, **job))))
    return {name: TEMPLATES.render(CARD, picture) for name, picture in first.pictures}


def test_a_card_is_dealt_before_its_clean_and_after_its_beginning() -> None:
    pictures = drawn([phone.dirty("4B-A-01", 5)])
    assert list(pictures) == ["waiting", "begun"]
    assert 'action="/housekeeping/beds/4B-A-01/start"' in pictures["waiting"]
    assert 'action="/housekeeping/beds/4B-A-01/done"' in pictures["begun"]


def test_an_offered_job_is_dealt_as_it_is_once_its_holder_comes() -> None:
    pictures = drawn([phone.dirty("4B-A-01", 5)], offered=True)
    assert list(pictures) == ["waiting", "coming", "begun"]
    assert "/coming" in pictures["waiting"]
    assert "/start" in pictures["coming"]


def test_each_step_of_an_isolation_clean_has_its_picture() -> None:
    steps = tuple(StepShown(key, "i-check", key, "next") for key in ("bag", "wipe", "air"))
    pictures = drawn([phone.dirty("4B-A-01", 5, kind=CleanKind.ISOLATION)], steps=steps)
    assert list(pictures) == ["waiting", "begun", "step:bag", "step:wipe", "step:air"]
    assert 'name="part" value="bag"' in pictures["begun"]
    assert 'name="part" value="wipe"' in pictures["step:bag"]
    assert 'action="/housekeeping/beds/4B-A-01/done"' in pictures["step:air"], "after the last step the bed is done"


def test_an_empty_hand_is_drawn_as_the_page_draws_it() -> None:
    view = phone.page([phone.dirty("4B-A-01", 5)])
    assert TEMPLATES.render(CARD, nothing_left(view)) == TEMPLATES.render(CARD, phone.page([]))


@pytest.mark.parametrize(
    ("status", "stands", "tap"),
    [
        (BedStatus.AVAILABLE, "Free and clean", "/dirty"),
        (BedStatus.OCCUPIED, "A patient lies here", "/daily"),
        (BedStatus.MAINTENANCE, "Out of use", ""),
    ],
)
def test_a_scanned_bed_without_a_job_says_how_it_stands(status: BedStatus, stands: str, tap: str) -> None:
    state = BedState(BedId("4B-A-01"), Condition(status, phone.AT, "person:x"), seq=4)
    html = TEMPLATES.render("housekeeping/_found.html", found(phone.page([]), phone.PLAN, state, words("en")))
    assert stands in html
    assert ("data-tap" in html, tap in html) == (bool(tap), True)


def test_a_scanned_bed_shows_its_job_first() -> None:
    state = phone.dirty("4B-A-01", 5)
    html = TEMPLATES.render("housekeeping/_found.html", found(phone.page([state]), phone.PLAN, state, words("en")))
    assert 'action="/housekeeping/beds/4B-A-01/start"' in html
    assert "data-unchoose" in html


def test_a_label_is_the_beds_address_and_no_more() -> None:
    sheet = label_sheet(phone.CHROME, phone.PLAN, WardId("4B"), "https://beds.example/", lambda text: f"<svg>{text}</svg>")
    assert sheet.labels
    assert sheet.labels[0].address == f"https://beds.example/b/{sheet.labels[0].bed}"
    assert {label.bed for label in sheet.labels} == {bed.id for bed in phone.PLAN.beds.values() if bed.ward == "4B"}


@pytest.mark.parametrize("lang", [lang for lang in languages() if lang != DEFAULT])
def test_what_the_lock_and_the_scanner_say_has_no_gap(lang: str) -> None:
    sources = [CHECKOUT / f"flow/{path}.py" for path in ("views/phone_found", "web/pages/phone_lock", "web/pages/phone_scan")]
    text = "\n".join(path.read_text("utf-8") for path in sources)
    phrases = {*re.findall(r'say\("([^"]+)"', text), *re.findall(r'refused="([^"]+)"', text), *re.findall(r'\("i-\w+", "([^"]+)"\)', text)}
    assert len(phrases) > 8, "the search finds them"
    table = words(lang).table
    assert sorted(phrase for phrase in phrases if not table.get(phrase)) == []


def test_no_line_ends_between_a_tamil_name_and_its_case() -> None:
    table = words("ta").table
    cases = [said for said in table.values() if "}-" in said]
    assert cases
    assert [said for said in cases if re.search(r"\}-(?!\u2060)", said)] == [], "a word joiner after the hyphen"


def test_the_undo_says_what_it_takes_back() -> None:
    view = phone.page([phone.dirty("4B-A-01", 5)], undo=Undo("A1: Cleaning started", "/undo/9", 10))
    button = re.search(r"<button class=\"undo-big\".*?</button>", TEMPLATES.render("housekeeping/after.html", view), re.DOTALL)
    assert button is not None
    assert "A1: Cleaning started" in button[0]
