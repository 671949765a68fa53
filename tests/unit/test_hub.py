"""The hub's promises: snapshot + frames = fresh snapshot, versions never go back, the public sees nothing private."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flow.domain.bed import BedState, BedStatus, Condition, Stage
from flow.domain.hospital import opened
from flow.domain.ids import BedId, FeedId, PatientId, RequestId, VisitId, WardId
from flow.domain.plan import Clinic
from flow.domain.request import BedRequest, Move
from flow.errors import Refused
from flow.state.live import Change, Live
from flow.views.bed_tile import Audience
from flow.views.opd_screen import room_tiles
from realtime.hub import AT_ONCE, Hub
from realtime.mailbox import Mailbox
from realtime.topics import parse_topics
from tests.plans import small_plan

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
PLAN = small_plan()
BEDS = list(PLAN.beds)


def new_live() -> Live:
    live = Live(epoch="e", as_of=NOW)
    for state in opened(PLAN, NOW):
        live.put(state)
    return live


def states(bed_index: int, status: str, seq: int) -> BedState:
    at = NOW + timedelta(seconds=seq)
    bed = BedState(BEDS[bed_index], Condition(BedStatus.AVAILABLE, at, "feed:his"), seq=seq)
    match status:
        case "occupied":
            now = Condition(BedStatus.OCCUPIED, at, "feed:his")
            return replace(bed, now=now, visit=VisitId(f"SECRET-{seq}"), sex="F", age=77, isolation=True)
        case "cleaning":
            return replace(bed, now=Condition(BedStatus.CLEANING, at, "person:x", Stage.WAITING))
        case "reserved":
            return replace(bed, reserved_for="request:SECRET", reserved_at=at)
        case _:
            return bed


def events(data: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
    for block in data.decode().strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines())
        if "event" in lines:
            yield lines["event"], json.loads(lines["data"])


async def taken(mailbox: Mailbox) -> list[tuple[str, dict[str, Any]]]:
    return list(events((await mailbox.take())[0]))


class Screen:
    """A browser: keeps whole tiles by key, as the walls do."""

    def __init__(self) -> None:
        self.tiles: dict[str, Any] = {}

    def see(self, seen: list[tuple[str, dict[str, Any]]]) -> None:
        for name, data in seen:
            if name == "snapshot":
                self.tiles = {}
            for tile in data.get("tiles", ()):
                assert tile["seq"] >= self.tiles.get(tile["key"], tile)["seq"]
                self.tiles[tile["key"]] = tile


changes = st.lists(st.tuples(st.integers(0, len(BEDS) - 1), st.sampled_from(["occupied", "cleaning", "reserved", "free"])), max_size=30)


@given(changes=changes, takes=st.sets(st.integers(0, 29)), flushes=st.sets(st.integers(0, 29)))
async def test_snapshot_and_frames_equal_a_fresh_snapshot(changes: list[tuple[int, str]], takes: set[int], flushes: set[int]) -> None:
    """Whatever a client takes when, and however the hub groups changes, it ends with what a newcomer gets."""
    live = new_live()
    hub = Hub(live, PLAN)
    topics = parse_topics("ward:4B,ward:ICU", PLAN)
    mailbox, screen = hub.join(topics, Audience.STAFF), Screen()
    screen.see(await taken(mailbox))
    for step, (bed, status) in enumerate(changes):
        record = states(bed, status, step + 100)
        live.put(record)
        live.tell(Change(step + 100, NOW, (record,)))
        if step in flushes:
            hub.flush()
        if step in takes and mailbox.waiting:
            screen.see(await taken(mailbox))
    hub.flush()
    if mailbox.waiting:
        screen.see(await taken(mailbox))
    fresh = Screen()
    fresh.see(await taken(hub.join(topics, Audience.STAFF)))
    assert screen.tiles == fresh.tiles
    assert len(screen.tiles) == len(BEDS)


async def test_a_returning_client_gets_only_what_changed() -> None:
    live = new_live()
    hub = Hub(live, PLAN)
    topics = parse_topics("ward:4B", PLAN)
    for seq in (101, 102):
        record = states(seq - 101, "cleaning", seq)
        live.put(record)
        live.tell(Change(seq, NOW, (record,)))
    [(name, data), (beat, _)] = await taken(hub.join(topics, Audience.WARD, last_seen=101))
    assert (name, beat, [tile["seq"] for tile in data["tiles"]]) == ("tiles", "heartbeat", [102])
    [(name, data), _] = await taken(hub.join(topics, Audience.WARD, last_seen=9999))
    assert (name, len(data["tiles"])) == ("snapshot", 7)


async def test_where_one_bed_changed_no_other_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    live = new_live()
    hub = Hub(live, PLAN)
    mailbox = hub.join(parse_topics("ward:4B", PLAN), Audience.WARD)
    await taken(mailbox)
    monkeypatch.setattr("realtime.drawing.Drawing.rows", lambda *_: pytest.fail("the whole ward is drawn"))
    record = states(0, "cleaning", 101)
    live.put(record)
    live.tell(Change(101, NOW, (record,)))
    hub.flush()
    [(name, data)] = await taken(mailbox)
    assert (name, [tile["key"] for tile in data["tiles"]]) == ("tiles", [f"bed:{BEDS[0]}"])


async def test_groups_that_share_a_topic_share_its_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clinic's television, that of the whole hall, and twenty that come back at once: drawn once, and again when something changed."""
    drawings: list[str] = []

    def counted(clinic: Clinic, *of: Any) -> Any:
        drawings.append(clinic.id)
        return room_tiles(clinic, *of)

    monkeypatch.setattr("realtime.drawing.room_tiles", counted)
    live = new_live()
    hub = Hub(live, PLAN)
    topic, ward = parse_topics("opd:ENT", PLAN), parse_topics("ward:4B", PLAN)
    for _ in range(20):
        hub.join(topic, Audience.PUBLIC, last_seen=0)
        hub.join(topic | ward, Audience.STAFF)
    assert drawings == ["ENT"]
    live.seq += 1
    live.tell(Change(live.seq, NOW, (states(0, "free", live.seq),)))
    hub.join(topic, Audience.PUBLIC, last_seen=0)
    assert drawings == ["ENT", "ENT"]


