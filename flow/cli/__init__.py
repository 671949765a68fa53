"""The command line: `bedflow ...`. Words for people, `--json` for machines, errors on stderr with a non-zero exit."""

import os
import sys

import typer
from rich.console import Console

from flow.cli import devices, hl7, hospital, house, keys
from flow.cli.bench import bench
from flow.cli.compare import compare
from flow.errors import BedflowError

app = typer.Typer(name="bedflow", help="Live bed and patient flow for a hospital.", no_args_is_help=True, add_completion=False)
app.add_typer(hospital.app, name="hospital")
app.add_typer(hl7.app, name="hl7")
app.add_typer(keys.users, name="user")
app.add_typer(keys.tokens, name="token")
app.add_typer(devices.app, name="device")
house.register(app)
app.command("bench")(bench)
app.command("compare")(compare)


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
