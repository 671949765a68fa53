"""Erasing in the background: cut off between its steps it is taken up again, what fails says why, and each end is on record."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from flow.domain.roles import Role
from flow.erasing_work import LEFT, ErasingWork
from flow.errors import Unavailable
from flow.history.erasure_work import State, What, Work
from flow.history.legal_holds import LegalHolds
from tests.integration.feed_house import signed_in
from tests.integration.test_desk import DESK, NOW
from tests.integration.test_erasure import WHY, fed, lived
from tests.integration.web_house import Web

__all__ = ["fed"]
PAGE = "/admin/erasures"


async def stands(web: Web, number: int, what: What) -> Work:
    """How far it is."""
    return (await web.house.erasing_work.work.all())[number, what]


async def after_a_restart(web: Web) -> ErasingWork:
    """Another process, which knows only what is stored."""
    return ErasingWork(web.house.database, web.house.erasing)


async def cut_off(web: Web, at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the work until it comes to a step, and cancel it there, as a process that is ended."""
    reached = asyncio.Event()

    async def here(*_: Any) -> None:
        reached.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as patch:
        patch.setattr(web.house.erasing.erasures, at, here)
        running = asyncio.create_task(web.house.erasing_work.run())
        await asyncio.wait_for(reached.wait(), 20)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_what_was_cut_off_is_taken_up_again_by_the_next_process(fed: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    patient = await lived(fed)
    fed.core.clock.advance(timedelta(seconds=1))
    admin, token = await signed_in(fed, "chief", Role.ADMIN)
    said = {"csrf": token, "patient": patient, "reason": "ASKED", "asked_by": "PERSON", "sure": "yes"}
    assert (await admin.post(PAGE, data=said)).status_code == 303
    await cut_off(fed, "_shred", monkeypatch)
    assert (await stands(fed, 1, What.ERASE)).state is State.RUNNING
    assert "Under way" in (await admin.get(PAGE)).text
    assert len(await fed.house.erasing.erasures.details([patient])) == 1, "nothing or all"
    later = await after_a_restart(fed)
    assert await later.step() and not await later.step()
    assert (await stands(fed, 1, What.ERASE)).state is State.DONE
    assert "2 person records" in (await admin.get(PAGE)).text
    await admin.post(f"{PAGE}/1/verify", data={"csrf": token})
    await cut_off(fed, "verify", monkeypatch)
    assert "under way since" in (await admin.get(PAGE)).text
    await admin.post(f"{PAGE}/1/verify", data={"csrf": token})
    assert (await stands(fed, 1, What.VERIFY)).state is State.RUNNING, "who asks again changes nothing"
    assert await later.step() and not await later.step()
    assert "nothing was found" in (await admin.get(PAGE)).text
    rows = await fed.house.database.pool.fetch("select view, actor, detail::text from audit where view like 'erasure %' order by id")
    assert [(row["view"], row["actor"]) for row in rows] == [("erasure carried out", "chief"), ("erasure verified", "chief")]
    done = await fed.house.erasing.erasures.one(1)
    assert done is not None and done.proof is not None and done.proof.hex() in rows[0]["detail"]


async def test_an_erasure_whose_process_was_killed_before_it_could_ask_is_found(fed: Web) -> None:
    patient = await lived(fed)
    number = await fed.house.erasing.begin(patient, WHY, DESK)
    running = asyncio.create_task(fed.house.erasing_work.run())
    fed.core.clock.advance(LEFT + timedelta(seconds=1))
    fed.house.erasing_work._asked.set()
    async with asyncio.timeout(20):
        while (found := await fed.house.erasing.erasures.one(number)) is None or found.done_at is None:
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert found.proof is not None and found.patients


async def test_what_failed_says_why_and_is_asked_for_again(fed: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    patient = await lived(fed)
    admin, token = await signed_in(fed, "chief", Role.ADMIN)
    number = await fed.house.erasing.begin(patient, WHY, DESK)
    holds = LegalHolds(fed.house.database)
    hold = await holds.hold_patient(patient, "court", "court", "chief", NOW)
    for finish in ("1", "99"):
        assert (await admin.post(f"{PAGE}/{finish}/finish", data={"csrf": token})).status_code == (303 if finish == "1" else 404)
    assert (await admin.post(f"{PAGE}/1/verify", data={"csrf": token})).status_code == 404, "not finished"
    assert await fed.house.erasing_work.step()
    page = (await admin.get(PAGE)).text
    assert "Why: It was begun, and now there is a legal hold" in page and "Finish</button>" in page
    await holds.lift(hold, "over", "chief", NOW)
    await fed.house.erasing_work.ask(number, What.ERASE, "chief")
    assert await fed.house.erasing_work.step()

    async def away(*_: Any) -> None:
        raise Unavailable("PostgreSQL is away; try again.")

    async def broken(*_: Any) -> None:
        raise LookupError("Canarita")

    await fed.house.erasing_work.ask(number, What.VERIFY, "chief")
    with monkeypatch.context() as patch:
        patch.setattr(fed.house.erasing, "verify", away)
        with pytest.raises(Unavailable):
            await fed.house.erasing_work.step()
    assert (await stands(fed, number, What.VERIFY)).state is State.RUNNING, "what is away comes back"
    with monkeypatch.context() as patch:
        patch.setattr(fed.house.erasing, "verify", broken)
        assert await fed.house.erasing_work.step()
    page = (await admin.get(PAGE)).text
    assert "it failed: It broke off (LookupError)" in page and "Canarita" not in page and "Verify</button>" in page


async def test_one_process_at_a_time_is_at_it(fed: Web) -> None:
    patient = await lived(fed)
    number = await fed.house.erasing.begin(patient, WHY, DESK)
    await fed.house.erasing_work.ask(number, What.ERASE, "chief")
    other = await after_a_restart(fed)
    async with fed.house.erasing_work.work.alone() as alone:
        assert alone and not await other.step()
    assert await other.step()
