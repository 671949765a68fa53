"""The house: one hospital with its stores open and nothing running yet."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial

from adt_feed.mapping import read
from adt_feed.mapping.context import Pseudonym
from adt_feed.message import Message
from flow.backup.follower import let_go
from flow.clock import Clock, SystemClock
from flow.desk import Desk, Interpret, Reading
from flow.domain.abdm import abha_digits
from flow.domain.commands import Command
from flow.domain.hospital import Hospital
from flow.domain.ids import FeedId
from flow.domain.opd_commands import KnowPatient, SeatWalkIn
from flow.domain.person import PersonDetails
from flow.domain.plan import Plan
from flow.embedded import Stores, stores
from flow.history.inbox import Inbox, Letter
from flow.history.log import Log
from flow.history.migrate import migrate
from flow.history.people import People
from flow.history.pool import Database
from flow.plan_file import parse_plan, read_file
from flow.settings import Settings
from flow.vault import Vault, open_vault


@dataclass(frozen=True, slots=True)
class House:
    """One hospital with its stores open and nothing running yet; `file` is the text that `plan` was read from."""

    settings: Settings
    file: str
    plan: Plan
    clock: Clock
    vault: Vault
    database: Database
    dsn: str
    redis_url: str
    people: People
    inbox: Inbox
    desk: Desk
    log: Log


Look = Callable[[Database, Plan, Settings], Awaitable[None]]
"""Looks at a database as its owner before anything is changed there, and raises Misconfigured where it must not be."""


@asynccontextmanager
async def open_house(settings: Settings, look: Look | None = None) -> AsyncIterator[House]:
    """The stores (started here, or those already running), the schema up to date, the hospital loaded. `look` comes before all but the
    first."""
    file = read_file(settings.hospital)
    plan = parse_plan(file, str(settings.hospital))
    async with AsyncExitStack() as stack:
        found = await stack.enter_async_context(stores(settings))
        if look is not None:
            await _looked(look, found.dsn, plan, settings)
        await let_go(found.dsn, followed=settings.backup is not None)
        database = await Database.connect(found.app_dsn, plan.id)
        stack.push_async_callback(database.close)
        await _migrate(found, database)
        vault, clock = open_vault(settings.data_dir), SystemClock(settings.clock_speed, await Log(database).last_recorded())
        people, inbox = People(database, vault), Inbox(database, vault)
        interpret = interpreter(people)
        desk = Desk(database, plan, inbox, people, clock, interpret, undo_seconds=settings.undo_seconds)
        people.erased = lambda patient: desk.hospital.erased(patient)  # noqa: PLW0108  # the desk's hospital of then, which is another each time
        yield House(settings, file, plan, clock, vault, database, found.dsn, found.redis_url, people, inbox, desk, Log(database))


async def _looked(look: Look, dsn: str, plan: Plan, settings: Settings) -> None:
    owner = await Database.connect(dsn, plan.id, size=1)
    try:
        await look(owner, plan, settings)
    finally:
        await owner.close()


async def _migrate(found: Stores, serving: Database) -> None:
    """By whoever owns the schema, who then lets in who serves."""
    if found.dsn == found.app_dsn:
        await migrate(serving)
        return
    owner = await Database.connect(found.dsn, serving.hospital, size=1)
    try:
        await migrate(owner, app=await serving.role())
    finally:
        await owner.close()


def interpreter(people: People) -> Interpret:
    """What the desk asks of a letter, by the feed's rules as they stand; a feed that is no longer named is read by the defaults."""

    def interpret(letter: Letter, hospital: Hospital) -> Reading:
        feed = hospital.feed(FeedId(letter.feed))
        beds = partial(hospital.bed_at, feed=feed.id)
        pseudonym = partial(people.known_as, hospital.erased)
        found = read(Message.parse(letter.raw, feed.charset), feed, pseudonym, letter.received_at, beds)
        known = tuple(known_by_abha(found.people, pseudonym, hospital))
        return replace(found, commands=tuple(sorted((*found.commands, *known), key=_is_last))) if known else found

    return interpret


def _is_last(command: Command) -> bool:
    """Whose token it is must be known before one is given."""
    return isinstance(command, SeatWalkIn)


def known_by_abha(persons: Iterable[PersonDetails], pseudonym: Pseudonym, hospital: Hospital) -> Iterator[KnowPatient]:
    """For whoever took a token by an ABHA number alone (Scan & Share), and is told of now with a record number beside it."""
    for person in persons:
        numbers = [abha_digits(value) for kind, value in person.identifiers if kind == "ABHA" and person.mrn]
        for prior in (pseudonym(number, "ABHA") for number in numbers if number):
            if any(token.patient == prior for token in hospital.tokens.values()):
                yield KnowPatient(prior, person.patient)
