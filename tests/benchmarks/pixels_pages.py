"""The pages of the browser's benchmark: walls of 60 and of 500 beds, and the changes they are sent."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import Any

from flow.domain.ids import BedId, RoomId, WardId
from flow.domain.plan import Bed, Room, SexPolicy, Ward
from flow.plan_file.layout import draw
from flow.templating import Templates
from flow.views.bed_tile import Audience, BedTile, TileState, bed_tile
from flow.views.ward_plan import ward_plan
from flow.views.ward_wall import WardWall
from tests.unit.test_views import NOW, STATES, ZONE

WALLS = {60: [6] * 8 + [12], 500: [6] * 82 + [8]}
"""Beds, and how many lie in each room."""


@dataclass(frozen=True)
class Wall:
    """A page as the server draws it, and its tiles."""

    page: str
    tiles: list[BedTile]


def wall(beds: int) -> Wall:
    """A ward's wall of so many beds, in every state."""
    ward = _ward(WALLS[beds])
    records = {bed.id: replace(STATES[number % len(STATES)], id=bed.id, seq=10) for number, bed in enumerate(ward.beds)}
    plan = ward_plan(ward, records, Audience.PUBLIC, NOW, ZONE)
    view = WardWall.of(plan, Audience.PUBLIC, NOW, real_clock=False, silences={"his": timedelta(minutes=20)})
    return Wall(Templates().render("wall/page.html", view), [bed_tile(bed, records[bed.id], Audience.PUBLIC) for bed in ward.beds])


def changes(tiles: list[BedTile], seed: int = 1) -> Iterator[BedTile]:
    """Beds that change, for ever: each time another bed, by lot, into another state."""
    dice, states = random.Random(seed), [state for state in TileState if state is not TileState.OUT]
    for seq in count(20):
        number = dice.randrange(len(tiles))
        tiles[number] = replace(tiles[number], seq=seq, state=dice.choice([state for state in states if state != tiles[number].state]))
        yield tiles[number]


def _ward(rooms: list[int]) -> Ward:
    drawing, ward = draw(rooms), WardId("9C")
    drawn = [(f"{number:02d}", room) for number, room in enumerate(drawing.rooms, 1)]
    shown: Any = [Room(RoomId(name), ward, f"Bay {name}", SexPolicy.ANY, "general", room.room) for name, room in drawn]
    beds = [
        Bed(BedId(f"9C-{name}-{n:02d}"), ward, RoomId(name), f"{name}-{n}", "general", frozenset(), 1, box)
        for name, room in drawn
        for n, box in enumerate(room.beds, 1)
    ]
    return Ward(ward, "Nine", "", "9", "general", rooms=tuple(shown), beds=tuple(beds), labels=drawing.labels)
