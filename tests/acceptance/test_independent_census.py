"""What the product is measured against must itself be right: the independent census follows feeds worked out by hand.

The hand-written feeds say one line a message, in the order of arrival; the recorded feed is tried where it is at hand.
"""

import random
from collections import defaultdict
from pathlib import Path

import pytest

from tests.acceptance.independent_census import Census, Fact, Message, fold, message, read, replay

FEED = Path(__file__).parents[3] / "shared" / "data" / "hl7" / "simhospital-feed.er7"
recorded = pytest.mark.skipif(not FEED.exists(), reason="the recorded feed is not at hand")


def place(name: str) -> str:
    """`A1` is bed 1 of ward A; `A` is the ward without a bed."""
    return f"{name[0]}^Room^{name[1:]}^House" if name else ""


def line(number: int, said: str) -> str:
    """`A02 09:30 v1 p1 A2`, with the event time; then `at=` EVN-6, `sent=` MSH-7, `merges=` MRG-1. `+ v2 p2 B1` is a second pair."""
    words = [word for word in said.split() if "=" not in word]
    extra = dict(word.split("=") for word in said.split() if "=" in word)
    clock = {key: f"20260101{value.replace(':', '')}00" for key, value in extra.items() if key in {"at", "sent"}}
    when = f"20260101{words[1].replace(':', '')}00"
    segments = [
        f"MSH|^~\\&|HAND|WARD|||{clock.get('sent', when)}||ADT^{words[0]}|{number}|T|2.3",
        f"EVN|{words[0]}|{when}||||{clock.get('at', '')}",
    ]
    for pair in " ".join(words[2:]).split(" + "):
        visit, person, bed = [*pair.split(), "", ""][:3]
        segments.append(f"PID|1||{person}^^^X^MR")
        segments += [f"MRG|{extra['merges']}^^^X^MR"] if "merges" in extra else []
        segments.append("PV1|1|I|" + place(bed) + "|" * 16 + ("" if visit == "-" else visit))
    return "\r".join(segments)


def census(*feed: str) -> Census:
    """The census of a hand-written feed."""
    return replay(message(line(number, said)) for number, said in enumerate(feed, 1))


def beds(of: dict[str, str]) -> dict[str, str]:
    """Visits and the short names of their beds."""
    return {visit: held.split("^")[0] + held.split("^")[2] for visit, held in of.items()}


