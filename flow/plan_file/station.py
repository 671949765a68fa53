"""`[station]` of a hospital file: what it may not say, and the rules of the nurse station that it makes."""

from dataclasses import replace

from flow.domain.station_rules import StationRules
from flow.plan_file.problems import Problems
from flow.plan_file.schema import StationTable

_PLAIN = ("medium", "high", "step_down", "steady_hours", "fresh_hours")


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
