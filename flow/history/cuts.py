"""Where the log, the trail and their chain begin: the cuts that were made of them, each sealed by the vault over the one before.

`cutting` makes them; whoever reads history asks here from when on there is any.
"""

from dataclasses import replace
from datetime import datetime

import asyncpg

from flow.domain.audit import UNCUT, Cut, mac_of_cut
from flow.history.bed_days import day_of
from flow.history.pool import Connection, Database
from flow.history.queries import load
from flow.vault import Vault

_SQL = load("cut")


async def last_cut(connection: Connection, hospital: str) -> Cut:
    """The newest; `UNCUT` where nothing was ever taken away."""
    row = await connection.fetchrow(_SQL["last"], hospital)
    return UNCUT if row is None else _cut(row)


async def kept_from(database: Database) -> datetime | None:
    """When what is kept of the log begins: what was recorded up to then is gone. None where it is whole."""
    async with database.read() as connection:
        return (await last_cut(connection, database.hospital)).log_at


async def frozen_before(connection: Connection, hospital: str, zone: str) -> datetime | None:
    """Figures by the day are counted anew from here on and stand as they are before it, since what they were counted from is gone."""
    at = (await last_cut(connection, hospital)).log_at
    return day_of(at, zone, 1) if at is not None else None


async def put(connection: Connection, hospital: str, vault: Vault, cut: Cut, before: Cut) -> Cut:
    """Write a cut down, sealed."""
    cut = replace(cut, number=before.number + 1)
    cut = replace(cut, mac=mac_of_cut(_key(vault), cut, before.mac))
    ends = (cut.log_link, cut.seq_to, cut.log_at, cut.begun_at, cut.trail_link, cut.txid_to, cut.trail_at)
    await connection.execute(_SQL["put"], hospital, cut.number, cut.at, cut.link, cut.link_mac, *ends, cut.snapshot, cut.mac)
    return cut


async def wrong(connection: Connection, hospital: str, vault: Vault) -> list[str]:
    """What is not as it was sealed: a cut, or something that lies before the beginning."""
    found, before = list[str](), UNCUT
    for row in await connection.fetch(_SQL["all"], hospital):
        cut = _cut(row)
        if cut.number != before.number + 1:
            found.append(f"cuts {before.number + 1} to {cut.number - 1} are missing")
        elif mac_of_cut(_key(vault), cut, before.mac) != cut.mac:
            found.append(f"cut {cut.number} was not made by Bedflow, or was changed")
        before = cut
    if before.number:
        left = await connection.fetchrow(_SQL["left_behind"], hospital, before.link, before.seq_to, before.txid_to)
        assert left is not None
        found += [f"{count} {what} lie before the beginning of what is kept" for what, count in left.items() if count]
    return found


def _key(vault: Vault) -> bytes:
    return vault.key("audit chain")


def _cut(row: asyncpg.Record) -> Cut:
    return Cut(**dict(row.items()))
