"""Whether the process lives, whether it may be sent traffic, and its figures. The first two tell nothing else to anybody."""

from time import monotonic

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import Response

from flow.domain.alerts import KINDS
from flow.domain.roles import May
from flow.errors import Unavailable
from flow.web.parts import House, house_of
from flow.web.problems import Denied, forbidden
from flow.web.security.principal import anybody
from flow.web.security.proxies import came_by_proxy, is_loopback

_STARTED = monotonic()


async def healthz(request: Request) -> Response:
    """The process answers."""
    return Response(b'{"status":"ok"}', media_type="application/json")


async def readyz(request: Request) -> Response:
    """Postgres answers and the live picture stands; else 503."""
    if await _is_ready(house_of(request)):
        return Response(b'{"status":"ok"}', media_type="application/json")
    return Response(b'{"status":"unavailable"}', 503, media_type="application/json")


async def _is_ready(house: House) -> bool:
    if house.live.epoch is None or (house.ready is not None and not await house.ready()):
        return False
    try:
        async with house.database.read() as connection:
            return await connection.fetchval("select true") is True
    except Unavailable:
        return False


async def metrics(request: Request) -> Response:
    """Figures for Prometheus: to a caller on this machine, or to one with the right."""
    principal = anybody(request)
    if principal is None and not _is_local(request):
        raise Denied(401, "not-signed-in", "Sign in first.", {"www-authenticate": "Bearer"})
    if principal is not None and not principal.may(May.METRICS):
        raise forbidden(f"This sign-in ({principal.role}) may not do that.")
    return Response(generate_latest() + _own(house_of(request)) + await _feeds(house_of(request)), media_type=CONTENT_TYPE_LATEST)


def _is_local(request: Request) -> bool:
    """From this machine itself, and not through a proxy that stands on it."""
    return request.client is not None and not came_by_proxy(request) and is_loopback(request.client.host)


def _own(house: House) -> bytes:
    counts: dict[str, int] = {}
    for bed in (bed for bed in house.live.beds.values() if bed.temporary is None):
        counts[bed.status] = counts.get(bed.status, 0) + 1
    lines = ["# TYPE bedflow_seq gauge", f"bedflow_seq {house.live.seq}", "# TYPE bedflow_picture_age_seconds gauge"]
    lines.append(f"bedflow_picture_age_seconds {(house.clock.now() - house.live.as_of).total_seconds():.3f}")
    lines.append("# TYPE bedflow_beds gauge")
    lines += [f'bedflow_beds{{status="{status}"}} {count}' for status, count in sorted(counts.items())]
    lines += ["# TYPE bedflow_web_uptime_seconds gauge", f"bedflow_web_uptime_seconds {monotonic() - _STARTED:.0f}"]
    return ("\n".join(lines) + "\n").encode()


async def _feeds(house: House) -> bytes:
    """The alarms that stand, by feed and kind, and what waits; nothing while Postgres is away."""
    try:
        standing = {alarm.key for alarm in await house.feeds.alarms(house.clock.now(), house.live.feeds)}
        queues = {queue.feed: queue.letters for queue in await house.feeds.queues()}
    except Unavailable:
        return b""
    names = [feed.id for feed in house.plan.feeds]
    lines = ["# TYPE bedflow_feed_alarm gauge"]
    lines += [f'bedflow_feed_alarm{{feed="{feed}",kind="{kind}"}} {int((kind, feed) in standing)}' for feed in names for kind in KINDS]
    lines += ["# TYPE bedflow_letters_waiting gauge"]
    lines += [f'bedflow_letters_waiting{{feed="{feed}"}} {queues.get(feed, 0)}' for feed in names]
    return ("\n".join(lines) + "\n").encode()
