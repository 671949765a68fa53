"""`bedflow audit ...`: the audit trail's chain, held against what lies in the database and against the anchor outside."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from flow import main
from flow.cli.start import run, settings
from flow.domain.audit import Anchor, Cut, Link, against_anchors, read_anchors
from flow.errors import Misconfigured
from flow.history.seals import Seals

app = typer.Typer(help="The audit trail.", no_args_is_help=True)
_SHOWN = 50


@app.callback()
def audit() -> None:
    """The audit trail."""


@dataclass
class Verdict:
    """What going along the chain found; `wrong` is a sentence a finding."""

    links: int = 0
    traces: int = 0
    entries: int = 0
    anchors: int = 0
    since: str = ""
    wrong: list[str] = field(default_factory=list)


@app.command()
def verify(
    anchor: Path | None = typer.Option(None, help="The anchor as it lies outside; else the file of BEDFLOW_AUDIT_ANCHOR."),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    """Go along the chain: finds what was changed, taken out, put in between, or cut off at its end. Exits 1 where anything is wrong."""
    found = settings()
    file = anchor or found.audit_anchor.file
    if file is None:
        raise Misconfigured("The anchor is a command (BEDFLOW_AUDIT_ANCHOR): bring its lines here and say --anchor FILE.")
    verdict = run(_verify(_anchors(file, named=anchor is not None)))
    if as_json:
        print(json.dumps(verdict.__dict__))
    else:
        _tell(verdict, file)
    if verdict.wrong:
        raise typer.Exit(1)


def _anchors(file: Path, *, named: bool) -> Sequence[Anchor]:
    if not file.exists():
        if named:
            raise Misconfigured(f"{file}: there is no such file.")
        return []
    try:
        return read_anchors(file.read_text("ascii").splitlines())
    except (OSError, ValueError) as error:
        raise Misconfigured(f"{file}: {error}.") from None


async def _verify(anchors: Sequence[Anchor]) -> Verdict:
    async with main.open_house(settings()) as house:
        seals = Seals(house.database, house.vault)
        begin = await seals.beginning()
        verdict, last = Verdict(anchors=len(anchors), since=_since(begin.cut)), begin.link
        verdict.wrong += [f"Where it begins: {finding}." for finding in begin.wrong]
        wanted = {each.number for each in anchors}
        macs = {last.number: last.mac}
        with _bar() as progress:
            task = progress.add_task("Links", total=await seals.count())
            async for step in seals.verify(begin):
                last = step.link
                verdict.wrong += [f"Link {last.number} ({_when(last)}): {finding}." for finding in step.wrong]
                verdict.links, verdict.traces, verdict.entries = (
                    verdict.links + 1,
                    verdict.traces + last.traces,
                    verdict.entries + last.entries,
                )
                if last.number in wanted:
                    macs[last.number] = last.mac
                progress.advance(task)
        verdict.wrong += [f"Against the anchor: {finding}." for finding in against_anchors(macs, last.number, anchors)]
        return verdict


def _since(cut: Cut) -> str:
    """What is no longer kept, where something is not."""
    told = [(f"the log up to Seq {cut.seq_to}", cut.log_at), (f"the trail sealed up to link {cut.trail_link}", cut.trail_at)]
    gone = [f"{what} ({at:%Y-%m-%d})" for what, at in told if at is not None]
    return f"No longer kept, as Bedflow wrote down: {' and '.join(gone)}; the chain begins after link {cut.link}." if gone else ""


def _when(link: Link) -> str:
    return f"sealed {link.at:%Y-%m-%d %H:%M:%S} UTC, log up to {link.seq_to}"


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True))


def _tell(verdict: Verdict, file: Path) -> None:
    print(f"{verdict.links} links over {verdict.traces} entries of the trail and {verdict.entries} of the log; {verdict.anchors} anchors.")
    if verdict.since:
        print(verdict.since)
    for finding in verdict.wrong[:_SHOWN]:
        print(finding)
    if len(verdict.wrong) > _SHOWN:
        print(f"and {len(verdict.wrong) - _SHOWN} more; --json tells all.")
    if not verdict.anchors:
        print(f"No anchor in {file}: that the chain's end was cut off could not be seen.")
    if not verdict.wrong:
        print("Nothing was changed, taken out or cut off.")
