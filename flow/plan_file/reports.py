"""`[reports]` of the hospital file: when the daily report is made, and below how many a count is not told."""

from datetime import time
from typing import Annotated

import msgspec

from flow.domain.report_rules import ReportRules
from flow.plan_file.words import Table


class ReportsTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[reports]`: see `flow.domain.report_rules.ReportRules`, which has what is left out here. `daily = false`: none is made."""

    daily: time | bool | None = None
    few: Annotated[int, msgspec.Meta(ge=2, le=50)] | None = None


def report_rules(table: ReportsTable) -> ReportRules:
    """What the table leaves out stays as it comes."""
    usual = ReportRules()
    said = table.daily
    daily = said if isinstance(said, time) else None if said is False else usual.daily
    return ReportRules(daily, usual.few if table.few is None else table.few)
