"""The timetable: read from the file, opened once a day, and never over a person's head."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from flow.domain.ids import ClinicId
from flow.domain.opd import Session
from flow.domain.opd_commands import HoldSession, OpenSessions
from flow.domain.opd_timetable import Regular, sessions_of
from flow.errors import Misconfigured
from flow.plan_file.read import parse_plan
from tests.hearing import House
from tests.hospital_file import hospital_file

FILE = hospital_file({"4B": {"A": 2}})
CLINIC = '\n[[clinics]]\nid = "SKIN"\nname = "Skin"\nprefix = "S"\n[[clinics.rooms]]\nid = "1"\nname = "Room 1"\n'
MONDAY = date(2026, 3, 2)
MON_THU = '["mon", "thu"]'
ENT = ClinicId("ENT")


def session(doctor: str = "Dr Iyer", room: str = "1", days: str = '["mon"]', begins: str = "09:00:00", until: str = "13:00:00") -> str:
    return f'[[clinics.sessions]]\ndoctor = "{doctor}"\nroom = "{room}"\ndays = {days}\nbegins = {begins}\nuntil = {until}\n'


def test_a_week_is_read_and_its_days_found() -> None:
    plan = parse_plan(f"{FILE}{CLINIC}{session(begins='15:00:00', until='18:00:00')}{session('Dr Das', days=MON_THU)}", "small.toml")
    timetable = plan.clinics[-1].timetable
    assert timetable[0] == Regular("Dr Iyer", "1", ("mon",), time(15), time(18))
    monday = sessions_of(timetable, "1", MONDAY, "Asia/Kolkata")
    assert [(each.doctor, each.begins.astimezone(UTC).hour, each.begins.minute) for each in monday] == [("Dr Das", 3, 0), ("Dr Iyer", 9, 0)]
    assert [each.doctor for each in sessions_of(timetable, "1", MONDAY + timedelta(days=3), "Asia/Kolkata")] == ["Dr Das"]
    assert sessions_of(timetable, "2", MONDAY, "Asia/Kolkata") == ()


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        (session(room="9"), "has no room '9'"),
        (session(until="08:00:00"), "ends before it begins"),
        (session() + session("Dr Das", begins="12:00:00", until="14:00:00"), "at the same time"),
        (session(days='["monday"]'), "days"),
        (session(days="[]"), "days"),
        (session().replace("begins = 09:00:00", ""), "needs begins"),
    ],
)
def test_what_makes_no_sense_is_said(tables: str, said: str) -> None:
    with pytest.raises(Misconfigured, match=said):
        parse_plan(f"{FILE}{CLINIC}{tables}", "small.toml")


def test_a_day_is_opened_once_and_a_persons_word_stands() -> None:
    house, nine = House(), datetime(2026, 3, 2, 9, tzinfo=UTC)
    regular = Session("Dr Iyer", nine, nine + timedelta(hours=4)), Session("Dr Das", nine + timedelta(hours=6), nine + timedelta(hours=9))
    opening = OpenSessions(ENT, "1", MONDAY, regular)
    house.does(HoldSession(ENT, "1", "Dr Sen", nine + timedelta(hours=5), nine + timedelta(hours=7)))
    house.does(opening)
    state = house.hospital.rooms["ENT/1"]
    assert [each.doctor for each in state.sessions] == ["Dr Iyer", "Dr Sen"]
    house.does(HoldSession(ENT, "1", None, nine, nine + timedelta(hours=4)))
    assert house.does(opening) == [], "what was taken off stays off"
    house.now = nine + timedelta(days=1)
    assert house.does(OpenSessions(ENT, "1", MONDAY + timedelta(days=1), ()))
    assert house.hospital.rooms["ENT/1"].sessions == ()
