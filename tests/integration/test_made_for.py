"""A demo's made-up patients and public sign-ins never come into a database that serves a hospital, or may; who serves a demo's is told."""

import asyncio
import re
import signal
from collections.abc import Coroutine
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from flow.cli import demo
from flow.clock import FixedClock
from flow.domain.bed import BedStatus, OutOfUse
from flow.domain.commands import SetBedStatus
from flow.domain.roles import Role
from flow.errors import Misconfigured
from flow.history import migrate as migrating
from flow.history.made_for import MadeFor, Purpose
from flow.history.migrate import migrate
from flow.history.pool import Database
from flow.key_ring import KEY_FILE
from flow.main.purpose import SIGN_INS, for_demo, for_hospital, is_made_up
from tests.acceptance.house import free_port
from tests.integration.test_desk import BED, NOW, NURSE
from tests.integration.test_reseal import bedflow
from tests.integration.test_signin import signed_in
from tests.integration.web_house import Web, make_web, web
from tests.plans import small_plan

__all__ = ["web"]
PLAN = small_plan()
LIVE = "insert into made_for values ('city-general', 'live', now())"
ENTRY = "insert into log values ('city-general', 7, 'x', 'x', 'x', now(), now(), 'person', 'a', null, null, '{}')"
ACCOUNT = "insert into account (hospital, id, name, role, password, created_at) values ('city-general', 'a', 'A', 'nurse', 'x', now())"


def opened(database: Database, folder: Path, *, demo: bool = False, elsewhere: str | None = None) -> Any:
    """What the commands hold: an open house with nothing running."""
    said = SimpleNamespace(demo=demo, data_dir=folder, database_url=elsewhere)
    return SimpleNamespace(database=database, plan=PLAN, clock=FixedClock(NOW), settings=said)


async def schema(database: Database) -> list[tuple[object, ...]]:
    """Every table and column there, and what was migrated."""
    rows = await database.pool.fetch(
        "select table_schema, table_name, column_name from information_schema.columns"
        " where table_schema not in ('pg_catalog', 'information_schema') order by 1, 2, 3"
    )
    there = await database.pool.fetchval("select to_regclass('migration') is not null")
    done = await database.pool.fetch("select name, applied_at, '' from migration order by 1") if there else []
    return [tuple(row) for row in (*rows, *done)]


async def settle(web: Web) -> None:
    """An entry of the log."""
    await web.core.desk.act(SetBedStatus(BED, BedStatus.MAINTENANCE, reason=OutOfUse.REPAIR), NURSE)


async def test_a_demo_begins_with_an_empty_database_and_goes_on_with_its_own(database: Database, tmp_path: Path) -> None:
    house = opened(database, tmp_path, demo=True)
    await for_demo(house)
    assert await MadeFor(database).said() == (Purpose.DEMO, NOW)
    for told in (ENTRY, ACCOUNT):
        await database.pool.execute(told.replace("city-general", database.hospital))
    await for_demo(house)
    assert not await is_made_up(house), "the demo itself needs no warning"


async def test_a_demo_refuses_a_hospitals_database_and_a_history_it_did_not_begin(web: Web, tmp_path: Path) -> None:
    house = opened(web.core.database, tmp_path, demo=True)
    await settle(web)
    with pytest.raises(Misconfigured, match="that no demo began") as refused:
        await for_demo(house)
    assert refused.value.code == "live-database" and await MadeFor(house.database).said() is None
    await for_hospital(house)
    with pytest.raises(Misconfigured, match="serves Test Hospital since 2026-11-21") as refused:
        await for_demo(house)
    assert "BEDFLOW_DATA_DIR" in refused.value.reason and str(tmp_path) in refused.value.reason
    assert await MadeFor(house.database).said() == (Purpose.LIVE, NOW)


async def test_no_demo_is_played_beside_another_hospital(database: Database, tmp_path: Path) -> None:
    await database.pool.execute(LIVE)
    with pytest.raises(Misconfigured, match=r"serves a hospital \(city-general\)"):
        await for_demo(opened(database, tmp_path, demo=True))


