"""Who may listen to which topic, as which audience: the grant fixes the class."""

from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import Request
from starlette.routing import Route

from flow.domain.ids import WardId
from flow.domain.opening import Opened
from flow.domain.roles import Role
from flow.errors import Refused
from flow.views.bed_tile import Audience
from flow.web.app import stream_door
from flow.web.security.audience import allow, check_topics
from flow.web.security.principal import Principal, Way
from realtime.stream import Stream
from realtime.topics import KINDS


def request(principal: Principal | None, query: str = "") -> Request:
    return Request({"type": "http", "method": "GET", "path": "/", "query_string": query.encode(), "headers": [], "principal": principal})


def someone(role: Role, ward: Any = None, clinic: Any = None, audience: Audience | None = None, locked: bool = False) -> Principal:
    return Principal("x", Way.DEVICE, role, "x", b"x", ward, (clinic,) if clinic else (), audience, locked=locked)


def topics(*names: str) -> frozenset[Any]:
    """Stand-ins for the topics that realtime parses."""
    return frozenset(_Topic(*name.split(":")) for name in names)


class _Topic(SimpleNamespace):
    def __init__(self, kind: str, id_: str = "") -> None:
        super().__init__(kind=kind, id=id_)

    def __hash__(self) -> int:  # type: ignore[override]
        return hash((self.kind, self.id))


@pytest.mark.parametrize(
    ("principal", "names", "query", "audience"),
    [
        (someone(Role.ADMISSIONS), ["ward:4B", "desk"], "", Audience.STAFF),
        (someone(Role.ADMISSIONS), ["ward:4B"], "audience=public", Audience.PUBLIC),
        (someone(Role.NURSE, "4B"), ["ward:4B"], "", Audience.STAFF),
        (someone(Role.MANAGER), ["ward:4B", "desk"], "", Audience.WARD),
        (someone(Role.DISPLAY, "4B", audience=Audience.PUBLIC), ["ward:4B"], "", Audience.PUBLIC),
        (someone(Role.DISPLAY, "4B", audience=Audience.STAFF), ["ward:4B"], "audience=ward", Audience.WARD),
        (someone(Role.DISPLAY, None, "ENT", Audience.PUBLIC), ["opd:ENT"], "", Audience.PUBLIC),
        (someone(Role.DISPLAY, "ENT", audience=Audience.PUBLIC), ["opd:ENT"], "", Audience.PUBLIC),
        (someone(Role.OPD, "ENT"), ["opd:ENT"], "", Audience.STAFF),
        (someone(Role.HOUSEKEEPING), ["housekeeping"], "", Audience.WARD),
        (someone(Role.ADMISSIONS), ["house"], "", Audience.STAFF),
        (someone(Role.SUPERVISOR), ["house"], "", Audience.WARD),
        (someone(Role.DISPLAY, audience=Audience.STAFF), ["house"], "audience=staff", Audience.STAFF),
    ],
)
async def test_a_grant_is_heard(principal: Principal, names: list[str], query: str, audience: Audience) -> None:
    assert await allow(request(principal, query), topics(*names)) is audience


@pytest.mark.parametrize(
    ("principal", "names", "query"),
    [
        (None, ["ward:4B"], ""),
        (someone(Role.NURSE, "4B"), ["ward:4B", "ward:ICU"], ""),
        (someone(Role.DISPLAY, "4B", audience=Audience.PUBLIC), ["ward:ICU"], ""),
        (someone(Role.DISPLAY, "4B", audience=Audience.PUBLIC), ["ward:4B"], "audience=staff"),
        (someone(Role.DISPLAY, "4B", audience=Audience.PUBLIC), ["desk"], ""),
        (someone(Role.DISPLAY, "4B", audience=Audience.PUBLIC), ["opd:ENT"], ""),
        (someone(Role.OPD, "ENT"), ["opd:GM"], ""),
        (someone(Role.HOUSEKEEPING), ["desk"], ""),
        (someone(Role.HOUSEKEEPING, locked=True), ["housekeeping"], ""),
        (someone(Role.MANAGER), ["ward:4B"], "audience=staff"),
        (someone(Role.AUDITOR), ["ward:4B"], ""),
        (someone(Role.ADMISSIONS), ["ward:4B"], "audience=everybody"),
        (someone(Role.ADMISSIONS), ["secrets"], ""),
        (someone(Role.NURSE, "4B"), ["house"], ""),
        (someone(Role.MANAGER, "4B"), ["house"], ""),
        (someone(Role.DISPLAY, "4B", audience=Audience.STAFF), ["house"], ""),
        (someone(Role.DISPLAY, None, "ENT", Audience.PUBLIC), ["house"], ""),
    ],
)
async def test_what_is_not_granted_is_refused(principal: Principal | None, names: list[str], query: str) -> None:
    with pytest.raises(Refused) as refusal:
        await allow(request(principal, query), topics(*names))
    assert refusal.value.code == "forbidden"


class Streaming:
    """A stream that does not say what it is of."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...


class OfPatients(Streaming):
    """One that has got another kind of topic."""

    kinds = frozenset({*KINDS, "patients"})


def test_a_topic_without_a_right_stops_the_start() -> None:
    with pytest.raises(RuntimeError, match="topics of the stream have no permission: patients"):
        stream_door(Route("/api/v1/stream", OfPatients()))
    with pytest.raises(RuntimeError, match="does not say which kinds"):
        stream_door(Route("/api/v1/stream", Streaming()))
    check_topics(Stream.kinds)


async def test_what_is_open_for_a_reason_is_heard_of_its_ward_alone() -> None:
    until = datetime(2026, 11, 21, tzinfo=UTC)
    opened = replace(someone(Role.MANAGER), opened=Opened(1, WardId("4B"), until))
    assert await allow(request(opened), topics("ward:4B")) is Audience.STAFF
    assert await allow(request(opened), topics("ward:ICU")) is Audience.WARD
    assert await allow(request(opened), topics("ward:4B", "ward:ICU")) is Audience.WARD
    waiting = replace(opened, opened=Opened(1, None, until))
    assert await allow(request(waiting), topics("desk")) is Audience.WARD
