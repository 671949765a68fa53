"""`bedflow census`: the last list of the house as a file to print. Needs the data directory alone: no server, no store, no network."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.console import Console

from flow.census import CensusFile
from flow.cli.deeds import deed
from flow.cli.start import settings
from flow.domain.audit import Kind
from flow.domain.ids import WardId
from flow.errors import Misconfigured, Refused
from flow.key_ring import KEY_FILE
from flow.locale import DEFAULT, languages, words
from flow.plan_file import load_plan
from flow.settings import Settings
from flow.taken_out import TakenOut
from flow.templating import CHECKOUT, Templates
from flow.vault import open_vault
from flow.views.census import Census, names_in
from flow.views.census_page import CensusPaper, census_sheets, everything, for_reader


def census(
    ward: str = typer.Option("", help="One ward by its id; else the whole house."),
    lang: str = typer.Option(DEFAULT, help=f"Its language: {', '.join(languages())}."),
    to: Path | None = typer.Option(None, help="The file to write, readable by you alone; else the list goes to standard output."),
) -> None:
    """Print the last census that was kept: who lies where, who is coming, which beds are dirty."""
    found = settings()
    made = kept(found, ward)
    sheets = census_sheets(made, now(), words(lang))
    _told(found, made, ward, to)
    css = (CHECKOUT / "static" / "css" / "census.css").read_text("utf-8")
    text = Templates().render("census/paper.html", CensusPaper(sheets, f"<style>{css}</style>", words(lang)))
    if to is None:
        sys.stdout.write(text)
    else:
        _write(to, text)
    said = f"As of {sheets.as_of}, {sheets.age} old." + (" THIS LIST IS OLD." if sheets.old else "")
    Console(stderr=True, highlight=False).print(said + (f" Written to {to}" if to is not None else ""), soft_wrap=True)


def _told(found: Settings, made: Census, ward: str, to: Path | None) -> None:
    """Names are about to leave: written down first. Raises Misconfigured where that cannot be."""
    told = deed(now(), "census", Kind.LEFT, names=names_in(made), ward=ward, to="a file" if to is not None else "standard output")
    try:
        TakenOut(found.data_dir).note(told)
    except OSError as error:
        raise Misconfigured(f"That names leave cannot be written down in {found.data_dir} ({error.strerror}), so none do.") from None


def now() -> datetime:
    """By this machine's clock."""
    return datetime.now(UTC)


def kept(found: Settings, ward: str) -> Census:
    """The list of a data directory. Raises Misconfigured where there is none, Refused for a ward that is none."""
    if not (found.data_dir / KEY_FILE).exists():
        raise Misconfigured(f"There is no {KEY_FILE} in {found.data_dir}: set BEDFLOW_DATA_DIR to the data directory of the server.")
    plan = load_plan(found.hospital)
    if ward and ward not in plan.ward:
        raise Refused(f"There is no ward {ward}; the wards are {', '.join(plan.ward)}.", code="unknown-ward")
    made = CensusFile(found.data_dir, open_vault(found.data_dir), plan.id).get()
    if made is None:
        raise Misconfigured(f"{found.data_dir} holds no census of {plan.name}: the server keeps one every five minutes.")
    return for_reader(made, everything, only=WardId(ward) if ward else None)


def _write(path: Path, text: str) -> None:
    """With names in it: for its owner alone, whatever stood there before."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(text)
