"""Which clinic a word of a feed means: by the feed's own map, else by a clinic's id, name or specialty. Pure."""

from collections.abc import Iterable, Mapping

from flow.domain.ids import ClinicId
from flow.domain.plan import Clinic, Plan


def clinic_named(plan: Plan, own: Mapping[str, ClinicId], words: Iterable[str]) -> Clinic | None:
    """The clinic of the first word that means one; `own` is the feed's map. A specialty counts where one clinic alone has it."""
    mapped = {word.casefold(): clinic for word, clinic in own.items()}
    for word in (each.casefold() for each in words):
        found = mapped.get(word) or _named(plan, word)
        if found is not None and found in plan.clinic:
            return plan.clinic[found]
    return None


def _named(plan: Plan, word: str) -> ClinicId | None:
    exact = [clinic.id for clinic in plan.clinics if word in (clinic.id.casefold(), clinic.name.casefold())]
    by_specialty = [clinic.id for clinic in plan.clinics if word == clinic.specialty.casefold()]
    return exact[0] if exact else by_specialty[0] if len(by_specialty) == 1 else None
