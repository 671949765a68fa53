"""The page of an outpatient clinic from which its staff calls tokens. It shows the `RoomTile`s of the waiting hall's television
(flow.views.opd_wall). Nobody's name is on either: a token is a number.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flow.domain.opd import TOKEN_TRANSITIONS, Group, RoomState, Token, TokenStatus
from flow.domain.opd_queue import of_room
from flow.domain.opd_waits import waits_of
from flow.domain.plan import Clinic, ClinicRoom
from flow.views.opd_screen import RoomTile, room_tiles, tile_at, waiting
from flow.views.opd_words import GROUPS, policy_words, session_words, wait_words
from flow.views.page import Chrome
from flow.views.times import clock_time, waited
from flow.views.walk_ins import RegisteredRow


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A token of the list; `due` is the time of its appointment, `late` that it has passed, `steps` are the moves offered, as (last part
    of the address, word on the button). `group` is whose turn it takes, empty of an ordinary one; `notes` what else is to be known;
    `rooms` are those it can be sent to, `known` that it is known who it is."""

    id: str
    number: str
    status: TokenStatus
    waited: str
    priority: int
    due: str
    late: bool
    steps: tuple[tuple[str, str], ...]
    group: str = ""
    notes: tuple[str, ...] = ()
    rooms: tuple[ClinicRoom, ...] = ()
    known: bool = False


@dataclass(frozen=True, slots=True)
class RoomRow:
    """A room with its tile, the token that is in it, and when the doctor is back (`HH:MM`, empty while here); `was_due` when they were
    to be back, of one who has called nobody since. `session` is whose session it is, or who comes next; `waits` that somebody can be
    called into it."""

    tile: RoomTile
    token: TokenRow | None
    back: str
    session: str = ""
    waits: bool = False
    tele: bool = False
    was_due: str = ""

    @property
    def called(self) -> bool:
        """Somebody is called to it, be it by paper: the staff says what became of that."""
        return self.token is not None and self.token.status is TokenStatus.CALLED


@dataclass(frozen=True, slots=True)
class OpdPage:
    """`queue` in the order of calling, `at_tests` who is expected back; `skipped` were called and did not come; `not_coming` are cancelled
    bookings and no-shows; `seen` counts the finished of the day. `policy` says how is called, `groups` whose turn a token may take (value,
    word), `types` the bed types to ask for, `tele` that there are rooms for patients at home, `registered` who has no number yet."""

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
    at_tests: tuple[TokenRow, ...] = ()
    waits: str = ""
    policy: tuple[str, ...] = ()
    groups: tuple[tuple[str, str], ...] = tuple(GROUPS.items())
    types: tuple[str, ...] = ()
    tele: bool = False
    registered: tuple[RegisteredRow, ...] = ()


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
    "send for tests": ("tests", "To tests"),
    "back from tests": ("return", "Back from tests"),
    "did not return": ("skip", "Did not return"),
}
"""Names of TOKEN_TRANSITIONS that have a button of their own: the last part of the address, and the word. A room does the calling."""


