"""`[checks]` of the hospital file: what is said counts, the rest stays as it comes, nonsense is told with its line."""

from datetime import time
from pathlib import Path

import pytest

from flow.domain.check_rules import CheckRules
from flow.errors import Misconfigured
from flow.plan_file import load_plan, parse_plan
from tests.hospital_file import hospital_file

SAMPLE = Path(__file__).parents[2] / "flow" / "sample" / "city_general.toml"
FILE = hospital_file({"A": {"1": 2}})


def test_the_sample_says_what_comes_by_itself() -> None:
    assert load_plan(SAMPLE).checks == CheckRules()


def test_what_is_said_counts() -> None:
    plan = parse_plan(f"{FILE}\n[checks]\nshifts = [08:00:00, 20:00:00]\na_shift = 2\nsilent_minutes = 0\n", "x.toml")
    assert plan.checks == CheckRules(shifts=(time(8), time(20)), a_shift=2, silent_minutes=0)


@pytest.mark.parametrize(
    "line",
    ["shifts = [20:00:00, 08:00:00]", "shifts = [08:00:00, 08:00:00]", "shifts = []", "a_shift = -1", 'again_hours = "x"', "nights = 3"],
)
def test_nonsense_is_told_with_its_line(line: str) -> None:
    with pytest.raises(Misconfigured, match=r"x\.toml:\d+: "):
        parse_plan(f"{FILE}\n[checks]\n{line}\n", "x.toml")
