"""What a bed request can ask for, offered from the hospital file, and what stands in the fields of one that is edited.

flow.web hands in the request and the MRNs its reader may see; `templates/desk/_request_fields.html` draws the fields, on the desk and on
the ward's page alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from flow.domain.care import Isolation, Rest
from flow.domain.decide.waiting import EDITABLE
from flow.domain.ids import PatientId
from flow.domain.person import PersonDetails
from flow.domain.plan import Plan
from flow.domain.request import BedRequest, RequestStatus

PRIORITIES = ((1, "P1 · now"), (2, "P2 · urgent"), (3, "P3 · today"), (4, "P4 · planned"))
ORIGINS = ("ED", "OPD", "Theatre recovery", "Planned admission", "Ward transfer", "Other hospital")
CATEGORIES = ("general", "semi_private", "private")
"""What an insurer pays for and a patient chooses among."""
ISOLATION_UNSAID = "unsaid"
"""Isolation of a kind that nobody has named: it counts as contact."""
ISOLATIONS = (
    (Isolation.CONTACT.value, "Contact"),
    (Isolation.DROPLET.value, "Droplet"),
    (Isolation.AIRBORNE.value, "Airborne (negative pressure)"),
    (ISOLATION_UNSAID, "Kind not known yet"),
)
SEXES = (("F", "Female"), ("M", "Male"), ("O", "Other"))
RESTS = ((Rest.DEMENTIA.value, "Dementia"), (Rest.END_OF_LIFE.value, "End of life"))
ORGANISMS = ("MRSA", "C. difficile", "Influenza", "Norovirus", "COVID-19", "Tuberculosis", "VRE", "CRE")
BED_PROMISED = "A bed is promised, chosen by this. Release the bed first."
ATTENDANT = "attendant"
"""A feature of beds that a request asks for with a field of its own."""
_LOCAL = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a form."""

    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in the fields when the form opens, as a browser's fields hold it; `ready_at` as `datetime-local` in the hospital's zone,
    `mother_of` and `baby_of` as MRNs."""

    type: str = "general"
    needs: frozenset[str] = frozenset()
    wishes: frozenset[str] = frozenset()
    sex: str = ""
    age: str = ""
    specialty: str = ""
    priority: str = "3"
    origin: str = ""
    isolation: str = ""
    organism: str = ""
    ready_at: str = ""
    entitlement: str = ""
    insurer_limit: str = ""
    room_choice: str = ""
    attendant: bool = False
    mother_of: str = ""
    baby_of: str = ""
    rest: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RequestForm:
    """The choices of a request's dialog. `key` tells two forms on one page apart (it begins their ids), `fixed` are the fields that may not
    change now, with the reason `why_fixed`. `categories` carry what a day costs where the hospital file says it."""

    types: tuple[Option, ...]
    features: tuple[Option, ...]
    specialties: tuple[str, ...]
    priorities: tuple[Option, ...]
    origins: tuple[str, ...]
    categories: tuple[Option, ...] = ()
    isolations: tuple[Option, ...] = ()
    rests: tuple[Option, ...] = ()
    organisms: tuple[str, ...] = ()
    sexes: tuple[Option, ...] = ()
    key: str = "new"
    filled: Filled = Filled()
    fixed: frozenset[str] = frozenset()
    why_fixed: str = ""


def request_form(plan: Plan, key: str = "new", filled: Filled | None = None) -> RequestForm:
    """Every bed type, feature and specialty that this hospital has; `filled` is what the fields open with."""
    types = sorted({bed.type for bed in plan.beds.values()})
    features = sorted({feature for bed in plan.beds.values() for feature in bed.features} - {ATTENDANT})
    specialties = sorted({ward.specialty for ward in plan.wards if ward.specialty})
    return RequestForm(
        types=tuple(Option(kind, words_of(kind)) for kind in types),
        features=tuple(Option(feature, words_of(feature)) for feature in features),
        specialties=tuple(specialties),
        priorities=tuple(Option(str(value), words) for value, words in PRIORITIES),
        origins=ORIGINS,
        categories=tuple(Option(kind, _priced(plan, kind)) for kind in CATEGORIES if kind in types) or _options(types),
        isolations=tuple(Option(*each) for each in ISOLATIONS),
        rests=tuple(Option(*each) for each in RESTS),
        organisms=ORGANISMS,
        sexes=tuple(Option(*each) for each in SEXES),
        key=key,
        filled=filled or Filled(type="general" if "general" in types else types[0] if types else ""),
    )


def edit_form(plan: Plan, request: BedRequest, people: Mapping[PatientId, PersonDetails]) -> RequestForm:
    """The form of a request that waits or has its bed, filled in."""
    form = request_form(plan, "edit", filled_from(request, plan.zone, people))
    fixed = EDITABLE[RequestStatus.WAITING] - EDITABLE.get(request.status, frozenset())
    return replace(
        form,
        fixed=fixed,
        why_fixed=BED_PROMISED if fixed else "",
        types=_and(form.types, request.type),
        features=_and(form.features, *sorted(request.needs | request.wishes)),
        sexes=_and(form.sexes, request.sex),
        categories=_and(form.categories, request.entitlement, request.room_choice),
    )


def _and(options: tuple[Option, ...], *values: str | None) -> tuple[Option, ...]:
    """What a request holds is offered, too, though the hospital has no such thing (any more): else saving would lose it."""
    offered = {option.value for option in options}
    return options + _options(list(dict.fromkeys(value for value in values if value and value not in offered)))


def filled_from(request: BedRequest, zone: str, people: Mapping[PatientId, PersonDetails]) -> Filled:
    """A request as its fields hold it."""
    return Filled(
        type=request.type,
        needs=request.needs,
        wishes=request.wishes,
        sex=request.sex or "",
        age="" if request.age is None else str(request.age),
        specialty=request.specialty or "",
        priority=str(request.priority),
        origin=request.origin,
        isolation=request.isolation_kind or (ISOLATION_UNSAID if request.isolation else ""),
        organism=request.organism or "",
        ready_at=_local(request.ready_at, zone),
        entitlement=request.entitlement or "",
        insurer_limit="" if request.insurer_limit is None else str(request.insurer_limit),
        room_choice=request.room_choice or "",
        attendant=request.attendant,
        mother_of=_mrn(request.mother_of, people),
        baby_of=_mrn(request.baby_of, people),
        rest=frozenset(str(each) for each in request.rest),
    )


def words_of(name: str) -> str:
    """`semi_private` as people say it."""
    known = {"icu": "ICU", "hdu": "HDU", "nicu": "NICU", "picu": "PICU", "oxygen": "piped O₂", "telemetry": "telemetry"}
    return known.get(name, name.replace("_", " "))


def _options(names: list[str]) -> tuple[Option, ...]:
    return tuple(Option(name, words_of(name)) for name in names)


def _priced(plan: Plan, kind: str) -> str:
    rate = plan.rates.by_type.get(kind)
    return f"{words_of(kind)} · {plan.rates.words(rate)} a day" if rate is not None else words_of(kind)


def _local(moment: datetime | None, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).strftime(_LOCAL) if moment is not None else ""


def _mrn(patient: PatientId | None, people: Mapping[PatientId, PersonDetails]) -> str:
    found = people.get(patient) if patient is not None else None
    return found.mrn if found is not None else ""
