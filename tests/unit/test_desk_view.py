"""The admissions desk's view: a list really in its order, cards whose bars are their terms, no name for a reader without names."""

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from flow.domain.bed import BedState, BedStatus, CleanKind, Condition, OutOfUse, Stage
from flow.domain.cause import Cause, Origin
from flow.domain.events import Entry, Event, Kind
from flow.domain.ids import BedId, PatientId, RequestId
from flow.domain.person import PersonDetails
from flow.domain.request import BedRequest, Notice, RequestStatus
from flow.templating import Templates
from flow.views.desk.card import BAR, suggestion_cards
from flow.views.desk.just_now import JUST_NOW, log_lines
from flow.views.desk.page import DeskPage, desk_page
from flow.views.desk.waiting import next_request, ordered
from flow.views.page import Chrome, Undo
from flow.views.request_form import request_form
from tests.plans import small_plan

AT = datetime(2026, 11, 21, 8, 32, tzinfo=UTC)
PLAN = small_plan()
CHROME = Chrome("Bed desk", "Test Hospital", "Asha", "admissions", "csrf", topics="desk")
TEMPLATES = Templates()


@dataclass(frozen=True)
class Term:
    name: str
    points: int
    reason: str
    mark: str = "met"


@dataclass(frozen=True)
class Ready:
    p10: datetime
    p50: datetime
    p90: datetime


@dataclass(frozen=True)
class Found:
    bed: BedId
    score: int
    terms: tuple[Term, ...]
    ready_at: datetime | None = None
    ready: Ready | None = None


@dataclass(frozen=True)
class Wait:
    now: BedId
    bed: BedId
    minutes: int
    late: int
    gain: int


@dataclass(frozen=True)
class Unblock:
    bed: BedId
    rule: str
    reason: str
    remedy: str
    when: datetime | None
    score: int


@dataclass(frozen=True)
class Ranking:
    ranked: tuple[Found, ...] = ()
    blocked: dict[str, int] = field(default_factory=dict)
    sole: dict[str, int] = field(default_factory=dict)
    unblock: tuple[Unblock, ...] = ()
    wait: Wait | None = None
    weights: str = "v1"

    @property
    def legal(self) -> int:
        return len(self.ranked)


def bed(name: str, status: BedStatus = BedStatus.AVAILABLE, minutes: int = 30, **more: object) -> BedState:
    stage = Stage.WAITING if status is BedStatus.CLEANING else None
    since = AT - timedelta(minutes=minutes)
    visit = {"visit": f"V-{name}"} if status is BedStatus.OCCUPIED else {}
    return replace(BedState(BedId(name), Condition(status, since, "x", stage=stage), seq=7), **visit, **more)


def asks(name: str, minutes: int, priority: int = 3, **more: object) -> BedRequest:
    wanted = BedRequest(RequestId(name), PatientId(f"p-{name}"), AT - timedelta(minutes=minutes), "general", priority=priority)
    return replace(wanted, **more)


BEDS = {state.id: state for state in (bed("4B-A-01"), bed("4B-A-02", BedStatus.OCCUPIED), bed("4B-B-01", BedStatus.CLEANING))}
RANKING = Ranking(
    (
        Found(
            BedId("4B-A-01"), 65, (Term("type", 40, "General bed as asked"), Term("ward", 25, "Home ward"), Term("ready", 0, "Free now"))
        ),
        Found(
            BedId("4B-B-01"),
            36,
            (
                Term("type", 40, "General bed as asked"),
                Term("ward", 0, "Not the home ward", "off"),
                Term("ready", -4, "12 min wait", "off"),
            ),
            AT + timedelta(minutes=12),
        ),
    ),
    {"men's bay": 3, "occupied": 5, "no oxygen": 9},
)


