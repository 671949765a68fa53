"""Who lies where at the end of a recorded feed, worked out from the ER7 text alone. Imports nothing of the product.

Collect what was said of each visit, sort it by event time, walk through it; then give each place to one visit, first come, first
served (HL7.md, Rules 1-7). Plain on purpose: this is what the product is measured against.

    python tests/acceptance/independent_census.py FEED.er7 [--without N]     N: leave out the N-th A03
"""

import sys
from dataclasses import dataclass, field
from pathlib import Path

CANCELS = {"A11": ("A01", "A04"), "A12": ("A02", "A17"), "A13": ("A03",)}
COMES = ("A01", "A02", "A04", "A06", "A17")
SILENT = ("A09", "A10", "A15", "A16", "A25", "A26")


@dataclass(frozen=True)
class Said:
    """One PID/PV1 pair of a message."""

    trigger: str
    at: str
    tie: tuple[str, int]
    visit: str
    person: str
    place: str
    undoes: str
    ended: str


@dataclass(frozen=True)
class Message:
    """A message: its control id, its trigger, and what it says of each visit."""

    control_id: str
    trigger: str
    said: tuple[Said, ...]
    prior: str = ""


@dataclass
class Census:
    """`open`: visits that hold a bed, and its place; `claims`: visits whose bed another holds; `status` of every visit."""

    open: dict[str, str] = field(default_factory=dict)
    claims: dict[str, str] = field(default_factory=dict)
    status: dict[str, str] = field(default_factory=dict)


def read(path: Path) -> list[Message]:
    """The messages of a file: LF between messages, CR between segments."""
    text = path.read_bytes().decode("latin-1")
    return [_message(raw) for raw in text.split("\n") if raw.strip()]


def _message(raw: str) -> Message:
    segments = [segment.split("|") for segment in raw.split("\r") if segment]
    msh, evn = segments[0], next(s for s in segments if s[0] == "EVN")
    trigger = msh[8].split("^")[1]
    cancel = trigger in CANCELS
    at = (_field(evn, 6) if not cancel else "") or _field(evn, 2) or msh[6]
    persons = [s for s in segments if s[0] == "PID"]
    visits = [s for s in segments if s[0] == "PV1"]
    said = tuple(
        Said(
            trigger,
            at,
            (msh[6], int(msh[9])),
            _field(pv1, 19).split("^")[0],
            _field(pid, 3).split("^")[0],
            _bed(_field(pv1, 3)),
            _field(evn, 6) if cancel else "",
            _field(pv1, 45),
        )
        for pid, pv1 in zip(persons, visits, strict=False)
    )
    merged = next((s for s in segments if s[0] == "MRG"), [])
    return Message(msh[9], trigger, said, _field(merged, 1).split("^")[0])


def _field(segment: list[str], number: int) -> str:
    return segment[number] if len(segment) > number else ""


def _bed(place: str) -> str:
    """A place that names a bed (PL-3), without the carets at its end."""
    return place.rstrip("^") if len(place.split("^")) > 2 and place.split("^")[2] else ""


def walk(said: list[Said]) -> tuple[str, str, str]:
    """What is said of one visit comes to: status, the bed claimed now, since when."""
    ordered = sorted(said, key=lambda s: (s.at, s.tie))
    undone: set[int] = set()
    for index, cancel in enumerate(ordered):
        earlier = [i for i in range(index) if ordered[i].trigger in CANCELS.get(cancel.trigger, ()) and i not in undone]
        named = [i for i in earlier if ordered[i].at == cancel.undoes]
        undone |= set((named or earlier)[-1:])
    status, bed, since, left = "", "", "", ""
    for index, one in enumerate(ordered):
        before = bed
        if index in undone or one.trigger in SILENT:
            continue
        if one.trigger in COMES and one.at < left:
            continue  # before the end of the stay (PV1-45) that an A03 told ahead of it
        if one.trigger in COMES or one.trigger == "A13" or (one.trigger == "A12" and status in ("", "in_progress")):
            status, bed, left = "in_progress", one.place or bed, ""
        elif one.trigger == "A03":
            status, bed, left = "finished", "", one.ended
        elif one.trigger == "A11" or (one.trigger == "A23" and status != "finished"):
            status, bed = "cancelled", ""
        elif one.trigger == "A08" and status == "in_progress" and not bed:
            bed = one.place
        since = since if bed == before else one.at
    return status, bed, since


def replay(messages: list[Message]) -> Census:
    """The census after all messages, in their order of arrival; the order matters only for who holds a disputed bed."""
    stays: dict[str, list[Said]] = {}
    holds: dict[str, str] = {}
    census = Census()
    claimed: dict[str, tuple[str, str]] = {}
    for message in messages:
        touched = [one for one in message.said if one.visit]
        for one in touched:
            stays.setdefault(one.visit, []).append(one)
            status, bed, since = walk(stays[one.visit])
            if status:
                census.status[one.visit] = status
            claimed[one.visit] = (bed, since)
        _settle([one.visit for one in touched], claimed, holds)
    census.open = {visit: bed for bed, visit in holds.items()}
    census.claims = {visit: bed for visit, (bed, _) in claimed.items() if bed and holds.get(bed) != visit}
    return census


def _settle(touched: list[str], claimed: dict[str, tuple[str, str]], holds: dict[str, str]) -> None:
    """First all leave, then all who moved come, then the oldest claim takes what was left."""
    left = [bed for bed, visit in holds.items() if visit in touched and claimed[visit][0] != bed]
    for bed in left:
        del holds[bed]
    for visit in touched:
        if claimed[visit][0]:
            holds.setdefault(claimed[visit][0], visit)
    for bed in left:
        waiting = sorted((since, visit) for visit, (claim, since) in claimed.items() if claim == bed)
        if bed not in holds and waiting:
            holds[bed] = waiting[0][1]


def main() -> None:
    """Print the census of a feed."""
    messages = read(Path(sys.argv[1]))
    if "--without" in sys.argv:
        nth = int(sys.argv[sys.argv.index("--without") + 1])
        discharges = [index for index, message in enumerate(messages) if message.trigger == "A03"]
        del messages[discharges[nth]]
    census = replay(messages)
    for visit, place in sorted(census.open.items()):
        print(visit, place)
    print(f"{len(census.open)} visits in beds, {len(census.claims)} claims on a bed that another holds")


if __name__ == "__main__":
    main()
