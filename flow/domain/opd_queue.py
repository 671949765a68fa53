"""In which order an outpatient clinic calls: the house's written policy over those who wait. Pure.

Emergencies come first. Then turns: at most so many of the elderly and pregnant, then at most so many follow-ups, then the next by number.
Whoever did not come, or comes back from tests, goes in behind those who were to be called next at that moment.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from flow.domain.ids import TokenId
from flow.domain.opd import Group, Token, TokenStatus


@dataclass(frozen=True, slots=True)
class QueuePolicy:
    """`priority_before` and `follow_ups_before`: how many of the elderly and pregnant, and how many follow-ups, may be called before the
    next ordinary token; `back_places`: how many are called before somebody who did not come is called again, `absent_after` how many
    times that happens at most; `return_places`: how many are called before somebody who is back from tests; `elderly_years`: from which age
    somebody of whom nothing else is said counts as elderly."""

    priority_before: int = 2
    follow_ups_before: int = 1
    back_places: int = 3
    absent_after: int = 3
    return_places: int = 1
    elderly_years: int = 60


BY_NUMBER = QueuePolicy(priority_before=1_000_000, follow_ups_before=1_000_000)
"""What held before the house had a policy: strictly by urgency, then by number."""


@dataclass(slots=True)
class _Turn:
    """How many of the elderly and pregnant, and how many follow-ups, have been called since the last ordinary token."""

    priority: int = 0
    follow_ups: int = 0

    def count(self, group: Group) -> None:
        match group:
            case Group.ELDERLY | Group.PREGNANT:
                self.priority += 1
            case Group.FOLLOW_UP:
                self.follow_ups += 1
            case Group.ORDINARY:
                self.priority = self.follow_ups = 0
            case Group.EMERGENCY:
                pass


def queue_order(tokens: Iterable[Token], policy: QueuePolicy) -> list[Token]:
    """Those who wait, in the order in which they are called; `tokens` are all of one clinic, of one day or several."""
    by_day: dict[date, list[Token]] = {}
    for token in tokens:
        by_day.setdefault(token.day, []).append(token)
    return [token for day in sorted(by_day) for token in _order_of_day(by_day[day], policy)]


def of_room(order: Iterable[Token], room: str, *, tele: bool = False) -> list[Token]:
    """Those whom a room may call: nobody who was sent to another room; a tele-consult room calls those who wait at home, and only them."""
    return [token for token in order if token.only in (None, room) and token.tele == tele]


def behind(order: Sequence[Token], places: int) -> tuple[tuple[TokenId, int], ...]:
    """What a token remembers that is to wait for the next `places`: who they are, and how often each was called by then."""
    return tuple((token.id, token.calls) for token in order[:places])


def _order_of_day(tokens: list[Token], policy: QueuePolicy) -> list[Token]:
    waiting = sorted((t for t in tokens if t.status is TokenStatus.WAITING), key=lambda t: (t.priority, t.rank))
    blocking = {token.id: _ahead(token, waiting) for token in waiting}
    order = _by_turns([t for t in waiting if not blocking[t.id]], _turn(tokens), policy)
    for token in _settled([t for t in waiting if blocking[t.id]], blocking):
        last = max((place for place, each in enumerate(order) if each.id in blocking[token.id]), default=-1)
        order.insert(last + 1, token)
    return order


def _ahead(token: Token, waiting: list[Token]) -> frozenset[TokenId]:
    """Of those a token waits for, who still waits and has not been called since."""
    calls = dict(token.behind)
    return frozenset(each.id for each in waiting if calls.get(each.id) == each.calls)


def _settled(held: list[Token], blocking: dict[TokenId, frozenset[TokenId]]) -> list[Token]:
    """Whoever is waited for comes first; where two wait for each other the earlier number does."""
    left, order = sorted(held, key=lambda t: t.rank), list[Token]()
    while left:
        free = next((t for t in left if not blocking[t.id] & {each.id for each in left}), left[0])
        left.remove(free)
        order.append(free)
    return order


def _turn(tokens: list[Token]) -> _Turn:
    """Where the turns stand, from who has been called."""
    called = sorted((t for t in tokens if t.called_at is not None), key=lambda t: (t.called_at, t.rank), reverse=True)
    turn = _Turn()
    for token in takewhile(lambda t: t.of is not Group.ORDINARY, called):
        turn.count(token.of)
    return turn


def _by_turns(waiting: list[Token], turn: _Turn, policy: QueuePolicy) -> list[Token]:
    """`waiting` by urgency and number, taken turn by turn."""
    urgent = [t for t in waiting if t.of is Group.EMERGENCY]
    first = [t for t in waiting if t.of in (Group.ELDERLY, Group.PREGNANT)]
    again = [t for t in waiting if t.of is Group.FOLLOW_UP]
    usual = [t for t in waiting if t.of is Group.ORDINARY]
    order = urgent
    while first or again or usual:
        if first and (turn.priority < policy.priority_before or not usual):
            lane = first
        elif again and (turn.follow_ups < policy.follow_ups_before or not usual):
            lane = again
        else:
            lane = usual
        order.append(lane.pop(0))
        turn.count(order[-1].of)
    return order
