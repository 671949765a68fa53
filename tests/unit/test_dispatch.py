"""To whom a clean is offered: the free and the able, one job each, then the next after three minutes, then the supervisor."""

from datetime import timedelta

from flow.domain.bed import OutOfUse
from flow.domain.cause import Origin
from flow.domain.cleaning_commands import AskClean, GiveJob, ReportProblem, Tap, TapClean
from flow.domain.dispatch import Crew, Hand, offers
from flow.domain.ids import BedId, WardId
from tests.hearing import House

A1, A2, A3, I1 = BedId("4B-A-01"), BedId("4B-A-02"), BedId("4B-A-03"), BedId("ICU-I-01")
MEENA, RAVI, LATHA = Hand("meena"), Hand("ravi"), Hand("latha", trained=True)
MINUTES = timedelta(minutes=1)


def dirty(*beds: BedId, **more: bool) -> House:
    house = House()
    for bed in beds:
        house.does(AskClean(bed, **more))
    return house


def told(house: House, *hands: Hand, minutes: float = 0, gone: frozenset[str] = frozenset()) -> list[tuple[str, str | None]]:
    """What is offered now (and carried out): the bed and to whom, `!` for the supervisor."""
    at = house.now + minutes * MINUTES
    order = sorted(house.hospital.beds)
    found = offers(house.hospital.plan, house.hospital.beds, order, Crew(hands, gone), at)
    house.now = at - timedelta(hours=1)
    for command in found:
        house.does(command, Origin.SYSTEM)
        house.now = at - timedelta(hours=1)
    house.now = at
    return [(command.bed, command.cleaner if isinstance(command, GiveJob) else "!") for command in found]


def number(house: House, bed: BedId = A1) -> str:
    job = house.hospital.beds[bed].job
    assert job is not None
    return job.id


def test_each_free_cleaner_gets_one_job_in_the_order_of_value() -> None:
    house = dirty(A1, A2, A3)
    assert told(house, MEENA, RAVI) == [(A1, "meena"), (A2, "ravi")]
    assert told(house, MEENA, RAVI) == []


def test_without_a_crew_nothing_is_offered() -> None:
    assert told(dirty(A1)) == []


def test_a_zone_keeps_its_cleaners() -> None:
    here = Hand("icu", frozenset({WardId("ICU")}))
    house = dirty(A1, I1)
    assert told(house, here) == [(A1, "!"), (I1, "icu")], "for the other ward nobody is at work"


def test_an_isolation_clean_is_offered_to_the_trained_and_they_are_kept_for_it() -> None:
    house = dirty(A1, isolation=True)
    assert told(house, MEENA, LATHA) == [(A1, "latha")]
    assert told(dirty(A1), MEENA, LATHA) == [(A1, "meena")]


def test_nobody_able_at_work_is_told_to_the_supervisor() -> None:
    house = dirty(A1, isolation=True)
    assert told(house, MEENA) == []
    assert told(house, MEENA, minutes=3) == [(A1, "!")]
    assert told(house, MEENA, minutes=9) == []


def test_three_minutes_without_a_word_then_the_next_then_the_supervisor() -> None:
    house = dirty(A1)
    assert told(house, MEENA, RAVI) == [(A1, "meena")]
    assert told(house, MEENA, RAVI, minutes=2.9) == []
    assert told(house, MEENA, RAVI, minutes=0.1) == [(A1, "ravi")]
    assert told(house, MEENA, RAVI, minutes=3) == [(A1, "!")]
    job = house.hospital.beds[A1].job
    assert job is not None and (job.passed, job.escalated_at) == (("meena", "ravi"), house.now)


def test_an_answer_keeps_the_job() -> None:
    house = dirty(A1)
    told(house, MEENA, RAVI)
    house.does(TapClean(A1, Tap.COMING, "meena", job=number(house)))
    assert told(house, MEENA, RAVI, minutes=60) == []


def test_an_urgent_job_goes_to_somebody_who_is_busy() -> None:
    house = dirty(A1)
    told(house, MEENA)
    house.does(TapClean(A1, Tap.START, "meena", job=number(house)))
    house.does(AskClean(A2))
    assert told(house, MEENA) == []
    house.does(AskClean(A2, stat=True))
    assert told(house, MEENA) == [(A2, "meena")]


def test_whoever_went_home_leaves_their_jobs_to_others() -> None:
    house = dirty(A1)
    told(house, MEENA)
    house.does(TapClean(A1, Tap.START, "meena", job=number(house)))
    assert told(house, RAVI, gone=frozenset({"meena"})) == [(A1, None)]
    assert told(house, RAVI, gone=frozenset({"meena"})) == [(A1, "ravi")]


def test_a_bed_with_a_reported_problem_is_offered_to_nobody() -> None:
    house = dirty(A1)
    house.does(ReportProblem(A1, "p", OutOfUse.REPAIR, "meena", number(house)))
    assert told(house, MEENA, RAVI) == []


def test_what_the_supervisor_gave_goes_on_like_any_offer() -> None:
    house = dirty(A1)
    told(house, MEENA, RAVI)
    told(house, MEENA, RAVI, minutes=3)
    told(house, MEENA, RAVI, minutes=3)
    house.does(GiveJob(A1, number(house), "meena"))
    job = house.hospital.beds[A1].job
    assert job is not None and job.escalated_at is None and job.is_offered
    assert told(house, MEENA, RAVI, minutes=3) == [(A1, "ravi")]


def test_the_dispatcher_says_nothing_that_the_desk_refuses() -> None:
    """Every command of a round is carried out, whatever the round."""
    house = dirty(A1, A2, A3, I1)
    hands = (MEENA, RAVI, LATHA)
    for _ in range(12):
        told(house, *hands, minutes=3)
    states = [house.hospital.beds[bed].job for bed in (A1, A2, A3, I1)]
    assert all(job is not None and job.escalated_at is not None for job in states)
