"""The poster of an outpatient counter: the code that a patient's ABHA app scans to be given a token (ABDM Scan & Share)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from flow.domain.abdm import AbdmRules
from flow.domain.plan import Clinic
from flow.views.page import Chrome
from flow.views.words import Words

SCAN = "Scan with your ABHA app: your token comes to your phone."
APPS = {"sbx": "https://phrsbx.abdm.gov.in/share-profile", "abdm": "https://phr.abdm.gov.in/share-profile"}
"""Where a code leads, by consent manager: every ABHA app knows the address."""


@dataclass(frozen=True, slots=True)
class Poster:
    """`code` is the SVG of the QR code; `counter` comes back with each scan."""

    counter: str
    address: str
    code: str


@dataclass(frozen=True, slots=True)
class PosterPage:
    """One poster for each counter of the clinic; none where the hospital has no `[abdm]`. `lines` is the sentence by language."""

    chrome: Chrome
    clinic: str
    name: str
    floor: str
    posters: tuple[Poster, ...]
    lines: tuple[tuple[str, str], ...]


def poster_page(chrome: Chrome, clinic: Clinic, rules: AbdmRules | None, spoken: Iterable[Words], code: Callable[[str], str]) -> PosterPage:
    """The posters; `code` draws a text as QR."""
    lines = tuple((words.lang, words.say(SCAN)) for words in spoken)
    posters = tuple(_poster(counter, rules, code) for counter in rules.counters_of(clinic.id)) if rules else ()
    return PosterPage(chrome, clinic.id, clinic.name, clinic.floor, posters, lines)


def _poster(counter: str, rules: AbdmRules, code: Callable[[str], str]) -> Poster:
    address = f"{APPS[rules.cm]}?{urlencode({'hip-id': rules.hip, 'counter-id': counter})}"
    return Poster(counter, address, code(address))