HAND = {
    "A01 admits": (["A01 09:00 v1 p1 A1"], "v1=A1", "", "v1=in_progress"),
    "A01 into a ward without a bed": (["A01 09:00 v1 p1 A"], "", "", "v1=in_progress"),
    "A01 again amends": (["A01 09:00 v1 p1 A1", "A01 09:10 v1 p1 A2"], "v1=A2", "", "v1=in_progress"),
    "A02 moves": (["A01 09:00 v1 p1 A1", "A02 10:00 v1 p1 B1"], "v1=B1", "", "v1=in_progress"),
    "A02 into a ward without a bed": (["A01 09:00 v1 p1 A1", "A02 10:00 v1 p1 B"], "", "", "v1=in_progress"),
    "A02 of an unknown visit opens it": (["A02 10:00 v1 p1 B1"], "v1=B1", "", "v1=in_progress"),
    "A03 frees the current bed, whatever it names": (["A01 09:00 v1 p1 A1", "A03 10:00 v1 p1 C9"], "", "", "v1=finished"),
    "A03 of an unknown visit": (["A01 09:00 v1 p1 A1", "A03 10:00 v2 p2 A1"], "v1=A1", "", "v1=in_progress v2=finished"),
    "A11 takes the admission back": (["A01 09:00 v1 p1 A1", "A11 10:00 v1 p1 A1"], "", "", "v1=cancelled"),
    "A12 gives the bed back": (["A01 09:00 v1 p1 A1", "A02 10:00 v1 p1 B1", "A12 10:05 v1 p1 A1"], "v1=A1", "", "v1=in_progress"),
    "A12 without a bed undoes the last move": (
        ["A01 09:00 v1 p1 A1", "A02 10:00 v1 p1 B1", "A02 11:00 v1 p1 C1", "A12 11:05 v1 p1"],
        "v1=B1",
        "",
        "v1=in_progress",
    ),
    "A12 undoes the move at its EVN-6": (
        ["A01 09:00 v1 p1 A1", "A02 10:00 v1 p1 B1", "A02 11:00 v1 p1 C1", "A12 11:05 v1 p1 at=10:00", "A12 11:06 v1 p1"],
        "v1=A1",
        "",
        "v1=in_progress",
    ),
    "A12 finds its bed taken": (
        ["A01 09:00 v1 p1 A1", "A02 10:00 v1 p1 B1", "A01 10:01 v2 p2 A1", "A12 10:05 v1 p1 A1"],
        "v2=A1",
        "v1=A1",
        "v1=in_progress v2=in_progress",
    ),
    "A13 reopens in another bed": (["A01 09:00 v1 p1 A1", "A03 10:00 v1 p1 A1", "A13 10:05 v1 p1 A2"], "v1=A2", "", "v1=in_progress"),
    "A13 without a bed": (["A01 09:00 v1 p1 A1", "A03 10:00 v1 p1", "A13 10:05 v1 p1"], "v1=A1", "", "v1=in_progress"),
    "A13 before a later move": (
        ["A01 09:00 v1 p1 A1", "A02 11:00 v1 p1 B1", "A03 10:00 v1 p1", "A13 10:05 v1 p1 A1"],
        "v1=B1",
        "",
        "v1=in_progress",
    ),
    "A17 swaps": (
        ["A01 09:00 v1 p1 A1", "A01 09:00 v2 p2 B1", "A17 10:00 v1 p1 B1 + v2 p2 A1"],
        "v1=B1 v2=A1",
        "",
        "v1=in_progress v2=in_progress",
    ),
    "A17 goes before an older claim": (
        ["A01 09:00 v1 p1 A1", "A01 09:00 v2 p2 B1", "A01 09:05 v3 p3 A1", "A17 10:00 v1 p1 B1 + v2 p2 A1"],
        "v1=B1 v2=A1",
        "v3=A1",
        "v1=in_progress v2=in_progress v3=in_progress",
    ),
    "A23 of an open visit": (["A01 09:00 v1 p1 A1", "A23 10:00 v1 p1"], "", "", "v1=cancelled"),
    "A23 of a finished visit frees nobody's bed": (
        ["A01 09:00 v1 p1 A1", "A03 10:00 v1 p1", "A01 10:30 v2 p2 A1", "A23 11:00 v1 p1"],
        "v2=A1",
        "",
        "v1=finished v2=in_progress",
    ),
    "A40: the beds follow the visits": (
        ["A01 09:00 v1 p1", "A01 09:00 v2 p2 B1", "A40 10:00 v1 p1 merges=p2", "A03 10:05 v1 p1", "A08 10:10 - p1 C1"],
        "v2=B1",
        "",
        "v1=finished v2=in_progress",
    ),
    "A40: a letter without a number finds the visit of the merged person": (
        ["A01 09:00 v2 p2", "A40 10:00 v1 p1 merges=p2", "A08 10:10 - p1 C1"],
        "v2=C1",
        "",
        "v2=in_progress",
    ),
    "A08 never moves": (["A01 09:00 v1 p1 A1", "A08 10:00 v1 p1 B1"], "v1=A1", "", "v1=in_progress"),
    "A08 never reopens": (["A01 09:00 v1 p1 A1", "A03 10:00 v1 p1", "A08 11:00 v1 p1 A1"], "", "", "v1=finished"),
    "A08 without a number and two open visits": (
        ["A01 09:00 v1 p1", "A01 09:00 v2 p1", "A08 10:00 - p1 A1"],
        "",
        "",
        "v1=in_progress v2=in_progress",
    ),
    "A09, A10, A15, A16, A25, A26, A14, A27": (
        [
            "A14 08:00 - p1",
            "A27 08:30 - p1 at=23:00",
            "A01 09:00 v1 p1 A1",
            *(f"{kind} 10:00 v1 p1 B1" for kind in ("A09", "A10", "A15", "A16", "A25", "A26")),
        ],
        "v1=A1",
        "",
        "v1=in_progress",
    ),
    "A21 and A22 keep the bed": (["A01 09:00 v1 p1 A1", "A21 10:00 v1 p1"], "v1=A1", "", "v1=on_leave"),
    "a late A02 changes history alone": (
        ["A01 09:00 v1 p1 A1", "A02 11:00 v1 p1 C1", "A02 10:00 v1 p1 B1 sent=11:05"],
        "v1=C1",
        "",
        "v1=in_progress",
    ),
    "a late A02 of a finished visit": (["A01 09:00 v1 p1 A1", "A03 11:00 v1 p1", "A02 10:00 v1 p1 B1"], "", "", "v1=finished"),
    "an A02 dated after the A03 is the newest movement": (
        ["A01 09:00 v1 p1 A1", "A02 12:00 v1 p1 B1 sent=10:00", "A03 11:00 v1 p1 B1"],
        "v1=B1",
        "",
        "v1=in_progress",
    ),
    "EVN-6 goes before EVN-2": (["A02 11:00 v1 p1 C1", "A02 12:00 v1 p1 B1 at=10:00"], "v1=C1", "", "v1=in_progress"),
    "a cancel before what it cancels": (["A11 10:00 v1 p1 A1", "A01 09:00 v1 p1 A1"], "", "", "v1=cancelled"),
    "an A13 before its A03": (["A01 09:00 v1 p1 A1", "A13 10:05 v1 p1 A1", "A03 10:00 v1 p1"], "v1=A1", "", "v1=in_progress"),
    "the incumbent keeps the bed, the oldest claim follows": (
        ["A01 09:00 v1 p1 A1", "A01 09:20 v3 p3 A1", "A01 09:10 v2 p2 A1", "A03 10:00 v1 p1"],
        "v2=A1",
        "v3=A1",
        "v1=finished v2=in_progress v3=in_progress",
    ),
    "a claimant that moves on claims no more": (
        ["A01 09:00 v1 p1 A1", "A01 09:10 v2 p2 A1", "A02 09:20 v2 p2 B1", "A03 10:00 v1 p1"],
        "v2=B1",
        "",
        "v1=finished v2=in_progress",
    ),
}


