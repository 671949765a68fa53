"""Telling: what other systems want to hear of us, over MLLP. Each feed with an address has its own queue, follower and courier."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import timedelta

from adt_feed.outbound import Courier, Follower, House, mllp
from flow.desk import Actor
from flow.domain.cause import Origin
from flow.domain.commands import NoteNotice
from flow.domain.ids import BedId, RequestId
from flow.domain.outgoing import Waiting
from flow.domain.request import Notice
from flow.errors import Refused
from flow.history.outbox import Outbox
from flow.main.house import House as Opened

Run = Callable[[Awaitable[None]], None]


async def tell(opened: Opened, stack: AsyncExitStack, run: Run) -> None:
    """Start a follower and a courier for each feed that wants to hear of us; `run` keeps a task until the stack ends."""
    head, _ = await opened.log.head()
    hold = timedelta(seconds=opened.settings.undo_seconds)
    house = House(lambda: opened.desk.hospital, opened.log.after, opened.people.get, opened.clock.now, hold)
    for feed in opened.plan.feeds:
        if feed.outbound is None:
            continue
        queue = Outbox(opened.database, opened.vault, opened.clock, feed.id)
        send = await stack.enter_async_context(mllp(feed.outbound))
        courier = Courier(feed.id, queue, send, _note(opened, feed.id))
        follower = Follower(feed.id, house, queue, courier.wake)
        opened.desk.on_commit(follower.wake)
        run(follower.follow(await follower.begin(head)))
        run(courier.run())


def _note(opened: Opened, feed: str) -> Callable[[Waiting, bool], Awaitable[None]]:
    """Writes on the request that the HIS knows of its bed, or does not want to."""
    actor = Actor(f"outbound:{feed}", Origin.SYSTEM)

    async def note(waiting: Waiting, accepted: bool) -> None:
        request, slash, bed = waiting.subject.partition("/")
        if waiting.kind not in ("A14", "A15") or not slash:
            return
        try:
            await opened.desk.act(NoteNotice(RequestId(request), BedId(bed), Notice.SENT if accepted else Notice.REFUSED), actor)
        except Refused:
            return  # the request is over, or has another bed by now: this letter's answer says nothing of it

    return note
