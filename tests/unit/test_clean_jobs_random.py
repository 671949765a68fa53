"""Whatever happens to a ward, in whatever order: a bed in cleaning has an open job and no other bed has one, and no work is lost."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from flow.domain.bed import BedStatus, CleanKind, OutOfUse, Stage
from flow.domain.cause import Origin
from flow.domain.cleaning_commands import (
    AskClean,
    CleanDaily,
    EscalateJob,
    GiveJob,
    InspectClean,
    ReportProblem,
    SettleProblem,
    Tap,
    TapClean,
)
from flow.domain.cleaning_job import Step, Why
from flow.domain.cleaning_rules import CleaningRules
from flow.domain.commands import Command, SetBedStatus
from flow.domain.events import Kind
from flow.domain.ids import BedId
from flow.errors import Refused, Unreadable
from tests.hearing import House
from tests.plans import small_plan

BEDS = (BedId("4B-A-01"), BedId("4B-A-02"))
PEOPLE = ("meena", "ravi", "latha")

Deed = Callable[[House], object]
beds, people, yes = st.sampled_from(BEDS), st.sampled_from(PEOPLE), st.booleans()


def number(house: House, bed: BedId) -> str:
    job = house.hospital.beds[bed].job
    return job.id if job is not None else "none"


def letter(trigger: str, bed: BedId, mrn: str) -> Deed:
    return lambda house: house.hears(trigger, f"4B^A^{int(bed[-1])}", visit=f"V{mrn}", mrn=mrn)


def tap(what: Tap, bed: BedId, who: str, trained: bool, named: bool, step: Step, minutes: int) -> Deed:
    def tapped(house: House) -> object:
        at = house.now + timedelta(minutes=minutes)
        return house.does(TapClean(bed, what, who, trained, number(house, bed) if named else None, at, None, step))

    return tapped


def give(bed: BedId, who: str | None, trained: bool, passed: bool, by_itself: bool) -> Deed:
    origin = Origin.SYSTEM if by_itself else Origin.PERSON
    return lambda house: house.does(GiveJob(bed, number(house, bed), who, trained, passed), origin)


def of_job(bed: BedId, good: bool | None) -> Deed:
    """An inspection; None: nobody answers."""
    if good is None:
        return lambda house: house.does(EscalateJob(bed, number(house, bed)), Origin.SYSTEM)
    return lambda house: house.does(InspectClean(bed, number(house, bed), good))


def plain(command: Command) -> Deed:
    return lambda house: house.does(command)


def set_to(bed: BedId, status: BedStatus, stage: Stage | None, kind: CleanKind | None) -> Deed:
    return plain(SetBedStatus(bed, status, stage, kind, OutOfUse.REPAIR))


deeds = st.one_of(
    st.builds(letter, st.sampled_from(("A01", "A02", "A03", "A11", "A13")), beds, st.sampled_from(("1", "2"))),
    st.builds(tap, st.sampled_from(Tap), beds, people, yes, yes, st.sampled_from(Step), st.integers(-90, 90)),
    st.builds(give, beds, st.none() | people, yes, yes, yes),
    st.builds(of_job, beds, st.none() | yes),
    st.builds(set_to, beds, st.sampled_from(BedStatus), st.none() | st.sampled_from(Stage), st.none() | st.sampled_from(CleanKind)),
    st.builds(AskClean, beds, st.sampled_from(Why), yes, yes).map(plain),
    st.builds(CleanDaily, beds, people).map(plain),
    st.builds(ReportProblem, beds, st.just("p"), st.just(OutOfUse.REPAIR), people).map(plain),
    st.builds(SettleProblem, beds, st.just("p"), yes).map(plain),
)


def holds(house: House) -> None:
    for bed in house.hospital.beds.values():
        job = bed.job
        assert (bed.status is BedStatus.CLEANING) == (job is not None and job.is_open), bed
        if job is None:
            continue
        times = [job.asked_at, job.started_at, job.cleaned_at, job.ended_at if job.end == "done" else None]
        told = [at for at in times if at is not None]
        assert told == sorted(told), job
        assert job.step <= len(job.steps)


@settings(max_examples=200, deadline=None)
@given(st.lists(deeds, max_size=25), st.sampled_from((0, 50, 100)))
def test_a_bed_in_cleaning_has_a_job_and_each_job_ends_once(happened: list[Deed], percent: int) -> None:
    house = House(replace(small_plan(), cleaning=CleaningRules(inspect_percent=percent)))
    for deed in happened:
        with suppress(Refused, Unreadable):
            deed(house)
        holds(house)
    finished = [event.record.job.id for event in house.log if event.kind is Kind.CLEANING_FINISHED]  # type: ignore[union-attr]
    assert len(finished) == len(set(finished)), "a clean is finished once, whoever says so"
