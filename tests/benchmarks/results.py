"""Writes one measurement's section of a README.md between its own markers; the other sections stay as they are."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

README = Path(__file__).with_name("README.md")
TITLE = "# Benchmarks\n\nWritten by `make bench`; ratios compare rows of one run, since machines are shared and noisy.\n"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def machine() -> str:
    """Where and when: one line."""
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    load = os.getloadavg()[0]
    return f"{when}, Python {platform.python_version()}, {os.cpu_count()} cores, load before the run {load:.1f}"


def met(true: bool) -> str:
    """The word for an aim."""
    return "met" if true else "missed"


def write_section(name: str, title: str, body: str, readme: Path = README) -> None:
    """Replace, or append, the section between this name's markers."""
    begin, end = f"<!-- {name}: written by the command -->", f"<!-- /{name} -->"
    section = f"{begin}\n## {title}\n\n{body.strip()}\n{end}\n"
    text = readme.read_text(encoding="utf-8") if readme.exists() else TITLE
    before, found, after = text.partition(begin)
    rest = after.partition(f"{end}\n")[2] if found else ""
    readme.write_text(f"{before.rstrip()}\n\n{section}{rest}", encoding="utf-8")
    print(section)
