"""`bedflow hl7 check`: what the standard says to a message, and what Bedflow would do with it. Names stay hidden unless asked for."""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from adt_feed.conformance import Checker, Finding, Level, Report
from adt_feed.er7 import read_er7, split_er7
from adt_feed.explain import Explained, explain
from adt_feed.meaning import Meaning, meaning
from flow.cli.start import run, settings
from flow.domain.ids import BedId, FeedId
from flow.domain.plan import Feed, Plan
from flow.errors import Unreadable
from flow.plan_file import load_plan

HIDDEN = "•••"
COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.DROPPED: "magenta"}
PROBLEMS = {
    "unreadable": "no usable MSH segment: it is no HL7 v2 message. Bedflow would answer AR.",
    "time-limit": "hl7apy was not done within {limit:g} s and was stopped. Give it more with --time-limit.",
    "memory-limit": "hl7apy ran out of its memory and was stopped.",
    "gave-up": "hl7apy ended without a report.",
}


@dataclass(frozen=True, slots=True)
class Checked:
    """One message with all that is said of it."""

    number: int
    explained: Explained
    report: Report
    meaning: Meaning


def check(
    message: str = typer.Argument(help="A file, - for stdin, or the message itself (MSH|...)."),
    as_json: bool = typer.Option(False, "--json"),
    time_limit: float = typer.Option(10.0, min=0.1, help="Seconds for each message."),
    show_values: bool = typer.Option(False, help="Show what may name a person."),
    feed: str = typer.Option("", help="Read as this feed of the hospital file (BEDFLOW_HOSPITAL) would be."),
) -> None:
    """Check messages against the standard (hl7apy) and say what Bedflow does with them. Exits 1 with findings, 2 when unreadable."""
    raws = _messages(message)
    plan = load_plan(settings().hospital) if feed else None
    found = run(_check(raws, _feed(plan, feed), plan, time_limit))
    if not show_values:
        found = [replace(one, report=_hide(one.report)) for one in found]
    if as_json:
        print(json.dumps([_as_json(one) for one in found], ensure_ascii=False))
    else:
        _tell(found, time_limit)
    if any(one.report.problem for one in found):
        raise typer.Exit(2)
    if any(one.report.findings for one in found):
        raise typer.Exit(1)


def _messages(given: str) -> list[bytes]:
    """The messages, or an end with code 2 and the reason."""
    try:
        if given == "-":
            raws = split_er7(sys.stdin.buffer.read())
        elif given[:3].upper() == "MSH":
            raws = split_er7(given.encode(errors="surrogateescape"))
        else:
            raws = read_er7(Path(given))
        if not raws:
            raise Unreadable("No message: no line begins with MSH and its separators.")
    except (OSError, Unreadable) as problem:
        reason = problem.reason if isinstance(problem, Unreadable) else f"{given}: {problem.strerror}."
        Console(stderr=True, highlight=False).print(Text(f"bedflow: {reason}"), soft_wrap=True)
        raise typer.Exit(2) from problem
    return raws


def _feed(plan: Plan | None, wanted: str) -> Feed:
    if plan is None:
        return Feed(FeedId("check"), "check", "UTC")
    found = next((one for one in plan.feeds if one.id == wanted), None)
    if found is None:
        raise typer.BadParameter(f"the hospital file has {', '.join(one.id for one in plan.feeds) or 'no feed'}", param_hint="--feed")
    return found


async def _check(raws: Sequence[bytes], feed: Feed, plan: Plan | None, time_limit: float) -> list[Checked]:
    columns = (TextColumn("Checking"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    found = []
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=len(raws) == 1) as progress:
        task = progress.add_task("check", total=len(raws))
        async with Checker(time_limit) as checker:
            for number, raw in enumerate(raws, 1):
                report = await checker.check(raw)
                understood = meaning(raw, feed, plan.bed_at if plan else _no_bed, datetime.now(UTC))
                found.append(Checked(number, explain(raw, feed.charset), report, _without_places(understood, plan)))
                progress.advance(task)
    return found


def _no_bed(_place: str | None) -> BedId | None:
    return None


def _without_places(understood: Meaning, plan: Plan | None) -> Meaning:
    """Without a hospital file every place is unknown, which says nothing of the message."""
    return understood if plan else replace(understood, warnings=())


def _hide(report: Report) -> Report:
    """Values that may name a person are hidden, and so is all that a field without a name holds."""
    return replace(report, findings=tuple(replace(one, value=HIDDEN) if one.sensitive and one.value else one for one in report.findings))


def _as_json(one: Checked) -> dict[str, Any]:
    said = one.explained
    named = {"message": one.number, "type": said.type, "trigger": said.trigger, "control_id": said.control_id}
    return named | {"report": asdict(one.report), "bedflow": asdict(one.meaning)}


def _tell(found: Sequence[Checked], time_limit: float) -> None:
    console = Console(highlight=False)
    for one in found:
        if one.report.findings or one.report.problem or len(found) == 1:
            _tell_one(console, one, time_limit)
    console.print(_summary(found))


def _tell_one(console: Console, one: Checked, time_limit: float) -> None:
    said, report = one.explained, one.report
    kind = "^".join(part for part in (said.type, said.trigger) if part) or "no type"
    judged = f" · HL7 {report.version} {report.structure}" if report.version else ""
    console.print(Text(f"Message {one.number}: {kind} {said.title} · {said.control_id or 'no control id'}{judged}", style="bold"))
    if report.problem:
        console.print(Text("  " + PROBLEMS[report.problem].format(limit=time_limit), style="red"))
    if report.findings:
        console.print(_table(report.findings))
    console.print(Text(f"  Bedflow: {_fate(one.meaning)}\n"))


def _table(findings: Sequence[Finding]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for one in findings:
        place = one.field or one.segment
        nth = f" ({one.occurrence})" if one.occurrence > 1 else ""
        cells = (Text("  " + one.level, style=COLOURS[one.level]), place + nth, one.what, _short(one.value), one.standard)
        table.add_row(*(cell if isinstance(cell, Text) else Text(cell) for cell in cells))
    return table


def _short(value: str) -> str:
    return value if len(value) <= 40 else value[:39] + "…"


def _fate(found: Meaning) -> str:
    if found.parked:
        return f"kept in the exceptions tray ({found.parked}): {found.reason}"
    warned = f"; warns of {', '.join(found.warnings)}" if found.warnings else ""
    return f"understood as {'; '.join(found.understood) or 'nothing that concerns beds'}{warned}"


def _summary(found: Sequence[Checked]) -> str:
    levels = Counter(finding.level for one in found for finding in one.report.findings)
    words = ((Level.ERROR, "error"), (Level.WARNING, "warning"), (Level.DROPPED, "segment"))
    counts = ", ".join(_counted(levels[level], word) for level, word in words) + " that hl7apy would drop"
    clean = sum(1 for one in found if not one.report.findings and not one.report.problem)
    undone = sum(1 for one in found if one.report.problem)
    parked = Counter(one.meaning.parked for one in found if one.meaning.parked)
    tray = f" ({', '.join(f'{count} {code}' for code, count in parked.most_common())})" if parked else ""
    judged = f"{_counted(len(found), 'message')}, {clean} without findings" + (f", {undone} not judged" if undone else "")
    return f"{judged}: {counts}.\nBedflow understands {len(found) - parked.total()} and keeps {parked.total()} for a person{tray}."


def _counted(count: int, word: str) -> str:
    return f"{count} {word}" + ("" if count == 1 else "s")
