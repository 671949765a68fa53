"""`[kpi]` of the hospital file: the hospital's own aims, and mistakes with their lines."""

import pytest

from flow.domain.kpis.table import MEASURES, aim_of
from flow.errors import Misconfigured
from flow.plan_file import parse_plan
from tests.hospital_file import hospital_file

SMALL = hospital_file({"A": {"1": 2}})


def test_without_the_table_the_usual_aims_count() -> None:
    aims = parse_plan(SMALL, "small.toml").kpi_aims
    usual = {name: aim_of(measure, aims) for name, measure in MEASURES.items() if aim_of(measure, aims) is not None}
    assert usual == {"occupancy_now": 85, "bed_occupancy_rate": 85, "evs_response": 30, "evs_clean": 30, "evs_turn": 60}


def test_a_hospital_s_own_aims() -> None:
    aims = parse_plan(SMALL + "\n[kpi.aims]\nevs_turn = 45\nlength_of_stay = 3.5\n", "small.toml").kpi_aims
    assert aim_of(MEASURES["evs_turn"], aims) == 45
    assert aim_of(MEASURES["length_of_stay"], aims) == 3.5
    assert aim_of(MEASURES["evs_clean"], aims) == 30


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("evs_trun = 45", "there is no KPI evs_trun; there are: occupancy_now"),
        ("exits_before_noon = 40", "never rewarded alone"),
        ("occupancy_now = 101", "a number of %, above 0 and at most 100"),
        ("evs_turn = 0", "a number of min, above 0"),
        ('evs_turn = "an hour"', "a number of min"),
    ],
)
def test_mistakes_are_told_with_their_line(wrong: str, said: str) -> None:
    text = f"{SMALL}\n[kpi.aims]\n{wrong}\n"
    with pytest.raises(Misconfigured) as told:
        parse_plan(text, "small.toml")
    assert said in told.value.reason
    assert f"small.toml:{text[: text.index(wrong)].count(chr(10)) + 1}" in told.value.reason
