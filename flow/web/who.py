"""Whose hands a phone is in: the cleaner or porter who is on shift with it, else the phone itself."""

from starlette.requests import Request

from flow.views.phone import Who
from flow.web.parts import house_of
from flow.web.security.principal import principal_of
from flow.web.tapped import OLDEST

HEADER = "x-tapped-by"
"""Who had the phone when the tap was made: a tap from the basement may come when a colleague has it."""


async def who_of(request: Request) -> Who:
    """Whoever holds the phone: the cleaner on shift with it; else the phone itself, which does as the house did before there were badges:
    trained for everything where nobody is trained by name."""
    house, principal = house_of(request), principal_of(request)
    cleaner = await house.cleaners.of_device(principal.id) if principal.is_phone else None
    tapped_by = request.headers.get(HEADER) if principal.is_phone else None
    if tapped_by and (cleaner is None or cleaner.id != tapped_by):
        cleaner = await house.cleaners.was_on(tapped_by, principal.id, house.clock.now() - OLDEST) or cleaner
    if cleaner is not None:
        return Who(cleaner.id, house.plan.cleaning.wards_of(cleaner.zone), cleaner.trained, cleaner.nick)
    known = principal.is_phone and any(each.trained for each in await house.cleaners.all())
    return Who(principal.id, trained=not known)
