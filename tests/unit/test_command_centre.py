"""The command centre's tiles: what each says, that nobody's name is in them, that the stream tells what the page tells."""

import gzip
import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from flow.domain.alert_level import Measured, rules_of
from flow.domain.alert_rules import AlertLevel, AlertRules
from flow.domain.bed import BedState, BedStatus, CleanKind, Condition, OutOfUse, Stage
from flow.domain.cleaning_job import CleanJob, Why
from flow.domain.ids import BedId, VisitId
from flow.domain.level_history import LevelChange, Pressed
from flow.domain.request import BedRequest, RequestStatus
from flow.state.live import Change, Live
from flow.templating import CHECKOUT, Templates
from flow.views.bed_tile import Audience
from flow.views.command_centre import WAITS, CommandCentre, command_centre
from flow.views.command_screen import BAR, CommandPage, CommandWall, figures
from flow.views.page import Chrome
from flow.views.times import lasting
from realtime.hub import Hub
from realtime.topics import parse_topics
from tests.unit.test_alert_level import AT, BEDS, PLAN, ago, asks, dirty, occupied, place
from tests.unit.test_hub import taken

CHROME = Chrome("Command centre", "Test Hospital", "Meera", "manager", "csrf", topics="house")
SCRIPT = (CHECKOUT / "static/js/command-centre.js").read_text()
TEMPLATES = Templates()
FEMALE = replace(occupied(BEDS[0], "V0"), expected_free_at=ago(40))
BROKEN = BedState(BEDS[3], Condition(BedStatus.MAINTENANCE, ago(90), "person:x", reason=OutOfUse.REPAIR, until=ago(10)))
STATES = (FEMALE, occupied(BEDS[1], "V1"), dirty(BEDS[2], 75), BROKEN, place("V9"))
ASKED = [
    asks("R-1", 200, priority=1, type="icu", origin="Meera Iyer's corridor"),
    asks("R-2", 20, origin="ED bay 3", isolation=True),
    asks("R-3", 30, status=RequestStatus.ASSIGNED, bed=BEDS[2]),
]


def now(*states: BedState, requests: list[BedRequest] | None = None, plan: Any = PLAN) -> CommandCentre:
    return command_centre(plan, {state.id: state for state in states or STATES}, ASKED if requests is None else requests, AT)


def test_the_house_is_the_sum_of_its_wards() -> None:
    found = now()
    for field in ("beds", "staffed", "lain", "free", "coming", "dirty", "cleaning", "occupied", "leaving", "out", "temporary"):
        assert getattr(found.sums, field) == sum(getattr(ward, field) for ward in found.wards), field
    sums = found.sums
    assert (sums.lain, sums.staffed, sums.occupancy, sums.temporary, sums.late) == (2, 3, 66.7, 1, 1)
    assert sums.beds == sum(figure.count for figure in figures(sums))


def test_the_rule_that_fired_is_said_and_the_next_one() -> None:
    levels = (AlertLevel("Usual"), AlertLevel("Busy", 60, dirty=1, do="Huddle."), AlertLevel("Full", 90, 9, reached=2))
    level = now(plan=replace(PLAN, alert=AlertRules(levels))).level
    assert (level.number, level.levels, level.name, level.do, level.tone) == (2, 3, "Busy", "Huddle.", "raised")
    assert level.why == "66.7 % of staffed beds occupied (from 60) and 1 bed dirty for too long (from 1)"
    assert level.above == "Full from 2 of: 90 % of staffed beds occupied, 9 without a ward's bed"
    assert now(plan=replace(PLAN, alert=AlertRules(levels[:1]))).level.why == "No threshold is reached."


def test_a_figure_is_rounded_as_managers_see_it_and_reaches_no_threshold_by_that() -> None:
    """Two of three are 66.67."""
    for threshold, level in ((66.7, 1), (66.6, 2)):
        plan = replace(PLAN, alert=AlertRules((AlertLevel("Usual"), AlertLevel("Busy", threshold))))
        found = now(plan=plan)
        assert (found.sums.occupancy, found.level.number) == (66.7, level)


