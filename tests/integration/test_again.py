"""I7: letters and commands decided again give the same hospital; and the read models made anew are those that stood."""

import asyncio
import random
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from adt_feed.header import Header
from adt_feed.letter import Letter as Arrived
from flow.clock import FixedClock
from flow.codec import decode_command, encode_command
from flow.desk import Actor, Desk, Outcome
from flow.domain.bed import BedStatus, OutOfUse
from flow.domain.commands import AssignBed, CallNext, Command, IssueToken, MarkToken, RequestBed, SetBedStatus, SetRoom, Undo
from flow.domain.feed_commands import ChangeFeed
from flow.domain.hospital import Hospital
from flow.domain.ids import BedId, ClinicId, FeedId, RequestId
from flow.domain.opd import Token, TokenStatus
from flow.domain.opd_commands import PassToken
from flow.domain.plan import Plan
from flow.domain.request import BedRequest
from flow.errors import Refused, Unreadable
from flow.history import again, models
from flow.history.conditions import caught_up
from flow.history.inbox import Inbox, Letter
from flow.history.log import Log
from flow.history.migrate import migrate
from flow.history.people import People
from flow.history.pool import Database
from flow.jobs import Jobs
from flow.main.house import interpreter
from flow.plan_file import parse_plan
from flow.vault import open_vault
from tests.faults.stays import BEDS, CLICKED, HOSPITAL, Ward, adt, control_of

NURSE, ENGINEER = Actor("nurse"), Actor("engineer")
ENT = ClinicId("ENT")
PLAN = parse_plan(HOSPITAL, "small.toml")
EVERYTHING = {
    "occupancy": "holder, bed, kind, from_at, to_at, seq_from, seq_to",
    "bed_interval": "*",
    "bed_condition": "*",
    "clean_job": "*",
    "record": "entity, entity_id, seq, live, patient, body::jsonb",
}


@dataclass
class Lived:
    """A hospital with a real desk on real stores, and a day's worth of life."""

    database: Database
    inbox: Inbox
    people: People
    clock: FixedClock
    dice: random.Random
    plan: Plan = PLAN
    desk: Desk = field(init=False)

    async def open(self) -> None:
        """A desk that knows nothing yet, as after a restart."""
        self.desk = Desk(self.database, self.plan, self.inbox, self.people, self.clock, interpreter(self.people), undo_seconds=30)
        await self.desk.open()

    async def hear(self, letters: Sequence[bytes]) -> None:
        """Letters in groups of any size."""
        for raw in letters:
            await self.inbox.keep([_arrived(raw, self.clock.now())])
            if self.dice.random() < 0.3:
                await self.take()
        await self.take()

    async def take(self) -> None:
        """Everything that waits is decided."""
        self.clock.advance(timedelta(seconds=self.dice.randrange(1, 90)))
        while await self.desk.take_letters():
            pass

    async def act(self, command: Command, actor: Actor = NURSE) -> int | None:
        """A command, as the run of a desk carries it out; None when it was refused."""
        self.clock.advance(timedelta(seconds=1))
        return await self._through(self.desk.act(command, actor))

    async def _through(self, asked: Coroutine[Any, Any, Outcome]) -> int | None:
        asking = asyncio.ensure_future(asked)
        await self._serve(asking)
        try:
            return asking.result().command
        except Refused:
            return None

    async def click(self, number: int) -> None:
        """Something a person does; now and then taken back, or left to run out."""
        bed, step = BedId(self.dice.choice(CLICKED)), self.dice.randrange(6)
        request = RequestId(f"R{number}")
        if step == 0:
            await self.act(SetBedStatus(bed, self.dice.choice(list(BedStatus)), reason=OutOfUse.REPAIR))
        elif step == 1:
            done = await self.act(SetBedStatus(bed, BedStatus.MAINTENANCE, reason=OutOfUse.STAFFING))
            if done is not None:
                await self._through(self.desk.undo(done, NURSE))
        elif step == 2:
            patient = self.people.pseudonym(f"MV{number}", "H")
            await self.act(RequestBed(BedRequest(request, patient, self.clock.now(), "general", needs=frozenset({"oxygen", "monitor"}))))
            await self.act(AssignBed(request, bed, until=self.clock.now() + timedelta(minutes=2)))
        elif step == 3:
            await self.expire()
        elif step == 4:
            await self.act(IssueToken(ENT, self.clock.now().date()))
            await self.act(CallNext(ENT, "1"))
            for token in [t for t in self.desk.hospital.tokens.values() if t.status is TokenStatus.CALLED][:1]:
                await self.see(token, number % 3)
        else:
            await self.act(SetRoom(ENT, "1", self.clock.now() + timedelta(minutes=5)))

    async def see(self, token: Token, way: int) -> None:
        """A called token is passed over, or its patient comes in, or is sent for tests and is back."""
        if way == 0:
            await self.act(PassToken(token.id))
            return
        for to in (TokenStatus.IN_ROOM, TokenStatus.AT_TESTS, TokenStatus.WAITING)[: 2 * way - 1]:
            await self.act(MarkToken(token.id, to))

    async def expire(self) -> None:
        """What the clock does: promises whose time has passed are taken back by the system."""
        self.clock.advance(timedelta(minutes=3))
        expiring = asyncio.ensure_future(Jobs(self.desk, self.inbox, self.clock).release_expired())
        await self._serve(expiring)

    async def _serve(self, asking: "asyncio.Future[Any]") -> None:
        while not asking.done():
            await asyncio.sleep(0)
            if self.desk._asks:
                await self.desk.step()

    def reads(self, letter: Letter, hospital: Hospital) -> Sequence[Command]:
        """As `bedflow rebuild --from-journal --check` reads."""
        return self.desk.interpret(letter, hospital).commands

    async def decided_again(self) -> again.Verdict:
        """The verdict."""
        return await again.check(self.database, self.plan, self.inbox, self.reads, lambda done, total: None)

    async def execute(self, statement: str, *values: object) -> None:
        """Tamper with the books."""
        async with self.database.write() as connection:
            await connection.execute(statement, *values)


