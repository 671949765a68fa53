"""The housekeeping phone: cleaning follows the patients who wait, nobody's name is shown, no language has a gap."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flow.domain.bed import BedState, BedStatus, CleanKind, Condition, Stage
from flow.domain.ids import BedId, PatientId, RequestId
from flow.domain.request import BedRequest, RequestStatus
from flow.locale import DEFAULT, HOME, languages, read, words
from flow.templating import CHECKOUT, Templates
from flow.views.cleaning_order import cleaning_order
from flow.views.page import Chrome, Undo
from flow.views.phone import PhonePage, PinPage, language_switch, phone_page
from flow.views.words import Words
from tests.plans import small_plan

AT = datetime(2026, 11, 21, 8, 32, tzinfo=UTC)
PLAN = small_plan()
CHROME = Chrome("Cleaning", "Test Hospital", None, "housekeeping", "csrf", topics="housekeeping")
TEMPLATES = Templates()


def dirty(name: str, minutes: int, stage: Stage = Stage.WAITING, kind: CleanKind = CleanKind.ROUTINE, **more: object) -> BedState:
    started = AT - timedelta(minutes=4) if stage is Stage.IN_PROGRESS else None
    now = Condition(BedStatus.CLEANING, AT - timedelta(minutes=minutes), "person:m17", stage, kind, started_at=started)
    return replace(BedState(BedId(name), now, seq=5), **more)


def asks(name: str, minutes: int, kind: str = "general", priority: int = 3, **more: object) -> BedRequest:
    made = AT - timedelta(minutes=minutes)
    return replace(BedRequest(RequestId(name), PatientId(f"p-{name}"), made, kind, priority=priority), **more)


def page(
    states: list[BedState], requests: list[BedRequest] | None = None, lang: str = "en", actor: str = "m17", undo: Undo | None = None
) -> PhonePage:
    beds = {state.id: state for state in states}
    return phone_page(replace(CHROME, undo=undo), PLAN, beds, requests or [], AT, words(lang), actor=actor)


def order(states: list[BedState], requests: list[BedRequest]) -> list[str]:
    return [one.state.id for one in cleaning_order(PLAN, {state.id: state for state in states}, requests)]


def test_without_waiting_patients_the_oldest_comes_first() -> None:
    assert order([dirty("4B-A-01", 10), dirty("4B-A-02", 30), dirty("4B-A-03", 20)], []) == ["4B-A-02", "4B-A-03", "4B-A-01"]


def test_a_bed_that_somebody_waits_for_goes_before_an_older_one() -> None:
    states = [dirty("4B-A-01", 50), dirty("4B-S-01", 5)]
    assert order(states, [asks("x", 90, "private")]) == ["4B-S-01", "4B-A-01"]


def test_a_promise_serves_its_own_patient_and_urgent_ones_go_first() -> None:
    states = [dirty("4B-A-01", 50), dirty("4B-A-02", 40, reserved_for="request:mine"), dirty("ICU-I-01", 2)]
    requests = [
        asks("mine", 30, priority=2, status=RequestStatus.ASSIGNED, bed=BedId("4B-A-02")),
        asks("now", 1, "icu", priority=1),
        asks("gone", 500, status=RequestStatus.CANCELLED),
    ]
    assert order(states, requests) == ["ICU-I-01", "4B-A-02", "4B-A-01"]


def test_a_stat_clean_goes_before_everything() -> None:
    assert order([dirty("4B-A-01", 50), dirty("4B-A-02", 1, kind=CleanKind.STAT)], [asks("x", 900)])[0] == "4B-A-02"


def test_two_beds_do_not_serve_one_patient() -> None:
    found = cleaning_order(PLAN, {s.id: s for s in (dirty("4B-A-01", 50), dirty("4B-A-02", 40))}, [asks("x", 90)])
    assert [one.unblocks is not None for one in found] == [True, False]


@pytest.mark.parametrize(
    "more",
    [{"sex": "M"}, {"needs": frozenset({"ventilator"})}, {"age": 200}],
    ids=["a man and the women's bay", "a feature it lacks", "an age the ward does not take"],
)
def test_a_clean_unblocks_nobody_who_may_not_have_the_bed(more: dict[str, object]) -> None:
    beds = {BedId("4B-A-01"): dirty("4B-A-01", 50)}
    assert cleaning_order(PLAN, beds, [asks("x", 90, **more)])[0].unblocks is None
    assert cleaning_order(PLAN, beds, [asks("x", 90, sex="F", age=40, needs=frozenset({"oxygen"}))])[0].unblocks is not None


def test_ones_own_begun_bed_stays_on_the_screen() -> None:
    view = page([dirty("4B-A-01", 5), dirty("4B-A-02", 99, Stage.IN_PROGRESS)], [asks("x", 5)])
    assert view.job is not None
    assert (view.job.bed, view.mine, view.job.begun, view.job.minutes) == ("4B-A-02", True, True, 4)
    assert [job.bed for job in view.queue] == ["4B-A-01"]


def test_what_others_have_begun_is_counted_and_not_offered() -> None:
    view = page([dirty("4B-A-01", 5), dirty("4B-A-02", 99, Stage.IN_PROGRESS)], actor="somebody else")
    assert view.job is not None
    assert (view.job.bed, view.mine, view.others, view.queue) == ("4B-A-01", False, 1, ())


def test_the_card_says_whom_the_clean_unblocks_by_their_wait_alone() -> None:
    html = TEMPLATES.render("housekeeping/page.html", page([dirty("4B-A-01", 5)], [asks("Meera", 190, priority=1)]))
    assert "Patient waiting 3 h 10" in html
    assert "Meera" not in html


def test_the_button_follows_the_stage() -> None:
    waiting = TEMPLATES.render("housekeeping/_board.html", page([dirty("4B-A-01", 5)]))
    begun = TEMPLATES.render("housekeeping/_board.html", page([dirty("4B-A-01", 5, Stage.IN_PROGRESS)]))
    paused = TEMPLATES.render("housekeeping/_board.html", page([dirty("4B-A-01", 5, Stage.SUSPENDED)]))
    assert 'action="/housekeeping/beds/4B-A-01/start"' in waiting
    assert "Start cleaning" in waiting
    assert 'action="/housekeeping/beds/4B-A-01/done"' in begun
    assert 'action="/housekeeping/beds/4B-A-01/pause"' in begun
    assert "Go on" in paused


def test_nothing_to_do_is_said() -> None:
    assert "No bed to clean" in TEMPLATES.render("housekeeping/page.html", page([]))


@pytest.mark.parametrize("lang", languages())
def test_every_state_of_the_phone_renders_in_every_language(lang: str) -> None:
    states = [dirty("4B-A-01", 5, kind=CleanKind.ISOLATION), dirty("4B-A-02", 9), dirty("ICU-I-01", 2, Stage.INSPECTION)]
    html = TEMPLATES.render("housekeeping/page.html", page(states, [asks("x", 190), asks("y", 9)], lang))
    assert f'<html lang="{lang}">' in html
    pin = TEMPLATES.render(
        "housekeeping/pin.html", PinPage(CHROME, words(lang), language_switch(lang, languages()), choose=True, refused=True)
    )
    assert "PIN" in pin
    after = TEMPLATES.render("housekeeping/after.html", page(states, undo=Undo("x", "/undo/9", 10)))
    assert 'action="/undo/9"' in after
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:", html + pin + after)


def said() -> set[str]:
    """Every phrase that the phone's templates and views say."""
    sources = [*(CHECKOUT / "templates" / "housekeeping").glob("*"), CHECKOUT / "flow/views/phone.py", CHECKOUT / "flow/views/words.py"]
    sources.append(CHECKOUT / "flow/web/pages/phone.py")
    text = "\n".join(path.read_text("utf-8") for path in sources)
    problems = re.findall(r'\(OutOfUse\.\w+, "[\w-]+", "([^"]+)"\)', text)
    return {*re.findall(r'say\("([^"]+)"', text), *re.findall(r"say\('([^']+)'", text), *problems}