def test_who_waits_stands_with_priority_and_aim_the_most_overdue_first() -> None:
    rows = now().waits.rows
    assert [(row.id, row.priority, row.wants, row.where, row.aim) for row in rows] == [
        ("R-1", 1, "ICU", "elsewhere", "30 min"),
        ("R-2", 3, "general · isolation", "ED", "4 h"),
    ]
    many = now(requests=[asks(f"R-{n}", n) for n in range(WAITS + 3)])
    assert (len(many.waits.rows), many.waits.more, many.sums.boarders) == (WAITS, 3, WAITS + 4)


def test_where_somebody_waits_is_a_place_that_the_file_knows() -> None:
    said = {"theatre 2": "Theatre", "4b sister Asha": "4B", "Casualty": "ED", "Asha's room": "elsewhere"}
    rows = now(requests=[asks(f"R-{n}", 10, origin=origin) for n, origin in enumerate(said)]).waits.rows
    assert {row.where for row in rows} == set(said.values())


def test_each_bottleneck_is_one_sentence_with_its_page() -> None:
    found = {each.href: each.words for each in now().bottlenecks.rows}
    assert found["/admissions"] == "1 patient waits for a bed past the aim, the longest, P1 ICU, for 3 h 20."
    assert found["/admissions/plan"] in (
        "Bed type ICU: 1 waits, none is free.",
        "Bed type general: 1 waits, none is free, 1 in cleaning, 1 to leave.",
    )
    assert found["/supervisor"] == "1 bed waits to be cleaned past the aim; 4B A3 is 45 min late."
    assert found["/discharges"] == "1 patient was to be out by now; 4B A1 is 40 min late."
    assert found["/wards/4B"] == "1 bed was to be back in use by now: 4B B1."
    assert now(occupied(BEDS[1], "V1"), requests=[]).bottlenecks.rows == ()


@pytest.mark.parametrize("stage", [Stage.WAITING, Stage.IN_PROGRESS, Stage.SUSPENDED, Stage.INSPECTION])
def test_nobody_has_answered_for_a_bed_that_waits_and_for_no_other(stage: Stage) -> None:
    job = CleanJob("j", Why.LEFT, AT, escalated_at=AT)
    silent = replace(occupied(BEDS[0], "V1"), now=Condition(BedStatus.CLEANING, AT, "x", stage, CleanKind.ROUTINE), job=job)
    said = "No cleaner has answered for 1 bed: 4B A1."
    assert (said in [each.words for each in now(silent, requests=[]).bottlenecks.rows]) is (stage is Stage.WAITING)
    heard = replace(silent, job=replace(job, acknowledged_at=AT))
    assert said not in [each.words for each in now(heard, requests=[]).bottlenecks.rows]


def test_nobodys_name_is_on_it() -> None:
    html = page() + wall()
    for secret in ("Iyer", "p-R-1", "request:", "s corridor"):
        assert secret not in html


def wall() -> str:
    return TEMPLATES.render("command_centre/wall.html", CommandWall(PLAN, now(), AT))


def page(links: tuple[str, ...] = ("/admissions", "/wards")) -> str:
    return TEMPLATES.render("command_centre/page.html", CommandPage(CHROME, now(), AT, links, PLAN))


def test_only_pages_that_the_reader_may_open_are_links() -> None:
    html = page()
    assert 'href="/wards/4B"' in html and 'href="/admissions"' in html and 'href="/discharges"' not in html
    assert "to be out by now" in html
    assert not re.search(r'<a [^>]*href="/', TEMPLATES.render("command_centre/wall.html", CommandWall(PLAN, now(), AT)))


def test_the_script_draws_the_same_bar_and_every_figure_is_a_field() -> None:
    assert f"const BAR = {json.dumps([str(state) for state in BAR])}" in SCRIPT
    fields = {name for tile in now().tiles for name in (*dir(tile), *(dir(tile.rows[0]) if getattr(tile, "rows", ()) else ()))}
    assert set(re.findall(r'data-f="(\w+)"', page())) <= fields


def test_how_long_is_said_in_minutes_hours_days() -> None:
    assert [lasting(0, seconds) for seconds in (-5, 59, 3599, 3600, 14_000, 172_799, 172_800)] == [
        "0 min",
        "0 min",
        "59 min",
        "1 h 00",
        "3 h 53",
        "47 h 59",
        "2 d",
    ]


