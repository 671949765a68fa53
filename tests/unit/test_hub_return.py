"""A screen that was away is told what ended meanwhile as well as what began: it never shows a ghost, whatever it saw last."""

from dataclasses import replace
from datetime import date, timedelta

from flow.domain.bed import BedState, BedStatus, Condition, OutOfUse, PlaceKind, Temporary, place_id
from flow.domain.check import Check, Doubt
from flow.domain.ids import BedId, CheckId, ClinicId, TokenId, WardId
from flow.domain.opd import Token, TokenStatus
from flow.domain.plan import Plan
from flow.state.live import Change, Live
from flow.views.bed_tile import Audience
from realtime.hub import Hub
from realtime.topics import parse_topics
from tests.unit.test_hub import NOW, PLAN, Screen, new_live, states, taken

WARD, ENT, CLEANING = (parse_topics(topic, PLAN) for topic in ("ward:4B", "opd:ENT", "cleaning"))
TROLLEY = BedState(
    place_id(WardId("4B"), PlaceKind.TROLLEY, 1),
    Condition(BedStatus.AVAILABLE, NOW, "person:x"),
    seq=101,
    temporary=Temporary(WardId("4B"), PlaceKind.TROLLEY, 1),
)
GONE = replace(TROLLEY, now=replace(TROLLEY.now, status=BedStatus.MAINTENANCE, reason=OutOfUse.ROOM_CLOSED), seq=103)
TOKEN = Token(TokenId("T1"), ClinicId("ENT"), date(2026, 11, 21), "E-001", 1, NOW, TokenStatus.CALLED, room="1", called_at=NOW, calls=1)


async def tell(live: Live, *records: BedState | Check | Token) -> None:
    for record in records:
        live.put(record)
        live.tell(Change(record.seq, NOW, (record,)))


async def look(hub: Hub, topics: frozenset, last: int | None = None, screen: Screen | None = None) -> Screen:  # type: ignore[type-arg]
    """A screen comes, or comes back, and leaves."""
    screen = screen or Screen()
    mailbox = hub.join(topics, Audience.STAFF, last)
    screen.see(await taken(mailbox))
    hub.leave(topics, Audience.STAFF, mailbox)
    return screen


async def test_a_place_that_was_given_up_meanwhile_is_told_as_gone() -> None:
    live = new_live()
    hub = Hub(live, PLAN)
    await tell(live, TROLLEY)
    screen = await look(hub, WARD)
    assert screen.tiles[f"place:{TROLLEY.id}"]["state"] == "free"
    await tell(live, states(0, "cleaning", 102), GONE)
    await look(hub, WARD, 101, screen)
    assert screen.tiles[f"place:{TROLLEY.id}"]["state"] == "out"
    assert screen.tiles == (await look(hub, WARD)).tiles


async def test_a_number_that_was_called_and_a_bed_that_was_cleaned_meanwhile_are_gone() -> None:
    live = new_live()
    hub = Hub(live, PLAN)
    await tell(live, replace(TOKEN, seq=101), states(0, "cleaning", 102))
    hall, board = Screen(), Screen()
    for screen, topics in ((hall, ENT), (board, CLEANING)):
        mailbox = hub.join(topics, Audience.STAFF)
        for _, data in await taken(mailbox):
            screen.tiles |= {tile["key"]: tile for tile in data.get("tiles", ())}
        hub.leave(topics, Audience.STAFF, mailbox)
    assert hall.tiles["room:ENT/1"]["token"] == "E-001" and len(board.tiles["cleaning:rows"]["rows"]) == 1
    await tell(live, replace(TOKEN, status=TokenStatus.FINISHED, seq=103), states(0, "free", 104))
    for screen, topics in ((hall, ENT), (board, CLEANING)):
        for _, data in await taken(hub.join(topics, Audience.STAFF, 102)):
            screen.tiles |= {tile["key"]: tile for tile in data.get("tiles", ())}
    assert hall.tiles["room:ENT/1"]["token"] is None and board.tiles["cleaning:rows"]["rows"] == []


async def test_a_doubt_that_ended_while_another_process_took_over_is_not_kept() -> None:
    """The newcomer never heard of the check: what was seen before its own picture is not built upon."""
    live, check = new_live(), Check(CheckId("c"), BedId("4B-A-01"), WardId("4B"), Doubt.TWO_CLAIMS, NOW, seq=101)
    old = Hub(live, PLAN)
    await tell(live, check)
    screen = await look(old, WARD)
    assert screen.tiles["bed:4B-A-01"]["doubt"] is True
    live.drop("check", check.id)
    live.tell(Change(102, NOW + timedelta(seconds=9), (replace(check, seq=102),)))
    new = Hub(live, PLAN)
    mailbox = new.join(WARD, Audience.STAFF, 101)
    told = await taken(mailbox)
    assert told[0][0] == "snapshot" and not any(tile["doubt"] for tile in told[0][1]["tiles"])


async def test_a_bed_that_the_hospital_file_lost_is_lost_on_screens() -> None:
    """The server came back with another file: no tile can say that its bed is no more."""
    live = new_live()
    ward = PLAN.ward[WardId("4B")]
    smaller: Plan = replace(PLAN, wards=(replace(ward, beds=ward.beds[1:]), *PLAN.wards[1:]), file="another")
    said = live.seq
    await tell(live, states(3, "cleaning", 102))
    told = await taken(Hub(live, smaller).join(WARD, Audience.STAFF, said))
    assert told[0][0] == "snapshot" and len(told[0][1]["tiles"]) == len(ward.beds) - 1


async def test_ids_of_another_epoch_and_of_before_a_new_picture_say_nothing() -> None:
    """The demonstration was begun anew, or a backup laid back."""
    live = new_live()
    hub = Hub(live, PLAN)
    await tell(live, states(0, "cleaning", 101))
    live.epoch = "another"
    live.tell(Change(90, NOW, snapshot=True))
    await tell(live, states(0, "free", 120))
    assert (await taken(hub.join(WARD, Audience.STAFF, 89)))[0][0] == "snapshot", "older than this picture"
    assert (await taken(hub.join(WARD, Audience.STAFF, 121)))[0][0] == "snapshot", "not yet"
    assert (await taken(hub.join(WARD, Audience.STAFF, 90)))[0][0] == "tiles"