async def test_a_demo_of_before_such_marks_is_known_by_its_sign_ins(web: Web, tmp_path: Path) -> None:
    await settle(web)
    (tmp_path / SIGN_INS).write_text("{}")
    with pytest.raises(Misconfigured, match=r"DATABASE_URL \(postgresql://u:\*\*\*\*@hospital\)"):
        await for_demo(opened(web.core.database, tmp_path, elsewhere="postgresql://u:secret@hospital"))
    await for_demo(opened(web.core.database, tmp_path, demo=True))
    assert await is_made_up(opened(web.core.database, tmp_path))


@pytest.mark.parametrize(
    ("upto", "there", "why"),
    [
        ("0187", LIVE, "serves City General"),
        ("0185", ENTRY, "holds a history .7 entries. that no demo began"),
        ("0185", ACCOUNT, "has accounts"),
        ("", "create table patient (name text)", "holds 1 tables that are not Bedflow's"),
    ],
)
async def test_nothing_is_changed_in_a_database_that_a_demo_refuses(
    dsn: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, upto: str, there: str, why: str
) -> None:
    old = await of_before(dsn, monkeypatch, upto, there)
    before = await schema(old)
    _set(monkeypatch, dsn, redis_url, tmp_path)
    ran = await bedflow("history", "make", "--days", "1")
    assert ran.exit_code != 0 and isinstance(ran.exception, Misconfigured), ran.output
    assert ran.exception.code == "live-database" and re.search(why, ran.exception.reason)
    assert "Nothing was changed in it. Give the demo a place of its own" in ran.exception.reason
    assert await schema(old) == before and not (tmp_path / KEY_FILE).exists()
    await old.close()


async def test_the_demo_itself_looks_before_it_migrates(dsn: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = await of_before(dsn, monkeypatch, "0187", LIVE)
    before, begun = await schema(old), list[Coroutine[Any, Any, None]]()
    _set(monkeypatch, dsn, redis_url, tmp_path, BEDFLOW_HTTP=f"127.0.0.1:{free_port()}", BEDFLOW_MLLP=f"127.0.0.1:{free_port()}")
    monkeypatch.setattr(demo, "run", begun.append)
    demo.demo()
    with pytest.raises(Misconfigured, match="serves City General"):
        await begun[0]
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().remove_signal_handler(number)
    assert await schema(old) == before
    await old.close()


async def of_before(dsn: str, monkeypatch: pytest.MonkeyPatch, upto: str, there: str) -> Database:
    """A database as an older version left it, with something in it."""
    old = await Database.connect(dsn, "city-general", size=1)
    await old.pool.execute("drop schema public cascade; create schema public")
    if upto:
        with monkeypatch.context() as then:
            files = [path for path in migrating.migrations() if path.stem[:4] <= upto]
            then.setattr(migrating, "migrations", lambda: files)
            await migrate(old)
    await old.pool.execute(there)
    return old


def _set(monkeypatch: pytest.MonkeyPatch, dsn: str, redis_url: str, folder: Path, **more: str) -> None:
    for name, value in {"BEDFLOW_DATA_DIR": str(folder), "DATABASE_URL": dsn, "REDIS_URL": redis_url, **more}.items():
        monkeypatch.setenv(name, value)


async def test_a_demos_database_served_as_a_hospitals_says_so_on_every_page(
    web: Web, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    house = opened(web.core.database, tmp_path)
    await MadeFor(house.database).say(Purpose.DEMO, NOW)
    await for_hospital(house)
    assert "demo.database" in "".join(capfd.readouterr()) and await is_made_up(house)
    plain = await signed_in(web, "asha", Role.MANAGER)
    made_up = make_web(web.core, web.stack, tmp_path, made_up=True)
    told = await signed_in(made_up, "ravi", Role.MANAGER)
    for path in ("/", "/admissions", "/manager", "/displays/staff/command-centre"):
        assert "Made-up patients" not in (await plain.get(path)).text, path
        assert "Made-up patients" in (await told.get(path)).text, path
