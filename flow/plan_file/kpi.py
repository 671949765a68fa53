"""`[kpi]` of the hospital file: the hospital's own aims for its KPIs, and those of single wards and clinics."""

from collections.abc import Collection, Mapping

from flow.domain.kpis.aims import Aims
from flow.domain.kpis.table import MEASURES, Unit
from flow.plan_file.problems import Problems
from flow.plan_file.words import Table

MOST = 100_000


class KpiTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[kpi]`: `aims` by the KPI's id, at most so much in its unit; see `flow.domain.kpis.table`, which has what is left out here.
    `ward_aims` the same by ward or clinic. What each may be is looked at one by one, so that a mistake is told with its own line."""

    aims: dict[str, object] = {}
    ward_aims: dict[str, object] = {}


def check_kpi(table: KpiTable, wards: Collection[str], clinics: Collection[str], problems: Problems) -> None:
    """An aim is a number above 0, of a KPI that there is and that may have one, and no share is above 100 %; a ward's or clinic's is of
    one that is told of wards or of clinics."""
    for name, aim in table.aims.items():
        if said := _wrong(name, aim):
            problems.add(("kpi", "aims", name), said)
    for place, aims in table.ward_aims.items():
        at = ("kpi", "ward_aims", place)
        if place not in wards and place not in clinics:
            problems.add(at, f"there is no ward or clinic {place}; there are: {', '.join([*wards, *clinics])}")
        elif not isinstance(aims, dict):
            problems.add(at, f"{place} takes a table of aims: write [kpi.ward_aims.{place}], and under it a line like evs_turn = 45")
        else:
            for name, aim in aims.items():
                if said := _wrong(name, aim) or _elsewhere(name, place, clinic=place in clinics):
                    problems.add((*at, name), said)


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


def _elsewhere(name: str, place: str, *, clinic: bool) -> str:
    if MEASURES[name].clinics == clinic:
        return ""
    known = ", ".join(measure.id for measure in MEASURES.values() if measure.clinics == clinic and measure.aimed)
    return f"{name} is not told of {place}, which is a {'clinic' if clinic else 'ward'}; those told of it are: {known}"


def kpi_aims(table: KpiTable) -> Aims:
    """The hospital's own aims."""
    return Aims(_numbers(table.aims), {place: _numbers(aims) for place, aims in table.ward_aims.items() if isinstance(aims, dict)})


def _numbers(aims: Mapping[str, object]) -> Mapping[str, float]:
    return {name: float(aim) for name, aim in aims.items() if isinstance(aim, int | float)}
