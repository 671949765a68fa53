"""What stands before a reason: a tick for a wish fulfilled, a dash for what will do, a warning for what is off, whatever the points."""

from dataclasses import replace

import pytest

from allocation.engine import Suggestion, Term, suggest
from allocation.marks import Mark
from flow.domain.ids import BedId
from flow.templating import Templates
from flow.views.desk.card import suggestion_card
from tests.unit.test_allocation import NOW, new_hospital, wants
from tests.unit.test_desk_choice import chosen
from tests.unit.test_desk_view import AT, PLAN, Found, Ranking, bed, page
from tests.unit.test_desk_view import Term as Shown

A1 = BedId("4B-A-01")


def terms(**more: object) -> dict[BedId, dict[str, Term]]:
    """The terms of every bed that fits, by name."""
    found = suggest(wants(**more), new_hospital(), NOW, limit=50)
    return {each.bed: _by_name(each) for each in found.ranked}


def _by_name(each: Suggestion) -> dict[str, Term]:
    return {term.name: term for term in each.terms}


def test_a_type_that_will_do_wins_points_and_no_tick() -> None:
    found = {(term["type"].points > 0, term["type"].mark, "asked for" in term["type"].reason) for term in terms().values()}
    assert found == {(True, Mark.MET, False), (True, Mark.FAIR, True)}


def test_the_home_ward_is_a_tick_and_another_a_warning() -> None:
    assert {term["ward"].mark for term in terms(specialty="Medicine").values()} == {Mark.MET}
    assert {term["ward"].mark for term in terms(specialty="Surgery").values()} == {Mark.OFF}


def test_near_the_station_is_a_wish_of_those_who_must_be_watched() -> None:
    assert {term["station"].mark for term in terms().values()} == {Mark.FAIR}
    watched = terms(wishes=frozenset({"falls_risk"}))
    assert {bed: term["station"].mark for bed, term in watched.items()} == {
        bed: _expected(int(term["station"].reason.split()[0])) for bed, term in watched.items()
    }
    assert Mark.MET in {term["station"].mark for term in watched.values()}


def _expected(metres: int) -> Mark:
    near = new_hospital().plan.weights.station_metres
    return Mark.MET if metres <= near / 2 else Mark.FAIR if metres < near else Mark.OFF


@pytest.mark.parametrize(("mark", "icon"), [("met", "i-check"), ("fair", "i-dash"), ("off", "i-alert")])
def test_the_card_draws_the_mark_and_not_the_points(mark: str, icon: str) -> None:
    seen = chosen(Ranking((Found(A1, 200, (Shown("type", 200, "Private bed, asked for general", mark),)),)))
    html = Templates().render("desk/board.html", replace(page(), selected=seen))
    assert f'<li data-said="{mark}"><svg aria-hidden="true"><use href="#{icon}"/></svg><span>Private bed, asked for general' in html
    assert Templates().render("desk/page.html", page()).count(f'<symbol id="{icon}"') == 1


def test_a_room_the_patient_chose_is_no_caution() -> None:
    asked = (Shown("type", 9, "Private bed as asked"), Shown("entitlement", 0, "Private room, chosen by the patient", "met"))
    card = suggestion_card(1, Found(A1, 9, asked), bed(A1), PLAN, 9, AT)
    assert [reason.words for reason in card.reasons] == ["Private bed as asked"]
    assert [(reason.words, reason.icon) for reason in card.also] == [("Private room, chosen by the patient", "i-check")]
