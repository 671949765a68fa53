"""`[station]` of a hospital file: its table, what it may not say, and the rules of the nurse station that it makes."""

from dataclasses import replace
from typing import Annotated

import msgspec

from flow.domain.station_rules import StationRules
from flow.plan_file.problems import Problems
from flow.plan_file.words import Table, Text

_PLAIN = ("medium", "high", "step_down", "steady_hours", "fresh_hours", "closed_days")


class StationTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[station]`: see `flow.domain.station_rules.StationRules`, which has what is left out here."""

    codes: Annotated[list[Text], msgspec.Meta(max_length=20)] | None = None
    medium: Annotated[int, msgspec.Meta(ge=1, le=100)] | None = None
    high: Annotated[int, msgspec.Meta(ge=1, le=100)] | None = None
    step_down: Annotated[int, msgspec.Meta(ge=0, le=100)] | None = None
    steady_hours: Annotated[int, msgspec.Meta(ge=1, le=240)] | None = None
    fresh_hours: Annotated[int, msgspec.Meta(ge=1, le=240)] | None = None
    closed_days: Annotated[int, msgspec.Meta(ge=1, le=3660)] | None = None


def check_station(table: StationTable, problems: Problems) -> None:
    """Levels follow each other."""
    rules = station_rules(table)
    if rules.medium >= rules.high:
        problems.add(("station", "high"), "a high score begins above a medium one")
    if rules.step_down >= rules.medium:
        problems.add(("station", "step_down"), "who may leave intensive care has a score below a medium one")


def station_rules(table: StationTable) -> StationRules:
    """The rules that the table amounts to."""
    said = {name: value for name in _PLAIN if (value := getattr(table, name)) is not None}
    codes = tuple(table.codes) if table.codes is not None else StationRules().codes
    return replace(StationRules(codes=codes), **said)
