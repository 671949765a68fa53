"""The hospital as it was built at a moment of the past: what every page that draws the past goes by, together with
`flow.history.past` for the beds' records and `DrawnHospital.ward_at` for the plans that somebody drew.

A version is read once; a text that this release no longer understands, and a time before any was kept, are said, not passed over.
"""

import asyncio
from datetime import datetime

import structlog

from flow.domain.plan import Plan
from flow.errors import Misconfigured
from flow.history.hospital_files import HospitalFiles, KeptFile
from flow.plan_file import parse_plan
from flow.views.display_past import FileThen, Fits

log = structlog.get_logger()
_MOST = 8


class PlansThen:
    """The hospital's versions; `built` is today's, and `version` its number (0: it is not kept)."""

    def __init__(self, built: Plan, version: int, kept: HospitalFiles) -> None:
        self.built = built
        self.version = version
        self.kept = kept
        self._plans: dict[int, Plan | None] = {version: built} if version else {}

    async def at(self, moment: datetime, said: int = 0) -> tuple[Plan, FileThen]:
        """The hospital at a moment, and by which file that is; `said` is the version that a screen said it was drawn by."""
        own = await self.kept.get(said) if said else None
        found = own or await self.kept.at(moment)
        if found is None:
            return self.built, FileThen(Fits.UNKNOWN)
        plan = await self._plan(found)
        if plan is None:
            return self.built, FileThen(Fits.UNREADABLE, found.from_at, found.until_at)
        fits = Fits.SAID if own is not None else Fits.IN_FORCE if found.from_at <= moment else Fits.OLDEST
        return plan, FileThen(fits, found.from_at, found.until_at)

    async def _plan(self, found: KeptFile) -> Plan | None:
        if found.version not in self._plans:
            if len(self._plans) >= _MOST:
                self._plans.clear()
            self._plans[found.version] = await asyncio.to_thread(_read, found)
        return self._plans[found.version]


def _read(found: KeptFile) -> Plan | None:
    try:
        return parse_plan(found.text, f"version {found.version}")
    except Misconfigured as error:
        log.warning("hospital_file.unreadable", version=found.version, reason=error.reason.partition("\n")[0])
        return None
