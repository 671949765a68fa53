"""Phones that race each other and the front door for one bed: done once, kind words, and no work lost."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from flow.desk import Actor
from flow.domain.bed import BedStatus
from flow.domain.cleaning_commands import Tap, TapClean
from flow.domain.cleaning_job import End
from flow.domain.roles import Role
from flow.errors import Refused
from flow.history.clean_jobs import by_cleaner, times
from tests.integration.cleaning_house import BED, empty, job, phone
from tests.integration.test_desk import NURSE, admit
from tests.integration.test_signin import signed_in
from tests.integration.web_house import Web, web

__all__ = ["web"]


@pytest.fixture
async def admin(web: Web) -> httpx.AsyncClient:
    return await signed_in(web, "chief", Role.ADMIN)


async def test_two_phones_finish_one_bed_at_once_and_it_is_done_once(web: Web, admin: httpx.AsyncClient) -> None:
    await empty(web)
    meena, ravi = await phone(web, admin, "Meena"), await phone(web, admin, "Ravi")
    await meena.tap("start")
    answers = await asyncio.gather(meena.tap("done"), ravi.tap("done"))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    refusal = next(answer for answer in answers if answer.status_code == 409)
    assert "is clean already: a colleague was faster. Thank you, nothing is lost." in refusal.text
    assert web.core.desk.hospital.beds[BED].status is BedStatus.AVAILABLE
    now = web.core.clock.now() + timedelta(minutes=1)
    assert (await times(web.house.database, now - timedelta(hours=1), now)).done == 1


async def test_the_kind_words_are_in_the_phones_own_language(web: Web, admin: httpx.AsyncClient) -> None:
    await empty(web)
    meena = await phone(web, admin, "Meena")
    meena.client.cookies.set("lang", "hi", path="/housekeeping")
    await meena.tap("done")
    again = await meena.tap("done")
    assert again.status_code == 409 and "साफ़ हो चुका है" in again.text


async def test_a_patient_is_admitted_while_the_cleaner_taps_done(web: Web, admin: httpx.AsyncClient) -> None:
    await empty(web)
    meena = await phone(web, admin, "Meena")
    await meena.tap("start")
    tapped = web.core.clock.now()
    web.core.clock.advance(timedelta(minutes=1))
    number = job(web).id
    outcome, answer = await asyncio.gather(
        web.core.desk.act(admit("V2", BED, web.core.clock.now(), "p2"), NURSE),
        meena.tap("done", headers={"x-tapped-at": tapped.isoformat()}),
    )
    bed = web.core.desk.hospital.beds[BED]
    assert answer.status_code == 200 and outcome.seq > 0
    assert (bed.status, bed.visit, bed.cleaned_at, bed.discrepancy) == (BedStatus.OCCUPIED, "V2", tapped, None)
    assert bed.job is not None and (bed.job.id, bed.job.cleaned_at) == (number, tapped)


async def test_the_front_door_was_faster_and_the_clean_is_written_down(web: Web, admin: httpx.AsyncClient) -> None:
    await empty(web)
    meena = await phone(web, admin, "Meena")
    await meena.tap("start")
    number = job(web).id
    web.core.clock.advance(timedelta(minutes=1))
    await web.core.desk.act(admit("V2", BED, web.core.clock.now(), "p2"), NURSE)
    answer = await meena.tap("done", job=number)
    assert answer.status_code == 200
    assert "A patient lies in bed A1 already. Your clean is written down. Thank you." in answer.text
    assert job(web).end is End.OVERTAKEN and job(web).cleaned_at is not None
    now = web.core.clock.now() + timedelta(minutes=1)
    assert (await by_cleaner(web.house.database, now - timedelta(hours=1), now))[meena.cleaner.id].done == 1


@pytest.mark.parametrize(("said", "taken"), [(-2, True), (-13 * 60, False), (5, False)])
async def test_the_phones_time_counts_if_it_can_be_true(web: Web, admin: httpx.AsyncClient, said: int, taken: bool) -> None:
    await empty(web)
    meena = await phone(web, admin, "Meena")
    at = web.core.clock.now() + timedelta(minutes=said)
    await meena.tap("start", headers={"x-tapped-at": at.isoformat()})
    assert (job(web).started_at == at) is taken


async def test_twenty_phones_finish_one_bed_and_one_does(web: Web) -> None:
    await empty(web)
    asked = [TapClean(BED, Tap.DONE, f"cleaner-{n}", job=job(web).id) for n in range(20)]
    answers = await asyncio.gather(*(web.core.desk.act(each, Actor(f"phone-{n}")) for n, each in enumerate(asked)), return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert len(refused) == 19 and {refusal.code for refusal in refused} == {"already-clean"}
    assert job(web).end is End.DONE
