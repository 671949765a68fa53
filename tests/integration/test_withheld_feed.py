"""Names withheld by a feed's word: set and taken back by letters, over a merge, and screens drawn anew at once in whichever process."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from flow.domain.ids import PatientId
from flow.domain.person import WITHHELD
from flow.domain.roles import Role
from flow.main.withholding import Withholding, draw_anew
from flow.state.client import connect
from flow.state.redraws import Redraws
from flow.views.bed_tile import Audience
from realtime.hub import Hub
from realtime.topics import Topic
from tests.integration.feed_house import Came, fed, send, stay
from tests.integration.test_desk import _stop
from tests.integration.web_house import Web

__all__ = ["fed"]
ANEW = b"event: bed-changed"


def with_pd1(letter: Came, said: str) -> Came:
    """The letter with PD1-12."""
    return replace(letter, raw=letter.raw + b"\rPD1|" + b"|" * 11 + said.encode(), control_id=f"{letter.control_id}-{said}")


def told(letter: Came, number: int) -> Came:
    """Under a control id of its own."""
    return replace(letter, raw=letter.raw.replace(b"|C1|", f"|C1-{number}|".encode()), control_id=f"C1-{number}")


async def name_for(web: Web, role: Role) -> str:
    caller = await web.as_role(role)
    return str((await caller.get("/api/v1/visits/V1")).json()["person"]["name"])


async def test_a_letter_withholds_a_name_and_another_gives_it_back(fed: Web) -> None:
    await send(fed, stay(1, "4B^A^1"))
    assert await name_for(fed, Role.MANAGER) == "C••• C•••"
    for number, (trigger, said, shown) in enumerate(
        [("A08", "Y", WITHHELD), ("A08", "", WITHHELD), ("A31", '""', "C••• C•••"), ("A31", "Y", WITHHELD), ("A08", "N", "C••• C•••")]
    ):
        letter = stay(1, "4B^A^1", trigger, minute=number + 1)
        await send(fed, told(with_pd1(letter, said) if said else letter, number))
        assert await name_for(fed, Role.MANAGER) == shown, (number, trigger, said)
        assert await name_for(fed, Role.ADMISSIONS) == "Canaria Canarita"


async def test_who_is_withheld_under_one_number_is_so_under_the_other(fed: Web) -> None:
    await send(fed, stay(1, "4B^A^1"), told(with_pd1(stay(1, "4B^A^1", "A31", minute=1), "Y"), 1))
    merge = stay(1, "", "A40", mrn="CANARYMRN77", minute=2)
    await send(fed, told(replace(merge, raw=merge.raw.split(b"\rNK1")[0] + b"\rMRG|CANARYMRN1^^^H^MR"), 2))
    assert await name_for(fed, Role.MANAGER) == WITHHELD
    survivor = fed.house.desk.hospital.survivor(fed.house.people.pseudonym("CANARYMRN1"))
    assert survivor == fed.house.people.pseudonym("CANARYMRN77")


@pytest.fixture
async def redrawn(fed: Web, redis_url: str) -> AsyncIterator[Callable[[], bytes]]:
    """A nurse's page beside the house, in a process of its own as far as Redis knows; what its stream has said since it was last asked."""
    core = fed.core
    async with AsyncExitStack() as stack:
        redis, hub = connect(redis_url), Hub(core.live, core.desk.plan)
        stack.push_async_callback(redis.aclose)
        redraws = Redraws(redis, core.desk.plan.id)
        withholding = Withholding(core.desk.people, redraws)
        core.desk.on_commit(withholding.committed)
        for work in (withholding.run(), redraws.follow(lambda: draw_anew(hub))):
            stack.push_async_callback(_stop, asyncio.create_task(work))
        page = hub.join(frozenset({Topic("ward", "4B")}), Audience.STAFF)
        async with asyncio.timeout(5):
            while ANEW not in page.taken()[0]:  # whoever follows has begun to
                await redraws.ask()
                await asyncio.sleep(0.02)
        yield lambda: page.taken()[0]


async def test_screens_are_drawn_anew_when_a_guard_changes_and_then_alone(fed: Web, redrawn: Callable[[], bytes]) -> None:
    await send(fed, stay(1, "4B^A^1"))
    patient = PatientId(fed.house.people.pseudonym("CANARYMRN1"))
    redrawn()
    for number, (said, anew) in enumerate([("Y", True), ("Y", False), ("N", True), ("N", False)]):
        await send(fed, told(with_pd1(stay(1, "4B^A^1", "A31", minute=number + 1), said), number))
        if anew:
            async with asyncio.timeout(5):
                while ANEW not in (heard := redrawn()):
                    await asyncio.sleep(0.01)
            assert patient.encode() not in heard and b"canar" not in heard.lower()
        else:
            assert not fed.core.desk.people.guards_changed
            assert ANEW not in redrawn()
