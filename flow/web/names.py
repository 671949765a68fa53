"""Names for those eyes only that may see them: everything else in the web room knows a patient by pseudonym."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec
from starlette.requests import Request

from flow.domain.ids import PatientId
from flow.domain.person import PersonDetails, age_on
from flow.domain.roles import May, Reach
from flow.web.parts import house_of
from flow.web.security.principal import principal_of

DOTS = "•••"


class PersonOut(msgspec.Struct, frozen=True):
    """A patient as far as the asker may know them: in full, masked (`A••• R•••`, no MRN), or not at all (then there is no object)."""

    name: str
    mrn: str | None = None
    birth_date: str | None = None
    age: int | None = None
    sex: str | None = None


Where = tuple[PatientId, str | None]
"""A patient and the ward they are in (None: in none yet)."""


async def known_to(request: Request, people: Iterable[Where]) -> dict[PatientId, PersonDetails]:
    """What the asker may know of these patients; a manager reads masked names and nothing else, an empty ward station the initials of
    those in its ward."""
    principal, house = principal_of(request), house_of(request)
    if principal.is_empty_station:
        here = await house.people.get({patient for patient, ward in people if ward == principal.ward})
        return {key: PersonDetails(key, initials(person.name)) for key, person in here.items()}
    masked = principal.reach(May.NAMES) is Reach.MASKED
    allowed = {patient for patient, ward in people if masked or principal.sees_names(ward)}
    details = await house.people.get(allowed) if allowed else {}
    return {key: PersonDetails(key, masked_name(person.name)) for key, person in details.items()} if masked else details


async def names_for(request: Request, people: Iterable[Where]) -> Mapping[PatientId, PersonOut]:
    """The same for the API."""
    at = house_of(request).clock.now()
    return {patient: person_out(person, at) for patient, person in (await known_to(request, people)).items()}


def person_out(person: PersonDetails, at: datetime) -> PersonOut:
    """A person's details for the wire; what is not known is null."""
    born = person.birth_date
    return PersonOut(person.name, person.mrn or None, born.isoformat() if born else None, age_on(born, at.date()), person.sex)


def initials(name: str) -> str:
    """`Asha Rao` as `A. R.`"""
    return " ".join(f"{part[0]}." for part in name.split())


def masked_name(name: str) -> str:
    """`Asha Rao` as `A••• R•••`."""
    return " ".join(part[0] + DOTS for part in name.split())
