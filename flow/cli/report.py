"""`bedflow report`: a day of the house as a file, HTML or PDF. Reads the stores, beside a running house or alone."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from flow import main
from flow.cli.deeds import traced
from flow.cli.start import run, settings
from flow.domain.audit import Kind
from flow.errors import Misconfigured
from flow.history.daily_reports import Kept
from flow.main.reporting import reporting


def report(
    day: str = typer.Option("", help="The day as YYYY-MM-DD; else yesterday."),
    to: Path = typer.Option(..., help="The file to write: .html, or .pdf where BEDFLOW_CHROMIUM is set."),
) -> None:
    """Write the report of a day, as it is known now. No patient is named in it; nothing is sent."""
    if to.suffix not in (".html", ".pdf"):
        raise Misconfigured(f"{to}: name a file that ends with .html or .pdf.")
    made = run(_make(day, pdf=to.suffix == ".pdf"))
    if to.suffix == ".pdf" and made.pdf is None:
        raise Misconfigured(f"There is no PDF: {made.no_pdf}. Set BEDFLOW_CHROMIUM to a Chromium program, or write an .html.")
    to.write_bytes(made.pdf if made.pdf is not None and to.suffix == ".pdf" else made.html.encode())
    Console(stderr=True, highlight=False).print(f"{made.summary}. Written to {to}", soft_wrap=True)


async def _make(day: str, *, pdf: bool) -> Kept:
    async with main.open_house(settings()) as house:
        today = house.clock.now().astimezone(ZoneInfo(house.plan.zone)).date()
        asked = _read(day, today)
        made = await reporting(house).make(asked, printed=pdf)
        await traced(house, "report", Kind.LEFT, day=str(asked), names=0)
        return made


def _read(day: str, today: date) -> date:
    try:
        found = datetime.strptime(day, "%Y-%m-%d").date() if day else today - timedelta(days=1)  # noqa: DTZ007  # a day has no zone
    except ValueError:
        raise Misconfigured(f"{day!r} is no day: write it as YYYY-MM-DD.") from None
    if found >= today:
        raise Misconfigured(f"{found} is not over yet.")
    return found