def page(*, names: bool = True, selected: str | None = None, writes: bool = True, **promised: object) -> DeskPage:
    requests = [
        asks("old", 300, origin="ED bay 6", sex="F", age=67, needs=frozenset({"oxygen"})),
        asks("new", 5, priority=1),
        asks("mid", 100),
    ]
    assigned = AT - timedelta(minutes=3)
    requests.append(asks("done", 50, status=RequestStatus.ASSIGNED, bed=BedId("4B-A-01"), assigned_at=assigned, **promised))
    people = {r.patient: PersonDetails(r.patient, f"Meera {r.id} <Iyer>", f"MRN00{n}4711") for n, r in enumerate(requests)}
    return desk_page(
        CHROME,
        PLAN,
        requests,
        BEDS,
        AT,
        people=people if names else None,
        selected=next_request(requests, AT, selected),
        suggestions=RANKING,
        writes=writes,
    )


def test_the_list_is_ordered_by_priority_then_by_wait() -> None:
    assert [row.id for row in page().rows] == ["new", "old", "mid"]
    assert [request.id for request in ordered([asks("b", 10), asks("a", 10), asks("c", 11)], AT)] == ["c", "a", "b"]


def test_only_those_still_waiting_are_on_the_list() -> None:
    assert "done" not in {row.id for row in page().rows}
    assert [(row.id, row.bed, row.state) for row in page().promised] == [("done", "4B A1", "ready")]


def test_the_request_asked_for_is_looked_at_while_it_waits() -> None:
    requests = [asks("a", 10), asks("b", 20), asks("gone", 90, status=RequestStatus.CANCELLED)]
    assert next_request(requests, AT, "a") is requests[0]
    assert next_request(requests, AT, "gone") is requests[1]
    assert next_request([], AT, "a") is None


def test_a_row_says_who_it_is_and_where_from() -> None:
    row = page(selected="old").rows[1]
    assert (row.person.name, row.person.who, row.person.mrn_tail) == ("Meera old <Iyer>", "67 F", "04711")
    assert row.needs == "ED bay 6 · piped O₂"
    assert row.waiting == "5 h 00"
    assert row.selected


def test_without_names_no_name_and_no_mrn_is_drawn() -> None:
    html = TEMPLATES.render("desk/page.html", page(names=False))
    assert "Meera" not in html
    assert "4711" not in html
    assert "67 F" in html


def test_names_are_escaped() -> None:
    assert "<Iyer>" not in TEMPLATES.render("desk/page.html", page())


def test_the_bars_parts_are_the_terms_on_one_scale() -> None:
    first, second = suggestion_cards(RANKING, BEDS, PLAN, AT)
    assert sum(part.width for part in first.bar) == BAR
    assert [part.tone for part in second.bar] == [0, -1]
    assert second.bar[0].width == round(BAR * 40 / 65)
    taken = second.bar[1]
    assert taken.x + taken.width == second.bar[0].width, "what speaks against a bed is struck off its end"


def test_a_card_says_its_reasons_with_their_points() -> None:
    first, second = suggestion_cards(RANKING, BEDS, PLAN, AT)
    assert [(reason.words, reason.points) for reason in first.reasons] == [("General bed as asked", "+40"), ("Home ward", "+25")]
    assert [reason.icon for reason in second.reasons] == ["i-check", "i-alert", "i-alert"]
    assert (first.key, second.key) == ("Enter", "2")
    assert first.state_words == "Free now"
    assert second.state_words == "Needs clean, ready about 14:14", "12 minutes from 14:02 in Kolkata"


def test_beds_that_vanished_are_not_suggested() -> None:
    assert suggestion_cards(RANKING, {}, PLAN, AT) == ()


def test_a_reader_gets_no_buttons() -> None:
    html = TEMPLATES.render("desk/page.html", page(writes=False))
    assert "data-assign" not in html
    assert re.findall(r'<dialog id="([a-z-]+)"', html) == ["keys"]


def test_every_form_carries_the_token_and_the_version_looked_at() -> None:
    html = TEMPLATES.render("desk/page.html", replace_undo(page()))
    forms = re.findall(r"<form.*?</form>", html, re.DOTALL)
    assert len(forms) >= 6
    assert all('name="csrf" value="csrf"' in form for form in forms if 'method="get"' not in form)
    assert all('name="if_seq" value="7"' in form for form in forms if "data-assign=" in form)
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:", html)


