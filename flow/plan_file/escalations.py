"""`[[escalations]]` and `[escalating]` of the hospital file: what they may not say, and the rules they make."""

from flow.domain.escalation_rules import DEFAULTS, EscalationRule, EscalationRules, Level, Watched
from flow.domain.roles import Role
from flow.plan_file.check import check_ids
from flow.plan_file.problems import Problems
from flow.plan_file.schema import File
from flow.plan_file.telling_tables import EscalatingTable, EscalationTable


def check_escalations(file: File, problems: Problems) -> None:
    """Ids stand once, levels one after the other."""
    check_ids("escalations", [rule.id for rule in file.escalations], (), problems)
    for index, rule in enumerate(file.escalations):
        after = [level.after for level in rule.levels]
        if after != sorted(set(after)):
            problems.add(("escalations", index), f"the levels of {rule.id!r} follow one another: each needs a larger `after`")


def escalation_rules(rules: list[EscalationTable], table: EscalatingTable) -> EscalationRules:
    """The rules that the tables amount to; those that come with Bedflow where the file names none."""
    usual = EscalationRules()
    return EscalationRules(
        tuple(map(_rule, rules)) or DEFAULTS,
        table.quiet_from if table.quiet_from is not None else usual.quiet_from,
        table.quiet_until if table.quiet_until is not None else usual.quiet_until,
        table.bundle_minutes if table.bundle_minutes is not None else usual.bundle_minutes,
    )


def _rule(table: EscalationTable) -> EscalationRule:
    levels = tuple(Level(level.after, tuple(Role(role) for role in level.to), level.message) for level in table.levels)
    return EscalationRule(table.id, Watched(table.what), table.aim, levels, table.critical, table.acted_minutes)
