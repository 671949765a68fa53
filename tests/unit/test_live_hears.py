"""What a process's own desk has committed is on its screens before Redis brings it round, and is the same as if Redis had told it."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from flow.codec import encode
from flow.domain.cause import Cause, Origin
from flow.domain.events import Entry, Event, Kind, Record, shown
from flow.domain.hospital import stamped
from flow.domain.ids import PatientId, RequestId, VisitId
from flow.domain.request import BedRequest, RequestStatus
from flow.domain.visit import Visit
from flow.state.follower import Follower
from flow.state.keys import ENTITIES
from flow.state.live import Live
from flow.views.bed_tile import Audience
from realtime.hub import Hub
from realtime.topics import parse_topics
from tests.unit.test_hub import BEDS, PLAN, Screen, new_live, states, taken

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
CAUSE = Cause(Origin.PERSON, "asha", NOW)


def entry(seq: int, bed: int, what: str) -> Entry:
    record: Record = states(bed, what, seq)
    if what in ("asked", "withdrawn"):
        status = RequestStatus.WAITING if what == "asked" else RequestStatus.CANCELLED
        record = BedRequest(RequestId(f"R{bed}"), PatientId("p"), NOW, "general", status=status)
    elif what == "visit":
        record = Visit(VisitId(f"V{bed}"), PatientId("p"))
    return Entry(seq, Event(Kind.BED_REVISED, record, NOW), CAUSE)


def row(one: Entry) -> tuple[bytes, dict[bytes, bytes]]:
    """As the tail has it."""
    entity, record = one.event.entity, stamped(one.event.record, one.seq)
    body = encode(record) if shown(record) and entity in ENTITIES else b""
    told = (entity, one.event.entity_id) if entity in ENTITIES else ("", "")
    return f"{one.seq}-0".encode(), {b"e": told[0].encode(), b"i": told[1].encode(), b"b": body}


def follower(live: Live) -> Follower:
    return Follower(None, PLAN.id, live)  # type: ignore[arg-type]


KINDS = ["occupied", "cleaning", "reserved", "free", "asked", "withdrawn", "visit"]
told = st.lists(st.tuples(st.integers(0, len(BEDS) - 1), st.sampled_from(KINDS)), min_size=1, max_size=20)


@given(told=told, cuts=st.sets(st.integers(1, 19)), heard=st.lists(st.booleans(), min_size=20, max_size=20))
async def test_heard_or_read_it_is_the_same_picture(told: list[tuple[int, str]], cuts: set[int], heard: list[bool]) -> None:
    """Groups that this process committed are heard, those of others come by the tail, which brings all of them late."""
    entries = [entry(seq, bed, what) for seq, (bed, what) in enumerate(told, 1)]
    bounds = [0, *sorted(cut for cut in cuts if cut < len(entries)), len(entries)]
    mixed, plain = new_live(), new_live()
    hub, seen = Hub(mixed, PLAN), Screen()
    mailbox = hub.join(parse_topics("ward:4B,ward:ICU", PLAN), Audience.STAFF)
    tail, cursor = follower(mixed), 0
    for (start, end), own in zip(pairwise(bounds), heard, strict=False):
        if own:
            mixed.hear(entries[start:end])
        if not own or end % 2:
            cursor = tail._take([row(one) for one in entries[cursor:end]], cursor)
        hub.flush()
        seen.see(await taken(mailbox) if mailbox.waiting else [])
    tail._take([row(one) for one in entries[cursor:]], cursor)
    follower(plain)._take([row(one) for one in entries], 0)
    assert (mixed.homes, mixed.seq) == (plain.homes, plain.seq)
    fresh = Screen()
    fresh.see(await taken(Hub(plain, PLAN).join(parse_topics("ward:4B,ward:ICU", PLAN), Audience.STAFF)))
    hub.flush()
    seen.see(await taken(mailbox) if mailbox.waiting else [])
    assert json.dumps(seen.tiles, sort_keys=True) == json.dumps(fresh.tiles, sort_keys=True)


async def test_it_is_seen_at_once_and_the_tail_tells_it_to_nobody_again() -> None:
    live, changes = new_live(), list[Any]()
    live.subscribe(changes.append)
    one = entry(1, 0, "occupied")
    live.hear([one])
    assert ([change.seq for change in changes], live.beds[BEDS[0]].sex, changes[0].as_of) == ([1], "F", NOW)
    follower(live)._take([row(one)], 0)
    assert [change.records for change in changes[1:]] == [()]


async def test_what_does_not_follow_on_is_left_to_the_tail() -> None:
    """Another process wrote in between; or Redis is away, and every screen must say so."""
    live = new_live()
    live.hear([entry(2, 0, "occupied")])
    live.epoch = None
    live.hear([entry(1, 1, "occupied")])
    assert (live.seq, [live.beds[bed].visit for bed in BEDS[:2]]) == (0, [None, None])


async def test_who_waits_for_its_own_write_need_not_wait_for_redis() -> None:
    live = new_live()
    assert not await live.reached(1, within=timedelta(milliseconds=1).total_seconds())
    live.hear([entry(1, 0, "occupied")])
    assert await live.reached(1, within=0)
