"""Legal holds: who is held, under whichever number, and when."""

from datetime import timedelta

import pytest

from flow.domain.ids import PatientId
from flow.errors import Refused
from flow.history.legal_holds import LegalHolds, held, in_force
from tests.integration.test_again import Lived, lived

__all__ = ["lived"]


async def _of(lived: Lived, *patients: PatientId) -> int | None:
    async with lived.database.write() as connection:
        found = await held(connection, lived.database.hospital, patients)
    return found.id if found else None


async def test_a_patient_is_held_under_every_number_and_until_it_is_lifted(lived: Lived) -> None:
    holds, at = LegalHolds(lived.database), lived.clock.now()
    prior, survivor = next(iter(lived.desk.hospital.aliases.items()))
    other = lived.people.pseudonym("somebody else")
    number = await holds.hold_patient(prior, "case 12", "District Court", "root", at)
    assert [await _of(lived, one) for one in (prior, survivor, other)] == [number, number, None]
    async with lived.database.read() as connection:
        assert {prior, survivor} <= (await in_force(connection, lived.database.hospital)).patients
    assert await holds.lift(number, "case closed", "root", at) and not await holds.lift(number, "again", "root", at)
    assert await _of(lived, survivor) is None
    (record,) = await holds.all()
    assert (record.lifted_by, record.lifted_reason, record.asked_by) == ("root", "case closed", "District Court")


async def test_a_period_holds_whoever_was_here_in_it(lived: Lived) -> None:
    holds, at = LegalHolds(lived.database), lived.clock.now()
    here = next(visit.patient for visit in lived.desk.hospital.visits.values() if visit.is_open)
    await holds.hold_period(at + timedelta(days=1), at + timedelta(days=2), "inquiry", "State board", "root", at)
    later = await holds.hold_period(at + timedelta(days=400), None, "inquiry", "State board", "root", at)
    assert await _of(lived, here) is not None, "who lies here still lies here then"
    assert await _of(lived, lived.people.pseudonym("never seen")) is None
    with pytest.raises(Refused):
        await holds.hold_period(at, at, "x", "x", "root", at)
    assert (await holds.all())[0].id == later
