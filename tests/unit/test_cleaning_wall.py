"""The housekeeping board on a wall: what it says in which order, that it names no patient, that the stream tells what the page does."""

import gzip
import json
import re
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from flow.domain.bed import BedState, BedStatus, CleanKind, Condition, Stage
from flow.domain.cleaning_job import CleanJob, Why
from flow.domain.ids import BedId, PatientId, RequestId, WardId
from flow.domain.request import BedRequest, RequestStatus
from flow.state.live import Change, Live
from flow.templating import CHECKOUT, Templates
from flow.views.bed_tile import Audience
from flow.views.cleaning_wall import ROWS, CleaningTiles, CleaningWall, CleanRow, CleanSumsTile, cleaning_tiles
from realtime.hub import Hub
from realtime.topics import parse_topics
from tests.unit.test_alert_level import AT, BEDS, PLAN, ago
from tests.unit.test_hub import taken

SCRIPT = (CHECKOUT / "static/js/cleaning-wall.js").read_text()
ICU = BedId("ICU-I-01")


def dirty(bed: BedId, minutes: float, stage: Stage = Stage.WAITING, clean: CleanKind = CleanKind.ROUTINE, **job: Any) -> BedState:
    made = CleanJob(f"{bed}@1", Why.LEFT, ago(minutes), **job)
    return BedState(bed, Condition(BedStatus.CLEANING, ago(minutes), "feed:his", stage, clean), job=made)


PROMISED = replace(dirty(BEDS[1], 20), reserved_for="request:R-1")
ASKED = [BedRequest(RequestId("R-1"), PatientId("p1"), ago(95), "general", status=RequestStatus.ASSIGNED, bed=BEDS[1], origin="Meera Iyer")]
STATES = (
    dirty(BEDS[0], 75),
    PROMISED,
    dirty(BEDS[2], 5, clean=CleanKind.STAT, stat=True, cleaner="c1", offered_at=ago(1)),
    dirty(BEDS[3], 60, Stage.IN_PROGRESS, cleaner="c2", acknowledged_at=ago(50), started_at=ago(40)),
    dirty(BEDS[4], 90, Stage.INSPECTION, started_at=ago(40)),
    dirty(ICU, 10, clean=CleanKind.ISOLATION, cleaner="c1", acknowledged_at=ago(5)),
)


def tiles(*states: BedState, ward: str | None = None, at: datetime = AT) -> CleaningTiles:
    return cleaning_tiles(PLAN, {state.id: state for state in states or STATES}, ASKED, (), at, WardId(ward) if ward else None)


def rows(*states: BedState, ward: str | None = None) -> list[CleanRow]:
    return list(tiles(*states, ward=ward)[1].rows)


def test_the_urgent_come_first_and_those_under_way_last() -> None:
    found = [(row.bed, row.state, row.said, row.who) for row in rows()]
    assert found == [
        ("4B A3", "dirty", "offered to", "c1"),
        ("4B A2", "dirty", "nobody yet", ""),
        ("4B A1", "dirty", "nobody yet", ""),
        ("ICU I1", "dirty", "on the way", "c1"),
        ("4B B2", "cleaning", "to be looked at", ""),
        ("4B B1", "cleaning", "being cleaned", "c2"),
    ]
    sums = tiles()[0]
    assert (sums.dirty, sums.begun, sums.looks, sums.stat, sums.patients) == (4, 1, 1, 1, 1)


def test_a_bed_says_how_long_by_when_and_who_waits_for_it() -> None:
    stat, promised, *_ = rows()
    assert (stat.stat, stat.asked, stat.due, stat.waits) == (True, ago(5), ago(5) + timedelta(minutes=PLAN.cleaning.stat_aim), None)
    assert (promised.due, promised.waits) == (ago(20) + timedelta(minutes=PLAN.cleaning.response_aim), ago(95))
    assert [row.due for row in rows(dirty(BEDS[3], 60, Stage.IN_PROGRESS, started_at=ago(40)))] == [None], "begun is not late to begin"
    assert [row.isolation for row in rows(ward="ICU")] == [True]
    paused, problem = dirty(BEDS[0], 9, Stage.SUSPENDED), dirty(BEDS[1], 9, Stage.SUSPENDED, problem="p1")
    assert {row.said for row in rows(paused, problem)} == {"paused", "a problem"}


def test_a_planned_patient_waits_from_their_hour_on() -> None:
    sums, shown = tiles(at=ago(96))
    assert sums.patients == 0
    assert not [row for row in shown.rows if row.waits]


