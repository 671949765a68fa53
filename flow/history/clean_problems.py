"""What cleaners reported of beds that they could not make ready, each with a photo where they took one.

A photo may show anything, so it is sealed by the vault, shown to whoever may settle the report, and forgotten a week after that.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flow.domain.bed import OutOfUse
from flow.domain.ids import BedId, WardId
from flow.domain.picture import cleaned
from flow.errors import Refused
from flow.history.pool import Database
from flow.history.queries import load
from flow.vault import Vault

_SQL = load("clean_problems")
LONGEST_PHOTO = 240 * 1024
_KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Problem:
    """An open report; `photo_type` is the media type of its photo, None without one."""

    id: str
    bed: BedId
    ward: WardId
    job: str | None
    reason: OutOfUse
    reported_by: str
    at: datetime
    photo_type: str | None = None


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo as it was taken, and the ward it shows."""

    ward: WardId
    type: str
    body: bytes


class Problems:
    """Reports of one hospital."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self.database = database
        self.vault = vault
        self.hospital = database.hospital

    async def report(self, problem: Problem) -> None:
        """Keep a report; a second time changes nothing."""
        what = (problem.bed, problem.ward, problem.job, problem.reason, problem.reported_by, problem.at)
        async with self.database.write() as connection:
            await connection.execute(_SQL["report"], self.hospital, problem.id, *what)

    async def add_photo(self, problem: str, by: str, body: bytes) -> bool:
        """Keep the photo of an open report of the same phone, cleaned of what is no picture. False where there is none that wants one.
        Refused for anything but a JPEG, PNG or WebP of at most `LONGEST_PHOTO` bytes."""
        found = cleaned(body)
        if found is None:
            raise Refused("That is no photo: send a JPEG, PNG or WebP picture.", code="no-picture")
        if len(body) > LONGEST_PHOTO:
            raise Refused(f"The photo has more than {LONGEST_PHOTO // 1024} KiB; send a smaller one.", code="photo-too-large")
        kind, picture = found
        sealed = self.vault.seal(picture, self._aad(problem))
        async with self.database.write() as connection:
            return await connection.fetchval(_SQL["photo"], self.hospital, problem, by, sealed, kind) is not None

    async def open(self) -> list[Problem]:
        """Reports that nobody has settled, the oldest first."""
        async with self.database.read() as connection:
            return [_problem(dict(row)) for row in await connection.fetch(_SQL["open"], self.hospital)]

    async def find(self, problem: str) -> Problem | None:
        """An open report."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["one"], self.hospital, problem)
        return _problem(dict(row)) if row else None

    async def photo(self, problem: str) -> Photo | None:
        """The photo of a report."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["photo_of"], self.hospital, problem)
        return Photo(row["ward"], row["photo_type"], self.vault.open(row["photo"], self._aad(problem))) if row else None

    async def settle(self, problem: str, by: str, at: datetime, *, blocked: bool) -> bool:
        """Somebody has decided. False when somebody had before."""
        async with self.database.write() as connection:
            await connection.execute(_SQL["forget_photos"], self.hospital, at - _KEPT)
            outcome = "blocked" if blocked else "dismissed"
            return await connection.fetchval(_SQL["settle"], self.hospital, problem, by, at, outcome) is not None

    async def reopen(self, command: int) -> bool:
        """The decision that this command carried out was taken back, so that somebody has to decide again. False where it decided none."""
        async with self.database.write() as connection:
            return await connection.fetchval(_SQL["reopen"], self.hospital, command) is not None

    def _aad(self, problem: str) -> bytes:
        return f"clean_problem.photo/{self.hospital}/{problem}".encode()


def _problem(row: dict[str, object]) -> Problem:
    return Problem(**{**row, "reason": OutOfUse(str(row["reason"]))})  # type: ignore[arg-type]  # the row's columns are the fields
