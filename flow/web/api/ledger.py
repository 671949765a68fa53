"""The minute ledger over the API: idle bed-time by day, ward, stretch and owner, with shares that make exactly 100 %."""

from datetime import date, datetime, timedelta

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.ghosts import ghost_time
from flow.domain.ids import WardId
from flow.domain.ledger import Owner, Stretch
from flow.domain.ledger_sums import LEDGER_VERSION, by_owner, by_stretch, shares
from flow.domain.roles import May
from flow.history.checks import looked
from flow.history.clean_jobs import Times, times_by_ward
from flow.history.ledger import ghost_beds, minute_ledger
from flow.web.api.beds import check_ward
from flow.web.api.wire import listing, moment
from flow.web.parts import house_of
from flow.web.problems import invalid
from flow.web.security.principal import principal_of

LONGEST = timedelta(days=92)


class SumOut(msgspec.Struct):
    """Seconds of a day (the hospital's) and ward that one owner had in one stretch."""

    day: date
    ward: str
    stretch: Stretch
    owner: Owner
    seconds: float


class ShareOut(msgspec.Struct):
    """An owner's seconds and its percentage of all; the percentages make exactly 100."""

    owner: Owner
    seconds: float
    percent: float


class StretchOut(msgspec.Struct):
    """A stretch: its seconds in the period, how many ended in it, and the middle one's minutes."""

    stretch: Stretch
    seconds: float
    ended: int
    median_minutes: float | None


class ChecksOut(msgspec.Struct):
    """Verify tasks raised: how many, answered, how many of those found the bed shown wrongly, and the median minutes until the answer."""

    raised: int
    answered: int
    wrong: int
    median_minutes: float | None


class MinutesOut(msgspec.Struct):
    """Minutes of `count` cleans: the median and the ninth of ten."""

    count: int
    p50: float | None
    p90: float | None


class CleansOut(msgspec.Struct):
    """Cleans done in a ward, or in all (`ward` null): asked to started, started to clean without the pauses, asked to ready."""

    ward: str | None
    done: int
    response: MinutesOut
    clean: MinutesOut
    turn: MinutesOut


class LedgerOut(msgspec.Struct):
    """The ledger from `start` to `end` by the `version` of its definitions; `ghost_seconds` beds shown occupied where nobody lay,
    `cleans` of all wards asked for together and of each."""

    start: datetime
    end: datetime
    version: int
    ward: str | None
    seconds: float
    shares: list[ShareOut]
    stretches: list[StretchOut]
    items: list[SumOut]
    ghost_seconds: float
    checks: ChecksOut
    cleans: list[CleansOut]


async def get_ledger(request: Request) -> Response:
    """What the idle bed-minutes of a period were lost to: `from`, `to` (at most 92 days, usually the last seven), `ward`."""
    house, principal = house_of(request), principal_of(request)
    now = house.clock.now()
    end = min(_time(request, "to", now), now)
    start = _time(request, "from", end - timedelta(days=7))
    if not start < end <= start + LONGEST:
        raise invalid("bad-period", f"from lies before to, and at most {LONGEST.days} days before it.")
    asked = request.query_params.get("ward") or principal.only_ward(May.REPORTS)
    ward = check_ward(house, principal, asked, May.REPORTS).id if asked else None
    found = await minute_ledger(house.database, start, end, house.plan.zone, ward)
    ghosts = await ghost_beds(house.database, start, end, ward)
    seen = await looked(house.database, start, end, ward)
    cleans = await times_by_ward(house.database, start, end, [ward] if ward else None)
    owners, stretches = by_owner(found.sums), by_stretch(found.sums)
    percent = shares({owner: owners.get(owner, timedelta()) for owner in Owner}, 2)
    out = LedgerOut(
        start=start,
        end=end,
        version=LEDGER_VERSION,
        ward=ward,
        seconds=_seconds(found.total),
        shares=[ShareOut(owner, _seconds(owners.get(owner, timedelta())), float(percent[owner])) for owner in Owner],
        stretches=[StretchOut(s, _seconds(stretches.get(s, timedelta())), found.ended[s].count, found.ended[s].median) for s in Stretch],
        items=[SumOut(s.day, s.ward, s.stretch, s.owner, _seconds(s.time)) for s in found.sums],
        ghost_seconds=_seconds(ghost_time(ghosts)),
        checks=ChecksOut(seen.raised, seen.answered, seen.wrong, seen.median),
        cleans=[_cleans(name, cleans[name]) for name in sorted(cleans, key=lambda name: name or "")],
    )
    return listing(request, out)


def _cleans(ward: WardId | None, times: Times) -> CleansOut:
    response, clean, turn = (MinutesOut(each.count, each.p50, each.p90) for each in (times.response, times.clean, times.turn))
    return CleansOut(ward, times.done, response, clean, turn)


def _time(request: Request, name: str, usual: datetime) -> datetime:
    text = request.query_params.get(name)
    return usual if text is None else moment(text, name)


def _seconds(time: timedelta) -> float:
    return time.total_seconds()
