"""The hospital file as it was: each version with which a server opened, sealed, and the moment and Seq from which it was in force.

Laid down once a change and never touched again; the past is drawn with the version of its day.
"""

from dataclasses import dataclass
from datetime import datetime

import asyncpg

from flow.history.pool import Database
from flow.history.queries import load
from flow.vault import Vault

_SQL = load("hospital_files")


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A version, in force `from_at` to `until_at` (None: it is still); `from_seq` is where the log stood when it came."""

    version: int
    from_at: datetime
    until_at: datetime | None
    from_seq: int
    text: str


class HospitalFiles:
    """One hospital's."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self.database = database
        self.vault = vault
        self.hospital = database.hospital

    async def keep(self, text: str, seq: int, at: datetime) -> int:
        """This text is in force from now on; returns its version. What is in force already is not laid down again."""
        digest = self.vault.blind("hospital-file", text)
        async with self.database.write() as connection:
            await connection.execute(_SQL["lock"], self.hospital)
            newest = await connection.fetchrow(_SQL["newest"], self.hospital)
            if newest is not None and newest["digest"] == digest:
                return int(newest["version"])
            version = int(newest["version"]) + 1 if newest is not None else 1
            sealed = self.vault.seal(text.encode(), self._aad(version))
            await connection.execute(_SQL["add"], self.hospital, version, at, seq, digest, sealed)
        return version

    async def at(self, moment: datetime) -> KeptFile | None:
        """The version in force at a moment, the oldest of all where none was kept by then; None while none is kept."""
        async with self.database.read() as connection:
            return self._kept(await connection.fetchrow(_SQL["at"], self.hospital, moment))

    async def get(self, version: int) -> KeptFile | None:
        """One version; None when there is none such."""
        async with self.database.read() as connection:
            return self._kept(await connection.fetchrow(_SQL["get"], self.hospital, version))

    def _kept(self, row: asyncpg.Record | None) -> KeptFile | None:
        if row is None:
            return None
        text = self.vault.open(row["sealed"], self._aad(row["version"])).decode()
        return KeptFile(row["version"], row["from_at"], row["until_at"], row["from_seq"], text)

    def _aad(self, version: int) -> bytes:
        return f"hospital-file|{self.hospital}|{version}".encode()
