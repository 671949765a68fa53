"""`[allocation]` of the hospital file: the weights a hospital sets, and what it may not say."""

from dataclasses import fields
from pathlib import Path

import pytest

from flow.domain.weights import Weights
from flow.plan_file import parse_plan
from flow.plan_file.schema import AllocationTable
from tests.unit.test_plan_file import SMALL, refusal

SAMPLE = Path(__file__).parents[2] / "flow" / "sample" / "city_general.toml"
HEADER = "\n[allocation]\n"


def weights(text: str) -> Weights:
    return parse_plan(SMALL + HEADER + text, "small.toml").weights


def test_what_the_file_leaves_out_stays_as_it_comes() -> None:
    assert parse_plan(SMALL, "small.toml").weights == Weights()
    assert weights('version = "2027-1"\nhome_ward = 90\n') == Weights(version="2027-1", home_ward=90)


def test_every_weight_can_be_set_and_the_sample_shows_them_all() -> None:
    names = [field.name for field in fields(Weights)]
    assert list(AllocationTable.__struct_fields__) == names
    sample = SAMPLE.read_text("utf-8").partition(HEADER)[2].partition("\n\n")[0]
    assert [line.split(" = ")[0] for line in sample.splitlines()] == names
    assert parse_plan(SAMPLE.read_text("utf-8"), "sample").weights == Weights(), "the sample shows what is usual"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('version = "2"\nhome_wrad = 1\n', "did you mean 'home_ward'?"),
        ('version = "2"\nhome_ward = -5\n', "home_ward = -5"),
        ('version = "2"\nstation_metres = 0\n', "station_metres = 0"),
        ("home_ward = 90\n", "needs a version of its own"),
        ('version = "2"\ntype_near = 500\n', "type_near 500 lies above type_match 400"),
    ],
)
def test_what_it_may_not_say_is_named_with_its_line(text: str, said: str) -> None:
    found = refusal(SMALL + HEADER + text)
    assert said in found
    assert found.startswith("small.toml:")
