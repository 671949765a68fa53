"""The television of a waiting hall: the rooms of one clinic, or of several of a floor, with the numbers called and those that come next.

It shows the `RoomTile`s that its stream goes on with (flow.views.opd_screen, static/js/opd.js), drawn by templates/opd/screen.html.
Nobody's name is on it: a token is a number.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from flow.domain.opd import RoomState, Token
from flow.domain.plan import Clinic, ClinicRoom
from flow.views.kiosk import PLAIN, Kiosk
from flow.views.opd_screen import RoomTile, room_tiles, tile_at
from flow.views.opd_spoken import CLINIC, Sign, signs, voices
from flow.views.times import clock_time
from flow.views.words import Words


@dataclass(frozen=True, slots=True)
class Hall:
    """A clinic on the television: its rooms in the order of the doors; `who` stands at one without a session. `name` is empty where it has
    the screen for itself."""

    name: str
    who: str
    rooms: tuple[RoomTile, ...]


@dataclass(frozen=True, slots=True)
class OpdWall:
    """The television of one clinic, or of several of a floor. `stream` is the address of the EventSource, `now` the server's time in epoch
    seconds (0: its clock runs fast), `chime` whether calls sound without anybody having pressed, `long` whether numbers are too long for
    the largest letters. `signs` are its languages' words, `voices` what speaks them, `calls` where the script asks for the words of a call;
    `limits` that no feed is watched here: numbers given by one stand when it falls silent, and who has none is at the counter."""

    name: str
    subtitle: str
    zone: str
    halls: tuple[Hall, ...]
    stream: str
    clock: str
    now: int
    chime: bool
    long: bool = False
    kiosk: Kiosk = PLAIN
    signs: tuple[Sign, ...] = ()
    voices: str = "[]"
    calls: str = ""
    limits: str = "{}"
    at: float = 0.0

    def doctor(self, hall: Hall, room: RoomTile) -> str:
        """Whose session it is."""
        return next((doctor for doctor, begins, ends in room.sessions if begins <= self.at < ends), hall.who)

    @property
    def rooms(self) -> int:
        """How many there are."""
        return sum(len(hall.rooms) for hall in self.halls)

    @property
    def columns(self) -> int:
        """How many rooms of several clinics stand side by side: each clinic begins a row."""
        return min(ABREAST, max(len(hall.rooms) for hall in self.halls))

    @property
    def rows(self) -> int:
        """In how many rows."""
        return rows_of(len(hall.rooms) for hall in self.halls)

    def back(self, epoch: int) -> str:
        """When the doctor is back, in the hospital's zone; the script says the same."""
        return self.kiosk.words.say("Back {time}", time=clock_time(epoch, self.zone))


ABREAST, DEEP = 4, 4
"""Rooms of several clinics side by side, and rows of them, that can still be read from the last chair."""


def rows_of(rooms: Iterable[int]) -> int:
    """In how many rows clinics with so many rooms are drawn: each begins a row of its own."""
    counts = tuple(rooms)
    columns = min(ABREAST, max(counts))
    return sum(-(-count // columns) for count in counts)


def too_many(clinics: Iterable[Clinic]) -> bool:
    """Whether these clinics' rooms are more than one television shows."""
    return rows_of(len(in_house(clinic)) for clinic in clinics) > DEEP


def standing(clinics: Iterable[Clinic], tokens: Iterable[Token], rooms: Mapping[str, RoomState], key: str, number: str) -> str | None:
    """The door of a call that stands on the board now: this number, called into the room of this key; None of any other."""
    found, shown = tuple(tokens), [clinic for clinic in clinics if key.startswith(f"room:{clinic.id}/")]
    tiles = [tile for clinic in shown for tile in _tiles(clinic, found, rooms)]
    return next((tile.name for tile in tiles if tile.key == key and tile.called and tile.token == number), None)


def in_house(clinic: Clinic) -> tuple[ClinicRoom, ...]:
    """The rooms that people walk to: who is called into a tele-consult room sits at home."""
    return tuple(room for room in clinic.rooms if not room.tele)


def opd_wall(
    clinics: Sequence[Clinic],
    tokens: Iterable[Token],
    rooms: Mapping[str, RoomState],
    at: datetime,
    zone: str,
    *,
    real_clock: bool = True,
    chime: bool = False,
    kiosk: Kiosk = PLAIN,
    spoken: tuple[Words, ...] = (Words(),),
    served: Container[str] = (),
) -> OpdWall:
    """The television of these clinics at a time, in the languages `spoken`, of which the server reads out those `served`."""
    name, subtitle = _title(clinics, kiosk.words)
    found = tuple(tokens)
    return OpdWall(
        name=name,
        subtitle=subtitle,
        zone=zone,
        halls=tuple(_hall(clinic, found, rooms, at.timestamp(), alone=len(clinics) == 1) for clinic in clinics),
        stream=f"/api/v1/stream?topics={','.join(f'opd:{clinic.id}' for clinic in clinics)}&audience=public",
        clock=clock_time(at.timestamp(), zone),
        now=int(at.timestamp()) if real_clock else 0,
        chime=chime,
        long=any(len(clinic.prefix) > 1 for clinic in clinics),
        kiosk=kiosk,
        signs=signs(spoken),
        voices=voices(spoken, served),
        calls=f"/api/v1/opd/halls/{'+'.join(quote(clinic.id, safe='') for clinic in clinics)}/call",
        at=at.timestamp(),
    )


def _title(clinics: Sequence[Clinic], words: Words) -> tuple[str, str]:
    """A clinic's name and floor; of several their floor, where they share one."""
    floors = {clinic.floor for clinic in clinics}
    floor = words.say("Floor {floor}", floor=clinics[0].floor) if len(floors) == 1 and clinics[0].floor else ""
    if len(clinics) == 1:
        return f"{words.say(CLINIC)} · {clinics[0].name}", floor
    return (f"{words.say(CLINIC)} · {floor}" if floor else words.say(CLINIC)), ""


def _hall(clinic: Clinic, tokens: Iterable[Token], rooms: Mapping[str, RoomState], at: float, *, alone: bool) -> Hall:
    who = clinic.specialty if clinic.specialty.casefold() != clinic.name.casefold() else ""
    tiles = tuple(tile_at(tile, at) for tile in _tiles(clinic, tokens, rooms))
    return Hall("" if alone else clinic.name, who if alone else "", tiles)


def _tiles(clinic: Clinic, tokens: Iterable[Token], rooms: Mapping[str, RoomState]) -> list[RoomTile]:
    """Of the rooms that people walk to."""
    shown = {room.id for room in in_house(clinic)}
    return [tile for tile in room_tiles(clinic, tokens, rooms) if tile.room in shown]
