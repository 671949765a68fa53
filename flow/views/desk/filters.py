"""Which requests the desk's list shows: those of one ward, of one priority, or all. The choice stands in the page's address.

What is typed into the search box does not: it may be a name, and addresses are kept by browsers and proxies.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flow.domain.ids import VisitId, WardId
from flow.domain.plan import Plan
from flow.domain.request import BedRequest
from flow.domain.visit import Visit
from flow.views.request_form import PRIORITIES, Option


@dataclass(frozen=True, slots=True)
class Filter:
    """Empty: all. `ward` is a ward's id."""

    ward: str = ""
    priority: str = ""

    def __bool__(self) -> bool:
        return bool(self.ward or self.priority)

    @property
    def query(self) -> str:
        """As the tail of an address that has a query already: `&ward=4B&priority=2`."""
        said = {"ward": self.ward, "priority": self.priority}
        return "".join(f"&{urlencode({name: value})}" for name, value in said.items() if value)

    def fits(self, request: BedRequest, plan: Plan, visits: Mapping[VisitId, Visit]) -> bool:
        """Whether the list shows it."""
        if self.priority and self.priority != str(request.priority):
            return False
        return not self.ward or self.ward in wards_of(request, plan, visits)


def read_filter(said: Mapping[str, str], plan: Plan) -> Filter:
    """Out of an address; what there is not counts for nothing."""
    ward, priority = said.get("ward", ""), said.get("priority", "")
    known = {str(number) for number, _ in PRIORITIES}
    return Filter(ward if ward in plan.ward else "", priority if priority in known else "")


def wards_of(request: BedRequest, plan: Plan, visits: Mapping[VisitId, Visit]) -> frozenset[WardId]:
    """The wards a request concerns: those of its specialty, and the one where the patient waits, by the bed or by the words."""
    word = (request.specialty or "").casefold()
    home = {ward.id for ward in plan.wards if word and ward.specialty.casefold() == word}
    visit = visits.get(request.visit) if request.visit is not None else None
    bed = plan.beds.get(visit.bed) if visit is not None and visit.bed is not None else None
    said = set(re.findall(r"[\w-]+", request.origin.casefold()))
    named = {ward.id for ward in plan.wards if ward.id.casefold() in said or ward.name.casefold() == request.origin.casefold()}
    return frozenset(home | named | ({bed.ward} if bed is not None else set()))


@dataclass(frozen=True, slots=True)
class FilterBar:
    """The two choices, each with how many wait there now, and what is chosen."""

    wards: tuple[Option, ...]
    priorities: tuple[Option, ...]
    chosen: Filter


def filter_bar(chosen: Filter, waiting: Iterable[BedRequest], plan: Plan, visits: Mapping[VisitId, Visit]) -> FilterBar:
    """Wards that somebody waits for, and the one chosen; every priority."""
    everyone = list(waiting)
    places = [wards_of(request, plan, visits) for request in everyone]
    counts = {ward.id: sum(ward.id in place for place in places) for ward in plan.wards}
    urgency = {str(number): sum(request.priority == number for request in everyone) for number, _ in PRIORITIES}
    return FilterBar(
        tuple(Option(ward.id, f"{ward.name} · {counts[ward.id]}") for ward in plan.wards if counts[ward.id] or ward.id == chosen.ward),
        tuple(Option(str(number), f"{words} · {urgency[str(number)]}") for number, words in PRIORITIES),
        chosen,
    )
