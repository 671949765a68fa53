"""The two screens of an outpatient clinic: the staff's page that calls tokens, and the television in the waiting hall.

Both show the same `RoomTile`s. Nobody's name is on either: a token is a number.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flow.domain.opd import TOKEN_TRANSITIONS, RoomState, Token, TokenStatus
from flow.domain.plan import Clinic
from flow.views.opd_screen import RoomTile, room_tiles, waiting
from flow.views.page import Chrome
from flow.views.times import clock_time, waited


@dataclass(frozen=True, slots=True)
class OpdWall:
    """The television. `stream` is the address of the EventSource, `now` the server's time in epoch seconds (0: its clock runs fast),
    `chime` whether a call is announced by a sound, `long` whether the clinic's numbers are too long for the largest letters."""

    name: str
    subtitle: str
    zone: str
    rooms: tuple[RoomTile, ...]
    stream: str
    clock: str
    now: int
    chime: bool
    long: bool = False

    def back(self, epoch: int) -> str:
        """When the doctor is back, in the hospital's zone."""
        return clock_time(epoch, self.zone)


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token of the list; `due` is the time of its appointment, `late` that it has passed, `steps` are the moves offered, as (last part
    of the address, word on the button)."""

    id: str
    number: str
    status: TokenStatus
    waited: str
    priority: int
    due: str
    late: bool
    steps: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A room with its tile, the token that is in it, and when the doctor is back (`HH:MM`, empty while here)."""

    tile: RoomTile
    token: TokenRow | None
    back: str


@dataclass(frozen=True, slots=True)
class OpdPage:
    """`queue` in the order of calling; `skipped` were called and did not come; `not_coming` are cancelled
    bookings and no-shows; `seen` counts the finished of the day."""

    chrome: Chrome
    clinic: str
    name: str
    rooms: tuple[RoomRow, ...]
    queue: tuple[TokenRow, ...]
    booked: tuple[TokenRow, ...]
    skipped: tuple[TokenRow, ...]
    not_coming: tuple[TokenRow, ...]
    seen: int
    writes: bool


_BUTTONS = {
    "arrive": ("arrive", "Arrived"),
    "start": ("start", "Start"),
    "call again": ("call", "Call again"),
    "finish": ("finish", "Finish"),
    "skip": ("skip", "Did not come"),
    "leave": ("skip", "Left"),
    "recall": ("recall", "Recall"),
    "no-show": ("no-show", "No-show"),
    "arrive late": ("arrive", "Arrived after all"),
}
"""Names of TOKEN_TRANSITIONS that have a button of their own: the last part of the address, and the word. A room does the calling."""


def opd_wall(
    clinic: Clinic,
    tokens: Iterable[Token],
    rooms: Mapping[str, RoomState],
    at: datetime,
    zone: str,
    *,
    real_clock: bool = True,
    chime: bool = False,
) -> OpdWall:
    """The television of one clinic at a time."""
    return OpdWall(
        name=f"OPD · {clinic.name}",
        subtitle=f"Floor {clinic.floor}" if clinic.floor else "",
        zone=zone,
        rooms=room_tiles(clinic, tokens, rooms),
        stream=f"/api/v1/stream?topics=opd:{clinic.id}&audience=public",
        clock=clock_time(at.timestamp(), zone),
        now=int(at.timestamp()) if real_clock else 0,
        chime=chime,
        long=len(clinic.prefix) > 1,
    )


def opd_page(
    chrome: Chrome,
    clinic: Clinic,
    tokens: Iterable[Token],
    rooms: Mapping[str, RoomState],
    at: datetime,
    zone: str,
    *,
    writes: bool = False,
) -> OpdPage:
    """The staff's page of one clinic; `tokens` of the day."""
    here = [token for token in tokens if token.clinic == clinic.id]
    now = at.timestamp()
    tiles = room_tiles(clinic, here, rooms)
    return OpdPage(
        chrome=chrome,
        clinic=clinic.id,
        name=clinic.name,
        rooms=tuple(_room(tile, here, now, zone) for tile in tiles),
        queue=tuple(_token(token, now, zone) for token in waiting(here)),
        booked=_rows(here, (TokenStatus.BOOKED,), now, zone),
        skipped=_rows(here, (TokenStatus.SKIPPED,), now, zone),
        not_coming=_rows(here, (TokenStatus.CANCELLED, TokenStatus.NO_SHOW), now, zone),
        seen=sum(token.status is TokenStatus.FINISHED for token in here),
        writes=writes,
    )


def _room(tile: RoomTile, tokens: list[Token], now: float, zone: str) -> RoomRow:
    inside = next((t for t in tokens if t.number == tile.token and t.room == tile.room), None)
    back = clock_time(tile.back_at, zone) if tile.back_at is not None else ""
    return RoomRow(tile, _token(inside, now, zone) if inside else None, back)


def _rows(tokens: list[Token], statuses: tuple[TokenStatus, ...], now: float, zone: str) -> tuple[TokenRow, ...]:
    """By the time of the appointment, those without one by number."""
    found = [token for token in tokens if token.status in statuses]
    return tuple(_token(token, now, zone) for token in sorted(found, key=lambda t: (t.due_at or t.issued_at, t.rank)))


def _token(token: Token, now: float, zone: str) -> TokenRow:
    since = (token.arrived_at or token.issued_at).timestamp()
    due = token.due_at.timestamp() if token.due_at else None
    return TokenRow(
        id=token.id,
        number=token.number,
        status=token.status,
        waited=waited(since, now) if token.arrived_at or due is None else "",
        priority=token.priority,
        due=clock_time(due, zone) if due is not None else "",
        late=due is not None and due < now and token.status is TokenStatus.BOOKED,
        steps=_steps(token.status),
    )


def _steps(status: TokenStatus) -> tuple[tuple[str, str], ...]:
    """The buttons of a status, from the domain's table of moves."""
    offered = {name for (came, _), name in TOKEN_TRANSITIONS.items() if came is status}
    return tuple(button for name, button in _BUTTONS.items() if name in offered)
