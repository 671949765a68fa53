"""The page of what is sent out: queues, dead letters with their two buttons, and proposed beds to map or dismiss."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flow.domain.commands import SettleProposal
from flow.domain.feed_commands import ChangeFeed
from flow.domain.ids import BedId
from flow.errors import Refused
from flow.views.integration.outbound import OutboundPage, outbound_page
from flow.web.act import act
from flow.web.api.feeds import changed
from flow.web.pages.form import Form, form_of
from flow.web.pages.integration.frame import frame_of
from flow.web.pages.page import html
from flow.web.parts import house_of
from flow.web.problems import denied_by, unknown

HERE = "/integration/outbound"
SHOWN = 50
SHOWING: Mapping[str, str | None] = {"dead": "dead", "waiting": "waiting", "all": None}


async def page(request: Request) -> Response:
    """Queues, dead letters and proposed beds."""
    return html(request, "integration/outbound.html", await _view(request))


async def board(request: Request) -> Response:
    """Its live region alone: the queues."""
    return html(request, "integration/_queues.html", await _view(request))


async def _view(request: Request, refused: str = "") -> OutboundPage:
    house, asked = house_of(request), Form(request.query_params)
    showing = asked.choice("show", SHOWING) or "dead"
    rows: list[Any] = await house.dead_letters.page(SHOWING[showing], asked.number("below"), SHOWN)
    hospital = house.desk.hospital
    proposals = [(p, str(hospital.bed_at(p.place) or "")) for p in hospital.proposals.values() if not p.settled]
    return outbound_page(
        await frame_of(request, HERE, refused),
        house.plan,
        house.clock.now(),
        counts=[dict(row) for row in await house.dead_letters.counts()],
        rows=rows,
        proposals=sorted(proposals, key=lambda pair: (pair[0].at, pair[0].id)),
        showing=showing,
        older=rows[-1]["id"] if len(rows) == SHOWN else None,
    )


async def resend(request: Request) -> Response:
    """Put a dead letter back into its queue."""
    await house_of(request).dead_letters.resend(_number(request))
    return RedirectResponse(HERE, 303)


async def drop(request: Request) -> Response:
    """Do without a dead letter."""
    await house_of(request).dead_letters.drop(_number(request))
    return RedirectResponse(HERE, 303)


def _number(request: Request) -> int:
    text: str = request.path_params["letter"]
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise unknown("unknown-letter", "There is no such letter.")
    return int(text)


async def propose(request: Request) -> Response:
    """Deal with a proposed bed: its place is mapped to one of ours, or it is not wanted."""
    form = await form_of(request)
    number, bed = form.needed("proposal", longest=250), form.text("bed", longest=60)
    proposal = house_of(request).desk.hospital.proposals.get(number)
    if proposal is None or proposal.settled:
        raise Refused("This proposal is settled already; look again.", code="no-proposal")
    try:
        if bed:
            await changed(request, ChangeFeed(proposal.feed, places={proposal.place: BedId(bed)}))
        else:
            await act(request, SettleProposal(number))
    except Refused as refused:
        return html(request, "integration/outbound.html", await _view(request, refused.reason), denied_by(refused).status)
    return RedirectResponse(HERE, 303)
