"""What the stores say of themselves, asked of the real ones."""

from datetime import UTC, datetime, timedelta

from flow.embedded import Stores
from flow.history.facts import ask as ask_postgres
from flow.history.grants import ONLY_ADDED_TO
from flow.history.pool import Database
from flow.history.queries import load
from flow.state.facts import ask as ask_redis

RECORD = tuple(sorted((*ONLY_ADDED_TO, "audit_cut", "snapshot_part")))


async def test_postgres_tells_what_a_checkup_asks(database: Database) -> None:
    facts = await ask_postgres(database)
    assert facts.version >= 15
    assert set(facts.settings) == {"fsync", "full_page_writes", "synchronous_commit"}
    assert abs(facts.now - datetime.now(UTC)) < timedelta(seconds=5)
    assert set(RECORD) >= set(facts.alters)


async def test_a_role_that_only_adds_is_known_from_one_that_may_change(database: Database) -> None:
    assert (await ask_postgres(database)).alters == RECORD, "whoever migrates owns them"
    name = f"adds_only_{datetime.now(UTC):%H%M%S%f}"
    async with database.write() as connection:
        await connection.execute(f"create role {name}; grant usage on schema public to {name}")
        await connection.execute(f"grant select, insert on audit, audit_seal, log, reveal to {name}")
        for more, altered in (("select on log", []), ("update on log", ["log"]), ("delete on audit", ["audit", "log"])):
            await connection.execute(f"grant {more} to {name}; set local role {name}")
            found = await connection.fetch(load("facts")["alters"])
            assert [row["relname"] for row in found] == altered
            await connection.execute("reset role")
        await connection.execute(f"drop owned by {name}; drop role {name}")


async def test_redis_tells_what_a_checkup_asks(stores: Stores, redis_url: str) -> None:
    facts = await ask_redis(redis_url)
    assert facts.local == stores.redis_url.startswith("unix:")
    assert not facts.kept