def replace_undo(view: DeskPage) -> DeskPage:
    return replace(view, chrome=replace(view.chrome, undo=Undo("A1 promised", "/undo/3", 10)))


def test_updates_carry_region_totals_and_undo() -> None:
    after = TEMPLATES.render("desk/after.html", replace_undo(page()))
    assert after.count('id="board"') == after.count('id="totals"') == after.count('id="undo"') == 1
    assert 'action="/undo/3"' in after


def test_an_empty_desk_says_what_to_do() -> None:
    html = TEMPLATES.render("desk/page.html", desk_page(CHROME, PLAN, [], {}, AT))
    assert "Nobody is waiting" in html


def test_the_log_says_what_was_undone_once_and_by_the_bed() -> None:
    cause = Cause(Origin.PERSON, "asha", AT)
    promise = [Event(Kind.UNDONE, bed("4B-A-01"), AT), Event(Kind.UNDONE, asks("a", 1, 2), AT)]
    made = Event(Kind.UNDONE, replace(asks("b", 1, 2), status=RequestStatus.CANCELLED), AT)
    lines = log_lines([Entry(n, event, cause) for n, event in enumerate([*promise, made])], PLAN, AT)
    assert [line.words for line in lines] == ["4B A1 last change undone, asha", "P2 last change undone, general, asha"]
    assert Kind.UNDONE in JUST_NOW


def test_the_log_speaks_in_short_sentences_without_names() -> None:
    cause = Cause(Origin.PERSON, "asha", AT)
    broken = bed("4B-S-01")
    broken = replace(broken, now=Condition(BedStatus.MAINTENANCE, AT, "x", reason=OutOfUse.REPAIR, note="oxygen outlet"))
    cleaned = replace(bed("4B-A-01"), now=Condition(BedStatus.CLEANING, AT, "x", Stage.IN_PROGRESS, CleanKind.ROUTINE))
    events = [Event(Kind.BED_BLOCKED, broken, AT), Event(Kind.CLEANING_STARTED, cleaned, AT), Event(Kind.REQUEST_MADE, asks("a", 1, 2), AT)]
    lines = log_lines([Entry(n, event, cause) for n, event in enumerate(events)], PLAN, AT)
    assert [line.words for line in lines] == [
        "4B S1 out of use: oxygen outlet, asha",
        "4B A1 cleaning started, asha",
        "P2 new request, general, asha",
    ]
    assert lines[0].time == "14:02"
    (late,) = log_lines([Entry(1, events[0], cause)], PLAN, AT + timedelta(days=1))
    assert late.time.endswith(" 14:02"), "of another day it says which"
    assert {event.kind for event in events} <= set(JUST_NOW)
    (cleaners,) = log_lines([Entry(1, events[1], Cause(Origin.PERSON, "cleaner-edf2ce", AT))], PLAN, AT)
    assert cleaners.words == "4B A1 cleaning started", "nobody at the desk can read a badge's number"


def test_the_form_offers_what_the_hospital_has() -> None:
    form = request_form(PLAN)
    assert [option.value for option in form.types] == ["general", "icu", "private"]
    assert [option.value for option in form.features] == ["oxygen"]
    assert form.specialties == ("Intensive care", "Medicine")


@pytest.mark.parametrize(
    ("notice", "words", "warns"),
    [
        (None, "", False),
        (Notice.SENT, "HIS told", False),
        (Notice.CONFIRMED, "HIS confirmed", False),
        (Notice.REFUSED, "HIS refused: type it there", True),
        (Notice.OTHER_BED, "HIS used 4B A2", True),
    ],
)
def test_the_desk_sees_what_the_his_knows_of_a_promise(notice: Notice | None, words: str, warns: bool) -> None:
    view = page(notice=notice, his_bed=BedId("4B-A-02") if notice is Notice.OTHER_BED else None)
    assert [(row.his, row.his_warns) for row in view.promised] == [(words, warns)]
    html = TEMPLATES.render("desk/page.html", view)
    assert words in html
    assert (f'chip must">{words or "HIS"}' in html) is warns
