"""Who may listen to which topics of the stream, and as which audience: the grant fixes the class, a request may only lower it.

Handed to realtime by the composition root, which asks again while a stream is open.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, Protocol

from starlette.requests import Request

from flow.domain.roles import May, Reach
from flow.errors import Refused
from flow.views.bed_tile import Audience
from flow.web.security.principal import Principal, anybody


class TopicLike(Protocol):
    """`kind` ward | opd | house | cleaning | desk | housekeeping; `id` the ward's or clinic's."""

    @property
    def kind(self) -> str: ...
    @property
    def id(self) -> str: ...


Allow = Callable[[Request, frozenset[Any]], Awaitable[Audience]]

RIGHTS: Mapping[str, May] = {
    "ward": May.BEDS,
    "house": May.COMMAND,
    "cleaning": May.DIRTY_WALL,
    "opd": May.QUEUE,
    "desk": May.WAITING,
    "housekeeping": May.JOBS,
    "discharges": May.DISCHARGES,
    "transports": May.TRANSPORTS,
}
"""What somebody must be allowed to, to listen to a kind of topic: a kind that stands not here stops the start (`check_topics`)."""
ORDER = (Audience.PUBLIC, Audience.WARD, Audience.STAFF)
"""From what anybody may see to what staff may."""


def check_topics(kinds: Collection[str]) -> None:
    """Raises RuntimeError for a stream that does not say what it is of, and for a kind of topic without a right."""
    if not kinds:
        raise RuntimeError("the stream does not say which kinds of topics it has, so that none has a permission")
    if without := sorted(set(kinds) - RIGHTS.keys()):
        raise RuntimeError(f"topics of the stream have no permission: {', '.join(without)}")


async def allow(request: Request, topics: frozenset[TopicLike]) -> Audience:
    """The audience as which this request may listen to all of the topics. Raises Refused `forbidden` where one has no grant; else who
    watches over the stream is told what it is of."""
    principal = anybody(request)
    if principal is None or principal.locked:
        raise Refused("Sign in first.", code="forbidden")
    for topic in topics:
        right = RIGHTS.get(topic.kind)
        if right is None or not principal.may(right, topic.id or None) or _is_closed(principal, topic):
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


def sees_cleaning(principal: Principal, ward: str | None, audience: Audience | None = None) -> bool:
    """Whether the housekeeping board of a ward (None: of the house) is for these eyes, in this class: no public screen shows it."""
    if principal.audience is Audience.PUBLIC or not principal.may(May.DIRTY_WALL, ward):
        return False
    whole = ward is not None or principal.only_ward(May.DIRTY_WALL) is None
    return whole and (audience is None or ORDER.index(audience) <= ORDER.index(highest_audience(principal, ward or "")))


def _is_closed(principal: Principal, topic: TopicLike) -> bool:
    """Boards ask for more than a right."""
    if topic.kind == "house":
        return not sees_house(principal)
    return topic.kind == "cleaning" and not sees_cleaning(principal, topic.id or None)


def highest_audience(principal: Principal, ward: str) -> Audience:
    """The most that somebody may be shown of a ward: a display what its grant says, people with names everything while they have them."""
    if principal.audience is not None:
        return principal.audience
    names = principal.reach(May.NAMES)
    full = names is Reach.ALL or (names is Reach.WARD and ward == principal.ward) or principal.has_open(ward)
    return Audience.STAFF if full else Audience.WARD


def _asked(request: Request, highest: Audience) -> Audience:
    """`?audience=`, or the highest; Refused when it asks for more than the grant."""
    text = request.query_params.get("audience")
    if text is None:
        return highest
    if text not in list(Audience) or ORDER.index(Audience(text)) > ORDER.index(highest):
        raise Refused("This sign-in may not see that much.", code="forbidden")
    return Audience(text)
