"""Statements, good and bad."""

from typing import Any

_SQL = {"of": "select name from person where id = $1"}


async def bad(connection: Any, name: str, column: str) -> None:
    # ruleid: sql-out-of-text
    await connection.fetch(f"select * from person where name = '{name}'")
    # ruleid: sql-out-of-text
    await connection.fetchrow("select * from person where name = '" + name + "'")
    # ruleid: sql-out-of-text
    await connection.execute("delete from person where name = '%s'" % name)
    # ruleid: sql-out-of-text
    await connection.fetchval("select {} from person".format(column))
    asked = f"select * from person order by {column}"
    # ruleid: sql-out-of-text
    await connection.fetch(asked)
    grown = "select * from person"
    grown += f" where name = '{name}'"
    # ruleid: sql-out-of-text
    await connection.prepare(grown)


async def good(connection: Any, name: str) -> None:
    # ok: sql-out-of-text
    await connection.fetch(_SQL["of"], name)
    # ok: sql-out-of-text
    await connection.execute("delete from person where name = $1", name)
    asked = "select * from person"
    # ok: sql-out-of-text
    await connection.fetch(asked, f"{name}%")
