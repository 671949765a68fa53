"""The rooms of a ward on the nurse's page: which are closed, and which may be. templates/ward/_rooms.html draws them."""

from collections.abc import Mapping
from dataclasses import dataclass

from flow.domain.bed import BedState, BedStatus
from flow.domain.ids import BedId, RoomId
from flow.domain.plan import Ward


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A room with more beds than one; `closed` of its `beds` are out of use, `closing` follow when they are empty."""

    id: RoomId
    name: str
    beds: int
    closed: int
    closing: int


@dataclass(frozen=True, slots=True)
class WardRooms:
    """`open` may be closed in one go, `shut` may be opened again; empty for who may not block beds."""

    open: tuple[RoomRow, ...] = ()
    shut: tuple[RoomRow, ...] = ()


def ward_rooms(ward: Ward, beds: Mapping[BedId, BedState], *, may_block: bool) -> WardRooms:
    """Of the rooms with beds. A room is shut when none of its beds can receive anybody."""
    if not may_block:
        return WardRooms()
    rows = [_row(ward, room.id, room.name, beds) for room in ward.rooms]
    found = [row for row in rows if row.beds]
    return WardRooms(
        tuple(row for row in found if row.closed + row.closing < row.beds),
        tuple(row for row in found if row.closed + row.closing == row.beds),
    )


def _row(ward: Ward, room: RoomId, name: str, beds: Mapping[BedId, BedState]) -> RoomRow:
    states = [beds[bed.id] for bed in ward.beds if bed.room == room and bed.id in beds]
    closed = sum(state.status is BedStatus.MAINTENANCE for state in states)
    return RoomRow(room, name, len(states), closed, sum(state.closes is not None for state in states))
