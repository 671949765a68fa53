"""Everything, one after the other, with a table at the end: `make security`.

python -m tests.security                       all of it
python -m tests.security bandit testssl        those whose name begins so
"""

import sys
import time
from collections.abc import Callable, Iterator
from functools import partial

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.security import api, code, crawl, packages, programs, slow, transport
from tests.security.instance import Instance, instance
from tests.security.report import json_of, show, table_of
from tests.security.verdict import Finding, Outcome, exit_code, skipped

Look = Callable[[], "list[Outcome]"]
ON_A_HOUSE: dict[str, Callable[[Instance], list[Outcome]]] = {
    "testssl pages": transport.pages,
    "testssl MLLP": transport.feeds,
}


def looks() -> Iterator[tuple[str, Look]]:
    """What to do, by name, in order: quick ones first, each that needs a running house on one of its own."""
    for name, one in {**code.CODE, **packages.PACKAGES}.items():
        yield name, partial(_alone, one)
    for role in api.ROLES:
        yield f"schemathesis {role}", partial(api.described, role)
    for name, on in ON_A_HOUSE.items():
        yield name, partial(_on_its_own, on)
    yield from slow.SLOW.items()
    yield "wapiti", crawl.crawled


def _alone(look: Callable[[], Outcome]) -> list[Outcome]:
    return [look()]


def _on_its_own(look: Callable[[Instance], list[Outcome]]) -> list[Outcome]:
    with instance() as found:
        return look(found)


def tried(name: str, look: Look) -> list[Outcome]:
    """What it says; a tool that cannot be had here is a loud skip, and one that breaks is a finding of its own."""
    begun = time.monotonic()
    try:
        return look()
    except programs.Missing as missing:
        return [skipped(name, "nothing", f"{missing}")]
    except Exception as error:  # noqa: BLE001  # whatever a tool's words did to us, the others are still run
        broke = Finding("broke", name, f"{type(error).__name__}: {error}"[:300])
        return [Outcome(name, "-", "nothing, it broke", (broke,), seconds=time.monotonic() - begun)]


def main(wanted: list[str]) -> int:
    """Run, write, show."""
    console, outcomes = Console(stderr=True), list[Outcome]()
    columns = (TextColumn("{task.description:32}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        chosen = [(name, look) for name, look in looks() if not wanted or name.startswith(tuple(wanted))]
        bar = progress.add_task("", total=len(chosen))
        for name, look in chosen:
            progress.update(bar, description=name)
            outcomes += tried(name, look)
            progress.advance(bar)
        progress.update(bar, description="done")
    programs.ARTEFACTS.mkdir(exist_ok=True)
    (programs.ARTEFACTS / "security.md").write_text(table_of(outcomes))
    (programs.ARTEFACTS / "security.json").write_text(json_of(outcomes))
    show(outcomes, console)
    console.print(f"Written to {programs.ARTEFACTS / 'security.md'} and security.json; each tool's words are in {programs.WORDS}.")
    return exit_code(outcomes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