def live_house() -> Live:
    live = Live(epoch="e", as_of=AT)
    for record in (*STATES, *ASKED):
        live.put(record)
    return live


def tiles_of(said: list[tuple[str, dict[str, Any]]]) -> dict[str, Any]:
    return {tile["key"]: tile for _, frame in said for tile in frame.get("tiles", ())}


async def test_the_stream_tells_what_the_page_tells_and_only_what_changed() -> None:
    live = live_house()
    hub = Hub(live, PLAN)
    mailbox = hub.join(parse_topics("house", PLAN), Audience.STAFF)
    screen = tiles_of(await taken(mailbox))
    assert set(screen) == {tile.key for tile in now().tiles}
    came = replace(occupied(BEDS[7], "V7"), seq=9)
    live.put(came)
    live.tell(Change(9, AT, (came,)))
    hub.flush()
    changed = tiles_of(await taken(mailbox))
    assert "house:ward:ICU" in changed and "house:ward:4B" not in changed and "house:dirty" not in changed
    assert (screen | changed) == tiles_of(await taken(hub.join(parse_topics("house", PLAN), Audience.STAFF)))


async def test_the_level_that_is_kept_is_told_with_the_next_heartbeat() -> None:
    live = live_house()
    hub = Hub(live, PLAN)
    mailbox = hub.join(parse_topics("house", PLAN), Audience.STAFF)
    await taken(mailbox)
    rules = rules_of(PLAN)
    change = LevelChange(ago(20), 2, "Moderate pressure", 4, "Extreme pressure", 4, (), Measured(99, 0, 0), rules.version)
    live.pressed = Pressed(change)
    hub.time_passes()
    hub.flush()
    level = tiles_of(await taken(mailbox))["house:level"]
    assert (level["number"], level["name"]) == (4, "Extreme pressure")
    assert level["since"] == "since 14:10, before it Moderate pressure"
    assert level["why"].startswith("Its rule holds no more; it is kept until it has not held for 30 minutes")
    live.pressed = Pressed(replace(change, version="other rules"))
    assert command_centre(PLAN, live.beds, [], AT, live.pressed).level.number < 4, "kept by rules that hold no more"


async def test_what_passes_its_aim_is_told_without_any_event() -> None:
    live = live_house()
    hub = Hub(live, PLAN)
    mailbox = hub.join(parse_topics("house", PLAN), Audience.STAFF)
    await taken(mailbox)
    hub.time_passes()
    hub.flush()
    assert not mailbox.waiting, "nothing has passed its aim"
    live.tell(Change(live.seq, AT + timedelta(hours=4)))
    hub.time_passes()
    hub.flush()
    [(_, frame)] = [said for said in await taken(mailbox) if said[0] == "tiles"]
    assert {"house:bottlenecks"} == {tile["key"] for tile in frame["tiles"]}
    again = hub.join(parse_topics("house", PLAN), Audience.STAFF, last_seen=live.seq)
    assert len(tiles_of(await taken(again))) == len(list(now().tiles)), "whoever comes back is told everything: time has passed"


async def test_a_newcomer_does_not_take_a_change_from_the_others() -> None:
    """Between a change and its frame somebody joins, who sees it already; the others are still owed it."""
    live = live_house()
    hub = Hub(live, PLAN)
    topics = parse_topics("ward:4B", PLAN)
    first = hub.join(topics, Audience.WARD)
    await taken(first)
    left = replace(dirty(BedId("4B-A-01"), 0), seq=12, left_by=VisitId("V0"))
    live.put(left)
    live.tell(Change(12, AT, (left,)))
    hub.join(topics, Audience.WARD)
    hub.flush()
    assert first.waiting
    assert tiles_of(await taken(first))["bed:4B-A-01"]["state"] == "dirty"


def test_the_wall_fits_in_seventy_kilobytes() -> None:
    linked = [CHECKOUT / path for path in re.findall(r'(?:href|src)="/(static/[^?"]+)', wall())]
    sizes = [path.stat().st_size if path.suffix == ".woff2" else len(gzip.compress(path.read_bytes())) for path in linked]
    assert sum(sizes) + len(gzip.compress(wall().encode())) <= 70_000
