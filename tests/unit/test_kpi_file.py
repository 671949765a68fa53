"""`[kpi]` of the hospital file: the hospital's own aims, and mistakes with their lines."""

import pytest

from flow.domain.kpis.table import MEASURES
from flow.errors import Misconfigured
from flow.plan_file import parse_plan
from tests.hospital_file import hospital_file

SMALL = hospital_file({"A": {"1": 2}})
"""With a ward A and a clinic ENT."""


def test_without_the_table_the_usual_aims_count() -> None:
    aims = parse_plan(SMALL, "small.toml").kpi_aims
    usual = {name: aims.of(measure) for name, measure in MEASURES.items() if aims.of(measure) is not None}
    assert usual == {"occupancy_now": 85, "bed_occupancy_rate": 85, "evs_response": 30, "evs_clean": 30, "evs_turn": 60}


def test_a_hospital_s_own_aims() -> None:
    aims = parse_plan(SMALL + "\n[kpi.aims]\nevs_turn = 45\nlength_of_stay = 3.5\n", "small.toml").kpi_aims
    assert aims.of(MEASURES["evs_turn"]) == 45
    assert aims.of(MEASURES["length_of_stay"]) == 3.5
    assert aims.of(MEASURES["evs_clean"]) == 30


def test_a_ward_s_and_a_clinic_s_own_aims_come_before_the_house_s() -> None:
    own = "\n[kpi.aims]\nevs_turn = 45\n[kpi.ward_aims.A]\nevs_turn = 90\n[kpi.ward_aims.ENT]\nopd_wait = 20\n"
    aims = parse_plan(SMALL + own, "small.toml").kpi_aims
    turn, wait = MEASURES["evs_turn"], MEASURES["opd_wait"]
    assert (aims.of(turn), aims.of(turn, "A"), aims.of(turn, "B")) == (45, 90, 45)
    assert (aims.of(wait), aims.of(wait, "ENT")) == (None, 20)
    assert aims.of(MEASURES["evs_clean"], "A") == 30, "what is left out is the house's, or the usual"


@pytest.mark.parametrize(
    ("wrong", "at", "said"),
    [
        ("[kpi.ward_aims.B]\nevs_turn = 45", "[kpi.ward_aims.B]", "there is no ward or clinic B; there are: A, ENT"),
        ("[kpi.ward_aims]\nA = 45", "A = 45", "A takes a table of aims: write [kpi.ward_aims.A], and under it a line like evs_turn = 45"),
        (
            "[kpi.ward_aims.A]\nopd_wait = 20",
            "opd_wait",
            "opd_wait is not told of A, which is a ward; those told of it are: occupancy_now,",
        ),
        (
            "[kpi.ward_aims.ENT]\nevs_turn = 20",
            "evs_turn",
            "evs_turn is not told of ENT, which is a clinic; those told of it are: opd_wait,",
        ),
        ("[kpi.ward_aims.A]\nevs_turn = 0", "evs_turn", "evs_turn is a number of min, above 0"),
        ("[kpi.ward_aims.A]\nevs_trun = 9", "evs_trun", "there is no KPI evs_trun; there are: occupancy_now"),
        ("[kpi.ward_aims.A]\nexits_before_noon = 9", "exits", "never rewarded alone"),
    ],
)
def test_mistakes_in_a_ward_s_aims_are_told_with_their_line(wrong: str, at: str, said: str) -> None:
    text = f"{SMALL}\n{wrong}\n"
    with pytest.raises(Misconfigured) as told:
        parse_plan(text, "small.toml")
    assert said in told.value.reason
    assert f"small.toml:{text[: text.index(at, len(SMALL))].count(chr(10)) + 1}: " in told.value.reason


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
