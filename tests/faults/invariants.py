"""The invariants of TRUST.md that a fault may break, as pure checks over what was read from the stores and the API.

Each returns what is wrong, one sentence a finding, nothing where all is well. `books` reads; the fault runs and the negative
controls judge by these alone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

ALARM_AFTER = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Lying:
    """A letter as it lies in the journal: `digest` of its opened body, `events` as settled."""

    id: int
    control_id: str
    digest: bytes
    state: str
    events: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Effect:
    """What one letter or command led to: how many entries of the log, in how many transactions (by their time of recording)."""

    entries: int
    times: int


@dataclass(frozen=True, slots=True)
class Stay:
    """An open row of `occupancy`."""

    kind: str
    bed: str
    holder: str


@dataclass(frozen=True, slots=True)
class Carried:
    """A row of the command journal."""

    id: int
    key: str | None
    entries: int


@dataclass(slots=True)
class Click:
    """A click of one person: its Idempotency-Key and every answer it got, 0 for none."""

    key: str
    answers: list[int]

    @property
    def promised(self) -> bool:
        """It was told that it is done."""
        return any(200 <= answer < 300 for answer in self.answers)


def lost(acked: Mapping[str, bytes], journal: Iterable[Lying]) -> list[str]:
    """I1: every acknowledged control id lies in the journal with the body that was sent (digests)."""
    lying: dict[str, set[bytes]] = {}
    for letter in journal:
        if letter.state != "duplicate":
            lying.setdefault(letter.control_id, set()).add(letter.digest)
    found = []
    for control, digest in acked.items():
        if control not in lying:
            found.append(f"I1: {control} was acknowledged and is not in the journal")
        elif digest not in lying[control]:
            found.append(f"I1: {control} lies in the journal with another body")
    return found


def doubled(journal: Iterable[Lying], effects: Mapping[int, Effect], facts: Iterable[str]) -> list[str]:
    """I1: at most one effect each: one letter a control id and body, its entries of one transaction, each fact told once.
    `facts` are the control ids of all facts of all visits."""
    journal = list(journal)
    keys = Counter((letter.control_id, letter.digest) for letter in journal if letter.state != "duplicate")
    found = [f"I1: {control} lies {count} times in the journal" for (control, _), count in keys.items() if count > 1]
    for letter in journal:
        effect = effects.get(letter.id, Effect(0, 0))
        if effect.times > 1 or effect.entries != letter.events:
            found.append(f"I1: {letter.control_id} led to {effect.entries} entries at {effect.times} times, its row says {letter.events}")
    return found + [f"I1: {control} is told {count} times of its visit" for control, count in Counter(facts).items() if count > 1]


def two_at_once(stays: Iterable[Stay]) -> list[str]:
    """I2: at most one open occupied and one open reserved row a bed and a holder."""
    beds, holders = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for stay in stays:
        beds[stay.kind, stay.bed] += 1
        holders[stay.kind, stay.holder] += 1
    found = [f"I2: bed {bed} is {kind} {count} times" for (kind, bed), count in beds.items() if count > 1]
    return found + [f"I2: {holder} holds {count} beds ({kind})" for (kind, holder), count in holders.items() if count > 1]


def ahead(picture: int | None, log: int) -> list[str]:
    """I3: Redis is never ahead of Postgres. Read Redis first."""
    return [f"I3: Redis is at {picture}, Postgres at {log}"] if picture is not None and picture > log else []


def unlike(picture: Mapping[str, Mapping[str, Any]], records: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """I3: the live picture equals the records, by entity and id."""
    found = []
    for entity, expected in records.items():
        shown = picture.get(entity, {})
        found += [f"I3: {entity} {key} is missing from Redis" for key in expected.keys() - shown.keys()]
        found += [f"I3: {entity} {key} is in Redis alone" for key in shown.keys() - expected.keys()]
        found += [f"I3: {entity} {key} differs" for key in expected.keys() & shown.keys() if expected[key] != shown[key]]
    return found


def unhandled(journal: Iterable[Lying], now: datetime, alarmed: bool) -> list[str]:
    """I6: no letter stays unhandled over 30 s without an alarm."""
    late = [letter for letter in journal if letter.state == "received" and now - letter.received_at > ALARM_AFTER]
    return [f"I6: letter {letter.id} waits since {letter.received_at} and nobody was alarmed" for letter in late if not alarmed]


def differing(again: Mapping[str, Any], standing: Mapping[str, Any]) -> list[str]:
    """I7: deciding the journal again gives the records that stand, by `entity/id`."""
    found = [f"I7: {key} stands and the journal does not give it" for key in standing.keys() - again.keys()]
    found += [f"I7: {key} is given by the journal and does not stand" for key in again.keys() - standing.keys()]
    return found + [f"I7: {key} differs" for key in standing.keys() & again.keys() if standing[key] != again[key]]


def unchained(verdict: Mapping[str, Any]) -> list[str]:
    """I8: the audit chain holds and equals its anchor, by the words of `bedflow audit verify --json`; one of nothing proves nothing."""
    nothing = [f"I8: there are no {name}" for name in ("links", "entries", "anchors") if not verdict[name]]
    return [*nothing, *(f"I8: {finding}" for finding in verdict["wrong"])]


def broken_promises(clicks: Sequence[Click], carried: Iterable[Carried]) -> list[str]:
    """I10: a 200 means committed; no answer means none or one effect. A click asked again with its key gets the same answer."""
    times = Counter(command.key for command in carried)
    empty = [click for click in clicks if click.promised and not times[click.key]]
    found = [f"I10: click {click.key} was answered {click.answers} and is not stored" for click in empty]
    found += [f"I10: click {click.key} was carried out {times[click.key]} times" for click in clicks if times[click.key] > 1]
    refused = [click for click in clicks if click.answers and 400 <= click.answers[-1] < 500 and times[click.key]]
    return found + [f"I10: click {click.key} is stored and was then refused ({click.answers})" for click in refused]


def stale(screen: Mapping[str, Any], latest: Mapping[str, Any]) -> list[str]:
    """I4: a client's tiles are the latest."""
    return [f"I4: {key} is not as it stands" for key in latest.keys() | screen.keys() if screen.get(key) != latest.get(key)]


def skipped(followed: Iterable[int], log: Iterable[int]) -> list[str]:
    """I3: whoever follows the log by Seq sees every entry."""
    seen = set(followed)
    return [f"I3: entry {seq} was never seen" for seq in log if seq not in seen]
