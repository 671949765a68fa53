"""The demo's transports: asked for where somebody lies, never too many, and taken by the demo's porter only when nobody else would."""

from random import Random

from flow.dev.porters import LEG, MOST, PATIENCE, asked, moved
from flow.domain.discharge import Milestone, Way
from flow.domain.discharge_commands import BeginDischarge, MarkMilestone
from flow.domain.ids import VisitId
from flow.domain.transport import Transport, TransportStatus
from flow.domain.transport_commands import MoveTransport, Ride
from flow.domain.transport_rules import THE_EXIT
from tests.hearing import House, check

S = TransportStatus


def lying(patients: int) -> House:
    house = House()
    for number in range(1, patients + 1):
        house.hears("A01", f"4B^A^{number}", visit=f"V{number}", mrn=str(number))
    return house


def asks(house: House, dice: Random) -> Transport:
    command = asked(house.hospital, house.hospital.plan, dice, house.now)
    assert command is not None
    house.does(command)
    check(house)
    return house.hospital.transports[command.transport.id]


def test_nobody_lies_there_so_nobody_is_fetched() -> None:
    house = House()
    assert asked(house.hospital, house.hospital.plan, Random(1), house.now) is None
    assert moved(house.hospital, "p1", house.now) is None


def test_each_patient_is_fetched_once_and_never_too_many_at_a_time() -> None:
    house, dice = lying(3), Random(1)
    jobs = [asks(house, dice) for _ in range(3)]
    assert len({job.visit for job in jobs}) == 3 <= MOST
    assert all(job.to in house.hospital.plan.transport.places for job in jobs)
    assert asked(house.hospital, house.hospital.plan, dice, house.now) is None, "everybody is fetched already"


def test_the_demos_porter_waits_for_somebody_else_and_then_goes_the_whole_way() -> None:
    house = lying(1)
    job = asks(house, Random(1))
    assert moved(house.hospital, "p1", job.requested_at + PATIENCE - LEG) is None
    for ride, status in ((Ride.ACCEPT, S.ACCEPTED), (Ride.PICK_UP, S.PICKED_UP), (Ride.DELIVER, S.DELIVERED)):
        command = moved(house.hospital, "p1", house.now + PATIENCE)
        assert command == MoveTransport(job.id, ride, "p1")
        house.does(command)
        assert house.hospital.transports[job.id].status is status
        assert moved(house.hospital, "p1", house.now) is None, "no two taps at once"


def test_who_waits_for_the_door_alone_is_brought_out_first_and_once() -> None:
    house, visit = lying(3), VisitId("V2")
    house.does(BeginDischarge(visit, Way.ONWARD_0))
    house.does(MarkMilestone(visit, Milestone.SUMMARY))
    house.does(MarkMilestone(visit, Milestone.PHARMACY))
    job = asks(house, Random(1))
    assert (job.visit, job.leaving, job.to) == (visit, True, THE_EXIT)
    for ride in (Ride.ACCEPT, Ride.PICK_UP, Ride.DELIVER):
        house.does(MoveTransport(job.id, ride, "p1"))
    after = asks(house, Random(1))
    assert (after.visit != visit, after.leaving) == (True, False)


def test_what_a_person_has_taken_is_theirs() -> None:
    house = lying(1)
    job = asks(house, Random(1))
    house.does(MoveTransport(job.id, Ride.ACCEPT, "somebody"))
    assert moved(house.hospital, "p1", house.now + 9 * PATIENCE) is None