def _arrived(raw: bytes, at: datetime) -> Arrived:
    try:
        header = Header.read(raw)
    except Unreadable as problem:
        return Arrived("his", raw, "", "", "", at, problem.reason)
    return Arrived("his", raw, header.control_id, header.sender, header.trigger, at)


@asynccontextmanager
async def unborn(dsn: str, tmp_path: Path) -> AsyncIterator[Lived]:
    """Before its first day."""
    database = await Database.connect(dsn, PLAN.id)
    await migrate(database)
    vault = open_vault(tmp_path)
    clock = FixedClock(datetime(2026, 11, 21, tzinfo=UTC))
    yield Lived(database, Inbox(database, vault), People(database, vault), clock, random.Random(7))
    await database.close()


@pytest.fixture
async def lived(dsn: str, tmp_path: Path) -> AsyncIterator[Lived]:
    async with unborn(dsn, tmp_path) as found:
        await found.open()
        await live(found)
        yield found


async def live(lived: Lived) -> None:
    """About three hundred letters and sixty clicks, with restarts in between."""
    told = Ward(7).tell(240).told + list(_ugly())
    lived.dice.shuffle(told)
    for number, start in enumerate(range(0, len(told), 6)):
        await lived.hear(told[start : start + 6])
        await lived.click(number)
        if number == 20:
            await lived.act(ChangeFeed(FeedId("his"), places={"OLD^WING^1": BedId(BEDS[0]), "OLD^WING^2": BedId(CLICKED[0])}), ENGINEER)
        if number % 12 == 11:
            await lived.open()


def _ugly() -> list[bytes]:
    """Unknown places, claims to one bed, cancels before what they cancel, merges, swaps, nonsense."""
    at = datetime(2025, 2, 1)  # noqa: DTZ001  # a message's own local time
    letters = []
    for n in range(8):
        hour = at + timedelta(hours=n)
        letters += [
            adt("A01", f"u{n}a", f"OLD^WING^{n % 3}", f"U{n}", hour),
            adt("A02", f"u{n}b", f"4B^A^{BEDS[n]}", f"U{n}", hour + timedelta(minutes=5)),
            adt("A12", f"u{n}c", "", f"U{n}", hour + timedelta(minutes=9)),
            adt("A05", f"u{n}d", f"4B^B^{CLICKED[n % 6]}", f"W{n}", hour),
            adt("A16", f"u{n}e", f"4B^A^{BEDS[n]}", f"U{n}", hour + timedelta(minutes=10)),
            adt("A03", f"u{n}f", "", f"U{n}", hour + timedelta(minutes=30)),
            adt("A11", f"u{n}g", "", f"W{n}", hour + timedelta(minutes=30)),
            adt("A40", f"u{n}h", "", f"U{n}", hour).rstrip(b"\r") + f"\rMRG|MW{n}^^^H^MR\r".encode(),
            adt("A99", f"u{n}i", "", f"U{n}", hour),
        ]
    return letters


async def test_the_journal_gives_the_same_hospital(lived: Lived) -> None:
    verdict = await lived.decided_again()
    assert verdict.differences == []
    assert verdict.surprises == []
    assert verdict.letters > 250
    assert verdict.commands > 30
    assert verdict.given == len(PLAN.beds) + 1, "the beds and the house's rules"
    assert verdict.parked > 0
    names, origins = await _journaled(lived)
    assert {"Undo", "ReleaseBed", "ChangeFeed", "SetBedStatus", "AssignBed", "CallNext"} <= names
    assert "system" in origins


async def _journaled(lived: Lived) -> tuple[set[str], set[str]]:
    async with lived.database.read() as connection:
        rows = await connection.fetch("select distinct name, origin from command")
    return {row["name"] for row in rows}, {row["origin"] for row in rows}


