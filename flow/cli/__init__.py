"""The command line: `bedflow ...`. Words for people, `--json` for machines, errors on stderr with a non-zero exit.

A command's module is imported when that command is called, or listed by `--help`: all of them together are most of a start.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from flow.errors import BedflowError

_COMMANDS = {
    "serve": "house:serve",
    "demo": "demo:demo",
    "history": "history:app",
    "scan": "scan:scan",
    "web": "house:web",
    "feed": "house:feed",
    "worker": "house:worker",
    "migrate": "house:migrate",
    "rebuild": "rebuild:rebuild",
    "audit": "audit:app",
    "retention": "retention:app",
    "backup": "backup:backup",
    "restore": "backup:restore",
    "census": "census:census",
    "report": "report:report",
    "settings": "house:show_settings",
    "doctor": "doctor:doctor",
    "proxy": "proxy:proxy",
    "redis-acl": "redis_acl:redis_acl",
    "bench": "bench:bench",
    "compare": "compare:compare",
    "hospital": "hospital:app",
    "hl7": "hl7:app",
    "erase": "erase:erase",
    "user": "keys:users",
    "token": "keys:tokens",
    "key": "key_ring:app",
    "device": "devices:app",
}
"""Every command, or group of them, in the order of `--help`: which module of this package has it, and its name there."""


class _OnDemand(Mapping[str, Any]):
    """Commands by their names, each imported when it is looked up."""

    def __getitem__(self, name: str) -> Any:
        module, _, found = _COMMANDS[name].partition(":")
        return _made(name, getattr(import_module(f"flow.cli.{module}"), found))

    def __iter__(self) -> Iterator[str]:
        return iter(_COMMANDS)

    def __len__(self) -> int:
        return len(_COMMANDS)


def _made(name: str, found: Any) -> Any:
    """A function or a group as typer runs it."""
    whole = typer.Typer()
    if isinstance(found, typer.Typer):
        whole.add_typer(found, name=name)
    else:
        whole.command(name)(found)
    return typer.main.get_group(whole).commands[name]


class _Commands(TyperGroup):
    """The command line's own group."""

    def __init__(self, **attrs: Any) -> None:
        super().__init__(**attrs)
        self.commands = _OnDemand()  # type: ignore[assignment]  # typer only reads it


app = typer.Typer(name="bedflow", cls=_Commands, no_args_is_help=True, add_completion=False)


@app.callback()
def bedflow() -> None:
    """Live bed and patient flow for a hospital."""


def main() -> None:
    """Run a command; what was raised on purpose is told in its own words, exit 1."""
    os.umask(0o077)
    try:
        app()
    except BedflowError as error:
        Console(stderr=True, highlight=False).print(f"[bold red]bedflow:[/] {_plain(error.reason)}", soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _plain(text: str) -> str:
    return text.replace("[", "\\[")
