"""A bed in doubt on the stream: the tile says it at once, ends with it, and whoever was away hears of it on coming back."""

from dataclasses import replace

from flow.domain.check import Check, Doubt
from flow.domain.discharge import Discharge, Way
from flow.domain.ids import BedId, CheckId, VisitId, WardId
from flow.state.live import Change
from flow.views.bed_tile import Audience
from realtime.hub import Hub
from realtime.topics import parse_topics
from tests.unit.test_hub import NOW, PLAN, new_live, taken

BED = BedId("4B-A-01")
CHECK = Check(CheckId("c"), BED, WardId("4B"), Doubt.TWO_CLAIMS, NOW)
WARD = parse_topics("ward:4B", PLAN)


def doubts(found: list[tuple[str, dict[str, object]]]) -> dict[str, object]:
    tiles = [body for name, body in found if name in ("tiles", "snapshot")]
    return {tile["id"]: tile["doubt"] for body in tiles for tile in body["tiles"]}  # type: ignore[attr-defined]  # JSON


async def test_a_check_changes_its_beds_tile_and_nudges_its_ward() -> None:
    live = new_live()
    hub = Hub(live, PLAN)
    mailbox, other = hub.join(WARD, Audience.WARD), hub.join(parse_topics("ward:ICU", PLAN), Audience.WARD)
    assert doubts(await taken(mailbox))[BED] is False
    await taken(other)
    live.put(replace(CHECK, seq=1))
    live.tell(Change(1, NOW, (replace(CHECK, seq=1),)))
    hub.flush()
    found = await taken(mailbox)
    assert doubts(found) == {BED: True}
    assert "bed-changed" in [name for name, _ in found]
    live.drop("check", CHECK.id)
    live.tell(Change(2, NOW, (replace(CHECK, seq=2),)))
    hub.flush()
    assert doubts(await taken(mailbox)) == {BED: False}
    assert not other.waiting, "the other ward hears nothing"


async def test_who_was_away_hears_of_the_doubt() -> None:
    live = new_live()
    hub = Hub(live, PLAN)
    live.put(CHECK)
    live.tell(Change(7, NOW, (CHECK,)))
    assert doubts(await taken(hub.join(WARD, Audience.STAFF, last_seen=6))) == {BED: True}


async def test_visitors_are_not_told() -> None:
    live = new_live()
    hub = Hub(live, PLAN)
    live.put(CHECK)
    live.tell(Change(7, NOW, (CHECK,)))
    assert doubts(await taken(hub.join(WARD, Audience.PUBLIC)))[BED] is None


async def test_a_discharge_nudges_the_ward_where_its_patient_lies() -> None:
    live = new_live()
    live.put(replace(live.beds[BED], visit=VisitId("V1")))
    hub = Hub(live, PLAN)
    mailbox, other = hub.join(WARD, Audience.STAFF), hub.join(parse_topics("ward:ICU", PLAN), Audience.STAFF)
    await taken(mailbox)
    await taken(other)
    tapped = Discharge(VisitId("V1"), Way.CASH, NOW, {}, seq=3)
    live.put(tapped)
    live.tell(Change(3, NOW, (tapped,)))
    hub.flush()
    assert [name for name, _ in await taken(mailbox)] == ["bed-changed"]
    assert not other.waiting
