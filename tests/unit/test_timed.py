"""Jobs by the clock, when the process stops: what is in hand ends, what takes too long is cut off, and nobody reads a traceback."""

import asyncio

import pytest

from flow import timed
from flow.errors import Unavailable
from flow.timed import Timed


async def test_a_job_in_hand_is_not_left_half_done(caplog: pytest.LogCaptureFixture) -> None:
    begun, go_on, done = asyncio.Event(), asyncio.Event(), []

    async def job() -> None:
        begun.set()
        await go_on.wait()
        done.append("whole")

    jobs = Timed("jobs.wait")
    jobs.every(3600, job, first=0)
    async with jobs.running():
        await begun.wait()
        asyncio.get_running_loop().call_later(0.01, go_on.set)
    assert done == ["whole"]
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def test_a_job_that_takes_too_long_is_cut_off_quietly(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timed, "PATIENCE", 0.01)
    begun, undone = asyncio.Event(), []

    async def job() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            undone.append("rolled back")

    jobs = Timed("jobs.wait")
    jobs.every(3600, job, first=0)
    async with jobs.running():
        await begun.wait()
    assert undone == ["rolled back"], "before the stores are closed"
    await asyncio.sleep(0)
    assert not [record for record in caplog.records if record.levelname == "ERROR"], caplog.text


async def test_what_is_due_as_it_stops_does_not_begin(caplog: pytest.LogCaptureFixture) -> None:
    ran: list[str] = []

    async def job() -> None:
        ran.append("late")

    jobs = Timed("jobs.wait")
    jobs.every(3600, job, first=0)
    async with jobs.running():
        jobs._scheduler._process_jobs()
    await asyncio.sleep(0)
    assert not ran
    assert not [record for record in caplog.records if record.levelname == "ERROR"], caplog.text


async def test_a_database_that_is_away_is_one_line(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    ran = asyncio.Event()

    async def job() -> None:
        ran.set()
        raise Unavailable("gone for lunch")

    jobs = Timed("jobs.wait")
    jobs.every(3600, job, first=0)
    async with jobs.running():
        await ran.wait()
    said = "".join(capsys.readouterr())
    assert "jobs.wait" in said and "gone for lunch" in said
    assert not [record for record in caplog.records if record.levelname == "ERROR"], caplog.text