def opd_page(
    chrome: Chrome,
    clinic: Clinic,
    tokens: Iterable[Token],
    rooms: Mapping[str, RoomState],
    at: datetime,
    zone: str,
    *,
    writes: bool = False,
    types: Iterable[str] = (),
) -> OpdPage:
    """The staff's page of one clinic; `tokens` of the day, `types` the bed types of the house."""
    here = [token for token in tokens if token.clinic == clinic.id]
    drawn = _Drawn(clinic, at.timestamp(), zone)
    return OpdPage(
        chrome=chrome,
        clinic=clinic.id,
        name=clinic.name,
        rooms=tuple(drawn.room(tile, here, rooms) for tile in room_tiles(clinic, here, rooms)),
        queue=tuple(drawn.token(token) for token in waiting(clinic, here)),
        booked=drawn.rows(here, TokenStatus.BOOKED),
        skipped=drawn.rows(here, TokenStatus.SKIPPED),
        not_coming=drawn.rows(here, TokenStatus.CANCELLED, TokenStatus.NO_SHOW),
        at_tests=drawn.rows(here, TokenStatus.AT_TESTS),
        waits=wait_words(waits_of(here, at)),
        policy=policy_words(clinic.queue),
        types=tuple(sorted(types)),
        tele=any(room.tele for room in clinic.rooms),
        seen=sum(token.status is TokenStatus.FINISHED for token in here),
        writes=writes,
    )


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What the rows of one clinic have in common: the moment in epoch seconds, and the zone."""

    clinic: Clinic
    now: float
    zone: str

    def room(self, told: RoomTile, tokens: list[Token], rooms: Mapping[str, RoomState]) -> RoomRow:
        """A room's row."""
        tile = tile_at(told, self.now)
        room = next(room for room in self.clinic.rooms if room.id == tile.room)
        inside = next((t for t in tokens if t.number == tile.token and t.room == tile.room), None)
        return RoomRow(
            tile,
            self.token(inside) if inside else None,
            clock_time(tile.back_at, self.zone) if tile.back_at is not None else "",
            session_words(rooms.get(f"{self.clinic.id}/{room.id}"), self.now, self.zone),
            bool(of_room(waiting(self.clinic, tokens), room.id, tele=room.tele)),
            room.tele,
            self._was_due(told) if tile.back_at is None else "",
        )

    def _was_due(self, told: RoomTile) -> str:
        """Of today alone: what was forgotten yesterday says nothing any more."""
        if told.back_at is None:
            return ""
        now, due = (datetime.fromtimestamp(at, ZoneInfo(self.zone)) for at in (self.now, told.back_at))
        return f"{due:%H:%M}" if due.date() == now.date() else ""

    def rows(self, tokens: list[Token], *statuses: TokenStatus) -> tuple[TokenRow, ...]:
        """By the time of the appointment, those without one by number."""
        found = [token for token in tokens if token.status in statuses]
        return tuple(self.token(token) for token in sorted(found, key=lambda t: (t.due_at or t.issued_at, t.rank)))

    def token(self, token: Token) -> TokenRow:
        """A token's row."""
        since = (token.arrived_at or token.issued_at).timestamp()
        due = token.due_at.timestamp() if token.due_at else None
        return TokenRow(
            id=token.id,
            number=token.number,
            status=token.status,
            waited=waited(since, self.now) if token.arrived_at or due is None else "",
            priority=token.priority,
            due=clock_time(due, self.zone) if due is not None else "",
            late=due is not None and due < self.now and token.status is TokenStatus.BOOKED,
            steps=_steps(token.status),
            group=GROUPS[token.of] if token.of is not Group.ORDINARY else "",
            notes=self._notes(token),
            rooms=self._other_rooms(token),
            known=token.patient is not None,
        )

    def _notes(self, token: Token) -> tuple[str, ...]:
        """Where it is for, since when it is away, how often it was called in vain, whether it is known whose it is and that paper
        told its last step."""
        for_room = next((f"for {room.name}" for room in self.clinic.rooms if room.id == token.only), "")
        at_tests = token.tests_at if token.status is TokenStatus.AT_TESTS else None
        away = f"since {clock_time(at_tests.timestamp(), self.zone)}" if at_tests else ""
        passed = f"called in vain ×{token.passed}" if token.passed else ""
        known = "patient known" if token.patient is not None else ""
        paper = "from paper" if token.paper else ""
        return tuple(filter(None, ("at home" if token.tele else "", for_room, away, passed, known, paper)))

    def _other_rooms(self, token: Token) -> tuple[ClinicRoom, ...]:
        """Where it may be sent instead."""
        sent_from = (TokenStatus.WAITING, TokenStatus.CALLED, TokenStatus.IN_ROOM)
        alike = [room for room in self.clinic.rooms if room.tele == token.tele]
        others = tuple(room for room in alike if room.id not in (token.room, token.only))
        return others if token.status in sent_from and len(alike) > 1 else ()


def _steps(status: TokenStatus) -> tuple[tuple[str, str], ...]:
    """The buttons of a status, from the domain's table of moves."""
    offered = {name for (came, _), name in TOKEN_TRANSITIONS.items() if came is status}
    return tuple(button for name, button in _BUTTONS.items() if name in offered)
