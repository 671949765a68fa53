"""Plans of wards that somebody drew, by version: the drawing, which shape is which bed, and when it was on the screens.

Administration, like devices and accounts, and so no events of the log. A version that was shown once is never changed: whoever asks what
a wall showed then is answered by it. At most one version a ward waits to be shown.
"""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from flow.domain.floor_plan.drawing import Drawing
from flow.domain.ids import BedId, WardId
from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("floor_plans")


@dataclass(frozen=True, slots=True)
class FloorPlan:
    """One version; `beds` by the shapes' ids. `was_shown`: it may not be changed."""

    version: int
    drawing: Drawing
    beds: dict[str, BedId]
    was_shown: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A version as a list shows it; `from_at` to `until_at` is when it was shown last."""

    version: int
    uploaded_by: str
    uploaded_at: datetime
    from_at: datetime | None
    until_at: datetime | None
    shown_by: str | None

    @property
    def is_shown(self) -> bool:
        """It is on the screens now."""
        return self.from_at is not None and self.until_at is None


class FloorPlans:
    """One hospital's."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.hospital = database.hospital

    async def add(self, ward: WardId, drawing: Drawing, beds: dict[str, BedId], by: str, at: datetime) -> int:
        """A new version, in the place of one that was never shown; returns its number."""
        async with self.database.write() as connection:
            await connection.execute(_SQL["lock"], self.hospital, ward)
            await connection.execute(_SQL["forget_drafts"], self.hospital, ward)
            row = (_json(drawing), _json(beds), by, at)
            return int(await connection.fetchval(_SQL["add"], self.hospital, ward, *row))

    async def bind(self, ward: WardId, version: int, beds: dict[str, BedId], by: str, at: datetime) -> int:
        """Other beds for a version; of one that was shown a new version is made. Returns the number to go on with."""
        async with self.database.write() as connection:
            await connection.execute(_SQL["lock"], self.hospital, ward)
            row = await connection.fetchrow(_SQL["get"], self.hospital, ward, version)
            if row is None or not row["was_shown"]:
                await connection.execute(_SQL["bind"], self.hospital, ward, version, _json(beds))
                return version
            await connection.execute(_SQL["forget_drafts"], self.hospital, ward)
            return int(await connection.fetchval(_SQL["add_from"], self.hospital, ward, version, _json(beds), by, at))

    async def get(self, ward: WardId, version: int) -> FloorPlan | None:
        """One version; None when there is none such."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["get"], self.hospital, ward, version)
        if row is None:
            return None
        drawing, beds = msgspec.json.decode(row["drawing"], type=Drawing), msgspec.json.decode(row["beds"], type=dict[str, BedId])
        return FloorPlan(row["version"], drawing, beds, row["was_shown"])

    async def all(self, ward: WardId) -> list[Listed]:
        """Every version of a ward, the newest first."""
        async with self.database.read() as connection:
            return [Listed(**row) for row in await connection.fetch(_SQL["list"], self.hospital, ward)]

    async def show(self, ward: WardId, version: int, by: str, at: datetime) -> bool:
        """This version is what screens draw from now on. False when there is none such."""
        async with self.database.write() as connection:
            await connection.execute(_SQL["lock"], self.hospital, ward)
            if await connection.fetchrow(_SQL["get"], self.hospital, ward, version) is None:
                return False
            await connection.execute(_SQL["end"], self.hospital, ward, at)
            await connection.execute(_SQL["show"], self.hospital, ward, version, at, by)
            return True

    async def end(self, ward: WardId, at: datetime) -> bool:
        """Back to the plan of the hospital file. False when that was shown already."""
        async with self.database.write() as connection:
            await connection.execute(_SQL["lock"], self.hospital, ward)
            return await connection.fetchval(_SQL["end"], self.hospital, ward, at) is not None

    async def shown(self) -> dict[WardId, int]:
        """The version shown now, by ward; wards with the hospital file's plan are left out."""
        async with self.database.read() as connection:
            return {WardId(row["ward"]): row["version"] for row in await connection.fetch(_SQL["shown_now"], self.hospital)}

    async def shown_at(self, ward: WardId, at: datetime) -> int | None:
        """The version shown at a moment of the past; None: the hospital file's plan."""
        async with self.database.read() as connection:
            version: int | None = await connection.fetchval(_SQL["shown_at"], self.hospital, ward, at)
        return version

    async def drafts(self) -> dict[WardId, int]:
        """Versions that wait to be shown, by ward."""
        async with self.database.read() as connection:
            return {WardId(row["ward"]): row["version"] for row in await connection.fetch(_SQL["drafts"], self.hospital)}


def _json(kept: object) -> str:
    return msgspec.json.encode(kept).decode()
