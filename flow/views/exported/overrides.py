"""The tables of the report on overrides. Whoever reads sums alone gets the sums alone."""

from datetime import datetime

from flow.views.regret import RegretPage, SumRow
from flow.views.tables import Cell, Column, Kind, Report, Table, table

EACH = (
    Column("time", "When", Kind.MOMENT),
    Column("ward", "Ward"),
    Column("asked", "Asked for"),
    Column("bed", "Bed taken"),
    Column("points_of_bed", "Points of bed", Kind.WHOLE, within=True),
    Column("suggested", "Suggested"),
    Column("points_of_suggested", "Points of suggested", Kind.WHOLE, within=True),
    Column("points_won", "Points", Kind.WHOLE),
    Column("reason", "Reason"),
    Column("rules_broken", "Rules broken", within=True),
    Column("suggested_ready", "Suggested was ready"),
    Column("came", "Came"),
    Column("off_ward", "Off ward"),
    Column("isolation", "Isolation"),
    Column("moved_again_48h", "Moved again"),
)
SUMS = (
    Column("overrides", "Overrides", Kind.WHOLE, notes=True),
    Column("points", "Points", Kind.WHOLE),
    Column("mean", "Mean", Kind.NUMBER),
    Column("off_ward", "Off ward"),
    Column("moved_again", "Moved again"),
)


def report(page: RegretPage, zone: str) -> Report:
    """Each override, then the sums by reason and ward."""
    sums = (_sums("reasons", "By reason", "Reason", page.by_reason), _sums("wards", "By ward", "Ward", page.by_ward))
    return Report(
        id="overrides",
        title="Overrides",
        hospital=page.chrome.hospital,
        period=page.period,
        filters="whole house",
        version=str(1),
        source="each assignment with the suggestion of its moment",
        zone=zone,
        tables=(_each(page), *sums) if page.detailed else sums,
    )


def _each(page: RegretPage) -> Table:
    rows = [
        (
            Cell(datetime.fromisoformat(row.iso), row.at),
            *(row.ward, row.asked, row.bed, row.score, row.best, row.best_score, row.points, row.reason, row.rule),
            *(row.promised, row.came, row.off_ward, row.isolation, row.moved),
        )
        for row in page.rows
    ]
    return table("each", "Each override", EACH, rows)


def _sums(key: str, title: str, head: str, rows: tuple[SumRow, ...]) -> Table:
    found = [(row.name, row.count, row.points, row.mean, row.off_ward, row.moved) for row in rows]
    return table(key, title, (Column(head.lower(), head), *SUMS), found)
