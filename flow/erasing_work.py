"""Erasing in the background: what a page asked for is carried out by one process at a time, and taken up again after a kill.

Opening every sealed text of a journal takes minutes, which no request has. Before it `flow.erasing`, which does each piece; what is to be
done stands in a table (`flow.history.erasure_work`), so that whoever comes next goes on. Each end is in the audit trail.
"""

import asyncio
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from traceback import extract_tb

import structlog

from flow.domain.audit import Kind, Trace
from flow.erasing import Erasing
from flow.errors import BedflowError, Refused, Unavailable
from flow.history.audit import Audit
from flow.history.erasure_work import ErasureWork, What, Work
from flow.history.pool import Database

log = structlog.get_logger()
EVERY_SECONDS = 15.0
"""How often it is looked for what another process was asked for, or left."""
LEFT = timedelta(minutes=5)
"""So long after it was begun, somebody who has not asked for an erasure to be carried out was cut off."""


class ErasingWork:
    """Of one hospital, in one process."""

    def __init__(self, database: Database, erasing: Erasing) -> None:
        self.erasing, self.clock = erasing, erasing.clock
        self.work = ErasureWork(database)
        self.audit = Audit(database)
        self._asked = asyncio.Event()

    async def ask(self, erasure: int, what: What, by: str) -> None:
        """Have it done soon; who asks again while it is under way changes nothing. Returns once it cannot be lost."""
        await self.work.ask(erasure, what, by, self.clock.now())
        self._asked.set()

    async def run(self) -> None:
        """For ever: what is asked for, one piece after the other."""
        while True:
            self._asked.clear()
            await self._round()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), EVERY_SECONDS)

    async def _round(self) -> None:
        try:
            await self.work.find_left(self.clock.now() - LEFT)
            while await self.step():
                pass
        except BedflowError as error:  # the database is away: it stands there as running, and is taken up again
            log.warning("erasure.waits", reason=error.reason)

    async def step(self) -> bool:
        """The next piece; False where there is none, or somebody else is at it."""
        async with self.work.alone() as alone:
            work = await self.work.next() if alone else None
            if work is None:
                return False
            await self.work.take(work, self.clock.now())
            await self._carry_out(work)
        return True

    async def _carry_out(self, work: Work) -> None:
        """To its end, or to a failure that says why; what is only away is tried again."""
        try:
            told = await self._done(work)
        except Unavailable:
            raise
        except BedflowError as error:
            await self._failed(work, error.reason if isinstance(error, Refused) else f"{error.reason} Ask for it again.")
        except Exception as error:  # noqa: BLE001  # whatever lies in a sealed text: the page says so; no text of it comes into the log
            place = extract_tb(error.__traceback__)[-1]
            log.error("erasure.broke", erasure=work.erasure, error=type(error).__name__, at=f"{Path(place.filename).name}:{place.lineno}")
            await self._failed(work, f"It broke off ({type(error).__name__}); the log says where. Ask for it again.")
        else:
            await self.work.end(work, self.clock.now())
            await self._trace(work, **told)

    async def _done(self, work: Work) -> dict[str, object]:
        if work.what is What.VERIFY:
            verified = await self.erasing.verify(work.erasure)
            return {"found": sum((verified.found or {}).values())}
        done = await self.erasing.finish(work.erasure)
        return {"patients": len(done.patients), "proof": done.proof.hex() if done.proof else ""}

    async def _failed(self, work: Work, why: str) -> None:
        log.error("erasure.failed", erasure=work.erasure, what=work.what, reason=why)
        await self.work.end(work, self.clock.now(), why)
        await self._trace(work, failed=why)

    async def _trace(self, work: Work, **detail: object) -> None:
        view = {What.ERASE: "erasure carried out", What.VERIFY: "erasure verified"}[work.what]
        trace = Trace(self.clock.now(), Kind.WRITTEN, work.asked_by, view=view, detail={"erasure": work.erasure, **detail})
        await self.audit.note([trace])
