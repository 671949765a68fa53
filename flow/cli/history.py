"""`bedflow history make`: days of made-up history of a whole hospital in an empty database; `bedflow demo` begins with some weeks of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from adt_feed.simulator.action import Timed
from adt_feed.simulator.history import history
from flow import main
from flow.cli.start import run, settings
from flow.dev.abreast import abreast
from flow.dev.backfill import Backfill
from flow.dev.cleaners import Hands, demo_cleaners
from flow.domain.plan import Plan
from flow.errors import Misconfigured
from flow.history.cleaners import Cleaners
from flow.history.people import pseudonym
from flow.main.keeping import Keeping
from flow.main.purpose import for_demo, only_a_demos
from flow.settings import Settings
from flow.vault import open_vault

CLINIC_DAYS = 7
"""Outpatient tokens of the last week only: they would be a third of all actions."""

app = typer.Typer(no_args_is_help=True, help="Made-up history, to try things on.")


@app.callback()
def told() -> None:
    """Made-up history, to try things on."""


@app.command()
def make(days: int = typer.Option(365, min=1, help="How many days, up to now.")) -> None:
    """Make up a hospital's past in an empty database: letters, taps, cleans, requests and discharges, by the same road as life."""
    run(_make(settings(), days))


async def _make(found: Settings, days: int) -> None:
    async with main.open_house(found, only_a_demos) as house:
        seq, _ = await house.log.head()
        if seq > 0:
            raise Misconfigured(
                f"This database holds a hospital's history already ({seq:,} entries), and nothing is made up beside it. "
                "Set BEDFLOW_DATA_DIR to an empty folder, or DATABASE_URL to an empty database.",
                code="history-not-empty",
            )
        await for_demo(house)
        await lay(house, days)


def made_up(settings: Settings, days: int, plan: Plan, until: datetime) -> Iterator[Timed]:
    """Everything of these days; requests and letters mean the persons of this data directory."""
    known_as = partial(pseudonym, open_vault(settings.data_dir))
    return history(days, settings.sim_seed, until, plan, known_as, clinic_days=CLINIC_DAYS)


async def lay(house: main.House, days: int) -> None:
    """Lay made-up days into an empty log, and keep the managers' figures of them; with a progress bar."""
    until = house.clock.now()
    start = until - timedelta(days=days)
    cleaners = Cleaners(house.database)
    await demo_cleaners(cleaners, house.plan, until)
    hands = Hands([one.id for one in await cleaners.all()])
    actions: Iterator[Timed] = abreast(made_up, house.settings, days, house.plan, until)
    with _bar() as progress:
        task = progress.add_task(f"Making up {days} days of history", total=days)

        def show(at: datetime) -> None:
            progress.update(task, completed=(at - start) / timedelta(days=1))

        given = (replace(action, actor=hands.of(action.actor, action.what)) for action in actions)
        count = await Backfill(house.database, house.plan, house.inbox, house.people, house.desk.interpret).lay(start, given, show)
        progress.update(task, completed=days)
        head, _ = await house.log.head()
        task = progress.add_task("Keeping its figures", total=head)
        await Keeping(house.plan, house.database, house.clock).catch_up(progress=lambda seq: progress.update(task, completed=seq))
        progress.update(task, completed=head)
    print(f"{count} letters and taps of {days} days are in the log.")


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeElapsedColumn())
    return Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True))
