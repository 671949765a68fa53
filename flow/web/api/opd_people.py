"""A token for somebody who is known by an MRN: reception types it or scans it from the patient's card."""

from dataclasses import replace

from flow.domain.commands import IssueToken, MarkToken
from flow.domain.ids import PatientId
from flow.domain.opd import Group, TokenStatus
from flow.domain.opd_people import token_of_day
from flow.domain.person import PersonDetails, age_on
from flow.web.parts import House
from flow.web.problems import unknown


async def known_person(house: House, mrn: str) -> tuple[PatientId, PersonDetails | None]:
    """Who has this MRN, with the details that are kept. 404 where nobody does."""
    found = await house.people.find_mrn(mrn)
    if found is None:
        raise unknown("unknown-patient", "Nobody is known by this MRN. Look at the number again, or give the token without one.")
    patient = house.desk.hospital.survivor(found)
    return patient, (await house.people.get([patient])).get(patient)


async def for_person(house: House, mrn: str, asked: IssueToken) -> IssueToken | MarkToken:
    """The token that was asked for, bound to the person; an appointment of the day is kept by it. By age, where nothing else is said, they
    are elderly. 404 for an MRN that nobody has: the token may be given without."""
    patient, person = await known_person(house, mrn)
    age = age_on(person.birth_date, asked.day) if person is not None else None
    elderly = age is not None and age >= house.plan.queue.elderly_years and asked.group in (None, Group.ORDINARY)
    group = Group.ELDERLY if elderly else asked.group
    theirs = token_of_day(house.desk.hospital, patient, asked.clinic, asked.day)
    if theirs is not None and theirs.status is TokenStatus.BOOKED:
        said = group if group is not Group.ORDINARY else None
        return MarkToken(theirs.id, TokenStatus.WAITING, said)
    return replace(asked, patient=patient, group=group)
