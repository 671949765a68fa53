"""A consulting room as the waiting hall sees it: who is called, who comes next, when the doctor is back. Numbers only, no names.

Made from the clinic's tokens of the day and the rooms' notices; drawn by templates/opd, sent whole when anything of it changes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flow.domain.opd import RoomState, Token, TokenStatus
from flow.domain.plan import Clinic

SHOWN_NEXT = 2


@dataclass(frozen=True, slots=True)
class RoomTile:
    """`token` is the number called (`called`: it has not gone in yet) or being seen, `since` when it was called, `calls` how often;
    `next` are the numbers likely to be called here next, `back_at` when the doctor is back. Times are epoch seconds."""

    key: str
    clinic: str
    room: str
    name: str
    seq: int
    token: str | None = None
    called: bool = False
    calls: int = 0
    since: int | None = None
    next: tuple[str, ...] = ()
    back_at: int | None = None


def room_tiles(clinic: Clinic, tokens: Iterable[Token], rooms: Mapping[str, RoomState]) -> tuple[RoomTile, ...]:
    """One tile for each room of the clinic, in the order of the doors; `tokens` may be of several clinics and days."""
    of_clinic = [token for token in tokens if token.clinic == clinic.id]
    notices = {room.id: rooms.get(f"{clinic.id}/{room.id}") for room in clinic.rooms}
    order = [token.number for token in waiting(of_clinic)]
    open_rooms = [room.id for room in clinic.rooms if not _away(notices[room.id])] or [room.id for room in clinic.rooms]
    seq = max([0, *(token.seq for token in of_clinic), *(notice.seq for notice in notices.values() if notice)])
    tiles = []
    for room in clinic.rooms:
        turn = open_rooms.index(room.id) if room.id in open_rooms else None
        coming = order[turn :: len(open_rooms)] if turn is not None else []
        here, notice = _here(of_clinic, room.id), notices[room.id]
        tiles.append(
            RoomTile(
                key=f"room:{clinic.id}/{room.id}",
                clinic=clinic.id,
                room=room.id,
                name=room.name,
                seq=seq,
                token=here.number if here else None,
                called=here is not None and here.status is TokenStatus.CALLED,
                calls=here.calls if here else 0,
                since=int(here.called_at.timestamp()) if here and here.called_at else None,
                next=tuple(coming[:SHOWN_NEXT]),
                back_at=int(notice.back_at.timestamp()) if notice and notice.back_at else None,
            )
        )
    return tuple(tiles)


def waiting(tokens: Iterable[Token]) -> list[Token]:
    """Waiting tokens in the order in which they are called (flow.domain.decide.opd.call_next)."""
    return sorted((token for token in tokens if token.status is TokenStatus.WAITING), key=lambda t: (t.day, t.priority, t.rank))


def _here(tokens: list[Token], room: str) -> Token | None:
    """The token called to a room, else the one being seen there; the latest call when there are several."""
    inside = [t for t in tokens if t.room == room and t.status in (TokenStatus.CALLED, TokenStatus.IN_ROOM)]
    return max(inside, key=lambda t: (t.status is TokenStatus.CALLED, t.called_at.timestamp() if t.called_at else 0.0), default=None)


def _away(notice: RoomState | None) -> bool:
    return notice is not None and notice.back_at is not None
