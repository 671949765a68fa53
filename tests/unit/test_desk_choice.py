"""The desk's middle and right columns: a list that keeps still, why not the others, the plan of each suggested bed, the hours ahead."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from allocation.engine import Engine
from allocation.ready import History
from flow.domain.bed import BedState, BedStatus, PlaceKind, Temporary
from flow.domain.care import Isolation, Rest
from flow.domain.ids import BedId, PatientId, RequestId, WardId
from flow.domain.request import RequestStatus
from flow.templating import Templates
from flow.views.desk.choice import Selected, other_beds, selected_request
from flow.views.desk.coming_free import coming_free
from flow.views.desk.conflict import conflict
from flow.views.desk.held import held_beds
from flow.views.desk.ranking import ANEW, Better, Seen, Watched
from flow.views.desk.waiting import promised_rows
from tests.unit.test_allocation import NOW, WOMEN, change, new_hospital
from tests.unit.test_desk_view import AT, PLAN, Found, Ranking, Ready, Term, Unblock, Wait, asks, bed, page

A1, A2, A3, B1, I1 = (BedId(name) for name in ("4B-A-01", "4B-A-02", "4B-A-03", "4B-B-01", "ICU-I-01"))
TEMPLATES = Templates()


@dataclass(frozen=True)
class Look:
    bed: BedId
    who: str
    until: datetime


def suggested(name: BedId, score: int, **more: Any) -> Found:
    return Found(name, score, (Term("type", score, "General bed as asked"),), **more)


def chosen(found: Ranking, seen: Seen = ANEW, *changed: BedState) -> Selected:
    beds = {state.id: state for state in (*(bed(name) for name in PLAN.beds), *changed)}
    return selected_request(asks("R1", 30), found, PLAN, beds, {}, AT, seen)


def kept(*beds: BedId, looks: Sequence[Look] = (), **lost: tuple[str, ...]) -> Seen:
    return Seen(beds, {BedId(name): words for name, words in lost.items()}, looks)


def test_a_list_that_is_kept_neither_reorders_nor_drops_a_bed() -> None:
    found = Ranking((suggested(A3, 90), suggested(A2, 80), suggested(A1, 70)))
    assert [card.bed for card in chosen(found).cards] == [A3, A2, A1]
    still = chosen(found, kept(A1, A2))
    assert [(card.bed, card.rank, card.key, card.score) for card in still.cards] == [(A1, 1, "Enter", 70), (A2, 2, "2", 80)]
    assert still.better == Better("A3", "4B · women")


@pytest.mark.parametrize(
    ("state", "lost", "words"),
    [
        (bed(A1, reserved_for="request:R9", reserved_by="desk2"), (), "Taken by desk2"),
        (bed(A1, reserved_for="request:R9", reserved_by="desk2", held=True), (), "Held by desk2"),
        (bed(A1, reserved_for="visit:V9"), (), "Taken"),
        (bed(A1, BedStatus.OCCUPIED), (), "Occupied by now"),
        (bed(A1, BedStatus.MAINTENANCE), (), "Out of use by now"),
        (bed(A1), ("women's bay",), "No longer fits: women's bay"),
        (bed(A1), (), "Not offered any more"),
    ],
)
def test_a_bed_that_is_gone_says_so_in_its_place(state: BedState, lost: tuple[str, ...], words: str) -> None:
    view = chosen(Ranking((suggested(A2, 80),)), kept(A1, A2, **{A1: lost} if lost else {}), state)
    assert [(card.bed, card.gone) for card in view.cards] == [(A1, words), (A2, "")]
    assert view.better == Better(), "the best that is left is shown already"


def test_a_list_that_is_as_it_was_offers_nothing_new() -> None:
    assert chosen(Ranking((suggested(A1, 80), suggested(A2, 70))), kept(A1, A2)).better is None
    assert chosen(Ranking((suggested(A1, 80), suggested(A2, 70)))).better is None


def test_a_gone_card_has_a_dead_button_and_the_chip_a_key() -> None:
    view = page()
    assert view.selected is not None
    gone = chosen(Ranking((suggested(A3, 80),)), kept(A1), bed(A1, reserved_for="request:R9", reserved_by="desk2"))
    html = TEMPLATES.render("desk/board.html", replace(view, selected=gone))
    assert "Taken by desk2 · not free any more" in html
    assert html.count('aria-disabled="true"') == 2, "neither to be assigned nor held"
    assert "A better bed: A3" in " ".join(html.split())
    assert "<kbd>B</kbd>" in html


def test_others_see_who_looks_and_for_how_long() -> None:
    looks = (Look(A1, "desk2", AT + timedelta(seconds=40)), Look(A2, "desk3", AT - timedelta(seconds=1)))
    view = chosen(Ranking((suggested(A1, 80), suggested(A2, 70))), kept(looks=looks))
    assert view.watched == {A1: Watched("desk2", 40)}
    html = TEMPLATES.render("desk/board.html", replace(page(), selected=view))
    assert html.count("desk2 is looking at this bed") == 2, "on its card and in the plan"


def test_now_or_soon_and_when_a_bed_is_ready() -> None:
    spread = Ready(*(AT + timedelta(minutes=minutes) for minutes in (3, 12, 38)))
    soon = suggested(B1, 70, ready_at=spread.p50, ready=spread)
    found = Ranking((suggested(A2, 80), soon), wait=Wait(A2, B1, 12, 20, 150))
    view = chosen(found, ANEW, bed(B1, BedStatus.CLEANING))
    assert view.wait == "Take A2 now, or wait about 12 min (20 at worst) for B1, 150 points better."
    assert [card.ready for card in view.cards] == ["", "14:05–14:40"]
    html = TEMPLATES.render("desk/board.html", replace(page(), selected=view))
    assert view.wait in html
    assert "Needs clean, ready about 14:14" in html
    assert "14:05–14:40" in html
    assert "weights v1" in html


def test_why_not_counts_rules_apart_from_beds_nobody_can_have() -> None:
    blocked = {"men's bay": 24, "occupied": 300, "no oxygen": 7, "held by desk2": 3, "reserved": 1}
    why = chosen(Ranking((), blocked, sole={"men's bay": 20})).why_not
    assert [(rule.count, rule.words) for rule in why.rules] == [
        (24, "men's bay"),
        (7, "no piped O₂"),
        (3, "held by desk2"),
        (1, "promised to others"),
    ]
    assert [(rule.count, rule.words) for rule in why.taken] == [(300, "occupied")]
    assert (why.kept_back, why.rules[0].sole) == (35, 20)


def test_what_would_free_the_best_blocked_beds() -> None:
    at = AT + timedelta(minutes=30)
    found = Ranking(
        unblock=(
            Unblock(A1, "reserved", "held by desk2", "Held by desk2", at, 90),
            Unblock(B1, "sex", "men's bay", "An override with its reason", None, 80),
        ),
        blocked={"held by desk2": 1, "men's bay": 3},
    )
    view = chosen(found, ANEW, bed(A1, reserved_for="request:R9"))
    held, bay = view.why_not.unblock
    assert (held.label, held.reason, held.when, held.choosable) == ("A1", "held by desk2", "14:32", False)
    assert (bay.where, bay.when, bay.choosable) == ("4B · men", "", True)
    html = TEMPLATES.render("desk/board.html", replace(page(), selected=view))
    assert html.count("data-override=") == 1, "what is promised to others nobody may choose"


def test_the_plan_of_every_suggested_bed_is_there_and_that_of_the_best_is_shown() -> None:
    view = chosen(Ranking((suggested(I1, 90), suggested(A1, 80), suggested(A2, 70))))
    assert [(each.plan.ward, each.beds, each.first) for each in view.maps] == [("ICU", (I1,), True), ("4B", (A1, A2), False)]
    html = TEMPLATES.render("desk/board.html", replace(page(), selected=view))
    assert html.count("data-mark=") == 3
    assert html.count('class="candidate on"') == html.count('class="mark on"') == 1


def test_a_temporary_place_is_never_offered() -> None:
    trolley = replace(bed("4B:trolley-1"), temporary=Temporary(WardId("4B"), PlaceKind.TROLLEY, 1))
    found = Ranking((suggested(trolley.id, 900), suggested(A1, 80)))
    for seen in (ANEW, kept(trolley.id, A1)):
        view = chosen(found, seen, trolley)
        assert [card.bed for card in view.cards] == [A1]
    states = {state.id: state for state in (*(bed(name) for name in PLAN.beds), trolley)}
    offered = {option.value for option in other_beds(PLAN, states).beds}
    assert trolley.id not in offered and A1 in offered


def test_every_need_is_among_the_chips() -> None:
    wanted = asks(
        "R1",
        5,
        sex="F",
        needs=frozenset({"oxygen"}),
        isolation_kind=Isolation.DROPLET,
        organism="Influenza",
        attendant=True,
        baby_of=PatientId("p9"),
        specialty="Medicine",
        wishes=frozenset({"window"}),
        rest=frozenset({Rest.DEMENTIA}),
        entitlement="semi_private",
        insurer_limit=4000,
        room_choice="private",
    )
    view = selected_request(wanted, None, PLAN, {}, {}, AT)
    assert [chip.words for chip in view.chips if chip.must] == [
        "General",
        "Women's bay or single",
        "Piped O₂",
        "Droplet isolation (Influenza)",
        "Attendant stays",
        "Baby: beside its mother",
    ]
    assert [chip.words for chip in view.chips if not chip.must] == [
        "Medicine",
        "Window",
        "Dementia: do not move",
        "Insurance: semi private, up to 4000 a day",
        "Chose private",
    ]


def test_what_is_said_twice_stands_once_among_the_must_haves() -> None:
    view = selected_request(asks("R1", 5, sex="F", type="private", specialty="Private"), None, PLAN, {}, {}, AT)
    assert [(chip.words, chip.must) for chip in view.chips] == [("Private", True), ("Women's bay or single", True)]


def test_a_patient_of_unknown_sex_is_told_of_beside_the_name() -> None:
    """They are laid beside nobody in a bay of one sex: the desk sees why so few beds are offered."""
    known, unknown, other = (selected_request(asks("R1", 5, sex=sex), None, PLAN, {}, {}, AT) for sex in ("M", None, "U"))
    told = "Sex not known: only alone or in intensive care"
    assert [told in [chip.words for chip in view.chips if not chip.must] for view in (known, unknown, other)] == [False, True, True]


def test_the_hours_ahead_set_what_comes_free_against_who_waits_and_who_is_planned() -> None:
    beds = {
        A1: bed(A1),
        A2: bed(A2, BedStatus.OCCUPIED, expected_free_at=AT + timedelta(minutes=10)),
        A3: bed(A3, BedStatus.CLEANING, minutes=20),
        B1: bed(B1, BedStatus.CLEANING, minutes=20, reserved_for="request:x"),
    }
    later = AT + timedelta(hours=2)
    requests = [asks("a", 5), asks("b", 5), asks("c", 5, ready_at=later), asks("d", 5, status=RequestStatus.ASSIGNED)]
    ready = {A2: spread(70, 130), A3: spread(40, 150), B1: spread(30, 30), I1: spread(5, 5)}
    table = coming_free(PLAN, beds, requests, ready, AT, "general")
    assert [hour.hour for hour in table.hours] == ["14", "15", "16", "17"]
    assert [hour.coming for hour in table.hours] == [1, 1, 0, 0], (
        "by their medians: 14:42 and 15:12, the promised one nobody's, the ICU's of another type"
    )
    assert [hour.asked for hour in table.hours] == [2, 0, 1, 0], "two wait now, one is ready at 16:02"
    assert [hour.left for hour in table.hours] == [0, 1, 0, 0]
    assert [hour.worst for hour in table.hours] == [-1, -1, 0, 0], "by one in ten: 16:32 and 16:12"
    assert (table.of, table.free, table.waiting) == ("general beds", 1, 2)
    assert [hour.coming for hour in coming_free(PLAN, beds, requests, {}, AT).hours] == [0, 0, 0, 0], "nothing is known"


def spread(half: int, last: int) -> Ready:
    return Ready(AT, AT + timedelta(minutes=half), AT + timedelta(minutes=last))


def test_the_hours_ahead_go_by_what_past_cleanings_of_the_ward_took() -> None:
    """A ward whose beds take two hours has none ready in one."""
    hospital = new_hospital()
    change(hospital, WOMEN, BedStatus.CLEANING)
    slow = Engine(hospital.plan, history=History(turn={WardId("4B"): [125.0 + n for n in range(12)]}))
    quick = Engine(hospital.plan, history=History(turn={WardId("4B"): [25.0 + n for n in range(12)]}))
    tables = [coming_free(PLAN, hospital.beds, [], engine.ready(hospital, NOW), NOW) for engine in (quick, slow)]
    assert [[hour.coming for hour in table.hours] for table in tables] == [[0, 1, 0, 0], [0, 0, 1, 0]]
    assert set(quick.ready(hospital, NOW)) == {WOMEN}, "what is free now is not coming free"


def test_held_beds_stand_by_the_end_of_their_time() -> None:
    until = AT + timedelta(minutes=15)
    holds = {"status": RequestStatus.ASSIGNED, "bed": A1, "held_until": until}
    state = bed(A1, reserved_for="request:R1", reserved_by="asha", reserved_until=until)
    (found,) = held_beds([asks("R1", 5, age=67, sex="F", **holds), asks("R2", 5)], PLAN, {A1: state}, {}, AT)
    assert (found.label, found.whom, found.by, found.until) == ("4B A1", "R1 · 67 F", "asha", "14:17")
    (seen,) = held_beds([asks("R1", 5, **holds)], PLAN, {A1: state}, {}, AT - timedelta(days=1))
    assert seen.until.endswith(" 14:17"), "of another day it says which"
    promised = {"R9": asks("R9", 9, status=RequestStatus.ASSIGNED, bed=A2), "R1": asks("R1", 5, **holds)}
    assert [row.id for row in promised_rows(promised.values(), PLAN, {A1: state}, {}, AT)] == ["R9"], "a hold is no promise"
    assert held_beds([asks("R1", 5, **holds)], PLAN, {A1: bed(A1)}, {}, AT) == (), "its time is over"


def test_who_was_faster_is_named_and_the_next_best_offered() -> None:
    found = Ranking((suggested(A1, 90), suggested(A2, 80)))
    beds = {A1: bed(A1, reserved_for="request:R9", reserved_by="desk2"), A2: bed(A2)}
    told = conflict(RequestId("R1"), "csrf", A1, "It is reserved.", found, beds, PLAN, AT)
    assert told.words == "desk2 was faster: 4B A1 is promised to another patient."
    assert told.next is not None
    assert (told.next.bed, told.next.seq) == (A2, beds[A2].seq)
    html = TEMPLATES.render("desk/_conflict.html", told)
    assert 'name="if_seq" value="7"' in html
    assert 'data-next="R1"' in html
    alone = conflict(RequestId("R1"), "csrf", A1, "It is out of use.", Ranking(), {A1: bed(A1)}, PLAN, AT)
    assert (alone.words, alone.next) == ("It is out of use.", None)
    assert "No other bed fits" in TEMPLATES.render("desk/_conflict.html", alone)
