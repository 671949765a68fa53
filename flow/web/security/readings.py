"""Reads of names, each counted: who is shown whom is written down at once, and the same again within a quarter of an hour is counted and
written down when that is over (TRUST.md, Audit). A desk redraws its list with every change; the trail would be of redrawing alone. A name
that is withheld from others is written down each time."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from flow.domain.audit import Kind, Trace
from flow.domain.ids import PatientId

WINDOW = timedelta(minutes=15)


@dataclass(slots=True)
class _Window:
    first: Trace
    last: datetime
    times: dict[PatientId, int] = field(default_factory=dict)

    @property
    def again(self) -> dict[PatientId, int]:
        return {patient: times - 1 for patient, times in self.times.items() if times > 1}


class Readings:
    """The windows that are open, by who looks, from where, at which view, of which ward or bed. Whoever has stolen a cookie is not counted
    with its owner: the address of each stands in the trail."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, str, str, str, str], _Window] = {}

    def fresh(self, trace: Trace, guarded: Collection[PatientId] = ()) -> Trace | None:
        """What of a read must be written down now: patients whom this seat was not shown in this view just before, and all whose names are
        `guarded`. None where there is nobody."""
        window = self._open.setdefault(_key(trace), _Window(trace, trace.at))
        new = tuple(patient for patient in trace.patients if patient not in window.times)
        window.last = trace.at
        for patient in (each for each in trace.patients if each not in guarded):
            window.times[patient] = window.times.get(patient, 0) + 1
        if not new:
            return None
        watched = sum(each in guarded for each in new)
        return replace(trace, patients=new, detail={**trace.detail, "withheld": watched} if watched else trace.detail)

    def over(self, at: datetime | None = None) -> Iterator[Trace]:
        """Close the windows that are over by a time (all where there is none), and tell what was read again in them."""
        for key in self._due(at):
            window = self._open.pop(key)
            if again := window.again:
                yield replace(
                    window.first,
                    at=window.last,
                    kind=Kind.READ_AGAIN,
                    patients=tuple(again),
                    detail={"since": window.first.at.isoformat(), "times": again},
                )

    def _due(self, at: datetime | None) -> Iterable[tuple[str, str, str, str, str]]:
        return [key for key, window in self._open.items() if at is None or at - window.first.at >= WINDOW]


def _key(trace: Trace) -> tuple[str, str, str, str, str]:
    return trace.actor, trace.seat, trace.address, trace.view, trace.place
