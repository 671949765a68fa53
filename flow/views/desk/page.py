"""The admissions desk: who waits, which bed suits the one looked at and why, what comes free, what just happened.

flow.web hands in the live records, the names the reader may see and the suggestions; templates/desk draws the page.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from flow.domain.bed import BedState
from flow.domain.events import Entry
from flow.domain.ids import BedId, PatientId, VisitId
from flow.domain.person import PersonDetails
from flow.domain.plan import Plan
from flow.domain.request import BedRequest
from flow.domain.visit import Visit
from flow.views.availability import Counts, counted
from flow.views.desk.card import ReadyLike, SuggestionsLike
from flow.views.desk.choice import Selected, selected_request
from flow.views.desk.coming_free import ComingFree, coming_free
from flow.views.desk.filters import Filter, FilterBar, filter_bar
from flow.views.desk.held import HeldBed, held_beds
from flow.views.desk.just_now import LogLine, log_lines
from flow.views.desk.keys import KEYS, KeyGroup
from flow.views.desk.lapsed import LapsedRow, lapsed_rows
from flow.views.desk.person import like_names
from flow.views.desk.ranking import ANEW, Seen
from flow.views.desk.waiting import PromisedRow, WaitingRow, ordered, promised_rows, waiting_row
from flow.views.mixed_sex import Misplaced, misplaced
from flow.views.page import Chrome
from flow.views.request_form import RequestForm, request_form
from flow.views.without_bed import WithoutBed, without_bed


@dataclass(frozen=True, slots=True)
class DeskPage:
    """`writes` says whether the reader may assign; `form` offers what a new request can ask for; `alarms` are those of the feeds,
    `conflicts` how many contradictions between visits wait to be settled, `misplaced` who is in a bay of the other sex. `rows` are those
    the filters let through (and the one looked at), out of `waiting`."""

    chrome: Chrome
    rows: tuple[WaitingRow, ...]
    promised: tuple[PromisedRow, ...]
    selected: Selected | None
    totals: Counts
    coming: ComingFree
    log: tuple[LogLine, ...]
    form: RequestForm
    filters: FilterBar
    writes: bool = True
    waiting: int = 0
    lapsed: tuple[LapsedRow, ...] = ()
    without_bed: tuple[WithoutBed, ...] = ()
    alarms: tuple[str, ...] = ()
    conflicts: int = 0
    keys: tuple[KeyGroup, ...] = KEYS
    held: tuple[HeldBed, ...] = ()
    misplaced: tuple[Misplaced, ...] = ()

    @property
    def address(self) -> str:
        """The query of the board's own address: the request looked at, and the filters."""
        return f"request={quote(self.selected.row.id) if self.selected else ''}{self.filters.chosen.query}"


def desk_page(
    chrome: Chrome,
    plan: Plan,
    requests: Iterable[BedRequest],
    beds: Mapping[BedId, BedState],
    at: datetime,
    *,
    people: Mapping[PatientId, PersonDetails] | None = None,
    selected: BedRequest | None = None,
    suggestions: SuggestionsLike | None = None,
    log: Iterable[Entry] = (),
    writes: bool = True,
    visits: Iterable[Visit] = (),
    alarms: tuple[str, ...] = (),
    conflicts: int = 0,
    shown: Filter | None = None,
    placed: Mapping[VisitId, Visit] | None = None,
    lapsed: Iterable[BedRequest] = (),
    seen: Seen = ANEW,
    ready: Mapping[BedId, ReadyLike] | None = None,
) -> DeskPage:
    """The whole page. `selected` comes from `next_request`, `suggestions` are its, `seen` how the desk has them before it; `people` is None
    for a reader without names; `visits` are those without a bed, `placed` all of the house; `shown` is the filter, `lapsed` are requests
    closed within the last day, `ready` when the beds that are not free will be."""
    known, everyone, choice = people or {}, list(requests), shown or Filter()
    alike = like_names(known[r.patient] for r in everyone if r.patient in known)
    waiting = ordered(everyone, at)
    at_hand = selected.id if selected is not None else None
    fitting = [r for r in waiting if choice.fits(r, plan, placed or {}) or r.id == at_hand]
    return DeskPage(
        chrome=chrome,
        rows=tuple(waiting_row(request, known, at, selected, plan, alike) for request in fitting),
        promised=promised_rows(everyone, plan, beds, known, at),
        selected=selected_request(selected, suggestions, plan, beds, known, at, seen) if selected is not None else None,
        totals=Counts(**counted(beds.values())),
        coming=coming_free(plan, beds, everyone, ready or {}, at, selected.type if selected else None),
        log=log_lines(log, plan, at),
        form=request_form(plan),
        filters=filter_bar(choice, waiting, plan, placed or {}),
        writes=writes,
        waiting=len(waiting),
        lapsed=lapsed_rows(lapsed, everyone, known, plan.zone, at),
        without_bed=without_bed(visits, plan, known),
        alarms=alarms,
        conflicts=conflicts,
        held=held_beds(everyone, plan, beds, known, at),
        misplaced=misplaced(plan, beds),
    )
