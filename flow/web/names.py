"""Names for those eyes only that may see them: everything else in the web room knows a patient by pseudonym."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

import msgspec
from starlette.requests import Request

from flow.domain.ids import PatientId
from flow.domain.person import QUIET, WITHHELD, PersonDetails, age_on
from flow.domain.roles import May, Reach, Role
from flow.web.parts import house_of
from flow.web.security.principal import principal_of
from flow.witness import broke_glass

DOTS = "•••"
CARERS = frozenset({Role.ADMISSIONS, Role.NURSE, Role.DOCTOR})
"""Who reads a withheld name where they may read names at all: the desk, and who looks after the patient in the ward."""


class PersonOut(msgspec.Struct, frozen=True):
    """A patient as far as the asker may know them: in full, masked (`A••• R•••`, no MRN), "Name withheld" for whoever does not care for
    somebody whose name is (`withheld`), or not at all (then there is no object)."""

    name: str
    mrn: str | None = None
    birth_date: str | None = None
    age: int | None = None
    sex: str | None = None
    withheld: bool = False


Where = tuple[PatientId, str | None]
"""A patient and the ward they are in (None: in none yet)."""


async def known_to(request: Request, people: Iterable[Where]) -> dict[PatientId, PersonDetails]:
    """What the asker may know of these patients, as a page shows it: a manager reads masked names and nothing else, an empty ward station
    the initials of those in its ward, and all of them what is open to them for a reason; a name that is withheld from others is marked."""
    return {key: _marked(person) for key, person in (await _known(request, people)).items()}


async def names_for(request: Request, people: Iterable[Where]) -> Mapping[PatientId, PersonOut]:
    """The same for the API."""
    at = house_of(request).clock.now()
    return {patient: person_out(person, at) for patient, person in (await _known(request, people)).items()}


async def _known(request: Request, people: Iterable[Where]) -> dict[PatientId, PersonDetails]:
    principal, where = principal_of(request), list(people)
    masked = principal.reach(May.NAMES) is Reach.MASKED
    if principal.is_empty_station:
        here = {patient for patient, ward in where if ward == principal.ward}
        return await house_of(request).people.get(here, initialled)
    named = {patient for patient, ward in where if principal.sees_names(ward, patient)}
    broke_glass(named - {patient for patient, ward in where if principal.usually_sees(ward, patient)})
    caring = named if principal.role in CARERS else frozenset[PatientId]()

    def see(person: PersonDetails) -> PersonDetails:
        if person.withheld and person.patient not in caring:
            return person.behind_guard()
        return person if person.patient in named else PersonDetails(person.patient, masked_name(person.name))

    allowed = {patient for patient, _ in where} if masked else named
    return await house_of(request).people.get(allowed, see) if allowed else {}


def initialled(person: PersonDetails) -> PersonDetails:
    """As a ward station shows a patient while nobody has badged in."""
    return person.behind_guard() if person.withheld else PersonDetails(person.patient, initials(person.name))


def _marked(person: PersonDetails) -> PersonDetails:
    """The name as who cares for them reads it."""
    return replace(person, name=person.name + QUIET) if person.withheld and person.name != WITHHELD else person


def person_out(person: PersonDetails, at: datetime) -> PersonOut:
    """A person's details for the wire; what is not known is null."""
    born = person.birth_date
    day = born.isoformat() if born else None
    return PersonOut(person.name, person.mrn or None, day, age_on(born, at.date()), person.sex, person.withheld)


def initials(name: str) -> str:
    """`Asha Rao` as `A. R.`"""
    return " ".join(f"{part[0]}." for part in name.split())


def masked_name(name: str) -> str:
    """`Asha Rao` as `A••• R•••`; one that is withheld is no name."""
    return name if name == WITHHELD else " ".join(part[0] + DOTS for part in name.split())
