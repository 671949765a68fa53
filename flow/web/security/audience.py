"""Who may listen to which topics of the stream, and as which audience: the grant fixes the class, a request may only lower it.

Handed to realtime by the composition root, which asks again while a stream is open.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from starlette.requests import Request

from flow.domain.roles import May, Reach
from flow.errors import Refused
from flow.views.bed_tile import Audience
from flow.web.security.principal import Principal, anybody


class TopicLike(Protocol):
    """`kind` ward | opd | desk | housekeeping; `id` the ward's or clinic's."""

    @property
    def kind(self) -> str: ...
    @property
    def id(self) -> str: ...


Allow = Callable[[Request, frozenset[Any]], Awaitable[Audience]]

_RIGHT = {
    "ward": May.BEDS,
    "house": May.COMMAND,
    "opd": May.QUEUE,
    "desk": May.WAITING,
    "housekeeping": May.JOBS,
    "discharges": May.DISCHARGES,
    "transports": May.TRANSPORTS,
}
ORDER = (Audience.PUBLIC, Audience.WARD, Audience.STAFF)
"""From what anybody may see to what staff may."""


async def allow(request: Request, topics: frozenset[TopicLike]) -> Audience:
    """The audience as which this request may listen to all of the topics. Raises Refused `forbidden` where one has no grant; else who
    watches over the stream is told what it is of."""
    principal = anybody(request)
    if principal is None or principal.locked:
        raise Refused("Sign in first.", code="forbidden")
    for topic in topics:
        right = _RIGHT.get(topic.kind)
        if right is None or not principal.may(right, topic.id or None) or (topic.kind == "house" and not sees_house(principal)):
            raise Refused("This sign-in may not listen to that.", code="forbidden")
    highest = min((highest_audience(principal, topic.id) for topic in topics), key=ORDER.index)
    audience = _asked(request, highest)
    if "listens" in request.scope:
        request.scope["listens"](",".join(sorted(str(topic) for topic in topics)), audience)
    return audience


def sees_house(principal: Principal) -> bool:
    """Whether the command centre is for these eyes: somebody of the whole house, or a staff display that is bound to no ward."""
    whole = principal.may(May.COMMAND) and principal.only_ward(May.COMMAND) is None
    return whole and principal.audience in (None, Audience.STAFF)


def highest_audience(principal: Principal, ward: str) -> Audience:
    """The most that somebody may be shown of a ward: a display what its grant says, people with names everything."""
    if principal.audience is not None:
        return principal.audience
    names = principal.reach(May.NAMES)
    full = names is Reach.ALL or (names is Reach.WARD and ward == principal.ward)
    return Audience.STAFF if full else Audience.WARD


def _asked(request: Request, highest: Audience) -> Audience:
    """`?audience=`, or the highest; Refused when it asks for more than the grant."""
    text = request.query_params.get("audience")
    if text is None:
        return highest
    if text not in list(Audience) or ORDER.index(Audience(text)) > ORDER.index(highest):
        raise Refused("This sign-in may not see that much.", code="forbidden")
    return Audience(text)
