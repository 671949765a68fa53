"""`[checks]` of a hospital file: its table, what it may not say, and the rules it makes."""

from datetime import time
from typing import Annotated

import msgspec

from flow.domain.check_rules import CheckRules
from flow.plan_file.problems import Problems
from flow.plan_file.words import Table

_PLAIN = ("a_shift", "handover_minutes", "silent_minutes", "again_hours")


class ChecksTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[checks]`: see `flow.domain.check_rules.CheckRules`, which has what is left out here."""

    shifts: Annotated[list[time], msgspec.Meta(min_length=1, max_length=6)] | None = None
    a_shift: Annotated[int, msgspec.Meta(ge=0, le=50)] | None = None
    handover_minutes: Annotated[int, msgspec.Meta(ge=0, le=120)] | None = None
    silent_minutes: Annotated[int, msgspec.Meta(ge=0, le=100_000)] | None = None
    again_hours: Annotated[int, msgspec.Meta(ge=1, le=72)] | None = None


def check_checks(table: ChecksTable, problems: Problems) -> None:
    """Shifts begin one after the other."""
    shifts = table.shifts or []
    if shifts != sorted(set(shifts)):
        problems.add(("checks", "shifts"), "the times at which shifts begin stand in order, each once: [07:00:00, 14:00:00, 21:00:00]")


def check_rules(table: ChecksTable) -> CheckRules:
    """What the table leaves out stays as it comes."""
    said = {name: value for name in _PLAIN if (value := getattr(table, name)) is not None}
    return CheckRules(**said) if table.shifts is None else CheckRules(tuple(table.shifts), **said)
