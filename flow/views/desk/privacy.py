"""A person's panel at the admissions desk: whether the name is withheld, who asked for that, and what the person agreed to.

Drawn by templates/desk/privacy.html; flow.web fills it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flow.domain.consent import DAY_OVER, HOUSE, PATIENT, Consent, Purpose
from flow.domain.ids import PatientId
from flow.domain.person import Guard, PersonDetails, age_on
from flow.views.desk.person import TAIL
from flow.views.page import Chrome
from flow.views.times import day_time
from flow.views.who_words import who_words

GUARDS: Mapping[Guard, str] = {
    Guard.VIP: "the hospital's system says VIP (PV1-16)",
    Guard.VISIT: "the hospital's system says so of this visit (PV2-22)",
    Guard.PERSON: "the hospital's system says so of this person (PD1-12)",
    Guard.DESK: "the admissions desk wrote it down here",
}
PURPOSES: Mapping[Purpose, str] = {
    Purpose.MESSAGES: "Messages to their telephone",
    Purpose.SHARE: "Details shared by their ABHA app (Scan & Share)",
}
AFTER: Mapping[Purpose, str] = {
    Purpose.MESSAGES: "Withdrawn, nothing more is sent and the number is forgotten.",
    Purpose.SHARE: "Withdrawn, nothing more is taken from the app; what the record holds stays until it is erased.",
}
_BY: Mapping[str, str] = {PATIENT: "the patient", HOUSE: "Bedflow"}


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """One consent in words; `ended` is empty while it holds."""

    purpose: Purpose
    words: str
    given: str
    ended: str
    after: str


@dataclass(frozen=True, slots=True)
class PrivacyPage:
    """`patient` is None while nobody is looked at; `reasons` why the name is withheld, `by_desk` that the desk can take that back."""

    chrome: Chrome
    patient: PatientId | None = None
    name: str = ""
    who: str = ""
    mrn_tail: str = ""
    reasons: tuple[str, ...] = ()
    by_desk: bool = False
    consents: tuple[ConsentRow, ...] = ()
    refused: str = ""


def privacy_page(chrome: Chrome, person: PersonDetails, consents: Iterable[Consent], at: datetime, zone: str) -> PrivacyPage:
    """The panel of one person."""
    return PrivacyPage(
        chrome,
        person.patient,
        person.name,
        who_words(age_on(person.birth_date, at.date()), person.sex),
        person.mrn[-TAIL:],
        tuple(GUARDS[guard] for guard in person.guarded_by),
        Guard.DESK in person.guarded_by,
        tuple(_row(each, zone) for each in consents),
    )


def _row(consent: Consent, zone: str) -> ConsentRow:
    ended = ""
    if consent.ended_at is not None:
        by = "" if consent.ended_how == DAY_OVER else f", by {_by(consent.ended_by)}"
        ended = f"{day_time(consent.ended_at.timestamp(), zone)}{by}: {consent.ended_how}"
    given = f"{day_time(consent.given_at.timestamp(), zone)}, by {_by(consent.given_by)}: {consent.how}"
    return ConsentRow(consent.purpose, PURPOSES[consent.purpose], given, ended, AFTER[consent.purpose])


def _by(account: str) -> str:
    return _BY.get(account, account)
