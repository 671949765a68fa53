"""What is sent out: each feed's queue, the letters that nobody took, and the beds that other systems' location masters propose."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flow.domain.plan import Plan
from flow.domain.proposal import BedProposal
from flow.views.admin import stamp
from flow.views.integration.frame import Frame, since
from flow.views.page import Chrome


@dataclass(frozen=True, slots=True)
class QueueRow:
    """Letters of one feed in one state, and how old the oldest is."""

    feed: str
    state: str
    letters: int
    oldest: str
    bad: bool


@dataclass(frozen=True, slots=True)
class SentRow:
    """A letter out; `dead` when somebody must say what becomes of it."""

    id: int
    feed: str
    kind: str
    key: str
    subject: str
    state: str
    posted: str
    attempts: int
    reason: str
    dead: bool


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A bed that another system speaks of; `bed` is what its place means to us, empty for nothing."""

    id: str
    feed: str
    place: str
    name: str
    type: str
    action: str
    at: str
    bed: str


@dataclass(frozen=True, slots=True)
class OutboundPage:
    """`showing` is dead | waiting | all; `older` the number to page on with."""

    frame: Frame
    queues: tuple[QueueRow, ...]
    rows: tuple[SentRow, ...]
    proposals: tuple[ProposalRow, ...]
    showing: str
    older: int | None

    @property
    def chrome(self) -> Chrome:
        """The page's frame, as base.html asks for it."""
        return self.frame.chrome


def outbound_page(
    frame: Frame,
    plan: Plan,
    now: datetime,
    *,
    counts: Iterable[Mapping[str, Any]] = (),
    rows: Iterable[Mapping[str, Any]] = (),
    proposals: Iterable[tuple[BedProposal, str]] = (),
    showing: str = "dead",
    older: int | None = None,
) -> OutboundPage:
    """The page; `proposals` come with the bed that their place means, empty for none."""
    return OutboundPage(
        frame,
        tuple(QueueRow(r["feed"], r["state"], r["letters"], since(r["oldest"], now), r["state"] == "dead") for r in counts),
        tuple(_row(row, plan) for row in rows),
        tuple(_proposal(proposal, bed, plan) for proposal, bed in proposals),
        showing,
        older,
    )


def _row(row: Mapping[str, Any], plan: Plan) -> SentRow:
    return SentRow(
        id=row["id"],
        feed=row["feed"],
        kind=row["kind"],
        key=row["key"],
        subject=row["subject"],
        state=row["state"],
        posted=stamp(row["posted_at"], plan.zone),
        attempts=row["attempts"],
        reason=" ".join(part for part in (row["code"], row["reason"]) if part),
        dead=row["state"] == "dead",
    )


def _proposal(proposal: BedProposal, bed: str, plan: Plan) -> ProposalRow:
    return ProposalRow(
        proposal.id, proposal.feed, proposal.place, proposal.name, proposal.type, proposal.action, stamp(proposal.at, plan.zone), bed
    )
