"""A consulting room as the waiting hall sees it: who is called, who comes next, when the doctor is back. Numbers only, no names.

Made from the clinic's tokens of the day and the rooms' notices; drawn by templates/opd, sent whole when anything of it changes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from flow.domain.opd import RoomState, Token, TokenStatus
from flow.domain.opd_queue import queue_order
from flow.domain.plan import Clinic, ClinicRoom

SHOWN_NEXT = 2


@dataclass(frozen=True, slots=True)
class RoomTile:
    """`token` is the number called (`called`: it has not gone in yet) or being seen, `since` when it was called, `calls` how often;
    `next` are the numbers likely to be called here next, `back_at` when the doctor is to be back, `sessions` whose it is from when until
    when: (doctor, from, until); `later` which numbers are next from when on, as doctors are to be back. Times are epoch seconds.

    A stream tells no time that passes: what of `back_at` and `later` holds, whoever draws the tile reads off a clock (`tile_at`)."""

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
    sessions: tuple[tuple[str, int, int], ...] = ()
    later: tuple[tuple[int, tuple[str, ...]], ...] = ()


def room_tiles(clinic: Clinic, tokens: Iterable[Token], rooms: Mapping[str, RoomState]) -> tuple[RoomTile, ...]:
    """One tile for each room of the clinic, in the order of the doors; `tokens` may be of several clinics and days."""
    of_clinic = [token for token in tokens if token.clinic == clinic.id]
    notices = {room.id: rooms.get(f"{clinic.id}/{room.id}") for room in clinic.rooms}
    backs, order = {key: _back_at(notice) for key, notice in notices.items()}, waiting(clinic, of_clinic)
    coming = _next(clinic, order, backs, 0)
    later = [(back, _next(clinic, order, backs, back)) for back in sorted({back for back in backs.values() if back is not None})]
    seq = max([0, *(token.seq for token in of_clinic), *(notice.seq for notice in notices.values() if notice)])
    tiles = []
    for room in clinic.rooms:
        here, notice = _here(of_clinic, room.id), notices[room.id]
        tiles.append(
            RoomTile(
                key=f"room:{clinic.id}/{room.id}",
                clinic=clinic.id,
                room=room.id,
                name=room.name,
                seq=seq,
                token=here.number if here else None,
                called=here is not None and here.called_out,
                calls=here.calls if here else 0,
                since=int(here.called_at.timestamp()) if here and here.called_at else None,
                next=coming[room.id],
                back_at=backs[room.id],
                sessions=_sessions(notice),
                later=tuple((since, shared[room.id]) for since, shared in later),
            )
        )
    return tuple(tiles)


def tile_at(tile: RoomTile, at: float) -> RoomTile:
    """A tile as it is to be drawn at a time: a notice whose time has come is over. static/js/opd.js does the same."""
    coming = next((numbers for since, numbers in reversed(tile.later) if since <= at), tile.next)
    away = tile.back_at is not None and at < tile.back_at
    return replace(tile, next=coming, back_at=tile.back_at if away else None, later=())


def _next(clinic: Clinic, order: list[Token], backs: Mapping[str, int | None], at: int) -> dict[str, tuple[str, ...]]:
    """The numbers next in each room as soon as the doctors are there who are to be back by then."""
    present = [room for room in clinic.rooms if (back := backs[room.id]) is None or back <= at]
    found = _shared_out(order, present or list(clinic.rooms))
    return {room.id: tuple(found.get(room.id, ())[:SHOWN_NEXT]) for room in clinic.rooms}


def waiting(clinic: Clinic, tokens: Iterable[Token]) -> list[Token]:
    """A clinic's waiting tokens in the order in which they are called (flow.domain.decide.opd.call_next)."""
    return queue_order((token for token in tokens if token.clinic == clinic.id), clinic.queue)


def _shared_out(order: Iterable[Token], rooms: list[ClinicRoom]) -> dict[str, list[str]]:
    """The numbers that each room is likely to call: its own, and of the others as many as the next room."""
    found: dict[str, list[str]] = {room.id: [] for room in rooms}
    for token in order:
        for_it = [room.id for room in rooms if token.only in (None, room.id) and room.tele == token.tele]
        if for_it:
            found[min(for_it, key=lambda room: len(found[room]))].append(token.number)
    return found


def _here(tokens: list[Token], room: str) -> Token | None:
    """The token called to a room, else the one being seen there; the latest call when there are several."""
    inside = [t for t in tokens if t.room == room and t.status in (TokenStatus.CALLED, TokenStatus.IN_ROOM)]
    return max(inside, key=lambda t: (t.status is TokenStatus.CALLED, t.called_at.timestamp() if t.called_at else 0.0), default=None)


def _sessions(notice: RoomState | None) -> tuple[tuple[str, int, int], ...]:
    held = notice.sessions if notice is not None else ()
    return tuple((each.doctor, int(each.begins.timestamp()), int(each.ends.timestamp())) for each in held)


def _back_at(notice: RoomState | None) -> int | None:
    return int(notice.back_at.timestamp()) if notice is not None and notice.back_at is not None else None
