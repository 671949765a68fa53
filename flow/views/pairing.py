"""Letting a device in: the screen shows six digits, in the language of whoever stands before it; a signed-in person types them in and says
what the device is for."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from flow.domain.plan import Plan
from flow.domain.wall_looks import WallLooks
from flow.views.page import Chrome
from flow.views.phone import Language
from flow.views.request_form import Option
from flow.views.words import Tongue, Words


@dataclass(frozen=True, slots=True)
class PairShow:
    """What the device shows while it waits; `code` is six digits (empty: run out), `poll` where its script asks,
    `enter_at` the address at which people type it, `languages` the switch."""

    chrome: Chrome
    kind: str
    code: str
    seconds: int
    poll: str
    enter_at: str
    words: Words = field(default_factory=Words)
    languages: tuple[Language, ...] = ()

    @property
    def spaced(self) -> str:
        """`123 456`, as people read it out."""
        return f"{self.code[:3]} {self.code[3:]}"


@dataclass(frozen=True, slots=True)
class PairEnter:
    """The form of the one who lets it in; `code` and `kind` as known so far, `refused` why the last try failed; `looks` are what the house
    gives its walls."""

    chrome: Chrome
    wards: tuple[Option, ...]
    clinics: tuple[Option, ...]
    languages: tuple[Option, ...]
    code: str = ""
    kind: str = ""
    refused: str = ""
    looks: WallLooks = field(default_factory=WallLooks)


def pair_enter(
    chrome: Chrome,
    plan: Plan,
    languages: Iterable[Tongue],
    *,
    wards: Iterable[str] | None = None,
    code: str = "",
    kind: str = "",
    refused: str = "",
) -> PairEnter:
    """The form for one hospital; `wards` are those the person may let devices into (None: all), `languages` those that screens speak."""
    allowed = None if wards is None else set(wards)
    return PairEnter(
        chrome=chrome,
        wards=tuple(Option(ward.id, f"{ward.id} {ward.name}") for ward in plan.wards if allowed is None or ward.id in allowed),
        clinics=tuple(Option(clinic.id, clinic.name) for clinic in plan.clinics),
        languages=tuple(Option(tongue, tongue.name) for tongue in languages),
        code=code,
        kind=kind,
        refused=refused,
        looks=plan.walls,
    )
