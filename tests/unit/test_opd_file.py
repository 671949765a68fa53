"""`[opd]` and tele-consult rooms of the hospital file: what is read of them, and what is refused with its line."""

import pytest

from flow.domain.opd_queue import QueuePolicy
from flow.errors import Misconfigured
from flow.plan_file.read import parse_plan
from tests.hospital_file import hospital_file

FILE = hospital_file({"4B": {"A": 2}})


def test_what_is_left_out_stays_as_it_comes() -> None:
    plan = parse_plan(f"{FILE}\n[opd]\npriority_before = 4\nreturn_places = 0\n", "small.toml")
    assert plan.queue == QueuePolicy(priority_before=4, return_places=0)
    assert {clinic.queue for clinic in plan.clinics} == {plan.queue}
    assert parse_plan(FILE, "small.toml").queue == QueuePolicy()


@pytest.mark.parametrize(
    ("table", "said"),
    [("[opd]\nabsent_after = 0", "absent_after"), ("[opd]\nfirst = 1", "first"), ("[[opd]]\nback_places = 1", "opd")],
)
def test_what_makes_no_sense_is_said(table: str, said: str) -> None:
    with pytest.raises(Misconfigured, match=said):
        parse_plan(f"{FILE}\n{table}\n", "small.toml")


def test_a_clinic_has_a_room_for_those_who_come() -> None:
    room = '[[clinics.rooms]]\nid = "T"\nname = "Tele"\ntele = true\n'
    clinic = '\n[[clinics]]\nid = "SKIN"\nname = "Skin"\nprefix = "S"\n'
    with pytest.raises(Misconfigured, match="tele-consult rooms only"):
        parse_plan(f"{FILE}{clinic}{room}", "small.toml")
    plan = parse_plan(f'{FILE}{clinic}{room}[[clinics.rooms]]\nid = "1"\nname = "Room 1"\n', "small.toml")
    assert [room.tele for room in plan.clinics[-1].rooms] == [True, False]
