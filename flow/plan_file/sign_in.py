"""`[sign_in]` of a hospital file: its table, what it may not say, and the rules of signing in by a provider that it makes."""

from collections.abc import Collection
from typing import Annotated

import msgspec

from flow.domain.ids import WardId
from flow.domain.roles import Role
from flow.domain.sign_in_rules import Given, SignInRules
from flow.plan_file.problems import Problems
from flow.plan_file.words import Table, Text

NOBODY = (Role.DISPLAY, Role.INTEGRATION)
"""Roles of screens and programmes, which no person signs in as."""
OF_A_WARD = (Role.NURSE, Role.DOCTOR)
_LONGEST = 200


class SignInTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[sign_in]`: see `flow.domain.sign_in_rules.SignInRules`, which has what is left out here."""

    name: Text | None = None
    scope: Text | None = None
    groups_claim: Text | None = None
    second_factor: list[Text] | None = None
    max_age_minutes: Annotated[int, msgspec.Meta(ge=0, le=10_080)] | None = None
    groups: dict[str, str] = {}


def check_sign_in(table: SignInTable, places: Collection[str], problems: Problems) -> None:
    """Roles and places that there are."""
    people = [role for role in Role if role not in NOBODY]
    for group, said in table.groups.items():
        path, (role, slash, place) = ("sign_in", "groups", group), said.partition("/")
        if not group or len(group) > _LONGEST:
            problems.add(path, f"a group's name has 1 to {_LONGEST} letters")
        if role not in people:
            problems.add(path, f"{said!r}: there is no role {role!r} for people; there are {', '.join(people)}")
        elif slash and place not in places:
            problems.add(path, f"{said!r}: there is no ward or clinic {place!r}")
        elif role in OF_A_WARD and not slash:
            problems.add(path, f"{said!r}: a {role} sees the people of one ward; say which, like {role}/4B")
    if table.scope is not None and "openid" not in table.scope.split():
        problems.add(("sign_in", "scope"), "the scope holds openid, like 'openid profile'")


def sign_in_rules(table: SignInTable) -> SignInRules:
    """The rules that the table amounts to."""
    usual = SignInRules()
    return SignInRules(
        table.name or usual.name,
        table.scope or usual.scope,
        table.groups_claim or usual.groups_claim,
        frozenset(table.second_factor) if table.second_factor is not None else usual.second_factor,
        table.max_age_minutes if table.max_age_minutes is not None else usual.max_age_minutes,
        tuple(_given(group, said) for group, said in table.groups.items()),
    )


def _given(group: str, said: str) -> Given:
    role, _, place = said.partition("/")
    return Given(group, Role(role), WardId(place) if place else None)
