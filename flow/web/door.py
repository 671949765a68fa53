"""One route, described: address, handler, the right it needs, where, and the models of its bodies. `flow.web.routes` lists them all."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from flow.domain.roles import May

Handler = Callable[..., Awaitable[Any]]
"""(request) -> response; a stream's is the ASGI application itself."""
PageHandler = Callable[[Request], Awaitable[Response]]


class Open(StrEnum):
    """Doors that ask for no right of the table. `PERSON`: whoever is signed in by an account, no device and no programme; `HALF`: whose
    password was right and whose second factor is still wanted; `STATION`: a ward station, whoever is at it."""

    TO_ALL = "to all"
    SIGNED_IN = "signed in"
    UNLOCKING = "unlocking"
    PERSON = "a person"
    HALF = "half signed in"
    STATION = "a ward station"


class Where(StrEnum):
    """What a route is about, and so which ward or clinic it needs the right for. `CLINICS`: of several at once,
    joined by a plus, each of which it must reach. `FILTERED`: the handler looks at the ward
    itself, because the path does not name it; `WHOLE`: of no single ward, and closed to those bound to one."""

    HOUSE = "house"
    WARD = "ward"
    BED = "bed"
    CLINIC = "clinic"
    CLINICS = "clinics"
    FILTERED = "filtered"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Query:
    """A parameter of the query string, for the description; `bounds` are what its schema says besides the type."""

    name: str
    words: str
    type: str = "string"
    bounds: Mapping[str, Any] = field(default_factory=dict)
    required: bool = False


def one_word(name: str, known: Iterable[str], more: str = "") -> Query:
    """A parameter that is one of these words."""
    words = [str(word) for word in known]
    return Query(name, f"{', '.join(words)}{more}", bounds={"enum": words})


def whole_number(name: str, words: str, least: int, most: int) -> Query:
    """A parameter that is a whole number."""
    return Query(name, words, "integer", {"minimum": least, "maximum": most})


MOST = 1000
"""Items of a list that one page may have."""
LIMIT = whole_number("limit", f"how many at most, 1 to {MOST}", 1, MOST)
PAGED = (LIMIT, Query("cursor", "`next` of the page before", bounds={"pattern": "^[A-Za-z0-9_-]+$"}))


@dataclass(frozen=True, slots=True)
class Door:
    """`takes` and `gives` are the models of the bodies, `status` that of a good answer; `stream`: an ASGI application that
    goes on until its principal is no longer welcome; `quiet`: a sign of life, which is no deed for the audit trail; `fresh`: of
    people it asks for a factor that was shown within `PROVEN_FOR`; `file`: it writes a file of figures, of which nobody may have many."""

    method: str
    path: str
    handler: Handler
    needs: May | Open
    where: Where = Where.HOUSE
    takes: type | None = None
    gives: Any = None
    status: int = 200
    query: tuple[Query, ...] = ()
    stream: bool = False
    quiet: bool = False
    fresh: bool = False
    file: bool = False

    @property
    def words(self) -> str:
        """What it is for: the first line of its handler's docstring."""
        return (self.handler.__doc__ or "").strip().partition("\n")[0]
