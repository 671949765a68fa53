"""The house's rules of cleaning: shifts past midnight, the day of daily cleans, zones; and what a hospital file may not say of them."""

from datetime import UTC, datetime, time

import pytest

from flow.domain.cleaning_job import Step, is_emergency
from flow.domain.cleaning_rules import ISOLATION_STEPS, CleaningRules, Shift, Zone
from flow.domain.ids import WardId
from flow.errors import Misconfigured
from flow.plan_file.read import parse_plan
from tests.hospital_file import hospital_file

KOLKATA = "Asia/Kolkata"
RULES = CleaningRules(
    zones=(Zone("low", "Low", frozenset({WardId("4B")})),),
    shifts=(Shift("early", "Early", time(6), time(14)), Shift("night", "Night", time(22), time(6))),
    daily_at=time(8),
)


@pytest.mark.parametrize(
    ("shift", "at", "works"),
    [
        ("early", "06:00", True),
        ("early", "13:59", True),
        ("early", "14:00", False),
        ("night", "23:00", True),
        ("night", "05:59", True),
        ("night", "06:00", False),
        (None, "03:00", True),
        ("gone", "03:00", True),
    ],
)
def test_a_shift_has_hours_in_the_hospitals_zone(shift: str | None, at: str, works: bool) -> None:
    local = datetime.fromisoformat(f"2026-07-14T{at}+05:30")
    assert RULES.at_work(shift, local.astimezone(UTC), KOLKATA) is works


def test_the_daily_clean_counts_from_the_hour_the_house_says() -> None:
    before = datetime.fromisoformat("2026-07-14T07:59+05:30")
    after = datetime.fromisoformat("2026-07-14T08:00+05:30")
    assert RULES.daily_since(before, KOLKATA) == datetime.fromisoformat("2026-07-13T08:00+05:30")
    assert RULES.daily_since(after, KOLKATA) == after
    assert CleaningRules(daily_at=None).daily_since(after, KOLKATA) is None


def test_a_zone_is_its_wards_and_none_is_the_house() -> None:
    assert (RULES.wards_of("low"), RULES.wards_of(None), RULES.wards_of("gone")) == ({"4B"}, None, None)


@pytest.mark.parametrize(
    ("origin", "is_ed"), [("ED", True), ("casualty bay 2", True), ("Ed Smith's clinic", True), ("OPD", False), ("", False)]
)
def test_who_waits_in_the_emergency_department(origin: str, is_ed: bool) -> None:
    assert is_emergency(origin) is is_ed


def parsed(cleaning: str) -> CleaningRules:
    text = hospital_file({"4B": {"A": 2}})
    return parse_plan(f"{text}\n{cleaning}", "hospital.toml").cleaning


def test_a_file_without_the_table_has_the_usual_rules() -> None:
    found = parsed("")
    assert (found.isolation_steps, found.inspect_percent, found.answer_minutes) == (ISOLATION_STEPS, 0, 3)


def test_a_file_says_its_own() -> None:
    found = parsed(
        '[cleaning]\nisolation_steps = ["linen", "air"]\ninspect_percent = 20\ndaily = false\nturn_aim = 45\n'
        '[[cleaning.zones]]\nid = "a"\nname = "A"\nwards = ["4B"]\n'
        '[[cleaning.shifts]]\nid = "n"\nname = "Night"\nbegins = 22:00:00\nuntil = 06:00:00\n'
    )
    assert (found.isolation_steps, found.inspect_percent, found.daily_at, found.turn_aim) == ((Step.LINEN, Step.AIR), 20, None, 45)
    assert found.wards_of("a") == {"4B"} and found.shifts[0].covers(time(23))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ('[[cleaning.zones]]\nid = "a"\nname = "A"\nwards = ["9Z"]', "which there is not"),
        ('[[cleaning.shifts]]\nid = "n"\nname = "N"\nbegins = 06:00:00\nuntil = 06:00:00', "begins when it ends"),
        ('[cleaning]\nisolation_steps = ["linen", "linen"]', "stands twice"),
        ('[cleaning]\nisolation_steps = ["sweep"]', "isolation_steps"),
        ("[cleaning]\ninspect_percent = 101", "inspect_percent"),
        ("[cleaning]\ninspekt_percent = 1", "inspect_percent"),
    ],
)
def test_a_slip_is_named_with_its_line(said: str, words: str) -> None:
    with pytest.raises(Misconfigured, match=words):
        parsed(said)
