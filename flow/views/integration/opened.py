"""Who opened the masked parts of letters, and why: for auditors, and for those who did."""

from collections.abc import Iterable
from dataclasses import dataclass

from flow.domain.plan import Plan
from flow.views.integration.frame import Frame
from flow.views.integration.letter import OpenedRow, RevealLike, opened_row
from flow.views.page import Chrome


@dataclass(frozen=True, slots=True)
class OpenedPage:
    """The newest openings."""

    frame: Frame
    rows: tuple[OpenedRow, ...]

    @property
    def chrome(self) -> Chrome:
        """The page's frame, as base.html asks for it."""
        return self.frame.chrome


def opened_page(frame: Frame, plan: Plan, opened: Iterable[RevealLike]) -> OpenedPage:
    """The page."""
    return OpenedPage(frame, tuple(opened_row(one, plan) for one in opened))