def test_one_ward_s_board_holds_that_ward_alone() -> None:
    assert [row.bed for row in rows(ward="ICU")] == ["ICU I1"]
    assert tiles(ward="ICU")[0].dirty == 1


def test_what_has_no_space_is_counted() -> None:
    found = [BedState(BedId(f"4B-{n}"), STATES[0].now) for n in range(ROWS + 2)]
    plan = replace(PLAN, wards=(replace(PLAN.wards[0], beds=tuple(replace(PLAN.wards[0].beds[0], id=state.id) for state in found)),))
    shown = cleaning_tiles(plan, {state.id: state for state in found}, [], (), AT)[1]
    assert (len(shown.rows), shown.more) == (ROWS, 2)


def wall(*states: BedState, **said: Any) -> str:
    view = CleaningWall(PLAN, tiles(*states), Audience.STAFF, AT, nicks={"c1": 'Kavita "K"'}, **said)
    return Templates().render("cleaning_wall/page.html", view)


def test_the_wall_is_small_names_no_patient_and_says_who_is_on_which() -> None:
    page = wall()
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    assert "4B A3 STAT" in text and "offered to Kavita &#34;K&#34;" in text and "being cleaned somebody" in text
    assert (
        "patient waits 1 h 35" in text and "Meera" not in page and 'data-stream="/api/v1/stream?topics=cleaning&amp;audience=staff"' in page
    )
    assert re.findall(r'<li data-state="dirty"[^>]*class="late"[^>]*>.*?data-f="bed">([^<]+)', page) == ["4B A1"]
    assert len(gzip.compress(page.encode())) < 12_000
    assert 'data-none="1"' in wall(BedState(BEDS[0], Condition(BedStatus.AVAILABLE, AT, "feed:his")))
    assert "topics=cleaning:ICU" in wall(ward=WardId("ICU"))


def test_the_script_knows_what_the_tiles_hold() -> None:
    read = set(re.findall(r"(?:data|tile)\.(\w+)", SCRIPT)) - {"key", "rows", "more"}
    assert read == {field.name for field in fields(CleanRow)}
    drawn = set(re.findall(r'data-f="(\w+)"|sum\("(\w+)"', (CHECKOUT / "templates/cleaning_wall/_board.html").read_text()))
    sums = {field.name for field in fields(CleanSumsTile)} - {"key"}
    assert {one or other for one, other in drawn} == {"bed", "said", "more"} | sums


@dataclass
class Clean:
    bed: BedId
    value: int = 0
    unblocks: RequestId | None = None
    reason: str = ""


async def test_the_stream_tells_the_tiles_of_the_page_and_a_new_order_as_time_passes() -> None:
    live, order = Live(epoch="e", as_of=AT), [Clean(BEDS[0]), Clean(BEDS[1])]
    for record in (*STATES, *ASKED):
        live.put(record)
    hub = Hub(live, PLAN, lambda: order)
    mailbox = hub.join(parse_topics("cleaning", PLAN), Audience.STAFF)
    (name, data), *_ = await taken(mailbox)
    assert name == "snapshot" and [tile["key"] for tile in data["tiles"]] == ["cleaning:sums", "cleaning:rows"]
    assert [row["bed"] for row in data["tiles"][1]["rows"]][:3] == ["4B A3", "4B A1", "4B A2"] and "Meera" not in json.dumps(data)
    order.reverse()
    hub.time_passes()
    hub.flush()
    (name, data), *_ = await taken(mailbox)
    assert name == "tiles" and [row["bed"] for row in data["tiles"][0]["rows"]][1:3] == ["4B A2", "4B A1"]
    live.put(replace(STATES[0], now=Condition(BedStatus.AVAILABLE, AT, "person:x"), seq=9))
    live.seq = 9
    hub._changed(Change(9, AT, (live.beds[BEDS[0]],)))
    hub.flush()
    (name, data), *_ = await taken(mailbox)
    assert name == "tiles" and data["tiles"][0]["dirty"] == 3


async def test_a_ward_s_stream_holds_that_ward_alone() -> None:
    live = Live(epoch="e", as_of=AT)
    for record in STATES:
        live.put(record)
    hub = Hub(live, PLAN, tuple)
    (_, data), *_ = await taken(hub.join(parse_topics("cleaning:ICU", PLAN), Audience.WARD))
    assert [row["bed"] for row in data["tiles"][1]["rows"]] == ["ICU I1"]
