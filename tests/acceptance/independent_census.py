"""Who lies where, worked out from the ER7 text of an ADT feed with the standard library alone. Imports nothing of the product.

Read the feed, keep the facts of each visit, sort them by event time and fold them anew whenever one arrives; then settle who holds
the beds, in order of arrival, for an incumbent is never evicted. Sections named in comments are those of HL7.md.

    python tests/acceptance/independent_census.py FEED.er7 [--drop A03:N] [--json]      N: the N-th message of that trigger, from 0
"""

import argparse
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

CANCELS = {
    "A11": {"A01", "A04"},
    "A12": {"A02", "A17"},
    "A13": {"A03"},
    "A25": {"A16"},
    "A26": {"A15"},
    "A27": {"A05", "A14"},
    "A38": {"A05", "A14"},
    "A52": {"A21"},
    "A53": {"A22"},
}
PLANS = {"A05", "A14", "A27", "A38"}
MOVES = {"A02", "A06", "A17"}
IN_HOUSE = {"in_progress", "on_leave"}

Order = tuple[datetime, datetime, int, int]


@dataclass(frozen=True)
class Fact:
    """What one PID/PV1 pair says of one visit. `undoes`: the time of the event that a cancel names in its EVN-6."""

    trigger: str
    order: Order
    visit: str
    person: str
    place: str
    undoes: datetime | None = None
    ended: datetime | None = None


@dataclass(frozen=True)
class Message:
    """One message: who sent it (MSH-3, -4, -10), its text, its facts, and the persons an A40 merges away."""

    identity: tuple[str, str, str]
    text: str
    trigger: str
    facts: tuple[Fact, ...]
    merged: tuple[tuple[str, str], ...] = ()

    @property
    def control_id(self) -> str:
        """MSH-10."""
        return self.identity[2]


@dataclass
class Stay:
    """A visit as its facts leave it: `since` is the order of the fact that brought it to `place`."""

    status: str = ""
    place: str = ""
    since: Order | None = None
    ended: datetime | None = None

    def lie(self, place: str, since: Order) -> None:
        """Be at `place`; being told the same place again is no new arrival."""
        if place != self.place:
            self.place, self.since = place, since


@dataclass
class Census:
    """`open`: visits that hold a bed; `claims`: visits whose bed another holds; `conflicts`: claims ever made, as they arose."""

    open: dict[str, str] = field(default_factory=dict)
    claims: dict[str, str] = field(default_factory=dict)
    status: dict[str, str] = field(default_factory=dict)
    conflicts: list[tuple[str, str]] = field(default_factory=list)
    homeless: list[Message] = field(default_factory=list)


# ---- reading ER7 -------------------------------------------------------------------------------------------------------------------


def read(path: Path) -> list[Message]:
    """The messages of a file: LF between messages, CR between segments."""
    return [message(text) for text in path.read_bytes().decode("latin-1").split("\n") if text.strip()]


def message(text: str) -> Message:
    """One message; each PID/PV1 pair (two in an A17) is a fact."""
    segments = [line.split(text[3]) for line in text.split("\r") if line]
    msh = ["MSH", text[3], *segments[0][1:]]  # MSH-1 is the separator itself
    evn = next((s for s in segments if s[0] == "EVN"), [])
    trigger = part(at(msh, 9), 2) or at(evn, 1)
    pairs = zip(of(segments, "PID"), of(segments, "PV1"), strict=False)
    facts = tuple(fact(trigger, msh, evn, pid, pv1) for pid, pv1 in pairs)
    merged = zip(of(segments, "MRG"), of(segments, "PID"), strict=False)
    aliases = tuple((part(at(mrg, 1), 1), part(at(pid, 3), 1)) for mrg, pid in merged)
    return Message((at(msh, 3), at(msh, 4), at(msh, 10)), text, trigger, facts, aliases if trigger == "A40" else ())


def fact(trigger: str, msh: list[str], evn: list[str], pid: list[str], pv1: list[str]) -> Fact:
    """Rules 2 and 3: the visit key, and the event time with its ties."""
    sent = time(at(msh, 7)) or datetime.min.replace(tzinfo=UTC)
    named = time(at(evn, 6))
    cancel = trigger in CANCELS
    when = (None if cancel else named) or time(at(evn, 2)) or sent
    visit = part(at(pv1, 19), 1) or part(at(pid, 18), 1) or part(at(pv1, 50), 1)
    order = (when, sent, number(at(msh, 13)), number(at(msh, 10)))
    ended = time(at(pv1, 45)) if trigger == "A03" else None
    return Fact(trigger, order, visit, part(at(pid, 3), 1), at(pv1, 3).rstrip("^"), named if cancel else None, ended)


