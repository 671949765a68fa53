"""A person's privacy at the admissions desk: the name withheld by hand, and the consents with their withdrawal. Found by MRN, which
travels in the body, or from a request."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow.domain.consent import STAFF, Purpose
from flow.domain.ids import PatientId
from flow.domain.person import Guard, PersonDetails
from flow.views.desk.privacy import PrivacyPage, privacy_page
from flow.web.api.requests import found_request
from flow.web.names import known_to
from flow.web.pages.form import form_of
from flow.web.pages.page import chrome, html
from flow.web.parts import House, house_of
from flow.web.problems import invalid, unknown
from flow.web.security.principal import principal_of
from flow.witness import told

HOME = "/admissions/privacy"
NAME = "Privacy"


async def ask(request: Request) -> Response:
    """Who is it about?"""
    return html(request, "desk/privacy.html", PrivacyPage(chrome(request, NAME)))


async def find(request: Request) -> Response:
    """By exact MRN."""
    house, form = house_of(request), await form_of(request)
    found = await house.people.find_mrn(form.needed("mrn", longest=60))
    if found is None:
        view = PrivacyPage(chrome(request, NAME), refused="Nobody is known by this MRN. Look at the number again.")
        return html(request, "desk/privacy.html", view, 404)
    return _to(house.desk.hospital.survivor(found))


async def of_request(request: Request) -> Response:
    """The person who waits."""
    wanted = await found_request(request)
    return _to(house_of(request).desk.hospital.survivor(wanted.patient))


async def page(request: Request) -> Response:
    """One person's panel."""
    house, person = house_of(request), await _person(request)
    consents = await house.consents.of(_all_of(house, person))
    return html(request, "desk/privacy.html", privacy_page(chrome(request, NAME), person, consents, house.clock.now(), house.plan.zone))


async def withhold(request: Request) -> Response:
    """Withhold the name from those who do not care for them, or no longer; what the feed asks for the feed alone takes back."""
    form, house, person = await form_of(request), house_of(request), await _person(request)
    said = form.choice("withhold", ("yes", "no"))
    if said is None:
        raise invalid("missing", "Say whether the name is withheld: yes or no.")
    await house.people.put([PersonDetails(person.patient, guards=((Guard.DESK, said == "yes"),))], house.clock.now())
    told(withhold=said)
    return _to(person.patient)


async def withdraw(request: Request) -> Response:
    """A consent is withdrawn: of messages, the number goes with it."""
    form, house, person = await form_of(request), house_of(request), await _person(request)
    purpose = form.word("purpose", Purpose)
    if purpose is None:
        raise invalid("missing", "Say which consent is withdrawn (purpose).")
    by, now = principal_of(request).id, house.clock.now()
    for patient in _all_of(house, person):
        if purpose is Purpose.MESSAGES:
            await house.contacts.withdraw(patient, by, now)
        else:
            await house.consents.end(patient, purpose, now, by, STAFF)
    told(consent=f"{purpose} withdrawn")
    return _to(person.patient)


async def _person(request: Request) -> PersonDetails:
    patient = PatientId(request.path_params["patient"])
    person = (await known_to(request, [(patient, None)])).get(patient)
    if person is None:
        raise unknown("unknown-patient", "There is no such person.")
    return person


def _all_of(house: House, person: PersonDetails) -> list[PatientId]:
    """Every pseudonym that a consent of theirs may stand under: their own, those of merged persons, and that of an ABHA number."""
    hospital = house.desk.hospital
    merged = [alias for alias in hospital.aliases if hospital.survivor(alias) == person.patient]
    shared = [house.people.pseudonym(value.casefold(), kind) for kind, value in person.identifiers if kind.startswith("ABHA")]
    return [person.patient, *merged, *shared]


def _to(patient: PatientId) -> Response:
    return RedirectResponse(f"{HOME}/{quote(patient, safe='')}", 303)
