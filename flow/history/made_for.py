"""Whom a database was made for: a hospital, or a demo. A demo writes made-up patients and sign-ins that everybody may read; it must never
do so where real ones are."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("made_for")


class Purpose(StrEnum):
    """What stands there."""

    DEMO = "demo"
    LIVE = "live"


class MadeFor:
    """The mark of one hospital's database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.hospital = database.hospital

    async def said(self) -> tuple[Purpose, datetime] | None:
        """What it was made for and since when; None where nobody has said so yet."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["said"], self.hospital)
        return (Purpose(row["purpose"]), row["at"]) if row else None

    async def say(self, purpose: Purpose, at: datetime) -> Purpose:
        """Say so where nobody has; returns what stands."""
        async with self.database.write() as connection:
            await connection.execute(_SQL["say"], self.hospital, purpose, at)
            return Purpose(await connection.fetchval(_SQL["said"], self.hospital))


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in a database, as whoever owns it sees it before anything is changed: `ours` whether the tables are Bedflow's (of any
    version), `tables` how many there are, `marks` whom it was made for; entries, letters and accounts of hospitals that no mark calls a
    demo's."""

    ours: bool
    tables: int
    marks: Mapping[str, tuple[Purpose, datetime]] = field(default_factory=dict)
    entries: int = 0
    letters: bool = False
    accounts: int = 0

    @property
    def live(self) -> str | None:
        """A hospital that it serves, and really."""
        return next((hospital for hospital, (purpose, _) in self.marks.items() if purpose is Purpose.LIVE), None)


async def standing(database: Database) -> Standing:
    """Look, and change nothing: tables that an older version did not have are not asked for."""
    async with database.read() as connection:
        there = await connection.fetchrow(_SQL["there"])
        assert there is not None
        if not there["ours"]:
            return Standing(False, there["tables"])
        rows = await connection.fetch(_SQL["marks"]) if there["marked"] else []
        marks = {row["hospital"]: (Purpose(row["purpose"]), row["at"]) for row in rows}
        begun = await connection.fetchrow(_SQL["begun"], _demos(marks))
        assert begun is not None
    return Standing(True, there["tables"], marks, begun["entries"], begun["letters"], begun["accounts"])


def _demos(marks: Mapping[str, tuple[Purpose, datetime]]) -> Collection[str]:
    return [hospital for hospital, (purpose, _) in marks.items() if purpose is Purpose.DEMO]
