"""The schema: every named query is prepared against it, the transitions' CHECK is TRANSITIONS, a newer schema is refused."""

import re
from pathlib import Path

import asyncpg
import pytest

from flow.domain.bed import TRANSITIONS
from flow.errors import Misconfigured
from flow.history.migrate import migrate, migrations
from flow.history.pool import Database
from flow.history.queries import load, nouns


async def test_every_query_is_prepared(database: Database) -> None:
    failures = []
    async with database.read() as connection:
        for noun in nouns():
            for name, text in load(noun).items():
                try:
                    await connection.prepare(text)
                except asyncpg.PostgresError as error:
                    failures.append(f"{noun}.{name}: {error}")
    assert len(nouns()) >= 8
    assert failures == []


async def test_migrating_again_does_nothing(database: Database) -> None:
    assert await migrate(database) == []


async def test_a_newer_schema_is_refused(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute("insert into migration (name) values ('9999_future')")
    with pytest.raises(Misconfigured, match="newer Bedflow"):
        await migrate(database)


def test_the_check_of_the_table_is_transitions() -> None:
    """The SQL says what TRANSITIONS says, no more and no less."""
    *_, text = (found for path in migrations() if "add constraint bed_interval_transitions" in (found := path.read_text()))
    pairs = re.findall(r"(\w+)>(\w+)", text)
    assert {(str(a), str(b)) for a, b in TRANSITIONS} == set(pairs)


async def test_the_table_refuses_what_transitions_do_not_know(database: Database) -> None:
    insert = (
        "insert into bed_interval (hospital, seq, bed, ward, type, status, was, reserved, from_at, recorded_at)"
        " values ('test', 1, 'A', 'W', 'general', $1, $2, false, now(), now())"
    )
    async with database.read() as connection:
        with pytest.raises(Exception, match=r"bed_interval_status_check|transitions"):
            await connection.execute(insert, "broken", "available")
        await connection.execute(insert, "occupied", "maintenance")


@pytest.mark.parametrize("path", migrations(), ids=lambda path: path.stem)
def test_migrations_are_named_and_say_what_they_are(path: Path) -> None:
    name = path.stem
    assert re.fullmatch(r"\d{4}_[a-z_]+", name)
    assert path.read_text().startswith("--")
