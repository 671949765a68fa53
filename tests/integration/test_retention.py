"""What is over goes, what is left is whole: texts of letters, the oldest of log and trail, persons; in steps that stand a SIGKILL."""

import asyncio
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from flow.clock import FixedClock
from flow.domain.audit import Kind, Trace
from flow.domain.ids import PatientId
from flow.embedded import Stores
from flow.history import models, past
from flow.history.audit import Audit
from flow.history.begun import begun
from flow.history.cuts import kept_from
from flow.history.inbox import Inbox, Letter
from flow.history.legal_holds import LegalHolds
from flow.history.migrate import migrate
from flow.history.people import People
from flow.history.pool import Database
from flow.history.retention import Run, runs
from flow.history.seals import Seals
from flow.keeps import Keeps, Span
from flow.main.keeping import Keeping
from flow.main.retaining import NO_OWNER, Retaining
from flow.vault import open_vault
from tests.faults.stays import Ward
from tests.integration.test_again import PLAN, Lived, _models
from tests.integration.test_grants import app_dsn, serving

FIRST, SECOND, NOW = (datetime(2025, month, 6, tzinfo=UTC) for month in (3, 6, 9))
"""Longer ago than movements are kept, longer than letters are, and now."""
KEEPS = Keeps(letters=Span(1), history=Span(4), trail=Span(4))


@dataclass
class Old(Lived):
    """A hospital that has lived for half a year, sealed as it went."""

    dsn: str = ""
    ward: Ward = field(default_factory=lambda: Ward(7))

    @property
    def seals(self) -> Seals:
        return Seals(self.database, self.inbox.vault)

    async def live(self, at: datetime, letters: int) -> None:
        """Some days from a moment on, with clicks, readers and the sealer's links."""
        self.clock.set(at)
        self.ward._at = (at - timedelta(days=1)).replace(tzinfo=None)
        told = len(self.ward.told)
        new = self.ward.tell(letters).told[told:]
        for number, start in enumerate(range(0, len(new), 6)):
            await self.hear(new[start : start + 6])
            await self.click(told + number)
            seen = tuple(visit.patient for visit in list(self.desk.hospital.visits.values())[-2:])
            await Audit(self.database).note([Trace(self.clock.now(), Kind.READ, "asha", view="GET /wards", patients=seen)])
            await self.seals.seal(self.clock.now())
        self.clock.advance(timedelta(days=3))
        await Keeping(PLAN, self.database, self.clock).catch_up()
        await self.open()

    def retaining(self, dsn: str = "") -> Retaining:
        def speaks(letter: Letter) -> set[PatientId] | None:
            return {person.patient for person in self.desk.interpret(letter, self.desk.hospital).people}

        return Retaining(self.database, dsn or self.dsn, PLAN, self.inbox.vault, self.inbox, self.clock, KEEPS, speaks)

    async def retain(self) -> Run:
        return await self.retaining().run("test")

    async def wrong(self) -> list[str]:
        """What `bedflow audit verify` finds."""
        begin = await self.seals.beginning()
        return [*begin.wrong, *[finding async for step in self.seals.verify(begin) for finding in step.wrong]]

    async def ask(self, query: str, *values: object) -> list[tuple[object, ...]]:
        async with self.database.read() as connection:
            return [tuple(row) for row in await connection.fetch(query, *values)]

    async def evil(self, deed: str) -> None:
        """What only a superuser does who turns the triggers off."""
        await self.execute(f"set local session_replication_role = replica; {deed}")


@dataclass
class Past:
    """What one hospital lived through, for each test to begin with a copy of: its database, where its key lies, who lies where."""

    dsn: str
    folder: Path
    ward: Ward = field(default_factory=lambda: Ward(7))
    now: datetime = FIRST


async def hospital(past: Past, dsn: str) -> Old:
    """As it is, with nobody at the desk yet."""
    database, vault = await Database.connect(dsn, PLAN.id), open_vault(past.folder)
    people, clock = People(database, vault), FixedClock(past.now)
    return Old(database, Inbox(database, vault), people, clock, random.Random(7), dsn=dsn, ward=deepcopy(past.ward))