async def test_the_public_sees_nothing_private() -> None:
    live = new_live()
    for index, bed in enumerate(BEDS):
        live.put(states(index, "occupied" if index % 2 else "reserved", 200 + index))
        assert bed in live.beds
    data, _ = await Hub(live, PLAN).join(parse_topics("ward:4B", PLAN), Audience.PUBLIC).take()
    assert b"SECRET" not in data
    assert all(tile["isolation"] is tile["sex"] is tile["age"] is None for _, d in events(data) for tile in d.get("tiles", ()))


async def test_no_picture_means_no_snapshot() -> None:
    live = new_live()
    live.epoch = None
    mailbox = Hub(live, PLAN).join(parse_topics("ward:4B", PLAN), Audience.PUBLIC)
    assert not mailbox.waiting


async def test_the_desk_is_nudged_without_data() -> None:
    live = new_live()
    hub = Hub(live, PLAN)
    mailbox = hub.join(parse_topics("desk", PLAN), Audience.STAFF)
    await mailbox.take()
    record = states(0, "cleaning", 300)
    for _ in range(5):
        live.tell(Change(300, NOW, (record,)))
    hub.flush()
    assert await taken(mailbox) == [("bed-changed", {})]


async def test_a_ward_is_nudged_by_what_it_asks_for_and_is_asked_for() -> None:
    """A move shows on the pages of both wards; a request elsewhere on none of theirs."""
    live = new_live()
    hub = Hub(live, PLAN)
    request = BedRequest(RequestId("R1"), PatientId("1"), NOW, "general", seq=300)
    to_icu = replace(request, move=Move(BedId("4B-A-01"), BedId("ICU-I-01")))
    for record, wards in ((request, []), (replace(request, asked_by=WardId("4B")), ["4B"]), (to_icu, ["4B", "ICU"])):
        told = []
        for ward in ("4B", "ICU"):
            mailbox = hub.join(parse_topics(f"ward:{ward}", PLAN), Audience.STAFF)
            await mailbox.take()
            live.tell(Change(300, NOW, (record,)))
            hub.flush()
            told += [ward] if mailbox.waiting else []
            hub.leave(parse_topics(f"ward:{ward}", PLAN), Audience.STAFF, mailbox)
        assert told == wards


async def test_what_stands_in_no_log_is_announced_to_the_desk_alone_and_once() -> None:
    hub = Hub(new_live(), PLAN)
    desk, ward = (hub.join(parse_topics(topic, PLAN), Audience.STAFF) for topic in ("desk", "ward:4B"))
    await desk.take()
    await ward.take()
    for _ in range(1000):
        hub.announce("desk", "looks")
    data, last = await desk.take()
    assert (data, last) == (b"event: looks\ndata: {}\n\n", False), "no id: a returning client asks from where it was"
    assert not ward.waiting


async def test_a_client_that_never_reads_holds_no_more_than_the_ward() -> None:
    live = new_live()
    hub = Hub(live, PLAN)
    mailbox = hub.join(parse_topics("ward:4B", PLAN), Audience.STAFF)
    for seq in range(100, 600):
        record = states(seq % 7, "cleaning", seq)
        live.put(record)
        live.tell(Change(seq, NOW, (record,)))
        hub.flush()
    data, _ = await mailbox.take()
    assert len(data) < 7 * 600


