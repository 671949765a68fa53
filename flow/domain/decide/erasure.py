"""Somebody is erased: from then on their numbers mean a new person. Refused while the hospital has to do with them."""

from flow.domain.decide.draft import Draft
from flow.domain.erasure import ErasePerson, family
from flow.domain.events import Alias, Kind
from flow.domain.hospital import Hospital
from flow.domain.ids import PatientId
from flow.domain.opd import TokenStatus
from flow.domain.visit import VisitStatus
from flow.errors import Refused

_OVER = (TokenStatus.FINISHED, TokenStatus.CANCELLED, TokenStatus.NO_SHOW)


def erase(draft: Draft, command: ErasePerson) -> None:
    """The event; what is kept of them goes afterwards, by whoever asked (`flow.erasing`)."""
    patient = draft.hospital.survivor(command.patient)
    if draft.hospital.erased(patient):
        raise Refused("This person was erased before.", code="erased")
    if busy := busy_with(draft.hospital, patient):
        raise Refused(f"Not while {busy}: erase the person once that is over.", code="still-here")
    draft.write(Kind.PERSON_ERASED, Alias(patient, patient))


def busy_with(hospital: Hospital, patient: PatientId) -> str:
    """What the hospital still has to do with somebody, in words; nothing where it is done."""
    who = family(patient, hospital.aliases.items())
    visits = [hospital.visits[key] for each in who for key in hospital.of_patient.get(each, ())]
    if any(visit.is_open for visit in visits):
        return "the person is in the house"
    if any(visit.course.status not in (VisitStatus.FINISHED, VisitStatus.CANCELLED) for visit in visits):
        return "a stay is planned"
    if any(request.is_live and request.patient in who for request in hospital.requests.values()):
        return "the person waits for a bed, or has one promised"
    if any(token.patient in who and token.status not in _OVER for token in hospital.tokens.values()):
        return "the person has an appointment or waits in a clinic"
    return ""
