"""Whose patient somebody is: the doctors whom the feed names with a visit, by their codes; and by which codes an account goes."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from flow.domain.ids import PatientId
from flow.domain.person import Doctors
from flow.errors import Refused
from flow.history.bundle import Part
from flow.history.pool import Database
from flow.history.queries import load

_SQL = load("practitioners")
MOST, LONGEST = 20, 121
"""Codes of one account; characters of a code, with who gave it."""


class Practitioners:
    """Of one hospital."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.hospital = database.hospital

    async def patients(self, account: str) -> frozenset[PatientId]:
        """Whom an account looks after now."""
        async with self.database.read() as connection:
            rows = await connection.fetch(_SQL["patients"], self.hospital, account)
        return frozenset(PatientId(row["patient"]) for row in rows)

    async def codes(self) -> dict[str, list[str]]:
        """By which codes accounts go, those that go by any."""
        async with self.database.read() as connection:
            return {row["id"]: sorted(row["practitioners"]) for row in await connection.fetch(_SQL["codes"], self.hospital)}

    async def known(self) -> dict[str, int]:
        """The codes that the feeds name with open visits, and with how many."""
        async with self.database.read() as connection:
            return {row["code"]: row["visits"] for row in await connection.fetch(_SQL["known"], self.hospital)}

    async def bind(self, account: str, codes: Sequence[str]) -> bool:
        """Say by which codes an account goes, these and no others. False where there is no such account."""
        async with self.database.write() as connection:
            return await connection.fetchval(_SQL["bind"], self.hospital, account, list(codes)) is not None


def telling(hospital: str, told: Iterable[Doctors], at: datetime) -> list[Part]:
    """What writes the doctors of visits down; the last word on a field counts. Two statements: the bundle they go in takes no more than one
    that orders its own steps."""
    latest = {(each.visit, each.field): each.codes for each in told}
    if not latest:
        return []
    rows = [(visit, field, code) for (visit, field), codes in latest.items() for code in sorted(codes)]
    named = [[row[column] for row in rows] for column in range(3)]
    parts: list[Part] = [(_SQL["untell"], (hospital, [visit for visit, _ in latest], [field for _, field in latest], *named))]
    return [*parts, (_SQL["tell"], (hospital, at, *named))] if rows else parts


def typed_codes(text: str) -> list[str]:
    """Codes as somebody types them, with commas or blanks between. Raises Refused for too many, or one too long."""
    codes = sorted({word.upper() for word in re.split(r"[\s,;]+", text) if word})
    if len(codes) > MOST or any(len(code) > LONGEST for code in codes):
        raise Refused(f"An account goes by at most {MOST} doctors' codes, each of at most {LONGEST} characters.", code="bad-practitioner")
    return codes