async def test_a_letter_left_out_is_missed(lived: Lived) -> None:
    await lived.execute("delete from letter where id = (select max(letter) from log where kind = 'visit-moved')")
    verdict = await lived.decided_again()
    assert not verdict.equal
    assert [found for found in verdict.differences if found.entity == "visit"]


async def test_a_changed_body_is_found(lived: Lived) -> None:
    row = await _one(lived, "select id, fingerprint from letter where id = (select max(letter) from log where kind = 'visit-opened')")
    _, raw = await lived.inbox.one(row["id"]) or (None, b"")
    other = raw.replace(b"ADT^A01", b"ADT^A05").replace(b"EVN|A01", b"EVN|A05")
    sealed = lived.inbox.vault.seal(other, b"letter" + row["fingerprint"])
    await lived.execute("update letter set body = $2 where id = $1", row["id"], sealed)
    verdict = await lived.decided_again()
    assert not verdict.equal
    assert any("course" in found.fields for found in verdict.differences)


async def test_a_body_that_does_not_open_is_found(lived: Lived) -> None:
    await lived.execute("update letter set body = '\\x0102' where id = (select max(letter) from log where kind = 'visit-opened')")
    verdict = await lived.decided_again()
    assert not verdict.equal
    assert any("refused now" in surprise for surprise in verdict.surprises)


async def test_a_command_left_out_is_missed(lived: Lived) -> None:
    await lived.execute("delete from command where id = (select max(id) from command where name = 'SetRoom')")
    verdict = await lived.decided_again()
    assert {found.entity for found in verdict.differences} == {"room"}


async def test_a_record_that_was_tampered_with_is_named_without_its_values(lived: Lived) -> None:
    await lived.execute("""update record set body = jsonb_set(body::jsonb, '{now,note}', '"SECRET"') where entity_id = $1""", CLICKED[0])
    verdict = await lived.decided_again()
    assert list(map(str, verdict.differences)) == [f"bed {CLICKED[0]} differs: now"]


async def test_what_is_past_the_window_is_taken_from_the_log(lived: Lived) -> None:
    await lived.execute("delete from letter where id <= (select id from letter order by id offset 100 limit 1)")
    verdict = await lived.decided_again()
    assert verdict.differences == []
    assert verdict.given > len(PLAN.beds) + 50


async def test_a_letter_whose_text_is_gone_is_taken_from_the_log_wherever_it_stood(lived: Lived) -> None:
    gone = "update letter set body = null, gone = $1, gone_at = now() where "
    await lived.execute(gone + "id = (select max(letter) from log where kind = 'visit-moved')", "erased")
    await lived.execute(gone + "events > 0 and id < (select id from letter order by id offset 60 limit 1)", "retained-out")
    before = await lived.decided_again()
    assert before.equal and before.given > len(PLAN.beds) + 30
    await lived.execute("update letter set body = '' , gone = null, gone_at = null where gone = 'erased'")
    assert not (await lived.decided_again()).equal, "one that went without a word is missed"


async def test_the_read_models_made_anew_are_those_that_stood(lived: Lived) -> None:
    before = await _models(lived)
    await lived.execute("delete from record where entity = 'visit'")
    await lived.execute("update occupancy set to_at = from_at where to_at is null")
    assert await _models(lived) != before
    told: list[tuple[int, int]] = []
    seq = await models.remake(lived.database, PLAN, lived.inbox.vault, lambda done, total: told.append((done, total)))
    assert seq == lived.desk.hospital.seq
    assert await _models(lived) == before
    assert told[-1][0] == told[-1][1]


async def _models(lived: Lived) -> dict[str, list[tuple[object, ...]]]:
    await caught_up(lived.database)
    async with lived.database.read() as connection:
        found = {table: await connection.fetch(f"select {columns} from {table}") for table, columns in EVERYTHING.items()}
    return {table: sorted((tuple(row.values()) for row in rows), key=repr) for table, rows in found.items()}


async def _one(lived: Lived, query: str) -> dict[str, Any]:
    async with lived.database.read() as connection:
        return dict(await connection.fetchrow(query))


async def test_every_command_of_the_journal_can_be_read_back(lived: Lived) -> None:
    async with lived.database.read() as connection:
        rows = await connection.fetch("select name, body::text as body from command")
    commands = [decode_command(row["name"], row["body"]) for row in rows]
    assert any(isinstance(command, Undo) and command.before for command in commands)
    assert [decode_command(type(command).__name__, encode_command(command)) for command in commands] == commands


def test_repeats_are_in_the_feed() -> None:
    """What changed nothing is decided again as well, and must change nothing again."""
    told = Ward(7).tell(240).told
    assert len({control_of(letter) for letter in told}) < len(told)


async def test_the_head_stands_still_while_it_is_checked(lived: Lived) -> None:
    before = await Log(lived.database).head()
    await lived.decided_again()
    assert await Log(lived.database).head() == before
