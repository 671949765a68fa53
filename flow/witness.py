"""What a request brings to light, noticed where it happens and told to whoever asked to be told: patients whose names were opened, commands
that were carried out. The gate asks for every request and writes the audit trail from it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from flow.domain.audit import Kind
from flow.domain.ids import PatientId


@dataclass(slots=True)
class Witnessed:
    """Of one request. `guarded` are those of `patients` whose names are withheld from others, `opened` those whose names a grant alone
    showed (break-glass).

    `kind`, `actor` and `role` are set by a handler that knows better than the route who did what."""

    patients: set[PatientId] = field(default_factory=set)
    guarded: set[PatientId] = field(default_factory=set)
    opened: set[PatientId] = field(default_factory=set)
    commands: int = 0
    kind: Kind | None = None
    actor: str = ""
    role: str = ""
    detail: dict[str, object] = field(default_factory=dict)


_NOW: ContextVar[Witnessed | None] = ContextVar("witnessed", default=None)


@contextmanager
def witnessing() -> Iterator[Witnessed]:
    """Be told of what happens within the block, in tasks and threads begun there too."""
    found = Witnessed()
    token = _NOW.set(found)
    try:
        yield found
    finally:
        _NOW.reset(token)


def saw(patients: Iterable[PatientId], guarded: Iterable[PatientId] = ()) -> None:
    """Names of these were opened, some of them withheld from others."""
    if (now := _NOW.get()) is not None:
        now.patients.update(patients)
        now.guarded.update(guarded)


def broke_glass(patients: Iterable[PatientId]) -> None:
    """Names of these were shown by a grant, which somebody reviews."""
    if (now := _NOW.get()) is not None:
        now.opened.update(patients)


def carried_out() -> None:
    """A command was, which the desk has written down itself."""
    if (now := _NOW.get()) is not None:
        now.commands += 1


def told(**detail: object) -> None:
    """What is worth knowing of this request besides."""
    if (now := _NOW.get()) is not None:
        now.detail.update(detail)


def taken_out(**detail: object) -> None:
    """A file goes out with the answer; how many names were opened for it is told as well."""
    if (now := _NOW.get()) is not None and now.kind is None:
        now.kind = Kind.LEFT
        now.detail.update(detail, names=len(now.patients))


def happened(kind: Kind, actor: str = "", role: str = "", /, **detail: object) -> None:
    """What this request was, where the route alone does not tell."""
    if (now := _NOW.get()) is not None:
        now.kind, now.actor, now.role = kind, actor, role
        now.detail.update(detail)