def of(segments: list[list[str]], name: str) -> list[list[str]]:
    return [segment for segment in segments if segment[0] == name]


def at(segment: list[str], index: int) -> str:
    return segment[index] if index < len(segment) else ""


def part(value: str, index: int) -> str:
    return at(["", *value.split("~")[0].split("^")], index)


def number(value: str) -> int:
    return int(value) if value.isdecimal() else 0


def time(value: str) -> datetime | None:
    """An HL7 time; the feed's own zone is taken as UTC where no offset is given."""
    digits = value[:14].split("+")[0].split("-")[0].split(".")[0]
    offset = value[-5:] if value[-5:-4] in {"+", "-"} else "+0000"
    return datetime.strptime(digits.ljust(8, "0").ljust(14, "0") + offset, "%Y%m%d%H%M%S%z") if len(digits) >= 8 else None


def bed(place: str) -> str:
    """The place if it names a bed (PL-3), else nothing."""
    return place if part(place, 3) else ""


# ---- one visit ---------------------------------------------------------------------------------------------------------------------


def undone(history: list[Fact]) -> set[int]:
    """Which facts were cancelled: the latest earlier match, or the one at the named time if there is one (rule 3)."""
    gone: set[int] = set()
    for index, cancel in enumerate(history):
        matching = [i for i in range(index) if history[i].trigger in CANCELS.get(cancel.trigger, ()) and i not in gone]
        named = [i for i in matching if history[i].order[0] == cancel.undoes]
        gone.update((named or matching)[-1:])
    return gone


def fold(facts: Iterable[Fact]) -> Stay:
    """The facts of one visit in the order in which they happened, without those that were cancelled."""
    history = sorted(facts, key=lambda one: one.order)
    gone = undone(history)
    stay = Stay()
    for index, one in enumerate(history):
        if index not in gone:
            apply(stay, one)
    return stay


def apply(stay: Stay, one: Fact) -> None:
    """One fact, by its row in the table of triggers."""
    kind = one.trigger
    if kind in {"A01", "A04"} | MOVES and stay.status == "finished" and stay.ended and one.order[0] < stay.ended:
        return  # it happened before the end of the stay (A03: close at PV1-45)
    if kind in {"A01", "A04"}:
        stay.status = "in_progress"
        stay.lie(bed(one.place) or stay.place, one.order)
    elif kind in MOVES:
        stay.status = "in_progress"
        stay.lie(bed(one.place) if part(one.place, 1) else stay.place, one.order)
    elif kind == "A12" and stay.status in IN_HOUSE | {""}:
        stay.status = stay.status or "in_progress"
        stay.lie(bed(one.place) or stay.place, one.order)
    elif kind == "A13" and stay.status != "cancelled":
        stay.status = "in_progress"
        stay.lie(bed(one.place) or stay.place, one.order)
    elif stay.status in IN_HOUSE and (kind == "A07" or (kind == "A08" and not stay.place)):
        stay.lie(bed(one.place), one.order)
    else:
        end_or_pause(stay, one)


def end_or_pause(stay: Stay, one: Fact) -> None:
    """The triggers that close a visit, plan it, or send it on leave."""
    kind = one.trigger
    if kind == "A03" and stay.status != "cancelled":
        stay.status, stay.place, stay.ended = "finished", "", one.ended
    elif kind == "A11" or (kind == "A23" and stay.status != "finished"):
        stay.status, stay.place = "cancelled", ""
    elif kind in {"A05", "A14"} and not stay.status:
        stay.status = "planned"
    elif kind in {"A27", "A38"} and stay.status in {"", "planned"}:
        stay.status = "cancelled"
    elif kind in {"A21", "A53"} and stay.status in IN_HOUSE:
        stay.status = "on_leave"
    elif kind in {"A22", "A52"} and stay.status in IN_HOUSE:
        stay.status = "in_progress"


