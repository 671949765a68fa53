"""`[moves]` of the hospital file: what is said counts, the rest stays as it comes, nonsense is told with its line."""

from datetime import time
from pathlib import Path

import pytest

from flow.domain.move_rules import MoveRules
from flow.errors import Misconfigured
from flow.plan_file import load_plan, parse_plan
from tests.hospital_file import hospital_file

SAMPLE = Path(__file__).parents[2] / "flow" / "sample" / "city_general.toml"


def test_the_sample_says_what_comes_by_itself() -> None:
    assert load_plan(SAMPLE).moves == MoveRules()


def test_what_is_said_counts() -> None:
    plan = parse_plan(f"{hospital_file({'A': {'1': 2}})}\n[moves]\nquiet_from = 22:30:00\na_stay = 2\nprice = 400\n", "x.toml")
    assert plan.moves == MoveRules(quiet_from=time(22, 30), a_stay=2, price=400)


@pytest.mark.parametrize("line", ['quiet_from = "late"', "price = -1", "a_stay = true", "nights = 3"])
def test_nonsense_is_told_with_its_line(line: str) -> None:
    with pytest.raises(Misconfigured, match=r"x\.toml:\d+: "):
        parse_plan(f"{hospital_file({'A': {'1': 2}})}\n[moves]\n{line}\n", "x.toml")
