"""`bedflow compare`: our choice of beds and cleaning order against plainer policies, on the same simulated patients."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from allocation.simulation.measures import Measures, measured
from allocation.simulation.policies import POLICIES
from allocation.simulation.report import Comparison, as_data, plot, table
from allocation.simulation.run import Run, Setting
from flow.errors import Misconfigured
from flow.plan_file import load_plan
from flow.settings import CHECKOUT

SAMPLE = CHECKOUT / "flow" / "sample" / "city_general.toml"
REPORT = CHECKOUT / "allocation" / "simulation" / "README.md"
_MARKED = re.compile(r"(<!-- compare: .*?-->)\n.*?(<!-- /compare -->)", re.DOTALL)
BUSY = {"Few cleaners": 0.85, "Enough cleaners": 0.4}
"""The share of their hours that cleaners are busy."""


def compare(
    file: Path = typer.Argument(SAMPLE, help="The hospital's TOML file; else the sample."),
    seeds: int = typer.Option(20, min=2, help="Runs of each policy, paired."),
    days: int = typer.Option(21, min=1, help="Days that are counted in each run."),
    warm_up: int = typer.Option(5, min=0, help="Days before them."),
    load: float = typer.Option(1.03, min=0.1, help="How full: 1 is as full as the specialties' statistics say."),
    as_json: bool = typer.Option(False, "--json", help="Figures for machines."),
    write: bool = typer.Option(False, help="Write table and plot into allocation/simulation/README.md."),
) -> None:
    """Simulate a hospital under four policies and say how they differ."""
    plan = load_plan(file)
    found = []
    with _progress(as_json) as bar:
        task = bar.add_task("simulated", total=len(BUSY) * seeds * len(POLICIES))
        for name, busy in BUSY.items():
            setting = Setting(plan, load, busy, days, warm_up)
            found.append(_compared(name, setting, seeds, lambda: bar.advance(task)))
    if as_json:
        print(json.dumps([as_data(one) for one in found]))
    else:
        print("\n\n".join(table(one) for one in found))
    if write:
        _write(found, f"bedflow compare --seeds {seeds} --days {days} --warm-up {warm_up} --load {load:g} --write")


def _progress(quiet: bool) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True), disable=quiet)


def _compared(name: str, setting: Setting, seeds: int, advance: Callable[[], None]) -> Comparison:
    runs: dict[str, list[Measures]] = {policy.key: [] for policy in POLICIES}
    for seed in range(1, seeds + 1):
        patients = setting.patients(seed)
        for policy in POLICIES:
            runs[policy.key].append(measured(Run(setting, patients, policy).run(), setting.plan))
            advance()
    return Comparison(name, _words(setting, runs), runs)


def _words(setting: Setting, runs: Mapping[str, Sequence[Measures]]) -> str:
    every = [run for found in runs.values() for run in found]
    beds = sum(bed.type != "emergency" for bed in setting.plan.beds.values())
    full = 100 * sum(run.occupied for run in every) / len(every) / beds
    cleaners = f"{setting.roster.day} cleaners by day and {setting.roster.night} by night"
    patients = sum(run.patients for run in every) / len(every) / setting.days
    return f"{setting.plan.name}: {beds} inpatient beds, {full:.1f} % occupied, {patients:.0f} patients a day, {cleaners}."


def _write(found: Sequence[Comparison], command: str) -> None:
    """Into the section between the marks of the README, the plot beside it. Raises Misconfigured outside a checkout."""
    if not REPORT.is_file():
        raise Misconfigured("The report is part of a checkout, not of an installed Bedflow.", code="no-report")
    seeds = len(found[0].runs[POLICIES[0].key])
    tables = "\n\n".join(table(one) for one in found)
    section = f"Written by `{command}`: {seeds} paired seeds.\n\n![differences with their intervals](compare.svg)\n\n{tables}"
    text = REPORT.read_text(encoding="utf-8")
    REPORT.write_text(_MARKED.sub(lambda marks: f"{marks[1]}\n{section}\n{marks[2]}", text), encoding="utf-8")
    REPORT.with_name("compare.svg").write_text(plot(found), encoding="utf-8")
