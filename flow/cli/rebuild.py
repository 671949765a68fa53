"""`bedflow rebuild`: what can be made again is made again (read models and Redis, from the log), or checked (the log, from the journal)."""

import json
from collections.abc import Sequence
from dataclasses import asdict

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from flow import main
from flow.cli.start import run, settings
from flow.domain.commands import Command
from flow.domain.hospital import Hospital
from flow.errors import Misconfigured
from flow.history import again, models
from flow.history.inbox import Letter
from flow.main.keeping import Keeping
from flow.state.client import connect
from flow.state.picture import Picture

_SHOWN = 50  # differences a person is told; --json tells all


def rebuild(
    from_journal: bool = typer.Option(False, "--from-journal", help="Decide the retained letters and commands again, in memory."),
    check: bool = typer.Option(False, "--check", help="Compare only; exits 1 when the records differ."),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    """Make the read models and the live picture anew from the log; or, with --from-journal --check, decide the journal again.

    The first writes: records, stays and intervals in Postgres, and all of Redis; the desk waits until it is done, a second or two for
    each 1,000 entries of the log. The second only reads, beside a running house.
    """
    if from_journal != check:
        raise Misconfigured("The journal is decided again to be compared, never to be written: say --from-journal --check, or neither.")
    if check:
        _tell(run(_check()), as_json=as_json)
        return
    seq = run(_remake())
    print(json.dumps({"seq": seq}) if as_json else f"Rebuilt as of {seq}.")


class _Bar:
    """A progress bar on stderr; called with how many are done, and of how many."""

    def __init__(self, progress: Progress, words: str) -> None:
        self._progress = progress
        self._task: TaskID = progress.add_task(words, total=None)

    def __call__(self, done: int, total: int) -> None:
        self._progress.update(self._task, completed=done, total=total)


def _bars() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True))


async def _remake() -> int:
    async with main.open_house(settings()) as house:
        with _bars() as progress:
            seq = await models.remake(house.database, house.plan, house.vault, _Bar(progress, "Records"))
            figures = _Bar(progress, "Figures")
            await Keeping(house.plan, house.database, house.clock).catch_up(progress=lambda done: figures(done, seq))
        epoch, hospital = await house.desk.whole()
        redis = connect(house.redis_url)
        await Picture(redis, house.plan.id).rebuild(epoch, hospital.seq, hospital.live_records())
        await redis.aclose()
        return hospital.seq


async def _check() -> again.Verdict:
    async with main.open_house(settings()) as house:

        def read(letter: Letter, hospital: Hospital) -> Sequence[Command]:
            return house.desk.interpret(letter, hospital).commands

        with _bars() as progress:
            return await again.check(house.database, house.plan, house.inbox, read, _Bar(progress, "Deciding again"))


def _tell(verdict: again.Verdict, *, as_json: bool) -> None:
    """In words or as JSON; exits 1 unless equal."""
    if as_json:
        print(json.dumps({"equal": verdict.equal, **asdict(verdict)}))
    else:
        beside = f"{verdict.given} entries without a journal, {verdict.parked} letters parked"
        print(f"{'equal' if verdict.equal else 'different'}, {verdict.letters} letters, {verdict.commands} commands ({beside}).")
        findings = [*verdict.surprises, *map(str, verdict.differences)]
        for finding in findings[:_SHOWN]:
            print(f"  {finding}")
        if len(findings) > _SHOWN:
            print(f"  and {len(findings) - _SHOWN} more; --json lists all")
    if not verdict.equal:
        raise typer.Exit(1)
