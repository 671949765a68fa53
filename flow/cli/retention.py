"""`bedflow retention`: how long what is kept, what is over, what went, what is held; `bedflow retention run` throws away now."""

import json
from dataclasses import asdict

import typer

from flow import main
from flow.cli.deeds import who
from flow.cli.start import run as carried_out
from flow.cli.start import settings
from flow.history.cuts import kept_from
from flow.history.legal_holds import Hold, LegalHolds
from flow.history.retention import Due, Run, due, runs
from flow.main.retaining import retaining
from flow.views.retention import COUNTED, begins_words, hold_row, kept_rows, run_row

app = typer.Typer(help="How long what is kept.", invoke_without_command=True)
_RUNS = 3


@app.callback()
def retention(context: typer.Context, as_json: bool = typer.Option(False, "--json")) -> None:
    """How long what is kept: what is over and goes with the next run, what went, what is held."""
    if context.invoked_subcommand is None:
        carried_out(_show(as_json=as_json))


@app.command()
def run(as_json: bool = typer.Option(False, "--json")) -> None:
    """Throw away now what is over and nobody holds; the worker does so once a day. Exits 1 where something had to be left."""
    found = carried_out(_run(as_json=as_json))
    if as_json:
        print(json.dumps(asdict(found), default=str))
    else:
        row = run_row(found, "UTC")
        print(f"Gone: {row.gone}.")
        for left in row.left:
            print(left)
    if found.kept:
        raise typer.Exit(1)


async def _run(*, as_json: bool) -> Run:
    async with main.open_house(settings()) as house:
        return await retaining(house).run(who(), tell=_quiet if as_json else _tell)


def _quiet(what: str, count: int) -> None:
    """Machines are told at the end."""


def _tell(what: str, count: int) -> None:
    if count:
        print(f"{count} {COUNTED[what]} ...")


async def _show(*, as_json: bool) -> None:
    async with main.open_house(settings()) as house:
        now, zone, keeps = house.clock.now(), house.plan.zone, house.settings.keeps
        over = await due(house.database, keeps, now)
        begin, last = await kept_from(house.database), await runs(house.database, _RUNS)
        holds = await LegalHolds(house.database).all()
        if as_json:
            print(_json(over, begin, last, holds))
            return
        for row in kept_rows(keeps, over, now, zone):
            print(f"{row.what}: kept for {row.span} ({row.setting}), from {row.since}; the oldest is of {row.oldest}; {row.over} are over.")
        print(begins_words(begin, zone))
        for shown in (hold_row(hold, zone) for hold in holds if hold.lifted_at is None):
            print(f"Held ({shown.id}): {shown.what}; {shown.reason}; asked for by {shown.asked_by}, set by {shown.set_words}.")
        for went in (run_row(one, zone) for one in last):
            print(f"{went.at}, {went.by}: {went.gone}. {' '.join(went.left)}".rstrip())


def _json(over: dict[str, Due], begin: object, last: list[Run], holds: list[Hold]) -> str:
    """As machines want it; a held patient by pseudonym."""
    told = {
        "over": {what: asdict(one) for what, one in over.items()},
        "kept_from": begin,
        "runs": [asdict(one) for one in last],
        "holds": [asdict(hold) for hold in holds if hold.lifted_at is None],
    }
    return json.dumps(told, default=str)
