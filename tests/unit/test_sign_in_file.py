"""`[sign_in]` of the hospital file: who is given what, and what it may not say."""

import pytest

from flow.domain.roles import Role
from flow.domain.sign_in_rules import Given
from flow.errors import Misconfigured
from flow.plan_file import parse_plan
from tests.hospital_file import hospital_file

SMALL = hospital_file({"4B": {"A": 2}})
GROUPS = """
[sign_in]
name = "City General"
max_age_minutes = 30
second_factor = ["2"]
[sign_in.groups]
"CN=Bedflow Nurses 4B,OU=Wards" = "nurse/4B"
"desk" = "admissions"
"ent" = "opd/ENT"
"""


def test_groups_are_given_roles_in_the_order_of_the_file() -> None:
    rules = parse_plan(SMALL + GROUPS, "mine.toml").sign_in
    assert (rules.name, rules.groups_claim, rules.max_age_minutes, rules.second_factor) == ("City General", "groups", 30, {"2"})
    assert rules.given(["desk", "CN=Bedflow Nurses 4B,OU=Wards"]) == Given("CN=Bedflow Nurses 4B,OU=Wards", Role.NURSE, "4B")  # type: ignore[arg-type]
    assert rules.given(["ent"]) == Given("ent", Role.OPD, "ENT")  # type: ignore[arg-type]
    assert rules.given(["Desk", "everybody"]) is None and rules.given([]) is None
    assert parse_plan(SMALL, "mine.toml").sign_in.groups == ()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('"a" = "queen"', "there is no role 'queen'"),
        ('"a" = "display"', "there is no role 'display' for people"),
        ('"a" = "integration"', "no role 'integration' for people"),
        ('"a" = "nurse"', "a nurse sees the people of one ward"),
        ('"a" = "doctor"', "say which, like doctor/4B"),
        ('"a" = "nurse/9Z"', "there is no ward or clinic '9Z'"),
        ('"a" = "admissions/"', "there is no ward or clinic ''"),
        ('"" = "admissions"', "a group's name has 1 to 200 letters"),
    ],
)
def test_what_cannot_be_given_is_refused_with_its_line(line: str, words: str) -> None:
    text = f"{SMALL}\n[sign_in.groups]\n{line}\n"
    with pytest.raises(Misconfigured) as told:
        parse_plan(text, "mine.toml")
    assert words in told.value.reason and f"mine.toml:{text.count(chr(10))}:" in told.value.reason


def test_a_scope_without_openid_is_refused() -> None:
    with pytest.raises(Misconfigured, match="the scope holds openid"):
        parse_plan(f'{SMALL}\n[sign_in]\nscope = "profile"\n', "mine.toml")
