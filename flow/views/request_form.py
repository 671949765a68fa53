"""What a new bed request can ask for, offered from the hospital file: types, must-haves, specialties, places patients wait in."""

from dataclasses import dataclass

from flow.domain.plan import Plan

PRIORITIES = ((1, "P1 · now"), (2, "P2 · urgent"), (3, "P3 · today"), (4, "P4 · planned"))
ORIGINS = ("ED", "OPD", "Theatre recovery", "Planned admission", "Ward transfer", "Other hospital")


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a form."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class RequestForm:
    """The choices of the new-request dialog."""

    types: tuple[Option, ...]
    features: tuple[Option, ...]
    specialties: tuple[str, ...]
    priorities: tuple[Option, ...]
    origins: tuple[str, ...]


def request_form(plan: Plan) -> RequestForm:
    """Every bed type, feature and specialty that this hospital has."""
    types = sorted({bed.type for bed in plan.beds.values()})
    features = sorted({feature for bed in plan.beds.values() for feature in bed.features})
    specialties = sorted({ward.specialty for ward in plan.wards if ward.specialty})
    return RequestForm(
        types=tuple(Option(kind, kind.replace("_", " ")) for kind in types),
        features=tuple(Option(feature, feature.replace("_", " ")) for feature in features),
        specialties=tuple(specialties),
        priorities=tuple(Option(str(value), words) for value, words in PRIORITIES),
        origins=ORIGINS,
    )
