"""`[transport]` of the hospital file: what is said counts, the rest stays as it comes, nonsense is told with its line."""

import pytest

from flow.domain.transport_rules import TransportRules
from flow.errors import Misconfigured
from flow.plan_file import parse_plan
from tests.hospital_file import hospital_file

WARD = hospital_file({"A": {"1": 2}})


def test_a_file_that_says_nothing_has_the_rules_as_they_come() -> None:
    assert parse_plan(f"{WARD}\n", "x.toml").transport == TransportRules()


def test_what_is_said_counts_and_each_place_stands_once() -> None:
    said = 'places = ["CT", "CT"]\nexits = ["Main gate", "Lounge", "Main gate"]\ndeliver_aim = 30'
    plan = parse_plan(f"{WARD}\n[transport]\n{said}\n", "x.toml")
    assert plan.transport == TransportRules(places=("CT",), exits=("Main gate", "Lounge"), deliver_aim=30)


@pytest.mark.parametrize("line", ['exits = "Main gate"', 'exits = [""]', "places = []", "accept_aim = -1", "lounge = true"])
def test_nonsense_is_told_with_its_line(line: str) -> None:
    with pytest.raises(Misconfigured, match=r"x\.toml:\d+: "):
        parse_plan(f"{WARD}\n[transport]\n{line}\n", "x.toml")
