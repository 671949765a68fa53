"""`[kpi]` of the hospital file: the hospital's own aims for its KPIs."""

from collections.abc import Mapping
from typing import Annotated

import msgspec

from flow.domain.kpis.table import MEASURES, Unit
from flow.plan_file.problems import Problems
from flow.plan_file.words import Table

Aim = Annotated[float, msgspec.Meta(gt=0, le=100_000)]


class KpiTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[kpi]`: `aims` by the KPI's id, at most so much in its unit; see `flow.domain.kpis.table`, which has what is left out here."""

    aims: dict[str, Aim] = {}


def check_kpi(table: KpiTable, problems: Problems) -> None:
    """An aim is of a KPI that there is and that may have one, and no share is above 100 %."""
    for name, aim in table.aims.items():
        measure = MEASURES.get(name)
        if measure is None:
            problems.add(("kpi", "aims", name), f"there is no KPI {name}; there are: {', '.join(MEASURES)}")
        elif not measure.aimed:
            problems.add(("kpi", "aims", name), f"{name} takes no aim: it is never rewarded alone")
        elif measure.unit is Unit.PERCENT and aim > 100:
            problems.add(("kpi", "aims", name), f"{name} is a percentage, 100 at most")


def kpi_aims(table: KpiTable) -> Mapping[str, float]:
    """The hospital's own aims by KPI."""
    return dict(table.aims)
