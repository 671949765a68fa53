"""The terms in words, for the beds that are shown and no others: (look, row, points) -> a reason, or None where there is nothing to say.

Before it `terms` gave every bed its points; after it the card shows each reason beside its points.
"""

from collections.abc import Callable, Mapping

import numpy as np

from allocation.grid import CLEANING, IN_PROGRESS, INSPECTION, Grid
from allocation.terms import Look, free_alike, wanted

Words = Callable[[Look, int, int], str | None]


def _type(v: Look, row: int, points: int) -> str | None:
    asked, bed = v.asked.request.type, v.grid.layout.bed(row)
    said = asked.replace("_", " ")
    if bed.type == asked:
        return f"{said.upper() if len(said) < 5 else said.capitalize()} bed as asked"
    return f"{bed.type.replace('_', ' ').capitalize()} bed, asked for {said}"


def _entitlement(v: Look, row: int, points: int) -> str | None:
    kind = v.grid.layout.bed(row).type.replace("_", " ")
    if points == 0:
        chose = v.asked.chosen and v.grid.layout.category[row] == v.asked.chosen != v.asked.category
        return f"{kind.capitalize()} room, chosen by the patient" if chose else None
    above = v.grid.layout.category[row] > v.asked.category
    return f"{kind.capitalize()} room{_rate(v, row)}, {'above' if above else 'below'} what is covered ({_limit(v)})"


def _rate(v: Look, row: int) -> str:
    rates = v.grid.layout.plan.rates
    rate = rates.by_type.get(v.grid.layout.bed(row).type)
    return f" at {rates.words(rate)} a day" if v.asked.request.insurer_limit is not None and rate is not None else ""


def _limit(v: Look) -> str:
    request, rates = v.asked.request, v.grid.layout.plan.rates
    limit = f"{rates.words(request.insurer_limit)} a day" if request.insurer_limit is not None else ""
    return ", ".join(part for part in ((request.entitlement or "").replace("_", " "), limit) if part)


def _ward(v: Look, row: int, points: int) -> str | None:
    specialty, ward = v.asked.request.specialty, v.grid.layout.wards[v.grid.layout.ward[row]]
    if specialty is None:
        return None
    at_home = ward.specialty.casefold() == specialty.casefold()
    return f"Home ward for {ward.specialty}" if at_home else f"{ward.name} is not the home ward for {specialty}"


def _own(v: Look, row: int, points: int) -> str | None:
    if not points:
        return None
    free, ward = int(free_alike(v.grid)[row]), v.grid.layout.wards[v.grid.layout.ward[row]]
    return f"{'Last' if free <= 1 else f'One of {free}'} free for {ward.specialty}'s own patients"


def _wishes(v: Look, row: int, points: int) -> str | None:
    found = sorted(v.asked.request.wishes & v.grid.layout.bed(row).features)
    return f"Has {', '.join(found).replace('_', ' ')}" if found else None


def _station(v: Look, row: int, points: int) -> str | None:
    return f"{v.grid.layout.metres[row]} m from the nurse station"


def _cleaned(v: Look, row: int, points: int) -> str | None:
    if points == 0:
        return None
    minutes = int((v.asked.moment - v.grid.cleaned[row]) // 60)
    return f"Cleaned {minutes // 60} h ago" if minutes >= 60 else f"Cleaned {minutes} min ago"


def _ready(v: Look, row: int, points: int) -> str | None:
    if v.wait[row] == 0:
        return "Free now"
    if np.isnan(v.wait[row]):
        return "Not known when it will be free"
    return f"{round(v.wait[row])} min wait{_stage(v.grid, row)}"


def _stage(grid: Grid, row: int) -> str:
    """Where the bed stands on its way to being ready."""
    if grid.status[row] != CLEANING:
        return ""
    if grid.stage[row] in (IN_PROGRESS, INSPECTION):
        return ", being cleaned" if grid.stage[row] == IN_PROGRESS else ", being inspected"
    return f", {queue_words(grid, row)}"


ORDINALS = ("first", "second", "third", "fourth", "fifth")


def queue_words(grid: Grid, row: int) -> str:
    """A dirty bed's place among those of its ward that nobody has begun."""
    place = grid.queue.get(grid.layout.ids[row]) or _by_age(grid, row)
    if place == 1:
        return "next to be cleaned"
    said = ORDINALS[place - 1] if place <= len(ORDINALS) else f"number {place}"
    return f"{said} in the cleaning queue"


def _by_age(grid: Grid, row: int) -> int:
    """Where the order of cleaning is not known: the longest waiting first."""
    waits = (grid.status == CLEANING) & (grid.stage != IN_PROGRESS) & (grid.stage != INSPECTION)
    waits &= grid.layout.ward == grid.layout.ward[row]
    since = grid.since[row]
    earlier = waits & ((grid.since < since) | ((grid.since == since) & (grid.layout.rank < grid.layout.rank[row])))
    return int(np.count_nonzero(earlier)) + 1


def _scarce(v: Look, row: int, points: int) -> str | None:
    if points == 0:
        return None
    features, rarity = v.grid.layout.bed(row).features, v.grid.layout.rarity
    spent = [name for name, percent in rarity.items() if percent and name in features and name not in wanted(v.asked)]
    return f"Uses {', '.join(spent).replace('_', ' ')} that others may need"


def _airborne(v: Look, row: int, points: int) -> str | None:
    return "Negative-pressure room, kept for airborne infections" if points else None


def _bay(v: Look, row: int, points: int) -> str | None:
    return "Opens an empty bay" if points else None


def _cohort(v: Look, row: int, points: int) -> str | None:
    return f"Beside others with {v.asked.request.organism}" if points else None


def _family(v: Look, row: int, points: int) -> str | None:
    if not points:
        return None
    other = "mother" if v.asked.request.baby_of is not None else "baby"
    return f"In the {'room' if points == v.weights.with_family else 'ward'} of the {other}"


def _load(v: Look, row: int, points: int) -> str | None:
    return f"Ward {v.load[v.grid.layout.ward[row]]} % full" if points else None


def _transport(v: Look, row: int, points: int) -> str | None:
    return f"{-points // v.weights.floor} floors away" if points else None


WORDS: Mapping[str, Words] = {
    "type": _type,
    "entitlement": _entitlement,
    "ward": _ward,
    "own": _own,
    "wishes": _wishes,
    "station": _station,
    "cleaned": _cleaned,
    "ready": _ready,
    "scarce": _scarce,
    "airborne": _airborne,
    "bay": _bay,
    "cohort": _cohort,
    "family": _family,
    "load": _load,
    "transport": _transport,
}