@pytest.mark.parametrize("lang", [lang for lang in languages() if lang != DEFAULT])
def test_no_language_has_a_gap(lang: str) -> None:
    phrases = said()
    assert len(phrases) > 30, "the search for phrases finds them"
    table = words(lang).table
    assert sorted(phrase for phrase in phrases if not table.get(phrase)) == []


@pytest.mark.parametrize("path", sorted(HOME.glob("*.po")), ids=lambda path: path.stem)
def test_a_translation_keeps_its_places(path: Path) -> None:
    for english, foreign in read(path.read_text("utf-8")).items():
        assert sorted(re.findall(r"\{\w+\}", english)) == sorted(re.findall(r"\{\w+\}", foreign)), english


def test_a_catalogue_is_read_as_gettext_writes_it() -> None:
    text = 'msgid ""\nmsgstr "head"\n\n# note\nmsgid "one "\n"two"\nmsgstr "eins "\n"\\"zwei\\"\\n"\n\nmsgid "none"\nmsgstr ""\n'
    assert read(text) == {"one two": 'eins "zwei"\n', "none": ""}
    assert Words("xx", read(text)).say("none") == "none", "an untranslated phrase stays English"


def test_an_unknown_language_is_english() -> None:
    assert words("../../etc/passwd").lang == DEFAULT
    assert words("hi").say("Floor {floor}", floor=4) == "मंज़िल 4"


def test_lasting_is_hours_and_minutes() -> None:
    assert [Words().lasting(seconds) for seconds in (-5, 59, 60, 3599, 3600, 11_400)] == [
        "0 min",
        "0 min",
        "1 min",
        "59 min",
        "1 h 00",
        "3 h 10",
    ]
