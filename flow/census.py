"""The downtime census: a list of the whole house made every five minutes, the last good one kept on disk, sealed.

Stands beside the desk: reads its hospital and the people table, writes one file of the data directory. `flow.web` prints it, and so does
`bedflow census`, which needs neither the server nor its stores but the file and the vault's key alone.
"""

import asyncio
import os
from contextvars import Context
from datetime import timedelta
from pathlib import Path

import msgspec
import structlog

from flow import crash
from flow.clock import Clock
from flow.desk import Desk
from flow.domain.audit import Kind, Trace
from flow.domain.hospital import Hospital
from flow.domain.ids import HospitalId
from flow.domain.person import PersonDetails
from flow.errors import Unavailable
from flow.history.audit import Audit
from flow.history.inbox import Inbox
from flow.history.people import People
from flow.history.pool import NotStored
from flow.taken_out import TakenOut
from flow.vault import Tampered, Vault, key_of
from flow.views.census import Census, census, names_in, patients_of

log = structlog.get_logger()
FOLDER, FILE = "census", "census.sealed"
EVERY = timedelta(minutes=5)
AGAIN = timedelta(seconds=20)
KEEPER = "bedflow"
"""Who keeps it, in the trail."""
PATIENCE = 2.0
"""Seconds that a reader waits for a new list before the last one on disk is shown."""


class CensusFile:
    """The last good census of a data directory."""

    def __init__(self, data_dir: Path, vault: Vault, hospital: HospitalId) -> None:
        self.path = data_dir / FOLDER / FILE
        self.vault = vault
        self._aad = f"census|{hospital}".encode()

    def put(self, made: Census) -> None:
        """Seal it and lay it in place of the former one; whoever reads meanwhile finds the one or the other, whole."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lay(msgspec.json.encode(made))

    def _lay(self, plain: bytes) -> None:
        sealed = self.vault.seal(plain, self._aad)
        draft = self.path.with_name(f".{FILE}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        crash.here("census-drafted")
        draft.replace(self.path)

    def key(self) -> int | None:
        """The number of the key that sealed it; None where there is none."""
        try:
            return key_of(self.path.read_bytes())
        except FileNotFoundError:
            return None

    def seal_anew(self) -> bool:
        """By the newest key; False where there is nothing to do, or nothing that opens."""
        plain = self.plain() if self.key() not in (None, self.vault.ring.current) else None
        if plain is not None:
            self._lay(plain)
        return plain is not None

    def plain(self) -> bytes | None:
        """As it is when opened; None where there is none, or none that opens."""
        try:
            return self.vault.open(self.path.read_bytes(), self._aad)
        except (FileNotFoundError, Tampered):
            return None

    def get(self) -> Census | None:
        """The census that is kept; None where there is none, or none that opens and can be read."""
        try:
            return msgspec.json.decode(self.vault.open(self.path.read_bytes(), self._aad), type=Census)
        except FileNotFoundError:
            return None
        except (OSError, Tampered, msgspec.DecodeError) as error:
            log.error("census.unreadable", kind=type(error).__name__)
            return None


class CensusKeeper:
    """Makes the census of one hospital and keeps it. Several processes of one house may: each writes what is true when it writes."""

    def __init__(self, desk: Desk, people: People, inbox: Inbox, clock: Clock, file: CensusFile) -> None:
        self.desk, self.people, self.inbox, self.clock, self.file = desk, people, inbox, clock, file
        self.taken_out = TakenOut(file.path.parent.parent)
        self._making: asyncio.Task[Census] | None = None

    async def run(self) -> None:
        """Keep a new one every five minutes; sooner where the last try came to nothing."""
        while True:
            pause = EVERY if await self.keep() else AGAIN
            await asyncio.sleep(pause.total_seconds())

    async def keep(self) -> bool:
        """Make one and lay it down; False while the database is away, or the disk: the last good one stays."""
        try:
            made = await self.make()
            await asyncio.to_thread(self.file.put, made)
            await self._told(made)
        except (Unavailable, NotStored) as error:
            log.warning("census.not_made", reason=error.reason)
            return False
        except OSError as error:
            log.error("census.not_kept", kind=type(error).__name__)
            return False
        return True

    async def _told(self, made: Census) -> None:
        """That names lie on the disk now, and what commands have taken from there meanwhile, goes into the trail."""
        audit = Audit(self.people.database)
        await audit.note([Trace(made.as_of, Kind.LEFT, KEEPER, view="census kept on disk, sealed", detail={"names": names_in(made)})])
        await self.taken_out.hand_over(audit)

    async def make(self) -> Census:
        """The census as of now. Raises Unavailable while the database is away: a list whose truth nobody can vouch for is none."""
        hospital, at = await self._hospital(), self.clock.now()
        known = await self.people.get(patients_of(hospital), PersonDetails.behind_guard)  # paper lies about
        return census(hospital, known, at, await self.inbox.feeds())

    async def _hospital(self) -> Hospital:
        """As the log has it: this process's, or read anew where another has written since."""
        seq, _ = await self.desk.log.head()
        return self.desk.hospital if self.desk.hospital.seq >= seq else (await self.desk.whole())[1]

    async def newest(self, patience: float = PATIENCE) -> Census | None:
        """One made just now; the kept one where that takes too long or cannot be. None where there is neither.

        Whoever is waited for in vain is left to end by itself: a database that hangs does not answer a cancel either.
        """
        if self._making is None or self._making.done():
            self._making = asyncio.create_task(self.make(), context=Context())  # all names are opened, for nobody yet
            self._making.add_done_callback(_noticed)
        making = self._making
        await asyncio.wait({making}, timeout=patience)
        try:
            return making.result()
        except (asyncio.InvalidStateError, Unavailable, NotStored):
            return await asyncio.to_thread(self.file.get)


def _noticed(made: asyncio.Task[Census]) -> None:
    """An outage that ends when nobody waits any more is nobody's fault, and no error in the log."""
    if not made.cancelled():
        made.exception()
