"""What the supervisor's pages are told of people and their work: shapes that the tables of flow.history fit, and tests as well."""

from datetime import datetime
from typing import Protocol

from flow.domain.bed import OutOfUse
from flow.domain.ids import BedId
from flow.domain.roles import Role


class CleanerLike(Protocol):
    """Somebody who cleans."""

    @property
    def id(self) -> str: ...
    @property
    def nick(self) -> str: ...
    @property
    def trained(self) -> bool: ...
    @property
    def zone(self) -> str | None: ...
    @property
    def shift(self) -> str | None: ...
    @property
    def has_pin(self) -> bool: ...
    @property
    def locked_out(self) -> bool: ...
    @property
    def on_since(self) -> datetime | None: ...
    @property
    def device(self) -> str | None: ...
    @property
    def trade(self) -> Role: ...


class WorkedLike(Protocol):
    """What one cleaner did today."""

    @property
    def done(self) -> int: ...
    @property
    def clean_p50(self) -> float | None: ...
    @property
    def freed(self) -> int: ...


class ProblemLike(Protocol):
    """An open report."""

    @property
    def id(self) -> str: ...
    @property
    def bed(self) -> BedId: ...
    @property
    def reason(self) -> OutOfUse: ...
    @property
    def at(self) -> datetime: ...
    @property
    def photo_type(self) -> str | None: ...


class SpreadLike(Protocol):
    """Of some jobs, minutes."""

    @property
    def count(self) -> int: ...
    @property
    def p50(self) -> float | None: ...
    @property
    def p90(self) -> float | None: ...


class CleansLike(Protocol):
    """How long some cleans took."""

    @property
    def done(self) -> int: ...
    @property
    def response(self) -> SpreadLike: ...
    @property
    def clean(self) -> SpreadLike: ...
    @property
    def turn(self) -> SpreadLike: ...


class TimesLike(CleansLike, Protocol):
    """How long the jobs of a period took, and what inspections said."""

    @property
    def inspected(self) -> int: ...
    @property
    def failed(self) -> int: ...
    @property
    def freed(self) -> int: ...
