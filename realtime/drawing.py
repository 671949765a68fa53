"""Drawing: every tile of a topic from the live picture, each drawn and encoded once for all who see the same.

Before it: `flow.state.live`. After it: `realtime.hub`, which makes frames of the tiles.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flow.domain.check import Check
from flow.domain.ids import BedId, ClinicId, WardId
from flow.domain.plan import Plan
from flow.state.live import Change, Live
from flow.views.bed_tile import Audience, bed_tile
from flow.views.cleaning_jobs import CleanLike
from flow.views.cleaning_wall import cleaning_tiles
from flow.views.command_centre import command_centre
from flow.views.opd_screen import room_tiles
from flow.views.places import place_tile
from realtime.frames import encode_tile
from realtime.topics import BOARDS, HOUSE, Topic

Row = tuple[str, int, bytes]
"""A tile: key, version (0 where it has none of its own), bytes."""
Drawn = tuple[tuple[int, datetime | date | None], list[Row]]
"""Tiles, and of which Seq and time they are."""


class Drawing:
    """The tiles of one picture; `order` is that of cleaning."""

    def __init__(self, live: Live, plan: Plan, order: Callable[[], Sequence[CleanLike]]) -> None:
        self.live = live
        self.plan = plan
        self._zone = ZoneInfo(plan.zone)
        self._order = order
        self._beds: dict[tuple[Audience, str, bool], tuple[int, bytes]] = {}
        self._checked: frozenset[BedId] = frozenset()
        self._checked_at: dict[BedId, int] = {}
        self._others: dict[tuple[Topic, Audience | None], Drawn] = {}

    @property
    def day(self) -> date:
        """The hospital's own, of the picture: a clinic's numbers are those of the day."""
        return self.live.as_of.astimezone(self._zone).date()

    def note(self, change: Change) -> None:
        """The picture changed. Whether somebody is asked to look at a bed stands on its tile, whose version is then the check's."""
        if change.snapshot:
            self._beds.clear()
            self._others.clear()
        self._checked = frozenset(check.bed for check in self.live.checks.values())
        self._checked_at |= {record.bed: change.seq for record in change.records if isinstance(record, Check)}

    def time_passes(self) -> None:
        """Boards are drawn again: what waits passes its aim by the clock alone."""
        self._others = {key: drawn for key, drawn in self._others.items() if key[0].kind not in BOARDS}

    def rows(self, topic: Topic, audience: Audience) -> Iterator[Row]:
        """Every tile of a topic; a bed's is drawn once per audience and version, all others of a topic once for each Seq, a clinic's for
        each day too, and those of a board, which time alone changes, for each moment."""
        if topic.kind == "ward":
            beds = self.plan.ward[WardId(topic.id)].beds
            yield from (self.bed(bed.id, audience) for bed in beds if bed.id in self.live.beds)
        time = self.live.as_of if topic.kind in BOARDS else self.day if topic.kind == "opd" else None
        key, now = (topic, audience if topic.kind == "ward" else None), (self.live.seq, time)
        if key not in self._others or self._others[key][0] != now:
            self._others[key] = (now, list(self._draw(topic, audience)))
        yield from self._others[key][1]

    def _draw(self, topic: Topic, audience: Audience) -> Iterator[Row]:
        if topic.kind == "ward":
            places = [state for state in self.live.beds.values() if state.temporary is not None and state.temporary.ward == topic.id]
            yield from ((f"place:{state.id}", state.seq, encode_tile(place_tile(state, audience))) for state in places)
        elif topic.kind == "opd":
            day = self.day
            tokens = (token for token in self.live.tokens.values() if token.day == day)
            rooms = room_tiles(self.plan.clinic[ClinicId(topic.id)], tokens, self.live.rooms)
            yield from ((tile.key, tile.seq, encode_tile(tile)) for tile in rooms)
        elif topic == HOUSE:
            live = self.live
            view = command_centre(self.plan, live.beds, live.requests.values(), live.as_of, live.pressed)
            yield from ((tile.key, 0, encode_tile(tile)) for tile in view.tiles)
        elif topic.kind == "cleaning":
            ward = WardId(topic.id) if topic.id else None
            asked, order = self.live.requests.values(), self._order()
            boards = cleaning_tiles(self.plan, self.live.beds, asked, order, self.live.as_of, ward)
            yield from ((board.key, 0, encode_tile(board)) for board in boards)

    def bed(self, bed: BedId, audience: Audience) -> Row:
        """A bed's tile, rendered once per audience and version."""
        state, checked = self.live.beds[bed], bed in self._checked
        held = self._beds.get((audience, bed, checked))
        if held is None or held[0] != state.seq:
            drawn = bed_tile(self.plan.beds[bed], state, audience, checked=checked, station=self.plan.station)
            held = self._beds[(audience, bed, checked)] = (state.seq, encode_tile(drawn))
        return f"bed:{bed}", max(held[0], self._checked_at.get(bed, 0)), held[1]
