"""Erasing a person: asked for, told to the log, carried out, verified as often as somebody wants.

Stands beside the desk: the page has it done in the background (`flow.erasing_work`), `bedflow erase` at once. The order is what makes a
kill harmless: the row of what is to be done, the log's entry (from then on the number means somebody new, in every process), then
everything in one transaction with its proof. What was begun and not finished is taken up again by whoever serves, or by `bedflow erase
--finish`.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog

from flow.census import CensusKeeper
from flow.clock import Clock
from flow.desk import Actor, Desk
from flow.domain.decide.erasure import busy_with
from flow.domain.erasure import Asker, ErasePerson, Known, Reason, family, known_by, masked
from flow.domain.ids import PatientId
from flow.errors import Refused
from flow.history import legal_holds, patients
from flow.history.erasures import Erasure, Erasures
from flow.history.people import People
from flow.vault import Vault

log = structlog.get_logger()
MOST_BYTES = 64 << 20
"""Of a file that is searched; PostgreSQL's own files hold what is searched row by row."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Who it is, masked; `visits` they had, `refusal` why it cannot be (empty: it can)."""

    patient: PatientId
    words: str
    visits: int
    merged: int
    refusal: str


class Erasing:
    """Erasing persons of one hospital; `data_dir` is searched as well."""

    def __init__(self, desk: Desk, people: People, vault: Vault, clock: Clock, census: CensusKeeper, data_dir: Path) -> None:
        self.desk, self.people, self.clock, self.census, self.data_dir = desk, people, clock, census, data_dir
        self.erasures = Erasures(desk.database, vault)

    async def find(self, mrn: str, authority: str = "") -> Summary:
        """Whoever goes by a record number, of this hospital or of another authority. Refused for an unknown one."""
        patient = await self.people.find_mrn(mrn, authority)
        if patient is None:
            raise Refused("Nobody is known by that record number.", code="unknown-patient")
        return await self.summary(patient)

    async def summary(self, patient: PatientId) -> Summary:
        """By pseudonym. Refused for an unknown one."""
        _, hospital = await self.desk.whole()
        last = hospital.survivor(patient)
        who = family(last, hospital.aliases.items())
        persons = {person.patient: person for person in await self.erasures.details(who)}
        shown = persons.get(last) or persons.get(patient)
        if shown is None:
            raise Refused("Nobody is known by that record number.", code="unknown-patient")
        visits = sum([len(await patients.visits_of(self.desk.database, each)) for each in who])
        busy = busy_with(hospital, last)
        refusal = await self._refusal(who, known_by(persons.values()), busy)
        return Summary(last, masked(shown), visits, len(persons) - 1, refusal)

    async def _refusal(self, who: frozenset[PatientId], known: Known, busy: str) -> str:
        if busy:
            return f"Not while {busy}: erase the person once that is over."
        async with self.desk.database.write() as connection:
            if hold := await legal_holds.held(connection, self.desk.plan.id, sorted(who)):
                return f"Not while a legal hold is on the person: {hold.words}."
        if await self.erasures.waits(known):
            return "Not while a letter about the person waits to be handled: look again in a minute, and in the tray."
        return ""

    async def begin(self, patient: PatientId, why: tuple[Reason, Asker], actor: Actor) -> int:
        """Ask whether it may be, tell the log, and have it carried out. Returns the erasure's number. Refused with the reason."""
        found = await self.summary(patient)
        if found.refusal:
            raise Refused(found.refusal, code="still-here")
        who = family(found.patient, (await self.desk.whole())[1].aliases.items())
        known = known_by(await self.erasures.details(who))
        number = await self.erasures.begin(who, known, why, actor.id, self.clock.now())
        await self._tell(found.patient, number, actor)
        return number

    async def _tell(self, patient: PatientId, number: int, actor: Actor) -> None:
        try:
            await self.desk.act(ErasePerson(patient), actor)
        except Refused:
            await self.erasures.give_up(number)
            raise

    async def finish(self, number: int) -> Erasure:
        """Carry it out, or on after a kill. Refused for an unknown one, or where the person came back before the log was told."""
        found = await self.erasures.one(number)
        if found is None:
            raise Refused(f"There is no erasure {number}.", code="not-erased")
        if found.done_at is not None:
            return found
        if await self.erasures.told(found.patients) is None:
            await self._tell(found.patients[0], number, Actor(found.actor))
        done = await self.erasures.finish(number, self.clock.now())
        if not await self.census.keep():  # the list on disk is of before
            await asyncio.to_thread(self.census.file.path.unlink, missing_ok=True)
        log.info("person.erased", erasure=number, rows=sum(done.counts.values()))
        return done

    async def verify(self, number: int) -> Erasure:
        """Look for the person everywhere. Refused for one that is not finished."""
        found = await self.erasures.one(number)
        if found is None or found.done_at is None:
            raise Refused(f"There is no erasure {number} that is finished.", code="not-erased")
        files = await asyncio.to_thread(self._files, self.erasures.looking(found.digests))
        return await self.erasures.verify(number, self.clock.now(), files)

    def _files(self, sought: Callable[[bytes], bool]) -> Counter[str]:
        """Files of the data directory that have one of the numbers, or the list for dark screens when opened."""
        found = Counter(f"file {path.relative_to(self.data_dir)}" for path in _files(self.data_dir) if sought(path.read_bytes()))
        if (plain := self.census.file.plain()) is not None and sought(plain):
            found[f"file {self.census.file.path.relative_to(self.data_dir)}"] += 1
        return found


def _files(folder: Path) -> Iterator[Path]:
    """What a data directory holds besides PostgreSQL's own files."""
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_dir() and not path.is_symlink():
            if not (path / "PG_VERSION").exists():
                yield from _files(path)
        elif path.is_file() and path.stat().st_size <= MOST_BYTES:
            yield path
