"""How the displays that call numbers out stand: whether they may sound, and what they cannot say. Their newest word alone; what they showed
is kept by `displays`."""

from dataclasses import dataclass
from datetime import datetime

from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("sounds")
SOUNDS = ("on", "off", "blocked")
"""Blocked: somebody wants it to sound, and its browser lets it only after a press."""


@dataclass(frozen=True, slots=True)
class Sound:
    """One of `SOUNDS`, and the languages that nobody has a voice for there, since `said_at`."""

    sound: str
    mute: tuple[str, ...]
    said_at: datetime


class Sounds:
    """The displays of one hospital that call out."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.hospital = database.hospital

    async def says(self, device: str, sound: str, mute: tuple[str, ...], at: datetime) -> None:
        """A display says how it stands; written down where it is news, or once a minute."""
        async with self.database.write() as connection:
            await connection.execute(_SQL["say"], self.hospital, device, sound, mute, at)

    async def all(self) -> dict[str, Sound]:
        """What each said last."""
        async with self.database.read() as connection:
            rows = await connection.fetch(_SQL["all"], self.hospital)
        return {row["device"]: Sound(row["sound"], tuple(row["mute"]), row["said_at"]) for row in rows}
