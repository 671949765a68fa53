"""Sealed anew: every sealed value of a hospital by the newest key, beside a hospital that is served.

A batch is a transaction, and which rows are still to be done is read from the values themselves (their header names their key): a kill
loses the batch under way and nothing else, and there is no place to remember. Rows that somebody else holds are passed over and come in
the next pass, so that nobody waits for longer than a batch takes and no two ever wait for each other.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from flow import crash
from flow.history.people import People, detailed
from flow.history.pool import Database
from flow.history.queries import load
from flow.history.sealed import SEALED, Row, Sealed
from flow.vault import SEALED_LEAST, Tampered, Vault, header_of

log = structlog.get_logger()
_SQL = load("reseal")
BATCH = 500
LONGEST_REST = 0.1
PASSES = 20
INDEX = "abha.digest"
"""What is looked for by a digest that a key has made, as `counts` names it."""

Tell = Callable[[str, int, int], None]
"""Told of a column how many rows are done, and of how many."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a column: rows that were sealed anew, and those that no key opens, which are left as they are."""

    name: str
    rows: int
    spoilt: int


class Reseal:
    """Sealing anew what a hospital's database holds."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self.database = database
        self.vault = vault
        self.people = People(database, vault)
        self.hospital = database.hospital

    async def counts(self) -> dict[str, Counter[int]]:
        """Of every sealed column, and of what is found by digest, how many rows bear which key."""
        found: dict[str, Counter[int]] = {}
        async with self.database.read() as connection:
            for one in SEALED:
                rows = await connection.fetch(_counting(one), self.hospital)
                found[one.name] = Counter({row["key"]: row["rows"] for row in rows})
            rows = await connection.fetch(_SQL["digests"], self.hospital)
        return {**found, INDEX: Counter({row["key"]: row["rows"] for row in rows})}

    async def run(self, tell: Tell) -> list[Done]:
        """Seal all anew, then let go of digests by which nobody is found any more. Again after a kill, or at any time."""
        current = self.vault.ring.current
        todo = {name: sum(rows for key, rows in keys.items() if key != current) for name, keys in (await self.counts()).items()}
        done = [await self._column(one, todo[one.name], tell) for one in SEALED]
        async with self.database.write() as connection:
            await connection.execute(_SQL["drop_digests"], self.hospital, current, header_of(current))
        return done

    async def _column(self, one: Sealed, todo: int, tell: Tell) -> Done:
        """Pass over a column until a pass finds nothing more to do."""
        moved = spoilt = 0
        for _ in range(PASSES):
            before, spoilt = moved, 0
            after: tuple[object, ...] | None = None
            while rows := await self._batch(one, after):
                found, after = rows
                moved, spoilt = moved + found.rows, spoilt + found.spoilt
                tell(one.name, moved, max(todo, moved))
            if moved == before:
                break
        return Done(one.name, moved, spoilt)

    async def _batch(self, one: Sealed, after: tuple[object, ...] | None) -> tuple[Done, tuple[object, ...]] | None:
        """The next rows of a pass, in one transaction; None at its end. Then a rest as long as that took: the hospital goes first."""
        begun = time.monotonic()
        current = self.vault.ring.current
        async with self.database.write() as connection:
            found = await connection.fetch(_choosing(one, first=after is None), self.hospital, header_of(current), BATCH, *(after or ()))
            if not found:
                return None
            rows = [row for row in map(dict, found) if row["mine"]]
            opened = [(row, plain) for row in rows if (plain := self._opened(one, row)) is not None]
            fresh = [(self.hospital, self.vault.seal(plain, one.aad(self.hospital, row)), *_key(one, row)) for row, plain in opened]
            await connection.executemany(_laying(one), fresh)
            if one.name == "person.sealed":
                await self.people.index_anew(connection, [detailed(plain) for _, plain in opened])
            crash.here("reseal-batch-written")
        crash.here("reseal-batch-committed")
        await asyncio.sleep(min(time.monotonic() - begun, LONGEST_REST))
        return Done(one.name, len(fresh), len(rows) - len(opened)), _key(one, dict(found[-1]))

    def _opened(self, one: Sealed, row: Row) -> bytes | None:
        try:
            return self.vault.open(row[one.column], one.aad(self.hospital, row))
        except Tampered:
            log.error("reseal.tampered", column=one.name)  # nosemgrep: name-in-a-log # a column's
            return None


def _key(one: Sealed, row: Row) -> tuple[object, ...]:
    return tuple(row[name] for name in one.key)


def _places(first: int, names: Sequence[str]) -> str:
    return ", ".join(f"${number}" for number, _ in enumerate(names, start=first))


def _counting(one: Sealed) -> str:
    """$1 hospital."""
    return (
        f"select get_byte({one.column}, 1) * 256 + get_byte({one.column}, 2) as key, count(*) as rows from {one.table}"
        f" where hospital = $1 and octet_length({one.column}) >= {SEALED_LEAST} group by 1"
    )


def _choosing(one: Sealed, *, first: bool) -> str:
    """Rows that another key sealed, by key from a row on; `mine` are those that nobody else holds. $1 hospital, $2 header, $3 most, then
    the last row's key."""
    keys = ", ".join(one.key)
    beyond = "" if first else f" and ({keys}) > ({_places(4, one.key)})"
    wanted = (
        f"select {keys} from {one.table} where hospital = $1 and octet_length({one.column}) >= {SEALED_LEAST}"
        f" and substring({one.column} from 1 for 3) <> $2{beyond} order by {keys} limit $3"
    )
    columns = ", ".join(f"held.{name}" for name in dict.fromkeys((one.column, *one.beside)) if name not in one.key)
    return (
        f"with wanted as ({wanted}), held as (select {', '.join(dict.fromkeys((*one.key, one.column, *one.beside)))} from {one.table}"
        f" where hospital = $1 and ({keys}) in (select {keys} from wanted) and substring({one.column} from 1 for 3) <> $2"
        f" for update skip locked)"
        f" select {', '.join(f'wanted.{name}' for name in one.key)}, {columns}, held.{one.column} is not null as mine"
        f" from wanted left join held using ({keys}) order by {keys}"
    )


def _laying(one: Sealed) -> str:
    """$1 hospital, $2 sealed, then the row's key."""
    where = " and ".join(f"{name} = ${number}" for number, name in enumerate(one.key, start=3))
    return f"update {one.table} set {one.column} = $2 where hospital = $1 and {where}"


def bearing(counts: Mapping[str, Counter[int]], key: int) -> dict[str, int]:
    """The columns in which rows bear a key, and how many."""
    return {name: found[key] for name, found in counts.items() if found[key]}