@pytest.fixture(scope="module")
def lived_before(stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    name = f"past_{os.getpid()}"
    found = Past(named(stores.dsn, name), tmp_path_factory.mktemp("past"))
    with asyncio.Runner() as runner:
        runner.run(carry_out(stores.dsn, f"create database {name} template template0"))
        runner.run(_live(found))
        yield found
        runner.run(carry_out(stores.dsn, f"drop database {name} with (force)"))


async def _live(past: Past) -> None:
    old = await hospital(past, past.dsn)
    await migrate(old.database)
    await old.open()
    for at, letters in ((FIRST, 90), (SECOND, 36), (NOW, 30)):
        await old.live(at, letters)
    past.now, past.ward = old.clock.now(), old.ward
    await old.database.close()


@pytest.fixture
async def old(lived_before: Past, stores: Stores) -> AsyncIterator[Old]:
    name = f"old_{os.getpid()}"
    await carry_out(stores.dsn, f"create database {name} template past_{os.getpid()}")
    found = await hospital(lived_before, named(stores.dsn, name))
    await found.open()
    yield found
    await found.database.close()
    await carry_out(stores.dsn, f"drop database {name} with (force)")


async def carry_out(dsn: str, statement: str) -> None:
    """For whoever owns the server."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(statement)
    await connection.close()


def named(dsn: str, name: str) -> str:
    """Another database of the same server."""
    return urlunsplit(urlsplit(dsn)._replace(path=f"/{name}"))


async def test_what_is_over_goes_and_what_is_left_is_whole(old: Old) -> None:
    known = await old.ask("select id, control_id, fingerprint, received_at from letter order by id")
    figures = f"select * from bed_day where day < '{NOW:%Y-%m-%d}' order by 1, 2, 3, 4"
    days, moment = await old.ask(figures), SECOND + timedelta(hours=1)
    then = await past.beds_at(old.database, moment)
    went = await old.retain()
    assert went.gone["letters"] > 80 and went.gone["entries"] > 150 and went.gone["traces"] > 10 and went.gone["persons"] > 5
    assert went.kept == ()
    assert await old.ask("select id, control_id, fingerprint, received_at from letter order by id") == known, "I1"
    ((oldest, bodies),) = await old.ask("select min(received_at), count(*) from letter where body <> ''")
    assert oldest >= NOW and bodies > 20  # type: ignore[operator]
    ((first, commands),) = await old.ask("select min(recorded_at), (select min(recorded_at) from command) from log")
    assert first >= SECOND and commands >= SECOND  # type: ignore[operator]
    await _whole(old)
    assert await old.ask(figures) == days, "days that were added up stay"
    assert await past.beds_at(old.database, moment) == then
    assert await past.beds_at(old.database, FIRST + timedelta(hours=1)) == (0, {})
    assert (await begun(old.database)) == await kept_from(old.database)
    assert (await begun(old.database, summed=True)) < FIRST + timedelta(days=1)  # type: ignore[operator]


async def _whole(old: Old) -> None:
    """Deciding again, making anew, loading and the chain all agree; and it goes on living."""
    assert await old.wrong() == []
    stood, days = await _models(old), await _added_up(old)
    await models.remake(old.database, PLAN, old.inbox.vault, lambda done, total: None)
    assert await _models(old) == stood
    await Keeping(PLAN, old.database, old.clock).catch_up()
    assert await _added_up(old) == days
    await old.open()
    await old.live(old.clock.now(), 12)
    verdict = await old.decided_again()
    assert (verdict.surprises, verdict.differences) == ([], [])
    assert await old.wrong() == []


async def _added_up(old: Old) -> list[list[object]]:
    """The KPIs by the day; packed minutes are in no order, and so the last bit of their sums is anybody's."""
    rows = await old.ask("select * from kpi_day order by hospital, day, kpi, place, type, weekday")
    return [[_in_any_order(each) for each in row] for row in rows]


def _in_any_order(each: object) -> object:
    if isinstance(each, bytes):
        return sorted(each[n : n + 8] for n in range(0, len(each), 8))
    return round(each, 9) if isinstance(each, float) else each


async def test_a_second_run_finds_nothing_and_the_next_year_goes_by_the_snapshot(old: Old) -> None:
    await old.retain()
    again = await old.retain()
    assert not any(again.gone.values())
    assert [run.gone == again.gone for run in await runs(old.database, 5)] == [True, False]
    old.clock.set(SECOND + timedelta(days=130))
    later = await old.retain()
    assert later.gone["entries"] > 30
    await _whole(old)
    ((trail,),) = await old.ask("select count(*) from audit where view = 'retention, run'")
    assert trail == 3


async def test_a_head_cut_off_without_a_word_is_found(old: Old) -> None:
    await old.evil("delete from audit_seal where number <= 5; delete from log where seq <= (select min(seq_to) from audit_seal)")
    assert any("links 1 to 5 are missing" in finding for finding in await old.wrong())
    ends = "number, mac, number, seq_to, at, at, number, txid_to, at"
    forged = f"insert into audit_cut select hospital, 1, at, {ends}, '', mac from audit_seal"
    await old.evil(f"{forged} where number = 6; delete from audit where txid < (select txid_to from audit_cut)")
    assert any("was not made by Bedflow" in finding for finding in await old.wrong())


@pytest.mark.parametrize(
    ("deed", "found"),
    [
        ("update audit_cut set seq_to = seq_to - 1", "was not made by Bedflow"),
        ("update snapshot_part set sealed = sealed || '\\x00'", "sealed value was changed"),
        ("delete from snapshot_part", "is not the one that was sealed"),
        ("delete from audit_seal where number = (select min(number) from audit_seal)", "is missing"),
        (
            "insert into log select hospital, 1, kind, 'x', 'x', at, at, origin, actor, null, null, body from log limit 1",
            "before the beginning",
        ),
        ("delete from log where seq = (select min(seq) from log)", "entries of the log"),
        ("delete from audit_cut", "are missing"),
    ],
)
async def test_what_is_done_to_a_cut_is_found(old: Old, deed: str, found: str) -> None:
    await old.retain()
    await old.evil(deed)
    assert any(found in finding for finding in await old.wrong())


async def test_nothing_goes_where_the_chain_does_not_hold(old: Old) -> None:
    await old.evil("update log set actor = 'x' where seq = 20")
    went = await old.retain()
    assert "entries" not in went.gone and "audit verify" in went.kept[0]
    assert await kept_from(old.database) is None


async def test_what_is_held_stays_until_it_is_lifted(old: Old) -> None:
    ((visit, patient),) = await old.ask(
        "select entity_id, patient from record where entity = 'visit' and not live order by seq offset 15 limit 1"
    )
    ((first,),) = await old.ask("select min(seq) from log where entity = 'visit' and entity_id = $1", visit)
    holds = LegalHolds(old.database)
    number = await holds.hold_patient(PatientId(str(patient)), "case", "court", "root", old.clock.now())
    went = await old.retain()
    assert went.gone["letters held"] > 0
    ((start,),) = await old.ask("select min(seq) from log")
    assert 1 < start <= first  # type: ignore[operator]
    ((bodies,),) = await old.ask("select count(*) from letter where visit = $1 and body <> ''", visit)
    assert bodies > 0  # type: ignore[operator]
    await _whole(old)
    await holds.lift(number, "over", "root", old.clock.now())
    await old.retain()
    assert await old.ask("select from letter where visit = $1 and body <> ''", visit) == []
    ((start,),) = await old.ask("select min(seq) from log")
    assert start > first  # type: ignore[operator]


async def test_a_held_time_stays(old: Old) -> None:
    await LegalHolds(old.database).hold_period(FIRST - timedelta(days=1), FIRST + timedelta(days=9), "case", "board", "root", NOW)
    went = await old.retain()
    assert went.gone["letters held"] > 70 and went.gone["letters"] > 15
    assert "entries" not in went.gone and "traces" not in went.gone and not went.gone["persons"]


async def test_who_serves_takes_nothing_out_of_the_log(old: Old, stores: Stores) -> None:
    await old.database.close()
    old.database = await serving(old.dsn, stores, PLAN.id)
    old.inbox, old.people = Inbox(old.database, old.inbox.vault), People(old.database, old.inbox.vault)
    await old.open()
    went = await old.retaining(app_dsn(old.dsn, stores)).run("test")
    assert went.gone["letters"] > 80 and went.kept == (NO_OWNER,)
    assert "entries" not in went.gone
    both = await old.retaining(old.dsn).run("test")
    assert both.gone["entries"] > 150 and both.kept == (), "it serves by one role and takes away by the other"
    await _whole(old)


async def test_a_run_that_is_killed_goes_on_where_it_stopped(old: Old, lived_before: Past) -> None:
    gone: list[object] = []
    for point in ("letters", "in the cut"):
        asked = (old.dsn, str(lived_before.folder), old.clock.now().isoformat(), point)
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.integration.retention_child", *asked)
        assert await process.wait() == -signal.SIGKILL, point
        ((texts, entries),) = await old.ask("select count(*) filter (where gone is not null), (select min(seq) from log) from letter")
        gone.append((texts, entries))
        assert await old.wrong() == [], point
        assert (await old.decided_again()).equal, point
    (some, _), (all_of, first) = gone  # type: ignore[misc]
    assert 0 < some < all_of and first == 1, "the cut was undone"
    await old.retain()
    await _whole(old)
