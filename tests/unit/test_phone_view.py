"""The housekeeping phone: cleaning follows the patients who wait, nobody's name is shown, no language has a gap."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flow.domain.bed import BedState, BedStatus, CleanKind, Condition, Stage
from flow.domain.cleaning_job import CleanJob, End, Step, Why
from flow.domain.ids import BedId, PatientId, RequestId, WardId
from flow.domain.request import BedRequest, MadeBy, RequestStatus
from flow.locale import DEFAULT, HOME, languages, read, words
from flow.templating import CHECKOUT, Templates
from flow.views.cleaning_jobs import cleaning_jobs
from flow.views.page import Chrome, Undo
from flow.views.phone import STEPS, PhonePage, PinPage, Who, language_switch, phone_page
from flow.views.ward_checks import ANSWERS, WHY
from flow.views.words import Words
from flow.web.pages.phone import KIND, SAID
from flow.web.pages.phone_checks import SETTLED
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


@dataclass(frozen=True)
class Clean:
    """A line of an order of cleaning."""

    bed: BedId
    value: int = 0
    unblocks: RequestId | None = None
    reason: str = ""


def for_first(states: list[BedState], requests: list[BedRequest]) -> list[Clean]:
    """An order that gives the first bed to the first request."""
    whom = [request.id for request in requests] + [None] * len(states)
    return [Clean(state.id, 100 if who else 0, who) for state, who in zip(states, whom, strict=False)]


def page(
    states: list[BedState], requests: list[BedRequest] | None = None, lang: str = "en", actor: str = "m17", undo: Undo | None = None
) -> PhonePage:
    beds, asked = {state.id: state for state in states}, requests or []
    order = for_first(states, asked)
    return phone_page(replace(CHROME, undo=undo), PLAN, beds, asked, AT, words(lang), order=order, who=Who(actor))


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


def test_who_is_expected_later_is_not_told_as_waiting() -> None:
    """A planned stay's clock begins when the bed is needed: until then "waiting 0 min" would be false."""
    planned = asks("x", 5, made_by=MadeBy.PLAN, ready_at=AT + timedelta(hours=3))
    view = page([dirty("4B-A-01", 5)], [planned])
    assert view.job is not None
    assert (view.job.unblocks, view.job.why) == (None, "Such beds will be needed soon")


def test_the_wait_is_told_with_its_place_and_never_with_what_else_the_desk_wrote() -> None:
    html = TEMPLATES.render("housekeeping/page.html", page([dirty("4B-A-01", 5)], [asks("x", 190, origin="ED bay 3 Meera Nair")]))
    assert "Patient waiting in ED 3 h 10" in html
    assert "Meera" not in html
    assert "Patient waiting 3 h 10" in TEMPLATES.render(
        "housekeeping/page.html", page([dirty("4B-A-01", 5)], [asks("x", 190, origin="Meera")])
    )


def test_beds_that_will_be_short_are_told_so() -> None:
    beds = {BedId("4B-A-01"): dirty("4B-A-01", 5)}
    short, enough = (phone_page(CHROME, PLAN, beds, [], AT, words("en"), order=[Clean(BedId("4B-A-01"), value)]) for value in (40, 0))
    assert [view.job.why for view in (short, enough) if view.job] == ["Such beds will be needed soon", ""]
    assert "Such beds will be needed soon" in short.speech


def test_the_phone_follows_the_order_it_is_handed() -> None:
    states = {name: dirty(name, minutes) for name, minutes in (("4B-A-01", 50), ("4B-A-02", 40), ("ICU-I-01", 90), ("4B-S-01", 10))}
    order = [Clean(BedId("4B-A-02"), 90), Clean(BedId("4B-A-01")), Clean(BedId("4B-A-03"), 50)]

    def beds(ward: str | None) -> list[str]:
        return [one.state.id for one in cleaning_jobs(PLAN, {s.id: s for s in states.values()}, [], order, ward)]

    assert beds(None) == ["4B-A-02", "4B-A-01", "ICU-I-01", "4B-S-01"], "what the order does not know comes last, the oldest first"
    assert beds("4B") == ["4B-A-02", "4B-A-01", "4B-S-01"]


def test_without_an_order_a_promised_bed_still_serves_its_own_patient_first() -> None:
    states = {name: dirty(name, minutes) for name, minutes in (("4B-A-01", 50), ("4B-A-02", 40))}
    promised = asks("x", 9, status=RequestStatus.ASSIGNED, bed=BedId("4B-A-02"))
    states["4B-A-02"] = replace(states["4B-A-02"], reserved_for=promised.holder)
    found = cleaning_jobs(PLAN, {s.id: s for s in states.values()}, [promised], [])
    assert [(one.state.id, one.unblocks) for one in found] == [("4B-A-02", promised), ("4B-A-01", None)]


