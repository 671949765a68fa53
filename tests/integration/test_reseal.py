"""A key is changed: everything sealed anew beside whoever writes, killed and begun again, and the old key dropped."""

import asyncio
import json
import random
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from flow import crash
from flow.cli import app
from flow.history import reseal
from flow.history.people import People
from flow.history.pool import Database
from flow.history.reseal import INDEX, Reseal, bearing
from flow.history.sealed import SEALED
from flow.key_ring import KEY_FILE, Key, Ring, lay_ring, read_ring
from flow.vault import Tampered, Vault, open_vault
from tests.integration.sealed_rows import NOW, fill, lay_letters, letter, opened, person

ONE, TWO = bytes(32), b"\x02" * 32
OLD, BOTH, NEW = Vault({1: ONE}, 1), Vault({1: ONE, 2: TWO}, 2), Ring({1: Key(ONE), 2: Key(TWO)}).without(1)
KILLS = ("reseal-batch-written:1", "reseal-batch-written:4", "reseal-batch-committed:2", "reseal-batch-committed:6")


def nobody(*_: object) -> None:
    """Progress that nobody watches."""


def vault_of(folder: Path, ring: Ring) -> Vault:
    folder.mkdir(exist_ok=True)
    lay_ring(folder / KEY_FILE, ring)
    return open_vault(folder)


async def test_every_sealed_column_is_sealed_anew_and_opens_without_the_old_key(database: Database, tmp_path: Path) -> None:
    await fill(database, OLD)
    before = await opened(database, OLD)
    assert all(before[one.name] for one in SEALED), "every table has a row"
    done = await Reseal(database, BOTH).run(nobody)
    assert {one.name for one in done if one.rows} == {one.name for one in SEALED} and not any(one.spoilt for one in done)
    counts = await Reseal(database, BOTH).counts()
    assert bearing(counts, 1) == {} and set(bearing(counts, 2)) == {*(one.name for one in SEALED), INDEX}
    assert await opened(database, vault_of(tmp_path / "new", NEW)) == before
    with pytest.raises(Tampered):
        await opened(database, OLD)


async def test_a_value_that_no_key_opens_is_told_and_stays_as_it_is(database: Database) -> None:
    await fill(database, OLD)
    await database.pool.execute("update person set sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1) where patient = 'p0001'")
    spoilt = await database.pool.fetchval("select sealed from person where patient = 'p0001'")
    done = {one.name: one for one in await Reseal(database, BOTH).run(nobody)}
    assert (done["person.sealed"].rows, done["person.sealed"].spoilt) == (2, 1)
    assert await database.pool.fetchval("select sealed from person where patient = 'p0001'") == spoilt
    assert bearing(await Reseal(database, BOTH).counts(), 1) == {"person.sealed": 1, INDEX: 1}


async def test_rows_that_somebody_holds_are_not_waited_for(database: Database, dsn: str) -> None:
    await fill(database, OLD)
    desk = await Database.connect(dsn, "test", size=1)
    async with desk.write() as held:
        await held.execute("select from letter order by id limit 1 for update")
        done = {one.name: one for one in await asyncio.wait_for(Reseal(database, BOTH).run(nobody), 20)}
    await desk.close()
    assert done["letter.body"].rows == 2
    assert {one.name: one.rows for one in await Reseal(database, BOTH).run(nobody) if one.rows} == {"letter.body": 1}


