"""Was a history of assignments possible at all, with a bed that has one holder at every instant? By Wing and Gong's search.

Each operation was called and answered at a known time, and must have taken effect at one instant between the two; one without an answer
took effect at some instant after its call, or never. The search lays the operations in an order that a single bed could have lived
through; where there is none, two desks saw what cannot both be true.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf


@dataclass(frozen=True, slots=True)
class Operation:
    """`what` is assign, release or read; `holder` who is to hold the bed (of a read: whom it found). `done` is None without an answer."""

    what: str
    holder: str | None
    done: bool | None
    called: float
    answered: float = inf

    def after(self, holder: str | None) -> Iterator[str | None]:
        """Who holds the bed afterwards, if this can have happened while `holder` did."""
        if self.what == "read":
            if self.holder == holder:
                yield holder
        elif self.done is False:
            if (holder is not None) if self.what == "assign" else (holder != self.holder):
                yield holder
        elif self.what == "assign" and holder is None:
            yield self.holder
        elif self.what == "release" and holder == self.holder:
            yield None


def possible(history: Sequence[Operation]) -> bool:
    """Whether some order of the operations, each within its time, is one that a bed that was free at first can have lived through."""
    operations = sorted(history, key=lambda each: each.called)
    owed = sum(1 << number for number, each in enumerate(operations) if each.done is not None)
    everything = (1 << len(operations)) - 1
    seen: set[tuple[int, str | None]] = set()
    open_: list[tuple[int, str | None]] = [(everything, None)]
    while open_:
        left, holder = open_.pop()
        if not left & owed:
            return True
        if (left, holder) in seen:
            continue
        seen.add((left, holder))
        for number in _may_be_next(operations, left):
            open_ += [(left & ~(1 << number), then) for then in operations[number].after(holder)]
    return False


def _may_be_next(operations: Sequence[Operation], left: int) -> Iterator[int]:
    """Those that were called before any other of those left was answered."""
    first = inf
    number = (left & -left).bit_length() - 1
    found = []
    while number < len(operations) and operations[number].called <= first:
        if left >> number & 1:
            first = min(first, operations[number].answered)
            found.append(number)
        number += 1
    return (each for each in found if operations[each].called <= first)
