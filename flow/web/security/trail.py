"""The trail of every request: what the gate saw goes into the audit trail before the answer goes out.

While Postgres is away nothing can be written and only the census can be read; those traces wait here, and the log says that they do.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import replace

import structlog
from starlette.requests import Request
from starlette.responses import Response

from flow.clock import Clock
from flow.domain.audit import Kind, Trace
from flow.errors import Unavailable
from flow.history.audit import Audit
from flow.history.pool import NotStored
from flow.web.security.csrf import SAFE
from flow.web.security.limits import Hit, address
from flow.web.security.principal import Principal, anybody
from flow.web.security.readings import Readings
from flow.witness import Witnessed

log = structlog.get_logger()
_EVERY = 20.0
_MOST_WAITING = 10_000
_REFUSALS, _A_MINUTE = 60, 60
"""Refusals of one address a minute that are written down; whoever hammers at the door fills no disk."""
_SECRETS = frozenset({"slip"})
"""Parts of an address that open something for whoever knows them."""


class Trail:
    """What the web room of one process writes into the trail."""

    def __init__(self, audit: Audit, clock: Clock, hit: Hit) -> None:
        self._audit, self._clock, self._hit = audit, clock, hit
        self._readings = Readings()
        self._waiting: deque[Trace] = deque(maxlen=_MOST_WAITING)

    async def of(self, request: Request, seen: Witnessed, answer: Response) -> None:
        """What a request did that is about to be answered. A command is in the trail already, by the desk that carried it out."""
        found = self._trace(request, Kind.WRITTEN)
        traces = []
        if seen.kind is not None:
            actor, role = seen.actor or found.actor, seen.role or found.role
            traces.append(replace(found, kind=seen.kind, actor=actor, role=role, detail={**found.detail, **seen.detail}))
        elif _is_deed(request, answer) and not seen.commands:
            traces.append(replace(found, detail={**found.detail, **seen.detail}))
        if seen.patients:
            traces += self._reads(replace(found, kind=Kind.READ, patients=tuple(sorted(seen.patients))), seen, anybody(request))
        await self._write(traces)

    def _reads(self, read: Trace, seen: Witnessed, principal: Principal | None) -> list[Trace]:
        """What of a read is written down now: while names are open (break-glass) each look, else whom somebody had not just seen."""
        opened = principal.opened if principal is not None else None
        if opened is None:
            return [fresh] if (fresh := self._readings.fresh(read, seen.guarded)) is not None else []
        by_it, usual = seen.opened & seen.patients, seen.patients - seen.opened
        looks = [replace(read, patients=tuple(sorted(by_it)), detail={**read.detail, "opening": opened.id})] if by_it else []
        return [*looks, *([replace(read, patients=tuple(sorted(usual)))] if usual else [])]

    async def refused(self, request: Request, code: str) -> None:
        """Somebody was turned away."""
        if await self._hit(f"refusals:{address(request)}", _REFUSALS, _A_MINUTE):
            found = self._trace(request, Kind.REFUSED)
            await self._write([replace(found, detail={**found.detail, "code": code})])

    async def run(self) -> None:
        """Write down what was read again and what waits, for as long as the process serves, and once more at its end."""
        try:
            while True:
                await asyncio.sleep(_EVERY)
                await self.settle()
        finally:
            await self._write([*self._readings.over()])

    async def settle(self) -> None:
        """Write down what was read again in windows that are over, and what waits."""
        await self._write([*self._readings.over(self._clock.now())])

    async def _write(self, traces: Sequence[Trace]) -> None:
        """What waits goes along, taken out first: two requests at once write it once, and lose nothing of each other's."""
        waiting = [*self._waiting, *traces]
        self._waiting.clear()
        if not waiting:
            return
        try:
            await self._audit.note(waiting)
        except BaseException as error:
            self._waiting.extend(waiting)
            if not isinstance(error, Unavailable | NotStored):
                raise
            for trace in traces:
                log.error(
                    "audit.waits", reason=error.reason, kind=trace.kind, actor=trace.actor, view=trace.view, patients=len(trace.patients)
                )

    def _trace(self, request: Request, kind: Kind) -> Trace:
        principal, door = anybody(request), request.scope.get("door")
        told = {name: _storable(str(value)[:60]) for name, value in request.path_params.items() if name not in _SECRETS}
        view = f"{request.method} {door.path}" if door is not None else request.method
        place = told.pop("ward", told.pop("clinic", "")) or told.pop("bed", "")
        actor, role, seat = (principal.id, str(principal.role), principal.seat) if principal is not None else ("", "", "")
        if principal is not None and principal.station is not None:
            told["station"] = principal.station.name
        return Trace(self._clock.now(), kind, actor, role, seat, address(request), view, place, (), told)


def _storable(text: str) -> str:
    """What a stranger typed into an address, as Postgres can hold it: one trace that it refused would keep all others waiting."""
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def _is_deed(request: Request, answer: Response) -> bool:
    """Done now, not the kept answer to what was asked before."""
    quiet = request.method in SAFE or request.scope["door"].quiet
    return not quiet and answer.status_code < 400 and "idempotent-replayed" not in answer.headers