def test_who_has_got_a_bed_since_is_unblocked_by_no_clean() -> None:
    beds = {BedId("4B-A-01"): dirty("4B-A-01", 5)}
    order = [Clean(BedId("4B-A-01"), 90, RequestId("x"))]
    assert cleaning_jobs(PLAN, beds, [asks("x", 9)], order)[0].unblocks is not None
    assert cleaning_jobs(PLAN, beds, [asks("x", 9, status=RequestStatus.CANCELLED)], order)[0].unblocks is None


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
    """Every phrase that the phone's templates and views say, and the page on which it waits to be let in."""
    sources = [*(CHECKOUT / "templates" / "housekeeping").glob("*"), CHECKOUT / "flow/views/phone.py", CHECKOUT / "flow/views/words.py"]
    sources += [CHECKOUT / "templates/pair/show.html", CHECKOUT / "flow/web/pages/phone.py", CHECKOUT / "flow/web/pages/problem.py"]
    text = "\n".join(path.read_text("utf-8") for path in sources)
    problems = re.findall(r'\(OutOfUse\.\w+, "[\w-]+", "([^"]+)"\)', text)
    checks = {*WHY.values(), *(words for _, _, words in ANSWERS), SETTLED}
    tables = {*KIND.values(), *SAID.values(), *(words for _, words in STEPS.values())}
    return {*re.findall(r'say\("([^"]+)"', text), *re.findall(r"say\('([^']+)'", text), *problems, *tables, *checks}


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


def job(bed: str, **more: object) -> CleanJob:
    return replace(CleanJob(f"{bed}@1", Why.LEFT, AT - timedelta(minutes=9)), **more)  # type: ignore[arg-type]


def shown(states: list[BedState], who: Who, lang: str = "en") -> PhonePage:
    beds = {state.id: state for state in states}
    return phone_page(CHROME, PLAN, beds, [], AT, words(lang), who=who)


def test_a_job_given_to_this_phone_comes_before_others_and_asks_for_an_answer() -> None:
    mine = dirty("4B-A-02", 3, job=job("4B-A-02", cleaner="m17", offered_at=AT))
    view = shown([dirty("4B-A-01", 50), mine], Who("m17"))
    assert view.job is not None and (view.job.bed, view.job.offered) == ("4B-A-02", True)
    html = TEMPLATES.render("housekeeping/page.html", view)
    assert 'data-ack="/housekeeping/beds/4B-A-02/coming"' in html and "I am coming" in html
    other = shown([mine], Who("somebody else"))
    assert other.job is None and other.others == 1


def test_a_zone_sees_its_own_wards_alone() -> None:
    states = [dirty("4B-A-01", 5), dirty("ICU-I-01", 50)]
    view = shown(states, Who("m17", wards=frozenset({WardId("4B")})))
    assert view.job is not None and (view.job.bed, view.queue) == ("4B-A-01", ())


def test_an_isolation_clean_is_not_shown_to_the_untrained() -> None:
    state = dirty("4B-A-01", 5, kind=CleanKind.ISOLATION, job=job("4B-A-01", steps=(Step.LINEN, Step.WASH)))
    assert shown([state], Who("m17", trained=False)).job is None
    view = shown(
        [replace(state, now=replace(state.now, stage=Stage.IN_PROGRESS), job=replace(state.job, cleaner="m17", step=1))], Who("m17")
    )  # type: ignore[type-var]
    assert view.job is not None and view.job.step is not None
    assert ([step.state for step in view.job.steps], view.job.step.key) == (["done", "now"], "wash")
    html = TEMPLATES.render("housekeeping/page.html", view)
    assert 'action="/housekeeping/beds/4B-A-01/step"' in html and 'value="wash"' in html


def test_a_bed_whose_problem_is_looked_at_is_on_no_phone() -> None:
    state = dirty("4B-A-01", 5, Stage.SUSPENDED, job=job("4B-A-01", cleaner="m17", problem="p1"))
    assert shown([state], Who("m17")).job is None


def test_an_urgent_job_comes_first_and_rings() -> None:
    urgent = dirty("4B-A-02", 1, kind=CleanKind.STAT, job=job("4B-A-02", stat=True))
    view = shown([dirty("4B-A-01", 50), urgent], Who("m17"))
    assert view.job is not None and (view.job.bed, view.job.stat) == ("4B-A-02", True)
    assert 'data-stat="4B-A-02@1"' in TEMPLATES.render("housekeeping/page.html", view)


def test_the_cleaner_hears_whom_the_clean_got_out_of_ed_for_an_hour() -> None:
    done = job("4B-A-01", cleaner="m17", ended_at=AT, end=End.DONE, freed="ed", freed_at=AT - timedelta(minutes=5))
    bed = BedState(BedId("4B-A-01"), Condition(BedStatus.OCCUPIED, AT, "feed:his"), job=done)
    view = shown([bed], Who("m17"))
    assert view.praise is not None and view.praise.words == "Your clean of A1 got a patient out of ED"
    assert shown([bed], Who("somebody else")).praise is None
    late = replace(bed, job=replace(done, freed_at=AT - timedelta(minutes=61)))
    assert shown([late], Who("m17")).praise is None


def test_daily_cleans_are_those_of_the_zone_and_the_asked_for_come_first() -> None:
    old = Condition(BedStatus.OCCUPIED, AT - timedelta(days=2), "feed:his")
    beds = [BedState(BedId(f"4B-A-0{n}"), old) for n in (1, 2)] + [BedState(BedId("ICU-I-01"), old, daily_asked_at=AT)]
    assert [each.bed for each in shown(beds, Who("m17")).daily] == ["ICU-I-01", "4B-A-01", "4B-A-02"]
    assert [each.bed for each in shown(beds, Who("m17", wards=frozenset({WardId("4B")}))).daily] == ["4B-A-01", "4B-A-02"]
    fresh = BedState(BedId("4B-A-01"), replace(old, since=AT - timedelta(minutes=5)))
    assert shown([fresh], Who("m17")).daily == ()
