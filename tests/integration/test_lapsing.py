"""Openings of names and doctors of visits that are over go in time: by the owner's role alone, unless held, and it is on record."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from flow.domain.ids import PatientId
from flow.embedded import Stores
from flow.history import lapsing
from flow.history.lapsing import Lapsing
from flow.history.legal_holds import LegalHolds
from flow.history.pool import Database, NotStored
from tests.integration.test_grants import serving

NOW = datetime(2026, 11, 22, tzinfo=UTC)
OVER, DAY = NOW - timedelta(days=1826), timedelta(days=1)


async def laid(database: Database, at: datetime, *, reviewed: bool = True) -> None:
    """An opening of then."""
    by = ("aud", at + DAY, b"sealed") if reviewed else (None, None, None)
    await database.pool.execute(
        "insert into opening (hospital, seat, actor, role, reason, words, at, until, reviewed_by, reviewed_at, remark)"
        " values ($1, 's', 'asha', 'manager', 'r', 'sealed', $2, $2::timestamptz + interval '15 minutes', $3, $4, $5)",
        *(database.hospital, at, *by),
    )


async def named(database: Database, visit: str, at: datetime, patient: str = "", *, live: bool = False) -> None:
    """A visit of then names a doctor; its record is gone where nobody is said to be its patient."""
    await database.pool.execute("insert into practitioner values ($1, $2, 7, 'D01', $3)", database.hospital, visit, at)
    if patient:
        await database.pool.execute("insert into record values ($1, 'visit', $2, 1, $3, $4, '{}')", database.hospital, visit, live, patient)


async def left(database: Database) -> tuple[list[datetime], list[str]]:
    openings = await database.pool.fetch("select at from opening order by at")
    doctors = await database.pool.fetch("select visit from practitioner order by visit")
    return [row["at"] for row in openings], [row["visit"] for row in doctors]


async def lapse(owner: Database) -> tuple[int, int]:
    """All that is over, in batches."""
    gone = Lapsing(owner)
    counts = [0, 0]
    for place, step in enumerate((gone.openings, gone.doctors)):
        while count := await step(OVER, NOW):
            counts[place] += count
    return counts[0], counts[1]


async def test_what_is_over_goes_in_batches_and_each_is_on_record(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lapsing, "BATCH", 2)
    unread, young = OVER - 9 * DAY, OVER + DAY
    for days in (1, 2, 3):
        await laid(database, OVER - days * DAY)
        await named(database, f"V{days}", OVER - days * DAY, "p" if days == 1 else "")
    await laid(database, unread, reviewed=False)
    await laid(database, young)
    await named(database, "still here", OVER - DAY, "p", live=True)
    await named(database, "young", young)
    assert await lapse(database) == (3, 3)
    assert await left(database) == ([unread, young], ["still here", "young"])
    trail = await database.pool.fetch("select view, detail ->> 'up to' as upto from audit order by id")
    views = [f"retention, {what} taken away" for what in ("openings", "openings", "doctors", "doctors")]
    assert [row["view"] for row in trail] == views
    assert trail[1]["upto"] == (OVER - DAY).isoformat()
    assert await lapse(database) == (0, 0)


async def test_what_is_held_stays_until_it_is_lifted(database: Database) -> None:
    for days in (1, 20):
        await laid(database, OVER - days * DAY)
        await named(database, f"of the held, {days}", OVER - days * DAY, "held")
    await named(database, "of nobody known", OVER - DAY)
    await named(database, "of another", OVER - DAY, "other")
    holds = LegalHolds(database)
    number = await holds.hold_patient(PatientId("held"), "case", "court", "root", NOW)
    assert await lapse(database) == (0, 1), "whom an opening showed, and whose a visit was, may not be known any more"
    assert await left(database) == ([OVER - 20 * DAY, OVER - DAY], ["of nobody known", "of the held, 1", "of the held, 20"])
    await holds.lift(number, "over", "root", NOW)
    number = await holds.hold_period(OVER - 9 * DAY, OVER, "case", "board", "root", NOW)
    assert await lapse(database) == (1, 1), "what is older than the time that is held"
    await holds.lift(number, "over", "root", NOW)
    assert await lapse(database) == (1, 2)
    assert await left(database) == ([], [])


async def test_nobody_else_takes_an_opening_away(database: Database, dsn: str, stores: Stores) -> None:
    await laid(database, OVER - DAY)
    served = await serving(dsn, stores, database.hospital)
    with pytest.raises(NotStored, match="InsufficientPrivilege"):
        await Lapsing(served).openings(OVER, NOW)
    await served.close()
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="stays"):
        await database.pool.execute("delete from opening")
    assert len((await left(database))[0]) == 1
