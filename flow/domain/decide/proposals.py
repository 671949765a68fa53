"""Beds that another system's location master names: proposed to an engineer, never built by themselves."""

from dataclasses import replace

from flow.domain.commands import ProposeBed, SettleProposal
from flow.domain.decide.draft import Draft
from flow.domain.events import Kind
from flow.domain.proposal import REMOVE
from flow.errors import Refused


def propose(draft: Draft, command: ProposeBed) -> None:
    """Note the newest word on a place. A place that means a bed already, or one to remove that means none, asks nothing of anybody."""
    said = command.proposal
    known = draft.hospital.proposals.get(said.id)
    if known is not None and said.order <= known.order:
        return
    is_bed = draft.bed_at(said.place) is not None
    settled = is_bed is not (said.action == REMOVE)
    new = replace(said, settled=settled, seq=known.seq if known else 0)
    if known is None or replace(known, order=said.order, at=said.at) != new:
        draft.write(Kind.BED_PROPOSED, replace(new, seq=0), said.at)


def settle_proposal(draft: Draft, command: SettleProposal) -> None:
    """An engineer has dealt with it."""
    known = draft.hospital.proposals.get(command.proposal)
    if known is None or known.settled:
        raise Refused("This proposal is settled already; look again.", code="no-proposal")
    draft.write(Kind.PROPOSAL_SETTLED, replace(known, settled=True))
