"""The chain over the audit trail and the log: a sealer adds a link whenever something came, `verify` goes along the links again.

Where the head of it is no longer kept, it begins at the last link of that (`flow.history.cuts`); of a link whose entries of the log alone,
or of the trail alone, are gone, the other part and the link itself are held against what lies there.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime

import asyncpg

from flow.domain.audit import START, Cut, Link, mac_of
from flow.history import cuts, snapshot
from flow.history.pool import Connection, Database
from flow.history.queries import load
from flow.vault import Tampered, Vault

_SQL, _CUT = load("audit"), load("cut")
MOST_ENTRIES = 20_000
"""Entries of the log under one link; a log of years is sealed in many."""
_READ = 500


@dataclass(frozen=True, slots=True)
class Step:
    """A link as it was gone along; `wrong` says what is not as it was sealed, empty where all is well."""

    link: Link
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Beginning:
    """The last link before the chain, which stays, and the cut that says so; `wrong` says what is not as it was sealed."""

    cut: Cut
    link: Link
    wrong: tuple[str, ...] = ()


class Seals:
    """The chain of one hospital."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self.database = database
        self.hospital = database.hospital
        self._vault, self._key = vault, vault.key("audit chain")

    async def seal(self, at: datetime) -> Link | None:
        """Add a link over what came since the last one; None where nothing did, or somebody else is sealing."""
        async with self.database.write() as connection:
            if not await connection.fetchval(_SQL["lock_seal"], self.hospital):
                return None
            last = await self._last(connection)
            bound = await connection.fetchrow(_SQL["settled"], self.hospital, last.seq_to, MOST_ENTRIES)
            assert bound is not None
            link = await self._content(connection, last, Link(last.number + 1, at, bound["txid_to"], bound["seq_to"], 0, 0, b"", b""))
            if not link.traces and not link.entries:
                return None
            link = replace(link, mac=mac_of(self._key, link, last.mac))
            row = (link.number, at, link.txid_to, link.seq_to, link.traces, link.entries, link.trail, link.log, link.mac)
            await connection.execute(_SQL["put_seal"], self.hospital, *row)
        return link

    async def count(self) -> int:
        """How many links there are."""
        async with self.database.read() as connection:
            return int(await connection.fetchval(_SQL["seal_count"], self.hospital))

    async def last(self) -> Link:
        """The chain's head; `START` where there is no link yet."""
        async with self.database.read() as connection:
            return await self._last(connection)

    async def beginning(self) -> Beginning:
        """Where the chain begins, and what is wrong with that: a head that was cut off without a word, or a word that is not ours."""
        async with self.database.read() as connection:
            cut = await cuts.last_cut(connection, self.hospital)
            if not cut.number:
                return Beginning(cut, START)
            found = await cuts.wrong(connection, self.hospital, self._vault)
            row = await connection.fetchrow(_CUT["link"], self.hospital, cut.link)
            if cut.link and (row is None or row["mac"] != cut.link_mac):
                found.append(f"link {cut.link}, after which the chain begins, is {'missing' if row is None else 'another'}")
            try:
                await snapshot.read(connection, self._vault, self.hospital, cut)
            except Tampered as error:
                found.append(error.reason)
        return Beginning(cut, START if row is None else _link(row), tuple(found))

    async def verify(self, begin: Beginning | None = None) -> AsyncIterator[Step]:
        """Every link in order, each held against what lies there now."""
        begin = begin or await self.beginning()
        before = begin.link
        while True:
            async with self.database.read() as connection:
                rows = await connection.fetch(_SQL["seals"], self.hospital, before.number, _READ)
                steps = []
                for row in rows:
                    link = _link(row)
                    steps.append(Step(link, await self.wrong(connection, before, link, begin.cut)))
                    before = link
            if not steps:
                return
            for step in steps:
                yield step

    async def wrong(self, connection: Connection, before: Link, link: Link, cut: Cut) -> tuple[str, ...]:
        """What is not as it was sealed of a link; nothing is asked of what a cut took away."""
        found = []
        if link.number != before.number + 1:
            found.append(f"links {before.number + 1} to {link.number - 1} are missing")
        elif mac_of(self._key, link, before.mac) != link.mac:
            found.append("the link itself was changed")
        now = await self._content(connection, before, link)
        if link.txid_to > cut.txid_to and now.traces != link.traces:
            found.append(f"it was sealed over {link.traces} entries of the trail, there are {now.traces}")
        elif link.txid_to > cut.txid_to and now.trail != link.trail:
            found.append("an entry of the trail was changed")
        if link.seq_to > cut.seq_to and now.entries != link.entries:
            found.append(f"it was sealed over {link.entries} entries of the log, there are {now.entries}")
        elif link.seq_to > cut.seq_to and now.log != link.log:
            found.append("an entry of the log was changed")
        return tuple(found)

    async def _last(self, connection: Connection) -> Link:
        row = await connection.fetchrow(_SQL["last_seal"], self.hospital)
        return START if row is None else _link(row)

    async def _content(self, connection: Connection, before: Link, link: Link) -> Link:
        """A link with the counts and digests of what lies between the one before and its own bounds."""
        row = await connection.fetchrow(_SQL["content"], self.hospital, before.txid_to, link.txid_to, before.seq_to, link.seq_to)
        assert row is not None
        return replace(link, traces=row["traces"], entries=row["entries"], trail=row["trail"], log=row["log"])


def _link(row: asyncpg.Record) -> Link:
    return Link(**dict(row.items()))
