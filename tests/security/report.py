"""The table of a run: as Markdown, as JSON, and on the screen."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from tests.security.verdict import Finding, Outcome, Verdict

COLUMNS = ("tool", "version", "what was looked at", "findings", "verdict", "seconds")
STYLES = {Verdict.CLEAN: "green", Verdict.FOUND: "bold red", Verdict.SKIPPED: "bold yellow"}


def table_of(outcomes: Sequence[Outcome]) -> str:
    """The table, and under it each finding."""
    lines = [f"| {' | '.join(COLUMNS)} |", f"|{'---|' * len(COLUMNS)}"]
    lines += [f"| {' | '.join(_cell(cell) for cell in _row(outcome))} |" for outcome in outcomes]
    for outcome in outcomes:
        lines += _listed(f"{outcome.tool} found", outcome.findings)
        lines += _listed(f"{outcome.tool}, known and of this run's own making", outcome.known)
    return "\n".join(lines) + "\n"


def json_of(outcomes: Sequence[Outcome]) -> str:
    """The same for programs."""
    return json.dumps([{**asdict(outcome), "verdict": outcome.verdict} for outcome in outcomes], indent=1)


def show(outcomes: Sequence[Outcome], console: Console) -> None:
    """On the screen."""
    table = Table(*COLUMNS)
    for outcome in outcomes:
        tool, version, looked, count, _, seconds = _row(outcome)
        said = f"{outcome.verdict}: {outcome.why}" if outcome.why else str(outcome.verdict)
        table.add_row(tool, version, looked, count, f"[{STYLES[outcome.verdict]}]{said}[/]", seconds)
    console.print(table)
    for outcome in outcomes:
        for finding in outcome.findings:
            console.print(f"{outcome.tool}: {finding.rule} {finding.place}: {finding.words}", markup=False, highlight=False)


def _row(outcome: Outcome) -> tuple[str, str, str, str, str, str]:
    loud = str(outcome.verdict) if outcome.verdict is Verdict.CLEAN else f"**{outcome.verdict}**"
    count = "-" if outcome.verdict is Verdict.SKIPPED else str(len(outcome.findings))
    said = f"{loud}: {outcome.why}" if outcome.why else loud
    return outcome.tool, outcome.version, outcome.looked, count, said, f"{outcome.seconds:.0f}"


def _listed(head: str, findings: Sequence[Finding]) -> list[str]:
    if not findings:
        return []
    return ["", f"{head}:", "", *(f"- `{each.rule}` {each.place}: {_cell(each.words)}" for each in findings)]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
