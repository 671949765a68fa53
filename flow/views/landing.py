"""The first page by role, and the sign-in before it.

flow.web says which pages the person may open; this gives each its picture and its sentence. Drawn by templates/landing and login.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flow.domain.bed import BedState
from flow.domain.ids import BedId
from flow.domain.plan import Clinic, Ward
from flow.views.availability import counted
from flow.views.page import Chrome

_ABOUT: Mapping[str, tuple[str, str]] = {
    "/admissions": ("i-bed", "Who waits for a bed, the best bed for each, and why"),
    "/manager": ("i-chart", "Occupancy now and over time, cleaning turns, export"),
    "/command-centre": ("i-eye", "The whole house: how hard it is pressed, who waits longest, what holds it up"),
    "/wards": ("i-screen", "The floor plan, who comes and who leaves, every bed's next step"),
    "/housekeeping": ("i-broom", "The next bed to clean and whom it helps"),
    "/supervisor": ("i-broom", "Who cleans what, what waits too long, inspections and problems"),
    "/discharges": ("i-clock", "Who is held up by what on the way home"),
    "/escalations": ("i-bell", "What waits too long, who was told, which rules help"),
    "/step-up-down": ("i-swap", "Who should go to intensive care, who could leave it"),
    "/porter": ("i-arrow", "The next job: from where, to where"),
    "/transports": ("i-swap", "Every porter's job, and how long they take"),
    "/opd": ("i-ticket", "The queue, the next token, the consulting rooms"),
    "/census": ("i-bed", "The list to print for when the screens are dark, and what happened on paper"),
    "/admin": ("i-gear", "Screens, phones and people"),
    "/integration": ("i-signal", "HL7 feeds, their letters, what could not be read, conflicts"),
    "/pair": ("i-phone", "Let a screen or a phone in by the code it shows"),
}


@dataclass(frozen=True, slots=True)
class Tile:
    """A page to open."""

    href: str
    words: str
    icon: str
    about: str


@dataclass(frozen=True, slots=True)
class WardLink:
    """A ward with how it stands; `free` beds of `beds`."""

    href: str
    id: str
    name: str
    free: int
    cleaning: int
    beds: int


@dataclass(frozen=True, slots=True)
class ClinicLink:
    """A clinic's page."""

    href: str
    name: str
    floor: str


@dataclass(frozen=True, slots=True)
class LandingPage:
    """`tiles` in the order of use; wards and clinics are those the person may open."""

    chrome: Chrome
    tiles: tuple[Tile, ...]
    wards: tuple[WardLink, ...]
    clinics: tuple[ClinicLink, ...]


@dataclass(frozen=True, slots=True)
class LoginPage:
    """`refused` says why the last try failed, `next` where to go afterwards (a path of ours), `account` what was typed, `origin` the
    address at which passkeys work, `demo` that this is one, which asks for no second factor, `provider` who signs people in."""

    chrome: Chrome
    next: str = "/"
    account: str = ""
    refused: str = ""
    origin: str = ""
    demo: bool = False
    provider: str = ""


def landing_page(
    chrome: Chrome,
    pages: Iterable[tuple[str, str]],
    *,
    wards: Iterable[Ward] = (),
    clinics: Iterable[Clinic] = (),
    beds: Mapping[BedId, BedState] | None = None,
) -> LandingPage:
    """The page of somebody who may open `pages` (address, words), these wards and these clinics."""
    states = beds or {}
    return LandingPage(
        chrome=chrome,
        tiles=tuple(_tile(href, words) for href, words in pages),
        wards=tuple(_ward(ward, states) for ward in wards),
        clinics=tuple(ClinicLink(f"/opd/{clinic.id}", clinic.name, clinic.floor) for clinic in clinics),
    )


def _tile(href: str, words: str) -> Tile:
    icon, about = _ABOUT.get("/" + href.split("/")[1], ("i-arrow", ""))
    return Tile(href, words, icon, about)


def _ward(ward: Ward, beds: Mapping[BedId, BedState]) -> WardLink:
    counts = counted(beds[bed.id] for bed in ward.beds if bed.id in beds)
    return WardLink(f"/wards/{ward.id}", ward.id, ward.name, counts["free"], counts["cleaning"], len(ward.beds))
