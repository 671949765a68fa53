"""The tables of the page of the minute ledger, and its sums to the second for a file alone."""

from flow.domain.ledger_sums import Ledger
from flow.views.ledger_page import GroupRow, LedgerPage
from flow.views.tables import Cell, Column, Kind, Report, Table, table

SUMS = (
    Column("day", "Day", Kind.DAY),
    Column("ward", "Ward"),
    Column("stretch", "Stretch"),
    Column("owner", "Cause"),
    Column("seconds", "Seconds", Kind.NUMBER, "s"),
)
CLEANS = (
    Column("ward", "Ward"),
    Column("cleans", "Cleans", Kind.WHOLE),
    *(
        Column(f"{part.lower()}_{at}", f"{part}, {words}", Kind.NUMBER, "min")
        for part in ("Response", "Clean", "Turn")
        for at, words in (("median", "median"), ("ninth", "nine of ten"))
    ),
)


def report(page: LedgerPage, found: Ledger, zone: str) -> Report:
    """Causes, wards, days by cause and by stretch, cleans; and the sums."""
    scope, _, period = page.scope.rpartition(" · ")
    groups = (_groups("wards", "By ward", "Ward", page.ward_rows, page, ghosts=True), _groups("days", "By day", "Day", page.day_rows, page))
    return Report(
        id="ledger",
        title="Minute ledger",
        hospital=page.chrome.hospital,
        period=period,
        filters=scope,
        version=str(page.version),
        source="the hospital's log: each idle minute of a bed, with its one owner",
        zone=zone,
        tables=(
            _sums(found),
            *((_causes(page), _day_causes(page), *groups) if page.known else ()),
            *((_cleans(page),) if page.clean_rows else ()),
        ),
    )


def _sums(found: Ledger) -> Table:
    rows = [(each.day, each.ward, str(each.stretch), str(each.owner), each.time.total_seconds()) for each in found.sums]
    return table("sums", "Sums", SUMS, rows, on_screen=False)


def _causes(page: LedgerPage) -> Table:
    columns = (Column("cause", "Cause"), *_hours(page), Column("share", "Share", Kind.NUMBER, "%"))
    rows = [(row.name, *row.hours, row.total, row.share) for row in (*page.owner_rows, page.sum_row)]
    return table("causes", "Who owned the minutes", columns, rows)


def _day_causes(page: LedgerPage) -> Table:
    columns = (Column("day", "Day", Kind.DAY), *(Column(f"{owner}_hours", words, Kind.NUMBER, "bed-hours") for owner, words in page.key))
    return table("day_causes", "By day and cause", columns, [(Cell(day, name), *hours) for name, day, hours in page.cause_rows])


def _groups(key: str, title: str, head: str, rows: tuple[GroupRow, ...], page: LedgerPage, *, ghosts: bool = False) -> Table:
    columns = (Column(head.lower(), head), *_hours(page), Column("most", "Most, but for unassigned"))
    plain: list[tuple[str, ...]] = [(row.name, *row.hours, row.total, row.most) for row in rows]
    if ghosts:
        haunted = [(*cells, row.ghost) for cells, row in zip(plain, rows, strict=True)]
        return table(key, title, (*columns, Column("ghost", "Ghost", Kind.NUMBER, "bed-hours")), haunted)
    return table(key, title, columns, plain)


def _hours(page: LedgerPage) -> tuple[Column, ...]:
    names = (*((words.lower().replace(" ", "_"), words) for words in page.stretches), ("all", "All"))
    return tuple(Column(f"{name}_hours", words, Kind.NUMBER, "bed-hours") for name, words in names)


def _cleans(page: LedgerPage) -> Table:
    rows: list[tuple[str | int, ...]] = [(row.name, row.done, *row.spreads) for row in page.clean_rows]
    return table("cleans", "How long cleaning took", CLEANS, rows)
