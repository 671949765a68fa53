"""The recorded feed of 500 simulated stays, in memory: learnt, mapped, decided, evolved; in order and shuffled within each visit."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from adt_feed.er7 import read_er7
from adt_feed.learn import learn
from adt_feed.mapping import Reading, read
from adt_feed.message import Message
from flow.domain.cause import Cause, Origin
from flow.domain.commands import Chart
from flow.domain.decide import decide
from flow.domain.events import Event, Kind
from flow.domain.hospital import Hospital, evolve, opened
from flow.domain.ids import PatientId
from flow.domain.plan import Plan
from flow.domain.visit import Course
from flow.errors import Unreadable
from flow.plan_file import parse_plan

FILE = Path(__file__).parents[3] / "shared" / "data" / "hl7" / "simhospital-feed.er7"
START = datetime(2026, 11, 21, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not FILE.exists(), reason="the recorded feed is not on this machine")


@cache
def plan() -> Plan:
    return parse_plan(learn(messages(), "Simulated"), "learnt.toml")


@cache
def messages() -> tuple[Message, ...]:
    return tuple(Message.parse(raw) for raw in read_er7(FILE))


@cache
def readings() -> tuple[Reading, ...]:
    def pseudonym(mrn: str, authority: str) -> PatientId:
        return PatientId(sha256(f"{authority}|{mrn}".encode()).hexdigest()[:16])

    return tuple(read(message, plan().feeds[0], pseudonym, START, plan().bed_at) for message in messages())


class Run:
    """A hospital that heard readings in an order."""

    def __init__(self, heard: Iterable[Reading]) -> None:
        self.hospital = Hospital(plan())
        self.parked: Counter[str] = Counter()
        now = START
        self._add([Event(Kind.BED_OPENED, bed, now) for bed in opened(plan(), now)])
        for reading in heard:
            now += timedelta(seconds=1)
            for command in reading.commands:
                try:
                    self._add(decide(self.hospital, command, Cause(Origin.FEED, "his", now)))
                except Unreadable as problem:
                    self.parked[problem.code] += 1

    def _add(self, events: list[Event]) -> None:
        for event in events:
            evolve(self.hospital, self.hospital.seq + 1, event)

    def beds(self) -> dict[str, str | None]:
        """The bed each visit holds; whose claim was first is a matter of arrival, so contested beds are left out."""
        contested = {visit.course.claim for visit in self.hospital.visits.values() if visit.in_conflict}
        return {visit.id: visit.bed for visit in self.hospital.visits.values() if not visit.keyless and visit.course.claim not in contested}

    def courses(self) -> dict[str, Course]:
        return {visit.id: visit.course for visit in self.hospital.visits.values() if not visit.keyless}


@cache
def in_order() -> Run:
    return Run(readings())


def test_every_message_means_something() -> None:
    assert len(readings()) == 3485
    assert not any(reading.warnings for reading in readings())
    # A08 without a visit number for patients who have two open visits: HL7.md rule 2 parks them
    assert in_order().parked == {"no-visit": 144}


def test_one_bed_one_visit() -> None:
    hospital = in_order().hospital
    held = Counter(visit.bed for visit in hospital.visits.values() if visit.bed)
    assert held and max(held.values()) == 1
    assert {bed.id: bed.visit for bed in hospital.beds.values() if bed.visit} == {
        visit.bed: visit.id for visit in hospital.visits.values() if visit.bed
    }


def test_the_census_is_that_of_an_independent_replay() -> None:
    independent = pytest.importorskip("tests.acceptance.independent_census")
    census = independent.replay(independent.read(FILE))
    hospital = in_order().hospital
    assert {visit.id: visit.bed for visit in hospital.visits.values() if visit.bed} == {
        visit: plan().bed_at(place) for visit, place in census.open.items()
    }


@pytest.mark.parametrize("seed", range(3))
def test_shuffled_within_each_visit_every_visit_ends_the_same(seed: int) -> None:
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, reading in enumerate(readings()):
        numbers = [told.visit for command in reading.commands if isinstance(command, Chart) for told in command.told]
        if len(numbers) == 1 and numbers[0]:
            places[numbers[0]].append(place)
    heard, dice = list(readings()), Random(seed)
    for slots in places.values():
        for slot, reading in zip(slots, [readings()[slot] for slot in dice.sample(slots, len(slots))], strict=True):
            heard[slot] = reading
    assert heard != list(readings())
    shuffled = Run(reading for reading in heard for _ in range(2))
    assert shuffled.courses() == in_order().courses()
    assert shuffled.beds() == in_order().beds()
