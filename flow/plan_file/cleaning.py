"""`[cleaning]` of a hospital file: what it may not say, and the rules it makes."""

from flow.domain.cleaning_job import Step
from flow.domain.cleaning_rules import CleaningRules, Shift, Zone
from flow.domain.ids import WardId
from flow.plan_file.check import check_ids
from flow.plan_file.problems import Problems
from flow.plan_file.schema import CleaningTable, File

_PLAIN = ("inspect_percent", "answer_minutes", "response_aim", "clean_aim", "turn_aim", "stat_aim")


def check_cleaning(file: File, problems: Problems) -> None:
    """Zones name wards there are, each once; a shift has hours; a step stands once."""
    table, wards = file.cleaning, {ward.id for ward in file.wards}
    check_ids("zones", [zone.id for zone in table.zones], ("cleaning",), problems)
    check_ids("shifts", [shift.id for shift in table.shifts], ("cleaning",), problems)
    for index, zone in enumerate(table.zones):
        for ward in zone.wards:
            if ward not in wards:
                problems.add(("cleaning", "zones", index, "wards"), f"zone {zone.id!r} names ward {ward!r}, which there is not")
    for index, shift in enumerate(table.shifts):
        if shift.begins == shift.until:
            problems.add(("cleaning", "shifts", index, "until"), f"shift {shift.id!r} begins when it ends")
    steps = table.isolation_steps or []
    if len(set(steps)) < len(steps):
        problems.add(("cleaning", "isolation_steps"), "a step of an isolation clean stands twice")


def cleaning_rules(table: CleaningTable) -> CleaningRules:
    """What the table leaves out stays as it comes."""
    usual = CleaningRules()
    said = {name: value for name in _PLAIN if (value := getattr(table, name)) is not None}
    daily = (table.daily_at or usual.daily_at) if table.daily else None
    steps = usual.isolation_steps if table.isolation_steps is None else tuple(Step(step) for step in table.isolation_steps)
    zones = tuple(Zone(zone.id, zone.name, frozenset(map(WardId, zone.wards))) for zone in table.zones)
    shifts = tuple(Shift(shift.id, shift.name, shift.begins, shift.until) for shift in table.shifts)
    return CleaningRules(zones=zones, shifts=shifts, isolation_steps=steps, daily_at=daily, **said)