# ---- the house ---------------------------------------------------------------------------------------------------------------------


class House:
    """The visits and who holds which bed, after each message."""

    def __init__(self) -> None:
        self.census = Census()
        self.facts: dict[str, list[Fact]] = {}
        self.stays: dict[str, Stay] = {}
        self.holder: dict[str, str] = {}
        self.aliases: dict[str, str] = {}
        self.seen: set[tuple[tuple[str, str, str], str]] = set()

    def hear(self, heard: Message) -> None:
        """Rule 8, then every fact of the message in one step, then the beds."""
        if (heard.identity, heard.text) in self.seen:
            return
        self.seen.add((heard.identity, heard.text))
        self.aliases.update(heard.merged)
        touched = [visit for one in heard.facts if (visit := self.learn(one))]
        if len(touched) < len(heard.facts):
            self.census.homeless.append(heard)
        self.settle(touched)

    def learn(self, one: Fact) -> str:
        """Add a fact to its visit and fold the visit anew; "" if no visit could be meant (rule 2)."""
        visit = one.visit or self.meant(one)
        if visit:
            self.facts.setdefault(visit, []).append(one)
            self.stays[visit] = fold(self.facts[visit])
        return visit

    def meant(self, one: Fact) -> str:
        """The visit meant by a message without a number; plans are known by their person."""
        person = self.person(one.person)
        if one.trigger in PLANS:
            return f"planned of {person}"
        mine = [visit for visit, said in self.facts.items() if self.person(said[0].person) == person]
        among = [visit for visit in mine if self.stays[visit].status in IN_HOUSE]
        return among[0] if one.trigger == "A08" and len(among) == 1 else ""

    def person(self, name: str) -> str:
        """The person that survived the merges."""
        while self.aliases.get(name, name) != name:
            name = self.aliases[name]
        return name

    def settle(self, touched: list[str]) -> None:
        """Rule 7: all who left are gone, then those who moved come, then the oldest claim takes what is still free."""
        left = [place for place, visit in self.holder.items() if visit in touched and self.stays[visit].place != place]
        for place in left:
            del self.holder[place]
        for visit in touched:
            place = self.stays[visit].place
            if place and self.holder.setdefault(place, visit) != visit and (visit, place) not in self.census.conflicts:
                self.census.conflicts.append((visit, place))
        for place in left:
            claims = [(stay.since, visit) for visit, stay in self.stays.items() if stay.place == place and stay.since]
            if place not in self.holder and claims:
                self.holder[place] = min(claims)[1]

    def count(self) -> Census:
        """The census now. A plan without a visit number has no line of its own: A01 uses it up, and it never holds a bed."""
        self.census.open = {visit: place for place, visit in self.holder.items()}
        placed = {visit: stay.place for visit, stay in self.stays.items() if stay.place}
        self.census.claims = {visit: place for visit, place in placed.items() if self.holder[place] != visit}
        numbered = {visit: stay.status for visit, stay in self.stays.items() if stay.status}
        self.census.status = {visit: status for visit, status in numbered.items() if not visit.startswith("planned of")}
        return self.census


def replay(messages: Iterable[Message]) -> Census:
    """The census after all messages, heard in the order given."""
    house = House()
    for heard in messages:
        house.hear(heard)
    return house.count()


def without(messages: list[Message], drop: str) -> list[Message]:
    """All messages but one: `A03:2` leaves out the third A03."""
    trigger, nth = drop.split(":")
    places = [index for index, one in enumerate(messages) if one.trigger == trigger]
    return [one for index, one in enumerate(messages) if index != places[int(nth)]]


def main() -> None:
    """Print the census of a feed."""
    parser = argparse.ArgumentParser(description="The census at the end of an ADT feed.")
    parser.add_argument("feed", type=Path)
    parser.add_argument("--drop", help="leave one message out: A03:N")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    messages = read(chosen.feed)
    census = replay(without(messages, chosen.drop) if chosen.drop else messages)
    if chosen.json:
        print(json.dumps({"open": census.open, "claims": census.claims, "status": census.status}, indent=1, sort_keys=True))
        return
    for visit, place in sorted(census.open.items()):
        print(visit, place)
    print(f"{len(census.open)} visits hold a bed, {len(census.claims)} claim one that another holds")


if __name__ == "__main__":
    main()
