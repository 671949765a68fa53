"""The hospital as built, with the plans that were drawn for its wards: what every page that shows a ward goes by.

Asks which versions are shown every two seconds at most and reads a drawing once; while Postgres is away the last known ones stay.
"""

import asyncio
import contextlib
import time
from dataclasses import replace
from datetime import datetime

from flow.domain.floor_plan.binding import drawn
from flow.domain.ids import WardId
from flow.domain.plan import Plan, Ward
from flow.errors import Unavailable
from flow.history.floor_plans import FloorPlan, FloorPlans

REMEMBERED_SECONDS = 2.0


class DrawnHospital:
    """A `Plan` whose wards carry the plans that are shown now."""

    def __init__(self, plan: Plan, kept: FloorPlans) -> None:
        self.built = plan
        self.kept = kept
        self._plan = plan
        self._shown: dict[WardId, int] = {}
        self._until = 0.0
        self._looking = asyncio.Lock()

    async def plan(self) -> Plan:
        """The whole hospital."""
        if time.monotonic() >= self._until:
            await self._look_once()
        return self._plan

    async def ward(self, ward: WardId) -> Ward:
        """One ward."""
        return (await self.plan()).ward[ward]

    async def ward_at(self, ward: WardId, at: datetime, then: Plan | None = None) -> Ward:
        """A ward with the plan that was shown at a moment of the past; `then` is the hospital as it was built."""
        version = await self.kept.shown_at(ward, at)
        found = await self.kept.get(ward, version) if version is not None else None
        return with_plan((then or self.built).ward[ward], found)

    def forget(self) -> None:
        """Somebody here has just changed what is shown."""
        self._until = 0.0

    async def _look_once(self) -> None:
        """Of many pages that ask at the same moment one looks, and the others wait for it."""
        async with self._looking:
            if time.monotonic() < self._until:
                return
            with contextlib.suppress(Unavailable):
                await self._look()
            self._until = time.monotonic() + REMEMBERED_SECONDS

    async def _look(self) -> None:
        shown = await self.kept.shown()
        if shown == self._shown:
            return
        found = {ward: await self.kept.get(ward, version) for ward, version in shown.items() if ward in self.built.ward}
        wards = tuple(with_plan(ward, found.get(ward.id)) for ward in self.built.wards)
        self._plan, self._shown = replace(self.built, wards=wards), shown


def with_plan(ward: Ward, found: FloorPlan | None) -> Ward:
    """A ward with a version of its plan. One that leaves out a bed (the hospital file got another since) is not drawn: a bed that no
    screen shows is worse than a plain plan."""
    if found is None or {bed.id for bed in ward.beds} - set(found.beds.values()):
        return ward
    return replace(ward, drawn=drawn(found.drawing, found.beds, found.version))
