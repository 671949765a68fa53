"""What is scarce is kept for who needs it: features few beds have, negative pressure, the last beds of a ward."""

from dataclasses import replace
from typing import Any

from allocation.engine import suggest
from allocation.layout import Layout
from flow.domain.bed import BedStatus
from flow.domain.care import Isolation
from flow.domain.ids import BedId, RoomId, VisitId, WardId
from flow.domain.plan import Plan
from flow.domain.request import BedRequest
from tests.plans import small_plan
from tests.unit.test_allocation import NOW, SINGLE, WOMEN, change, new_hospital, wants, with_single


def test_what_is_scarce_is_not_spent() -> None:
    hospital = new_hospital(with_single(small_plan()))
    single = next(s for s in suggest(wants(), hospital, NOW).ranked if s.bed == SINGLE)
    assert any(term.name == "scarce" and term.points < 0 for term in single.terms)
    isolated = suggest(wants(isolation=True), hospital, NOW).ranked[0]
    assert all(term.name != "scarce" for term in isolated.terms)


def test_a_negative_pressure_room_is_kept_for_what_goes_by_air() -> None:
    """A bed off the home ward is better for anybody else; to wait half an afternoon is not."""
    plan = with_single(small_plan())
    ward = plan.wards[0]
    pressed = tuple(replace(bed, features=bed.features | {"negative_pressure"}) if bed.id == SINGLE else bed for bed in ward.beds)
    hospital = new_hospital(replace(plan, wards=(replace(ward, beds=pressed), *plan.wards[1:])))

    def against(**changes: Any) -> list[tuple[int, str | None]]:
        found = next(s for s in suggest(wants(**changes), hospital, NOW).ranked if s.bed == SINGLE)
        return [(term.points, term.reason) for term in found.terms if term.name == "airborne"]

    spent = [(-plan.weights.kept_for_airborne, "Negative-pressure room, kept for airborne infections")]
    assert against() == against(isolation=True) == against(isolation=True, isolation_kind=Isolation.CONTACT) == spent
    assert against(isolation=True, isolation_kind=Isolation.AIRBORNE) == against(needs=frozenset({"negative_pressure"})) == []
    w = plan.weights
    assert w.type_match - w.type_near + w.home_ward < w.kept_for_airborne < w.minute_waited * w.longest_wait


def test_the_last_beds_of_a_ward_are_kept_for_its_own() -> None:
    plan = two_wards()
    hospital, w = new_hospital(plan), plan.weights
    theirs = [BedId(f"5B-A-0{n}") for n in (1, 2, 3)]

    def against(request: BedRequest) -> list[tuple[int, str]]:
        ranked = suggest(request, hospital, NOW, limit=99).ranked
        return [(term.points, term.reason) for one in ranked if one.bed in theirs for term in one.terms if term.name == "own"]

    assert against(wants()) == [(-(w.kept_for_own // 3), "One of 3 free for Surgery's own patients")] * 3
    for bed in theirs[:2]:
        change(hospital, bed, BedStatus.OCCUPIED, visit=VisitId(bed), sex="F")
    assert against(wants()) == [(-w.kept_for_own, "Last free for Surgery's own patients")]
    assert against(wants(specialty="Surgery")) == against(wants(specialty=None)) == []


def two_wards() -> Plan:
    """The small plan with a surgical ward of one women's bay."""
    plan = small_plan()
    ward = plan.wards[0]
    beds = tuple(
        replace(bed, id=BedId(bed.id.replace("4B", "5B")), ward=WardId("5B"), room=RoomId("5B-A"), aliases=())
        for bed in ward.beds
        if bed.room == "4B-A"
    )
    room = replace(ward.rooms[0], id=RoomId("5B-A"), ward=WardId("5B"))
    other = replace(ward, id=WardId("5B"), name="Ward 5B", specialty="Surgery", rooms=(room,), beds=beds)
    return replace(plan, wards=(*plan.wards, other))


def test_what_intensive_care_has_makes_nothing_plentiful() -> None:
    plan = small_plan()
    ward, icu = plan.wards
    watched = replace(
        ward, beds=tuple(replace(bed, features=bed.features | {"telemetry"}) if bed.id == WOMEN else bed for bed in ward.beds)
    )
    few = Layout(replace(plan, wards=(watched, icu))).rarity["telemetry"]
    telemetry = tuple(replace(bed, features=bed.features | {"telemetry"}) for bed in icu.beds)
    assert Layout(replace(plan, wards=(watched, replace(icu, beds=telemetry)))).rarity["telemetry"] == few > 0
