"""Names for those eyes only that may see them: everything else in the web room knows a patient by pseudonym."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec
from starlette.requests import Request

from flow.domain.ids import PatientId
from flow.domain.person import PersonDetails, age_on
from flow.domain.roles import May, Reach
from flow.web.parts import house_of
from flow.web.security.principal import Principal, principal_of

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


async def names_for(request: Request, people: Iterable[Where]) -> Mapping[PatientId, PersonOut]:
    """What the asker may see of these patients."""
    principal, house = principal_of(request), house_of(request)
    if principal.reach(May.NAMES) not in (Reach.ALL, Reach.WARD, Reach.MASKED):
        return {}
    masked = principal.reach(May.NAMES) is Reach.MASKED
    allowed = {patient for patient, ward in people if masked or principal.sees_names(ward)}
    details = await house.people.get(allowed) if allowed else {}
    return {patient: shown(person, principal, house.clock.now()) for patient, person in details.items()}


def shown(person: PersonDetails, principal: Principal, at: datetime) -> PersonOut:
    """A person's details at this asker's reach."""
    if principal.reach(May.NAMES) is Reach.MASKED:
        return PersonOut(masked_name(person.name))
    born = person.birth_date
    return PersonOut(person.name, person.mrn, born.isoformat() if born else None, age_on(born, at.date()), person.sex)


def masked_name(name: str) -> str:
    """`Asha Rao` as `A••• R•••`."""
    return " ".join(part[0] + DOTS for part in name.split())
