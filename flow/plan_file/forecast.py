"""`[forecast]` of the hospital file: when the huddles are, and how long before them a forecast is issued."""

from datetime import time
from typing import Annotated

import msgspec

from flow.domain.forecast_rules import ForecastRules
from flow.plan_file.problems import Problems
from flow.plan_file.words import Table


class ForecastTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[forecast]`: see `flow.domain.forecast_rules.ForecastRules`, which has what is left out here."""

    huddles: Annotated[list[time], msgspec.Meta(min_length=1, max_length=12)] | None = None
    lead_minutes: Annotated[int, msgspec.Meta(ge=1, le=120)] | None = None
    short_by: time | None = None


def check_forecast(table: ForecastTable, problems: Problems) -> None:
    """No huddle stands twice."""
    said = table.huddles or []
    if len(set(said)) < len(said):
        problems.add(("forecast", "huddles"), "a huddle's time stands twice")


def forecast_rules(table: ForecastTable) -> ForecastRules:
    """What the table leaves out stays as it comes."""
    usual = ForecastRules()
    huddles = usual.huddles if table.huddles is None else tuple(sorted(table.huddles))
    lead = usual.lead_minutes if table.lead_minutes is None else table.lead_minutes
    return ForecastRules(huddles, lead, usual.short_by if table.short_by is None else table.short_by)
