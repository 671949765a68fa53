"""`[kpi]` of the hospital file: the hospital's own aims for its KPIs."""

from collections.abc import Mapping

from flow.domain.kpis.table import MEASURES, Unit
from flow.plan_file.problems import Problems
from flow.plan_file.words import Table

MOST = 100_000


class KpiTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[kpi]`: `aims` by the KPI's id, at most so much in its unit; see `flow.domain.kpis.table`, which has what is left out here.
    What each may be is looked at one by one, so that a mistake is told with its own line."""

    aims: dict[str, object] = {}


def check_kpi(table: KpiTable, problems: Problems) -> None:
    """An aim is a number above 0, of a KPI that there is and that may have one, and no share is above 100 %."""
    for name, aim in table.aims.items():
        if said := _wrong(name, aim):
            problems.add(("kpi", "aims", name), said)


def _wrong(name: str, aim: object) -> str:
    measure = MEASURES.get(name)
    if measure is None:
        return f"there is no KPI {name}; there are: {', '.join(MEASURES)}"
    if not measure.aimed:
        return f"{name} takes no aim: it is never rewarded alone"
    most = 100 if measure.unit is Unit.PERCENT else MOST
    if isinstance(aim, bool) or not isinstance(aim, int | float) or not 0 < aim <= most:
        return f"{name} is a number of {measure.unit}, above 0 and at most {most}"
    return ""


def kpi_aims(table: KpiTable) -> Mapping[str, float]:
    """The hospital's own aims by KPI."""
    return {name: float(aim) for name, aim in table.aims.items() if isinstance(aim, int | float)}
