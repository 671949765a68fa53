"""`[command_centre]` of the hospital file: the tables of its levels, what they may not say, and the rules they make."""

from typing import Annotated

import msgspec

from flow.domain.alert_rules import AlertLevel, AlertRules
from flow.plan_file.problems import Problems
from flow.plan_file.words import Table, Text

_MEASURES = ("occupancy", "boarders", "dirty", "expected")
_Beds = Annotated[int, msgspec.Meta(ge=1, le=10_000)]


class AlertLevelTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[[command_centre.levels]]`: see `flow.domain.alert_rules.AlertLevel`."""

    name: Text
    occupancy: Annotated[int, msgspec.Meta(ge=1, le=100)] | None = None
    boarders: _Beds | None = None
    dirty: _Beds | None = None
    expected: Annotated[int, msgspec.Meta(ge=1, le=100)] | None = None
    reached: Annotated[int, msgspec.Meta(ge=1, le=4)] = 1
    do: Annotated[str, msgspec.Meta(max_length=160)] = ""


class CommandCentreTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[command_centre]`: without levels those that come with Bedflow hold; `hold_minutes`: see `flow.domain.alert_rules.AlertRules`."""

    hold_minutes: Annotated[int, msgspec.Meta(ge=0, le=720)] = AlertRules().hold_minutes
    levels: Annotated[list[AlertLevelTable], msgspec.Meta(max_length=9)] = []


def check_command_centre(table: CommandCentreTable, problems: Problems) -> None:
    """The first level is the usual, and each above it is reached later than the one below."""
    for index, level in enumerate(table.levels):
        path = ("command_centre", "levels", index)
        said = [name for name in _MEASURES if getattr(level, name) is not None]
        if index == 0 and said:
            problems.add((*path, said[0]), "the first level is the usual one and has no thresholds")
        elif index and level.reached > len(said):
            problems.add(path, f"level {level.name!r} needs {level.reached} of its thresholds and has {len(said)}: {', '.join(_MEASURES)}")
        for name in said:
            below = [value for earlier in table.levels[:index] if (value := getattr(earlier, name)) is not None]
            if below and getattr(level, name) <= max(below):
                problems.add((*path, name), f"{name} of a level is above that of the levels before it")


def alert_rules(table: CommandCentreTable) -> AlertRules:
    """The rules that the table amounts to."""
    return AlertRules(tuple(_level(level) for level in table.levels), table.hold_minutes)


def _level(said: AlertLevelTable) -> AlertLevel:
    return AlertLevel(said.name, said.occupancy, said.boarders, said.dirty, said.reached, said.do, said.expected)
