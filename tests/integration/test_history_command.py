"""`bedflow history make`: a day in an empty database, with its figures kept; nothing beside a history that is there."""

import asyncio
import os
import sys
from pathlib import Path

from flow.history.pool import Database


async def bedflow(environ: dict[str, str], *words: str) -> tuple[int, str]:
    """A command's exit code, and what it said."""
    pipe = asyncio.subprocess.PIPE
    asked = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "flow", *words, env={**os.environ, **environ, "COLUMNS": "300"}, stdout=pipe, stderr=pipe
    )
    told, complained = await asked.communicate()
    assert asked.returncode is not None
    return asked.returncode, (told + complained).decode()


async def test_a_day_is_made_up_once_with_its_figures(dsn: str, redis_url: str, tmp_path: Path) -> None:
    environ = {"BEDFLOW_DATA_DIR": str(tmp_path), "DATABASE_URL": dsn, "REDIS_URL": redis_url}
    code, said = await bedflow(environ, "history", "make", "--days", "1")
    assert code == 0, said
    assert "letters and taps of 1 days are in the log" in said
    database = await Database.connect(dsn, "city-general")
    hours = await database.pool.fetchval("select count(distinct hour) from bed_hour")
    behind = await database.pool.fetch("select figures from kept where seq < (select max(seq) from bed_interval)")
    await database.close()
    assert hours in (24, 25) and behind == []
    code, said = await bedflow(environ, "history", "make", "--days", "1")
    assert code == 1
    assert "holds a hospital's history already" in said and "BEDFLOW_DATA_DIR" in said
