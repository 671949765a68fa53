"""Which of a visit's facts stand. Numbered movements are edited first, then cancels take out what they undo (HL7.md rules 3 and 4).

Before it the facts were told, in any order; after it `flow.domain.course` walks those that stand. Pure and total.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flow.domain.visit import Act, Edit, Fact

NEVER = datetime.max.replace(tzinfo=UTC)
"""`undoes_at` of a cancel whose work is done; the last of all times."""

UNDOES: Mapping[Act, frozenset[Act]] = {
    Act.CANCEL_ADMIT: frozenset({Act.ADMIT, Act.REGISTER}),
    Act.CANCEL_TRANSFER: frozenset({Act.TRANSFER, Act.SWAP}),
    Act.CANCEL_DISCHARGE: frozenset({Act.DISCHARGE}),
    Act.CANCEL_PLAN: frozenset({Act.PLAN}),
    Act.CANCEL_PEND_TRANSFER: frozenset({Act.PEND_TRANSFER}),
    Act.CANCEL_PEND_DISCHARGE: frozenset({Act.PEND_DISCHARGE}),
    Act.CANCEL_LEAVE_FOR: frozenset({Act.LEAVE_FOR}),
    Act.CANCEL_ARRIVE_BACK: frozenset({Act.ARRIVE_BACK}),
    Act.CANCEL_LEAVE: frozenset({Act.LEAVE_OF_ABSENCE}),
    Act.CANCEL_RETURN: frozenset({Act.RETURN}),
}

MOVES = UNDOES[Act.CANCEL_TRANSFER]
BEFALL = frozenset({Act.ADMIT, Act.REGISTER, Act.TO_INPATIENT, Act.TO_OUTPATIENT}).union(*UNDOES.values()) - {
    Act.PLAN,
    Act.PEND_TRANSFER,
    Act.PEND_DISCHARGE,
}
"""Acts that put the patient somewhere, take them away or bring them back."""


def standing(facts: Iterable[Fact]) -> list[Fact]:
    """By event time, without what a later cancel undoes; the cancels themselves stay, they say where the patient is now."""
    listed = sorted(_edited(facts), key=_place_in_line)
    left = listed
    for cancel in listed:
        if cancel.act in UNDOES and cancel.undoes_at != NEVER:
            undone = _undone_by(cancel, left)
            left = [each for each in left if not (_is_before(each, cancel) and any(_is_repeat(each, one) for one in undone))]
    return left


def _place_in_line(fact: Fact) -> tuple[Any, ...]:
    """The rank, and for facts of one rank (a control id used twice) all that they say, so that arrival never decides."""
    words = (fact.act, fact.prior or "", fact.klass or "", fact.specialty or "", fact.temporary or "", fact.movement or "", fact.edit or "")
    times = (fact.undoes_at or NEVER, fact.ended_at or NEVER, fact.expected or NEVER)
    return fact.at, fact.order, fact.act, fact.place is not None, fact.place or "", words, times


def _edited(facts: Iterable[Fact]) -> list[Fact]:
    """Each numbered movement as its newest message has it (IHE PAM, ITI-31, Historic Movement): an update replaces it, a cancel
    takes it out, whichever came first."""
    numbered: dict[str, list[Fact]] = {}
    rest = []
    for fact in facts:
        if fact.movement is None:
            rest.append(fact)
        else:
            numbered.setdefault(fact.movement, []).append(fact)
    for told in numbered.values():
        newest = max(told, key=lambda fact: (fact.order, *_place_in_line(fact)))
        if newest.edit is not Edit.CANCEL:
            rest.append(newest)
        elif newest.act in UNDOES:  # it says as well where the patient is now; what it undoes is gone already
            alone = all(fact.act in UNDOES for fact in told)
            rest.append(newest if alone else replace(newest, undoes_at=NEVER))
    return rest


def _is_before(fact: Fact, cancel: Fact) -> bool:
    """Earlier than the cancel; or told before it and, by its EVN-6, what it cancels, though that was to be later still."""
    return fact.rank < cancel.rank or (fact.at == cancel.undoes_at and fact.order < cancel.order)


def _is_repeat(fact: Fact, other: Fact) -> bool:
    """The same event, told again under another control id."""
    return fact.act is other.act and replace(fact, order=other.order) == other


def _undone_by(cancel: Fact, facts: list[Fact]) -> list[Fact]:
    """The latest earlier fact of the kind a cancel undoes, preferring the one at its EVN-6, else the plan for the bed it names; and the
    same told before, at another time: together they are one event."""
    before = [fact for fact in facts if _is_before(fact, cancel)]
    earlier = [fact for fact in before if fact.act in UNDOES[cancel.act]]
    named = [fact for fact in earlier if fact.at == cancel.undoes_at]
    if not named and cancel.act is Act.CANCEL_PEND_TRANSFER:
        named = [fact for fact in earlier if fact.place == cancel.place]
    return _told_as_one((named or earlier)[-1], before) if earlier else []


def _told_as_one(last: Fact, before: list[Fact]) -> list[Fact]:
    """The fact, and those of its kind before it between which nothing else befell the patient."""
    one = [last]
    for fact in reversed(before[: before.index(last)]):
        if fact.act is last.act and fact.place == last.place:
            one.append(fact)
        elif _is_another(fact, last):
            break
    return one


def _is_another(fact: Fact, last: Fact) -> bool:
    """Something that befell the patient. What leaves who was moved in the place is not; a pending event is none."""
    if last.act not in MOVES or fact.act is Act.DISCHARGE:
        return fact.act in BEFALL
    return fact.act in BEFALL and fact.place not in (None, last.place)
