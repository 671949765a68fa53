"""The chain over trail and log: whatever is done to what was sealed is found, by who holds all rights in the database too."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from flow.anchor import Outside, outside
from flow.domain.audit import Anchor, Kind, Trace, against_anchors, read_anchors
from flow.domain.bed import BedStatus, OutOfUse
from flow.domain.commands import SetBedStatus
from flow.errors import Unavailable
from flow.history.audit import Audit
from flow.history.seals import Seals
from flow.main.sealing import Sealing
from flow.vault import open_vault
from tests.integration.test_desk import BED, NOW, NURSE, House, open_house


class Chain:
    """A hospital with some links, and somebody who holds all rights in its database."""

    def __init__(self, house: House, seals: Seals, evil: asyncpg.Connection) -> None:
        self.house, self.seals, self.evil = house, seals, evil

    async def grow(self, links: int) -> None:
        """Each link over two traces and what a command led to."""
        for number in range(links):
            at = NOW + timedelta(seconds=number)
            view = f"GET /{number}"
            await Audit(self.house.database).note([Trace(at, Kind.READ, "asha", view=view), Trace(at, Kind.READ, "ravi", view=view)])
            to = BedStatus.MAINTENANCE if number % 2 == 0 else BedStatus.AVAILABLE
            await self.house.desk.act(SetBedStatus(BED, to, reason=OutOfUse.REPAIR if number % 2 == 0 else None), NURSE)
            assert await self.seals.seal(at) is not None

    async def wrong(self) -> list[tuple[int, str]]:
        """What `verify` finds, with the link's number."""
        return [(step.link.number, finding) async for step in self.seals.verify() for finding in step.wrong]

    async def deed(self, sql: str) -> None:
        """What triggers forbid to everybody but a superuser who turns them off."""
        await self.evil.execute(f"set session_replication_role = replica; {sql}")


@pytest.fixture
async def chain(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Chain]:
    async with AsyncExitStack() as stack:
        house = await open_house(stack, dsn, redis_url, tmp_path)
        evil = await asyncpg.connect(dsn)
        stack.push_async_callback(evil.close)
        found = Chain(house, Seals(house.database, open_vault(tmp_path)), evil)
        await found.grow(4)
        yield found


async def test_an_untouched_chain_verifies_and_idles(chain: Chain) -> None:
    assert await chain.wrong() == []
    assert await chain.seals.seal(NOW) is None, "nothing came"
    assert await chain.seals.count() == 4
    steps = [step async for step in chain.seals.verify()]
    log = await chain.evil.fetchval("select count(*) from log")
    trail = await chain.evil.fetchval("select count(*) from audit")
    assert (sum(step.link.entries for step in steps), sum(step.link.traces for step in steps)) == (log, trail)


A_MOMENT = "at = at + interval '1 microsecond'"
WORDS = {
    "audit": ("kind", "actor", "role", "seat", "address", "view", "place"),
    "log": ("kind", "entity", "entity_id", "origin", "actor"),
}
OTHERS = {
    "audit": ("patients = '{x}'", "detail = '{\"a\": 1}'", "txid = txid - 1"),
    "log": ("recorded_at = recorded_at + interval '1 s'", "letter = 7", "command = -1", "body = '{}'"),
}
COLUMNS = {table: [A_MOMENT, *(f"{name} = 'x'" for name in words), *OTHERS[table]] for table, words in WORDS.items()}


@pytest.mark.parametrize("table", COLUMNS)
async def test_an_edit_of_any_column_is_found(chain: Chain, table: str) -> None:
    key = "id = (select max(id) - 4 from audit)" if table == "audit" else "seq = (select max(seq) - 1 from log)"
    await chain.deed(f"create temp table kept as select * from {table}")
    columns = await chain.evil.fetch("select attname from pg_attribute where attrelid = $1::regclass and attnum > 0", table)
    named = {change.split(" = ")[0] for change in COLUMNS[table]}
    assert {row["attname"] for row in columns} - named <= {"hospital", "id", "seq"}, "which are the key"
    for change in COLUMNS[table]:
        await chain.deed(f"update {table} set {change} where {key}")
        found = await chain.wrong()
        assert found and {number for number, _ in found} <= {2, 3}, change
        assert all(("trail" if table == "audit" else "log") in finding for _, finding in found)
        await chain.deed(f"delete from {table}; insert into {table} overriding system value select * from kept")
    assert await chain.wrong() == []


