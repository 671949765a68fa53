"""One figure for managers: how many points lay between a day as it was and the same day planned by somebody who knew the future.

flow.web hands in what `allocation.hindsight` found; templates/manager/hindsight.html draws it with its explanation.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from flow.views.page import Chrome
from flow.views.regret import FEWEST, signed
from flow.views.tables import Files


class HindsightLike(Protocol):
    """Points of `stays` patients as they lay and as they might have lain; `better` of them elsewhere, for more points."""

    @property
    def stays(self) -> int: ...
    @property
    def happened(self) -> int: ...
    @property
    def possible(self) -> int: ...
    @property
    def better(self) -> int: ...


@dataclass(frozen=True, slots=True)
class HindsightPage:
    """`told` says that there are patients enough to speak of; `mean` is the regret a patient, `share` of what was possible was reached."""

    chrome: Chrome
    day: str
    words: str
    before: str
    after: str
    told: bool
    few: bool
    stays: int
    regret: str
    mean: str
    share: str
    happened: str
    possible: str
    better: int
    files: Files | None = None

    @property
    def figures(self) -> tuple[tuple[str, str, str], ...]:
        """Each figure in a row: what, how much, of what; none where too few came."""
        rows = (
            ("Points as they lay", self.happened, "points"),
            ("Points with hindsight", self.possible, "points"),
            ("Regret", self.regret, "points"),
            ("Regret a patient", self.mean, "points"),
            ("Reached", self.share, "of the points"),
            ("Patients who came", str(self.stays), "patients"),
            ("Would have lain better", str(self.better), "patients"),
        )
        return rows if self.told else ()


def hindsight_page(chrome: Chrome, day: date, last: date, found: HindsightLike | None) -> HindsightPage:
    """The page of a day, up to the `last` that is over; `found` is None in a hospital that runs without the allocation wing."""
    told = found is not None and found.stays >= FEWEST
    stays, happened, possible = (found.stays, found.happened, found.possible) if found is not None else (0, 0, 0)
    return HindsightPage(
        chrome=chrome,
        day=day.isoformat(),
        words=f"{day:%a %d %b %Y}",
        before=(day - timedelta(days=1)).isoformat(),
        after=(day + timedelta(days=1)).isoformat() if day < last else "",
        told=told,
        few=found is not None and not told,
        stays=stays,
        regret=signed(happened - possible),
        mean=f"{(possible - happened) / stays:.0f}" if stays else "–",
        share=f"{100 * happened / possible:.0f} %" if possible > 0 else "–",
        happened=str(happened),
        possible=str(possible),
        better=found.better if found is not None else 0,
    )