@pytest.mark.parametrize("case", HAND)
def test_by_hand(case: str) -> None:
    feed, held, claimed, status = HAND[case]
    found = census(*feed)
    assert beds(found.open) == dict(pair.split("=") for pair in held.split())
    assert beds(found.claims) == dict(pair.split("=") for pair in claimed.split())
    if status:
        assert found.status == dict(pair.split("=") for pair in status.split())


@pytest.mark.parametrize("case", HAND)
def test_every_message_twice_changes_nothing(case: str) -> None:
    feed, *_ = HAND[case]
    once = [message(line(number, said)) for number, said in enumerate(feed, 1)]
    assert ends(replay([*once, *once])) == ends(replay(once)) == ends(replay([one for one in once for _ in range(2)]))


def ends(found: Census) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """All that a census says."""
    return found.open, found.claims, found.status


def wanted(found: Census) -> tuple[dict[str, str], dict[str, str]]:
    """What it says of the visits each by itself: where it is, held or claimed, and its status."""
    return found.open | found.claims, found.status


# ---- the recorded feed -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def feed() -> list[Message]:
    return read(FEED)


@recorded
def test_no_place_is_held_twice(feed: list[Message]) -> None:
    found = replay(feed)
    assert found.open and len(set(found.open.values())) == len(found.open)
    assert not set(found.open) & set(found.claims)
    assert set(found.claims.values()) <= set(found.open.values()), "a claim stands only where somebody lies"


def effective(feed: list[Message]) -> list[int]:
    """The A03s without which their visit would not have ended finished."""
    stays: defaultdict[str, list[Fact]] = defaultdict(list)
    for one in feed:
        for fact in one.facts:
            stays[fact.visit].append(fact)
    ended = [(index, one.facts[0]) for index, one in enumerate(feed) if one.trigger == "A03"]
    over = [(index, fact) for index, fact in ended if fold(stays[fact.visit]).status == "finished"]
    return [index for index, fact in over if fold(f for f in stays[fact.visit] if f is not fact).status != "finished"]


@recorded
def test_a_lost_discharge_is_noticed(feed: list[Message]) -> None:
    whole = replay(feed)
    effects = effective(feed)
    assert len(effects) > 200
    for index in random.Random(2).sample(effects, 20):
        visit = feed[index].facts[0].visit
        lacking = replay(feed[:index] + feed[index + 1 :])
        assert whole.status[visit] == "finished" != lacking.status[visit]
        purged = lacking.status[visit] == "cancelled"  # its A23 then found it open
        assert purged or wanted(lacking)[0] != wanted(whole)[0]


@recorded
@pytest.mark.parametrize("seed", range(3))
def test_shuffled_within_each_visit_every_visit_ends_the_same(feed: list[Message], seed: int) -> None:
    slots: defaultdict[str, list[int]] = defaultdict(list)
    for index, one in enumerate(feed):
        if len(one.facts) == 1 and one.facts[0].visit:
            slots[one.facts[0].visit].append(index)
    dice, shuffled = random.Random(seed), list(feed)
    for places in slots.values():
        for slot, source in zip(places, dice.sample(places, len(places)), strict=True):
            shuffled[slot] = feed[source]
    assert wanted(replay(shuffled)) == wanted(replay(feed))
