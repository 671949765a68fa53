"""The slip that an outpatient takes along: the number, the clinic, and a code that leads to the patient's own page.

Nobody's name is on it: slips are found on floors. Drawn by templates/opd/slip.html for a printer of 58 or 80 mm.
"""

from dataclasses import dataclass

from flow.domain.opd import Token
from flow.domain.plan import Clinic
from flow.views.opd_own import Outlook
from flow.views.page import Chrome
from flow.views.times import day_time, moment_words
from flow.views.words import Tongue, Words

SCAN = "Scan for your place in the queue"
PASS = "Keep this slip. You are called by this number."


@dataclass(frozen=True, slots=True)
class SlipLine:
    """What a slip says in one language."""

    lang: str
    keep: str
    scan: str


@dataclass(frozen=True, slots=True)
class SlipPage:
    """`code` is the SVG of the QR code of `address`; `lines` in the clinic's languages; `mm` the paper's width; `given` when it was given,
    `outlook` what may be expected. `tells`: patients are written to here, and this token is still to be called; `told`: its patient has
    agreed. `tongues` are the languages for it, `tongue` what it would be written in."""

    chrome: Chrome
    clinic: str
    name: str
    floor: str
    token: str
    number: str
    given: str
    due: str
    room: str
    mm: int
    address: str
    code: str
    lines: tuple[SlipLine, ...]
    outlook: Outlook
    tells: bool = False
    told: bool = False
    tongues: tuple[Tongue, ...] = ()
    tongue: str = ""

    @property
    def widths(self) -> tuple[int, ...]:
        """The papers there are."""
        return (58, 80)


def slip_page(
    chrome: Chrome,
    clinic: Clinic,
    token: Token,
    *,
    zone: str,
    mm: int,
    address: str,
    code: str,
    spoken: tuple[Words, ...],
    outlook: Outlook,
    tells: bool = False,
    told: bool = False,
    tongues: tuple[Tongue, ...] = (),
    tongue: str = "",
) -> SlipPage:
    """The slip of a token; `spoken` are the words of the clinic's languages."""
    return SlipPage(
        chrome=chrome,
        clinic=clinic.id,
        name=clinic.name,
        floor=clinic.floor,
        token=token.id,
        number=token.number,
        given=day_time(token.issued_at.timestamp(), zone),
        due=_due(token, zone),
        room=next((room.name for room in clinic.rooms if room.id == token.only), ""),
        mm=mm,
        address=address,
        code=code,
        lines=tuple(SlipLine(words.lang, words.say(PASS), words.say(SCAN)) for words in spoken),
        outlook=outlook,
        tells=tells,
        told=told,
        tongues=tongues,
        tongue=tongue,
    )


def _due(token: Token, zone: str) -> str:
    """The appointment's time; with its day where the slip is given before."""
    return moment_words(token.due_at.timestamp(), token.issued_at.timestamp(), zone) if token.due_at is not None else ""
