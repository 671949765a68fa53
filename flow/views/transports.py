"""The list of porters' jobs of the whole house, and how long they take: for the desk, the supervisor and the manager."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from flow.domain.transport_rules import TransportRules
from flow.views.page import Chrome
from flow.views.transport_rows import AskTransport, TransportRow


class TookLike(Protocol):
    """Minutes: the median and the ninth of ten."""

    @property
    def p50(self) -> float | None: ...
    @property
    def p90(self) -> float | None: ...


class TransportTimesLike(Protocol):
    """Of the jobs delivered in a period."""

    @property
    def done(self) -> int: ...
    @property
    def accept(self) -> TookLike: ...
    @property
    def pick_up(self) -> TookLike: ...
    @property
    def ride(self) -> TookLike: ...
    @property
    def whole(self) -> TookLike: ...


@dataclass(frozen=True, slots=True)
class TookRow:
    """One of the times: its aim, empty where there is none, and what it was in each period; `over`: the median is past the aim."""

    name: str
    means: str
    aim: str
    spreads: tuple[str, ...]
    over: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class TransportsPage:
    """The whole page; `form` is None for who may ask for none. `brought` are the beds whose patient was brought out of the house and has
    not been said to have left, and how long ago that was."""

    chrome: Chrome
    rows: tuple[TransportRow, ...]
    late: int
    times: tuple[TookRow, ...]
    periods: tuple[str, ...]
    done: tuple[int, ...]
    form: AskTransport | None
    brought: tuple[tuple[str, str], ...] = ()


def transports_page(
    chrome: Chrome,
    rows: tuple[TransportRow, ...],
    periods: Mapping[str, TransportTimesLike],
    rules: TransportRules,
    form: AskTransport | None,
    brought: tuple[tuple[str, str], ...] = (),
) -> TransportsPage:
    """The page as of now; `periods` by their words."""
    found = tuple(periods.values())
    times = (
        _row("Answer", "asked for to accepted", rules.accept_aim, [each.accept for each in found]),
        _row("Fetch", "accepted to picked up", None, [each.pick_up for each in found]),
        _row("Ride", "picked up to delivered", None, [each.ride for each in found]),
        _row("Whole", "asked for to delivered", rules.deliver_aim, [each.whole for each in found]),
    )
    late = sum(row.late for row in rows)
    return TransportsPage(chrome, rows, late, times, tuple(periods), tuple(each.done for each in found), form, brought)


def _row(name: str, means: str, aim: int | None, found: list[TookLike]) -> TookRow:
    over = tuple(aim is not None and each.p50 is not None and each.p50 > aim for each in found)
    return TookRow(name, means, f"{aim} min" if aim is not None else "", tuple(map(_said, found)), over)


def _said(took: TookLike) -> str:
    return f"{took.p50:.0f} / {took.p90:.0f} min" if took.p50 is not None and took.p90 is not None else "–"