@pytest.mark.parametrize("table", ["audit", "log"])
async def test_a_deletion_is_found(chain: Chain, table: str) -> None:
    key = "id = (select min(id) + 1 from audit)" if table == "audit" else "seq = (select max(seq) from log)"
    await chain.deed(f"delete from {table} where {key}")
    (found,) = await chain.wrong()
    assert "it was sealed over" in found[1]


async def test_an_entry_that_is_slipped_in_is_found(chain: Chain) -> None:
    others = "at, kind, actor, role, seat, address, view, place, patients, detail"
    await chain.deed(f"insert into audit (hospital, txid, {others}) select hospital, txid, {others} from audit order by id limit 1")
    assert [number for number, _ in await chain.wrong()] == [1]


async def test_links_that_are_changed_or_gone_are_found(chain: Chain) -> None:
    await chain.deed("update audit_seal set at = at + interval '1 s' where number = 2")
    assert await chain.wrong() == [(2, "the link itself was changed")]
    await chain.deed("delete from audit_seal where number = 2")
    found = await chain.wrong()
    assert (3, "links 2 to 2 are missing") in found


async def test_a_chain_made_anew_without_the_key_is_found(chain: Chain, tmp_path: Path) -> None:
    """Whoever holds the database and not the vault cannot link again what was changed."""
    await chain.deed("update log set actor = 'x' where seq = (select max(seq) from log); delete from audit_seal")
    (tmp_path / "other").mkdir()
    forger = Seals(chain.house.database, open_vault(tmp_path / "other"))
    assert await forger.seal(NOW) is not None
    assert await chain.wrong() == [(1, "the link itself was changed")]


async def test_a_tail_that_is_cut_off_is_seen_from_outside_alone(chain: Chain, tmp_path: Path) -> None:
    file = tmp_path / "anchor.txt"
    sealing = Sealing(chain.seals, chain.house.clock, Outside(file))
    await sealing.lay_down()
    await sealing.lay_down()
    anchors = read_anchors(file.read_text().splitlines())
    assert [each.number for each in anchors] == [4], "the same head is laid down once"
    macs = {step.link.number: step.link.mac async for step in chain.seals.verify()}
    assert against_anchors(macs, 4, anchors) == []
    cut = "delete from audit_seal where number > 2; delete from log where seq > (select seq_to from audit_seal where number = 2)"
    await chain.deed(f"{cut}; delete from audit where txid >= (select txid_to from audit_seal where number = 2)")
    assert await chain.wrong() == [], "the chain alone cannot know"
    macs = {step.link.number: step.link.mac async for step in chain.seals.verify()}
    assert against_anchors(macs, 2, anchors) == ["the tail is cut off: link 4 was anchored, the chain ends with 2"]
    assert against_anchors({4: b"x"}, 4, anchors) == ["link 4 is not the one that was anchored"]


async def test_a_transaction_under_way_is_not_passed_over(chain: Chain) -> None:
    """A trace that is written before another and committed after it is sealed all the same."""
    slow = chain.evil.transaction()
    await slow.start()
    await chain.evil.execute(
        "insert into audit (hospital, at, kind, actor, role, seat, address, view, place, patients, detail)"
        " select hospital, at, kind, 'slow', role, seat, address, view, place, patients, detail from audit limit 1"
    )
    await Audit(chain.house.database).note([Trace(NOW, Kind.READ, "quick")])
    assert await chain.seals.seal(NOW) is None, "what is under way may still come before it"
    await slow.commit()
    link = await chain.seals.seal(NOW)
    assert link is not None and link.traces == 2
    assert await chain.wrong() == []


async def test_the_head_is_handed_to_a_command(tmp_path: Path) -> None:
    file, anchor = tmp_path / "taken", Anchor(7, b"\x01" * 32)
    await outside(f"run:tee {file}").lay_down(str(anchor))
    assert read_anchors(file.read_text().splitlines()) == [anchor]
    with pytest.raises(Unavailable, match="failed"):
        await outside("run:false").lay_down(str(anchor))
    with pytest.raises(Unavailable, match="does not start"):
        await outside("run:/no/such/program").lay_down(str(anchor))
    with pytest.raises(Unavailable, match="cannot be written"):
        await Outside(tmp_path / "no" / "folder").lay_down(str(anchor))
    with pytest.raises(ValueError, match="line 2 is no anchor"):
        read_anchors([str(anchor), "nonsense"])
