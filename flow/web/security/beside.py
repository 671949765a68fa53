"""What stands beside an account: the names that somebody has open for a reason, whom a doctor looks after, what an auditor has to look at.
Asked for whenever the doorkeeper looks somebody up, so that it is as fresh as the sign-in itself."""

from dataclasses import replace

from flow.clock import Clock
from flow.domain.roles import May, Reach
from flow.history.openings import Openings
from flow.history.practitioners import Practitioners
from flow.history.reveals import Reveals
from flow.web.security.principal import Principal


class Beside:
    """For people who sign in; programmes and devices have nothing of it."""

    def __init__(self, openings: Openings, reveals: Reveals, practitioners: Practitioners, clock: Clock) -> None:
        self._openings, self._reveals, self._practitioners, self._clock = openings, reveals, practitioners, clock

    async def of(self, principal: Principal) -> Principal:
        """The principal with all of it that its role can have."""
        if principal.may(May.OPEN):
            principal = replace(principal, opened=await self._openings.of_seat(principal.seat, self._clock.now()))
        if principal.reach(May.NAMES) is Reach.OWN:
            principal = replace(principal, own=await self._practitioners.patients(principal.id))
        if principal.may(May.AUDIT):
            principal = replace(principal, unreviewed=await self._openings.unreviewed() + await self._reveals.unreviewed())
        return principal
