"""Telephone numbers of patients who want to be told by message, sealed by the vault. A number is kept from consent on and no longer:
what a feed says in PID-13 is not, for nobody has asked the patient then. That they agreed, and when no longer, stays in `consents`."""

import re
from collections.abc import Iterable
from datetime import datetime

from flow.domain import consent as told
from flow.domain.consent import Purpose
from flow.domain.ids import PatientId
from flow.errors import Refused
from flow.history import consents
from flow.history.pool import Database
from flow.history.queries import load
from flow.vault import Vault

_SQL = load("contacts")
_NUMBER = re.compile(r"\+?[0-9]{8,15}")


class Contacts:
    """Consents of one hospital's patients, with the numbers they gave."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self.database = database
        self.vault = vault
        self.hospital = database.hospital

    async def consent(self, patient: PatientId, phone: str, by: str, at: datetime) -> None:
        """A patient wants to be told at this number. Refused where it is none."""
        number = plain_number(phone)
        messages = (self.hospital, patient, Purpose.MESSAGES, at, by)
        async with self.database.write() as connection:
            await consents.end(connection, *messages, told.ANEW)
            await consents.give(connection, *messages, told.STAFF)
            await connection.execute(_SQL["put"], self.hospital, patient, self.vault.seal(number.encode(), _aad(patient)), at, by)

    async def withdraw(self, patient: PatientId, by: str, at: datetime, how: str = told.STAFF) -> None:
        """A patient wants to be told no more: the number goes."""
        async with self.database.write() as connection:
            await connection.execute(_SQL["forget"], self.hospital, patient)
            await consents.end(connection, self.hospital, patient, Purpose.MESSAGES, at, by, how)

    async def forget_tokens(self, before: datetime, at: datetime) -> None:
        """Numbers that were given for one day's token go with the day."""
        async with self.database.write() as connection:
            await connection.execute(_SQL["forget_tokens"], self.hospital, before)
            await consents.end_tokens(connection, self.hospital, before, at, told.HOUSE, told.DAY_OVER)

    async def willing(self, patients: Iterable[PatientId]) -> frozenset[PatientId]:
        """Which of these want to be told."""
        async with self.database.read() as connection:
            rows = await connection.fetch(_SQL["known"], self.hospital, list(patients))
        return frozenset(PatientId(row["patient"]) for row in rows)

    async def number(self, patient: PatientId) -> str | None:
        """A patient's number; None without consent."""
        async with self.database.read() as connection:
            row = await connection.fetchrow(_SQL["get"], self.hospital, [patient])
        return self.vault.open(row["sealed"], _aad(patient)).decode() if row else None


def plain_number(text: str) -> str:
    """`+91 98450-12345` as `+919845012345`. Refused where it is no telephone number."""
    number = re.sub(r"[\s().-]", "", text)
    if not _NUMBER.fullmatch(number):
        raise Refused("A telephone number has 8 to 15 digits, with + and the country's code in front.", code="no-number")
    return number


def _aad(patient: str) -> bytes:
    return f"contact|{patient}".encode()
