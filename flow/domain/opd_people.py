"""Whose outpatient token is it: one person has one token in a clinic's day, however they came to it. Pure."""

from collections.abc import Iterator
from datetime import date

from flow.domain.hospital import Hospital
from flow.domain.ids import ClinicId, PatientId
from flow.domain.opd import Token, TokenStatus

IN_QUEUE = frozenset({TokenStatus.WAITING, TokenStatus.CALLED, TokenStatus.IN_ROOM, TokenStatus.AT_TESTS})
"""They are here, and not seen yet."""
AWAITED = frozenset({TokenStatus.BOOKED, TokenStatus.NO_SHOW})
"""An appointment that is kept by coming."""


def tokens_of(hospital: Hospital, patient: PatientId, day: date) -> Iterator[Token]:
    """All tokens of a person's day, by any number that turned out to be theirs."""
    person = hospital.survivor(patient)
    for token in hospital.tokens.values():
        if token.day == day and token.patient is not None and hospital.survivor(token.patient) == person:
            yield token


def token_of_day(hospital: Hospital, patient: PatientId, clinic: ClinicId, day: date) -> Token | None:
    """Their token in a clinic: the one in the queue, else the appointment of the day; None where they are to get one."""
    theirs = [token for token in tokens_of(hospital, patient, day) if token.clinic == clinic]
    here = [token for token in theirs if token.status in IN_QUEUE]
    return next(iter(here), None) or next((token for token in theirs if token.status is TokenStatus.BOOKED), None)