@pytest.mark.parametrize("text", ["", "ward:XX", "desk:1", "patients", ",".join(["desk"] * 40)])
def test_unknown_topics_are_refused(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_topics(text, PLAN)
    assert refusal.value.code == "unknown-topic"


async def test_a_heartbeat_says_the_time_and_when_each_feed_was_heard_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("realtime.hub.HEARTBEAT", 0.01)
    live = new_live()
    live.feeds = {FeedId("his"): NOW - timedelta(minutes=3)}
    hub = Hub(live, PLAN)
    mailbox = hub.join(parse_topics("ward:4B", PLAN), Audience.PUBLIC)
    await taken(mailbox)
    running = asyncio.create_task(hub.run())
    began = datetime.now(UTC)
    heard = [said for _ in range(3) for said in await asyncio.wait_for(taken(mailbox), 5)]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert [name for name, _ in heard] == ["heartbeat"] * 3
    times = [datetime.fromisoformat(data["now"]) for _, data in heard]
    assert began <= times[0] < times[1] < times[2] <= datetime.now(UTC)
    kept = {"as_of": NOW.isoformat(), "feeds": {"his": (NOW - timedelta(minutes=3)).isoformat()}, "seq": live.seq}
    assert all(data == kept | {"now": data["now"]} for _, data in heard)


async def test_a_picture_that_moves_again_is_told_at_once() -> None:
    """A screen that says NOT LIVE does not wait for the next heartbeat; from second to second nothing is said."""
    live = new_live()
    hub = Hub(live, PLAN)
    mailbox = hub.join(parse_topics("ward:4B", PLAN), Audience.PUBLIC)
    await taken(mailbox)
    live.tell(Change(live.seq, NOW + timedelta(seconds=1)))
    assert mailbox._beat == b""
    live.tell(Change(live.seq, NOW + timedelta(seconds=40)))
    [(name, data)] = await taken(mailbox)
    assert (name, data["as_of"]) == ("heartbeat", (NOW + timedelta(seconds=40)).isoformat())


async def changed(live: Live, bed_index: int, seq: int) -> None:
    record = states(bed_index, "cleaning", seq)
    live.put(record)
    live.tell(Change(seq, NOW, (record,)))


async def test_nobody_waits_for_a_group_that_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wall of another ward is told of its first change at once, while a ward under fire and the boards rest with more to say."""
    for name in ("REST", "BOARD_PAUSE", "HEARTBEAT"):
        monkeypatch.setattr(f"realtime.hub.{name}", 60.0)
    live, (first, *_), last = new_live(), PLAN.wards, PLAN.wards[-1]
    hub = Hub(live, PLAN)
    fired, board, quiet = (hub.join(parse_topics(t, PLAN), Audience.WARD) for t in (f"ward:{first.id}", "house", f"ward:{last.id}"))
    for mailbox in (fired, board, quiet):
        await taken(mailbox)
    running = asyncio.create_task(hub.run())
    async with asyncio.timeout(5):
        for seq in range(100, 100 + AT_ONCE):
            await changed(live, BEDS.index(first.beds[0].id), seq)
            await taken(fired)
        await taken(board)
        await changed(live, BEDS.index(first.beds[0].id), 101)
        await asyncio.sleep(0.05)
        await changed(live, BEDS.index(last.beds[0].id), 102)
        [(_, frame)] = await taken(quiet)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert [tile["seq"] for tile in frame["tiles"]] == [102]
    assert (fired.waiting, board.waiting) == (False, False), "they rest"


async def test_a_group_rests_and_is_then_told_of_all_that_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few changes go at once; after them it is told once in a while."""
    monkeypatch.setattr("realtime.hub.REST", 1.0)
    live, ward, loop = new_live(), PLAN.wards[0], asyncio.get_running_loop()
    hub = Hub(live, PLAN)
    mailbox = hub.join(parse_topics(f"ward:{ward.id}", PLAN), Audience.WARD)
    await taken(mailbox)
    running = asyncio.create_task(hub.run())
    async with asyncio.timeout(5):
        begun = loop.time()
        for seq in range(90, 90 + AT_ONCE):
            await changed(live, BEDS.index(ward.beds[0].id), seq)
            await taken(mailbox)
        sent = loop.time()
        for seq, bed in ((101, 0), (102, 1), (103, 0)):
            await changed(live, BEDS.index(ward.beds[bed].id), seq)
        [(_, frame)] = await taken(mailbox)
        told = loop.time()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert told - begun >= 0.99 > sent - begun
    assert sorted(tile["seq"] for tile in frame["tiles"]) == [102, 103]
