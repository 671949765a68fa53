"""First stage of the benchmark: a published instance read as it stands; `rules` turns it into what the planner takes."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "pas"
Levels = dict[int, int]  # specialism -> level, 1 the best


@dataclass(frozen=True)
class Department:
    youngest: int
    oldest: int
    levels: Levels


@dataclass(frozen=True)
class Room:
    capacity: int
    department: int
    policy: str  # D: whoever lies in it binds it; N: nobody minds; M, F
    levels: Levels
    properties: tuple[int, ...]


@dataclass(frozen=True)
class Patient:
    age: int
    sex: str
    first: int
    last: int  # the day of leaving, at most the horizon's end: later nights do not count; the night before is the last one
    specialisms: tuple[int, ...]  # one a night
    largest: int
    needed: tuple[int, ...]
    preferred: tuple[int, ...]


@dataclass(frozen=True)
class Instance:
    departments: dict[int, Department]
    rooms: tuple[Room, ...]
    patients: tuple[Patient, ...]
    nights: int  # the planning horizon


def _fields(line: str) -> list[list[str]]:
    return [part.split() for part in line.split("|")]


def _levels(words: list[str]) -> Levels:
    """`level specialism` pairs; level 0 is none."""
    return {int(spec): int(level) for level, spec in zip(words[::2], words[1::2], strict=True) if int(level)}


def _bits(words: list[str]) -> tuple[int, ...]:
    return tuple(int(word) for word in words)


def _department(line: str) -> tuple[int, Department]:
    (number, _, youngest, oldest), levels = _fields(line)
    return int(number), Department(int(youngest), int(oldest) or 999, _levels(levels))


def _room(line: str) -> Room:
    _, (capacity,), (department,), (policy,), levels, properties = _fields(line)
    return Room(int(capacity), int(department), policy, _levels(levels), _bits(properties))


def _patient(line: str, horizon: int) -> Patient:
    (_, _, age, sex), (first, last), treated, (largest,), needed, preferred = _fields(line)
    pairs = [int(word) for word in treated[1:]]
    end = max(int(first), min(int(last), horizon))
    nightly = tuple(spec for spec, nights in zip(pairs[::2], pairs[1::2], strict=True) for _ in range(nights))[: end - int(first)]
    return Patient(int(age), sex, int(first), end, nightly, int(largest), _bits(needed), _bits(preferred))


def _sections(text: str) -> Iterator[tuple[str, list[str]]]:
    for block in text.replace("\r", "").split("\n\n"):
        head, *lines = [line for line in block.split("\n") if line.strip()] or [""]
        yield head.strip().rstrip(":"), lines


def read(path: Path) -> Instance:
    """An instance from its file. Raises KeyError or ValueError where the file is no such instance."""
    text = path.read_text(encoding="ascii")
    part = dict(_sections(text))
    horizon = int(text.split("Planning horizon:")[1].split()[0])
    return Instance(
        dict(_department(line) for line in part["DEPARTMENTS"]),
        tuple(_room(line) for line in part["ROOMS"]),
        tuple(_patient(line, horizon) for line in part["PATIENTS"]),
        horizon,
    )
