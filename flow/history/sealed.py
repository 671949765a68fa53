"""Every column that the vault seals, in one place: what is sealed anew when a key is added, and what a key may not be dropped for.

`aad` says what a value is bound to, as whoever seals it says (`_aad` beside each `seal`); a test seals in each table by its own module and
has it opened from here.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flow.history.pool import Database
from flow.vault import SEALED_LEAST

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A column; `key` tells its rows apart within a hospital, `beside` are further columns that `aad` reads, `at` says when a row was
    written, of a letter when it was decided."""

    table: str
    column: str
    key: tuple[str, ...]
    aad: Callable[[str, Row], bytes]
    beside: tuple[str, ...] = ()
    at: str = ""

    @property
    def name(self) -> str:
        """As people read it."""
        return f"{self.table}.{self.column}"


def _text(pattern: str) -> Callable[[str, Row], bytes]:
    """Bound to a text of the row's columns, and of its hospital."""
    return lambda hospital, row: pattern.format(hospital=hospital, **row).encode()


SEALED = (
    Sealed("person", "sealed", ("patient",), _text("person|{patient}"), at="updated_at"),
    Sealed("person", "guards", ("patient",), _text("guards|{patient}"), at="updated_at"),
    Sealed("letter", "body", ("id",), lambda _, row: b"letter" + row["fingerprint"], ("fingerprint",), "coalesce(handled_at, received_at)"),
    Sealed("mailbag", "body", ("id",), lambda hospital, _: b"mailbag" + hospital.encode(), at="received_at"),
    Sealed("outbox", "body", ("id",), _text("outbox|{feed}|{key}"), ("feed", "key"), "posted_at"),
    Sealed("reply", "body", ("actor", "key"), _text("reply|{actor}|{key}"), at="created_at"),
    Sealed("contact", "sealed", ("patient",), _text("contact|{patient}"), at="consented_at"),
    Sealed("share", "sealed", ("request",), _text("share.sealed/{hospital}/{request}"), at="received_at"),
    Sealed("push_subscription", "sealed", ("device",), _text("push_subscription.sealed/{hospital}/{device}")),
    Sealed("authenticator", "sealed", ("account",), _text("authenticator.sealed/{hospital}/{account}")),
    Sealed("hospital_file", "sealed", ("version",), _text("hospital-file|{hospital}|{version}")),
    Sealed("opening", "words", ("id",), _text("opening.words/{hospital}/{id}"), at="at"),
    Sealed("opening", "remark", ("id",), _text("opening.remark/{hospital}/{id}"), at="reviewed_at"),
    Sealed("reveal_review", "words", ("reveal",), _text("reveal_review.words/{hospital}/{reveal}")),
    Sealed("reveal_review", "remark", ("reveal",), _text("reveal_review.remark/{hospital}/{reveal}"), at="reviewed_at"),
    Sealed("snapshot_part", "sealed", ("seq", "part"), _text("snapshot|{hospital}|{seq}|{part}")),
    Sealed("clean_problem", "photo", ("id",), _text("clean_problem.photo/{hospital}/{id}")),
)


PAGE = 500


async def pages(database: Database, one: Sealed) -> AsyncIterator[list[Row]]:
    """All sealed values of a column by key, some at a time; `at` as the row has it, None where it has none."""
    columns = ", ".join(dict.fromkeys((*one.key, one.column, *one.beside)))
    keys, places = ", ".join(one.key), ", ".join(f"${number}" for number, _ in enumerate(one.key, start=3))
    asked = f"select {columns}, {one.at or 'null'} as laid_at from {one.table} where hospital = $1 and octet_length({one.column}) >= $2"
    after: tuple[object, ...] | None = None
    while True:
        beyond = f" and ({keys}) > ({places})" if after else ""
        asking = f"{asked}{beyond} order by {keys} limit {PAGE}"
        async with database.read() as connection:
            # columns of `Sealed`, and no value
            rows = await connection.fetch(asking, database.hospital, SEALED_LEAST, *(after or ()))  # nosemgrep: sql-out-of-text
        if rows:
            yield [dict(row) for row in rows]
        if len(rows) < PAGE:
            return
        after = tuple(rows[-1][name] for name in one.key)
