"""Drafting a hospital file from a feed."""

from pathlib import Path

import pytest

from adt_feed.learn import learn
from adt_feed.message import Message
from flow.plan_file import parse_plan

FEED = Path(__file__).parents[3] / "shared" / "data" / "hl7" / "simhospital-feed.er7"


def message(place: str) -> Message:
    return Message.parse(f"MSH|^~\\&|A|B|||20260101||ADT^A01|1|P|2.5\rPV1|1|I|{place}\r".encode())


def test_places_become_wards_rooms_and_beds() -> None:
    places = ["Renal^Main^Bed 10^Hosp", "Renal^Main^Bed 9^Hosp", "ED^^", "renal^main^bed 9", 'X"\\Y^R^1']
    text = learn([message(place) for place in places], "Test", "Europe/London")
    plan = parse_plan(text, "learnt")
    assert [bed.label for bed in plan.ward["RENAL"].beds] == ["9", "10"]  # type: ignore[index]
    assert all(plan.bed_at(place) for place in places if place != "ED^^")
    assert "# named 1 times without a bed: ED" in text


@pytest.mark.skipif(not FEED.exists(), reason="the recorded feed is not on this machine")
def test_every_bed_of_the_recorded_feed_is_found_again() -> None:
    messages = [Message.parse(raw) for raw in FEED.read_bytes().split(b"\n") if raw.strip()]
    plan = parse_plan(learn(messages, "Simulated Hospital"), "learnt")
    named = {seg.raw(n) for m in messages for seg in m.segments("PV1") for n in (3, 6, 42) if seg.component(n, 3)}
    assert len(plan.beds) == 84
    assert all(plan.bed_at(place) for place in named)
