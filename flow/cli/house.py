"""Commands that run the house: serve, its parts, migrate, settings."""

import sys

import typer
from rich.console import Console
from rich.table import Table

from flow import main
from flow.cli.start import run, settings
from flow.locale import languages
from flow.main.purpose import for_hospital
from flow.settings import Settings
from flow.speech import SPEAKER, Speech


def serve(hospital: str = typer.Option("", help="The hospital's TOML file; else BEDFLOW_HOSPITAL.")) -> None:
    """Serve a hospital: pages, API, HL7 listener and everything behind them, in one process."""
    _serve(main.ALL, hospital)


def web() -> None:
    """Serve the pages and the API only, on the stores of the data directory."""
    _serve(frozenset({"web"}))


def feed() -> None:
    """Listen for HL7 only."""
    _serve(frozenset({"feed"}))


def worker() -> None:
    """Decide and publish only."""
    _serve(frozenset({"worker"}))


def _serve(parts: frozenset[str], hospital: str = "") -> None:
    found = settings()
    if hospital:
        found = found.with_hospital(hospital)
    run(main.serve(found, parts=parts, before=for_hospital, ready=Announce(found, parts)))
    Console(stderr=True).print("Stopped.")


class Announce:
    """Says where everything is once it listens."""

    def __init__(self, found: Settings, parts: frozenset[str]) -> None:
        self.found = found
        self.parts = parts

    async def __call__(self, house: main.House) -> None:
        """Print the addresses."""
        print(f"{house.plan.name}: {len(house.plan.beds)} beds. Data in {self.found.data_dir}")
        if "web" in self.parts:
            print(f"Pages and API  {self.found.origin}")
            if house.plan.clinics:
                print(f"Spoken calls   {await speaker(Speech())}")
        if "feed" in self.parts:
            for name, address in main.feed_addresses(house.plan, self.found):
                print(f"HL7 over MLLP  {address} (feed {name})")
        sys.stdout.flush()


async def speaker(speech: Speech) -> str:
    """Who reads calls out in the waiting halls."""
    if speech.program() is None:
        return f"by the televisions' own voices, else a second chime ({SPEAKER} is not installed)"
    spoken = await speech.voices()
    return f"by the televisions' own voices, else by {SPEAKER} ({', '.join(lang for lang in languages() if lang in spoken) or 'none'})"


def migrate() -> None:
    """Bring the database's schema up to date."""

    async def work() -> int:
        async with main.open_house(settings()) as house:
            return (await house.log.head())[0]

    print(f"The schema is up to date; the log stands at {run(work())}.")


def show_settings() -> None:
    """Every setting: its variable, its value now, and what it is for."""
    table = Table("variable", "value", "what it is for", box=None, padding=(0, 2, 0, 0))
    for setting, value in settings().printed():
        table.add_row(setting.variable, value, setting.help)
    Console().print(table)