class Stop(Exception):
    """A kill, for a test in one process."""


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_is_written_and_wherever_it_stops_all_open_and_everybody_is_found(
    database: Database, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Writers with the old key and with both, and stops at any point, in any order."""
    dice = random.Random(seed)
    monkeypatch.setattr(reseal, "BATCH", dice.randint(1, 4))
    numbers: list[int] = []
    for step in range(8):
        writer = dice.choice([OLD, BOTH])
        numbers.append(len(numbers))
        await People(database, writer).put([person(len(numbers) - 1), person(dice.choice(numbers))], NOW)
        await lay_letters(database, writer, letter(step))
        left = dice.randint(1, 6)

        def passing(_point: str) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise Stop

        monkeypatch.setattr(crash, "here", passing if dice.random() < 0.7 else nobody)
        try:
            await Reseal(database, BOTH).run(nobody)
        except Stop:
            pass
        monkeypatch.setattr(crash, "here", nobody)
        people = People(database, BOTH)
        assert [await people.find_abha(f"00{number:012}") for number in numbers] == [person(number).patient for number in numbers]
        assert len((await opened(database, BOTH))["letter.body"]) == step + 1
    await Reseal(database, BOTH).run(nobody)
    assert bearing(await Reseal(database, BOTH).counts(), 1) == {}


async def test_an_older_digest_that_names_somebody_else_keeps_the_number(database: Database) -> None:
    """Two records with one ABHA number: the newest word counted, and still does."""
    first, second = person(1), person(2)
    people = People(database, OLD)
    await people.put([first], NOW)
    await people.put([type(first)(second.patient, second.name, second.mrn, second.birth_date, "F", first.identifiers)], NOW)
    assert await people.find_abha(f"00{1:012}") == second.patient
    await Reseal(database, BOTH).run(nobody)
    assert await People(database, BOTH).find_abha(f"00{1:012}") == second.patient


@pytest.mark.parametrize("point", KILLS)
async def test_a_kill_loses_nothing_and_the_next_run_completes_it(database: Database, dsn: str, tmp_path: Path, point: str) -> None:
    await fill(database, OLD, persons=8)
    before = await opened(database, OLD)
    lay_ring(tmp_path / KEY_FILE, Ring({1: Key(ONE), 2: Key(TWO)}))
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.integration.reseal_child", dsn, str(tmp_path), point, stderr=asyncio.subprocess.PIPE
    )
    _, said = await child.communicate()
    assert child.returncode == -signal.SIGKILL, said
    assert await opened(database, BOTH) == before
    left = bearing(await Reseal(database, BOTH).counts(), 1)
    assert left, "it was killed on the way"
    await Reseal(database, BOTH).run(nobody)
    assert await opened(database, vault_of(tmp_path / "new", NEW)) == before


async def bedflow(*words: str) -> Any:
    """A command in this process: its exit code, what it printed, what it complained of."""
    return await asyncio.to_thread(CliRunner().invoke, app, list(words))


async def test_from_the_command_line_a_key_is_added_taken_up_and_dropped(
    dsn: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"BEDFLOW_DATA_DIR": str(tmp_path), "DATABASE_URL": dsn, "REDIS_URL": redis_url}.items():
        monkeypatch.setenv(name, value)
    path = tmp_path / KEY_FILE
    added = await bedflow("key", "add", "--json")
    assert json.loads(added.stdout) == {"key": 2} and path.stat().st_mode & 0o777 == 0o600, added.output
    database = await Database.connect(dsn, "city-general", size=2)
    await People(database, Vault({1: read_ring(path).keys[1].secret}, 1)).put([person(1)], NOW)
    rows = {"person.sealed": 1, INDEX: 1}
    listed = json.loads((await bedflow("key", "list", "--json")).stdout)
    assert [(each["key"], each["seals"], each["rows"]) for each in listed["keys"]] == [(1, False, rows), (2, True, {})]
    early = await bedflow("key", "drop", "1", "--yes")
    assert early.exit_code == 1 and "still bear key 1" in str(early.exception)
    resealed = await bedflow("key", "reseal", "--json")
    assert resealed.exit_code == 0 and json.loads(resealed.stdout)["left"] == {}
    young = await bedflow("key", "drop", "1", "--yes")
    assert "less than a minute old" in str(young.exception)
    ring = read_ring(path)
    lay_ring(path, Ring({**ring.keys, 2: Key(ring.keys[2].secret, datetime.now(UTC) - timedelta(minutes=2))}))
    refused = await asyncio.to_thread(CliRunner().invoke, app, ["key", "drop", "1"], input="n\n")
    assert refused.exit_code == 1 and list(read_ring(path).keys) == [1, 2]
    assert "open with key 1 alone" in refused.output
    dropped = await bedflow("key", "drop", "1", "--yes", "--json")
    assert dropped.exit_code == 0 and list(read_ring(path).keys) == [2], dropped.output
    assert (await People(database, open_vault(tmp_path)).get([person(1).patient]))[person(1).patient].name == "Name 1"
    deeds = await database.pool.fetch("select view, detail->>'key' as key from audit order by id")
    assert [tuple(row) for row in deeds] == [
        ("bedflow key add", "2"),
        ("bedflow key reseal", "2"),
        ("bedflow key resealed", "2"),
        ("bedflow key drop", "1"),
    ]
    await database.close()
