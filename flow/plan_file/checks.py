"""`[checks]` of a hospital file: what it may not say, and the rules it makes."""

from flow.domain.check_rules import CheckRules
from flow.plan_file.problems import Problems
from flow.plan_file.schema import ChecksTable

_PLAIN = ("a_shift", "handover_minutes", "silent_minutes", "again_hours")


def check_checks(table: ChecksTable, problems: Problems) -> None:
    """Shifts begin one after the other."""
    shifts = table.shifts or []
    if shifts != sorted(set(shifts)):
        problems.add(("checks", "shifts"), "the times at which shifts begin stand in order, each once: [07:00:00, 14:00:00, 21:00:00]")


def check_rules(table: ChecksTable) -> CheckRules:
    """What the table leaves out stays as it comes."""
    said = {name: value for name in _PLAIN if (value := getattr(table, name)) is not None}
    return CheckRules(**said) if table.shifts is None else CheckRules(tuple(table.shifts), **said)
