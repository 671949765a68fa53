"""The page of conflicts: what `flow.views.conflicts` found, inside the engineer's frame."""

from dataclasses import dataclass

from flow.views.conflicts import ConflictRow
from flow.views.integration.frame import Frame
from flow.views.page import Chrome


@dataclass(frozen=True, slots=True)
class ConflictsPage:
    """`settles` whether the reader may click; `links` whether letters may be opened."""

    frame: Frame
    rows: tuple[ConflictRow, ...]
    settles: bool
    links: bool

    @property
    def chrome(self) -> Chrome:
        """The page's frame, as base.html asks for it."""
        return self.frame.chrome
