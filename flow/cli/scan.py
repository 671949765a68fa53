"""`bedflow scan`: beside a running demo a made-up patient scans a clinic's code (ABDM Scan & Share), by the demo's stand-in of the
gateway."""

import time
from dataclasses import replace
from http.client import HTTPException
from pathlib import Path

import typer
from rich.console import Console

from flow.cli.start import settings
from flow.dev.scan_gateway import HIP, post
from flow.domain.plan import Plan
from flow.errors import Misconfigured, Unavailable
from flow.plan_file import load_plan
from flow.setting_words import Client
from flow.settings import Settings

BESIDE = 9
"""The stand-in listens so many ports above the pages."""


def scan(clinic: str = typer.Argument("", help="Whose code is scanned; else the first clinic's.")) -> None:
    """A made-up patient scans a clinic's code, in a demo: a stand-in of ABDM's gateway on this machine, nothing leaves it."""
    found = settings()
    plan = load_plan(found.hospital)
    here = next((each for each in plan.clinics if clinic.casefold() in ("", each.id.casefold())), None)
    if here is None:
        raise Misconfigured(f"There is no clinic {clinic!r}; there are {', '.join(each.id for each in plan.clinics) or 'none'}.")
    begun = time.monotonic()
    told = _asked(found, here.id)
    took = time.monotonic() - begun
    console = Console(highlight=False)
    console.print(
        f"{told['name']} (made up) scanned the code of {here.name}; {took:.1f} s later the app shows token [bold]{told['token']}[/]."
    )
    console.print(f"Look: {found.origin}/opd/{here.id}/appointments  (a stand-in of ABDM's gateway, on this machine alone)", markup=False)


def _asked(found: Settings, counter: str) -> dict[str, str]:
    try:
        status, told = post(("127.0.0.1", stand_in_port(found)), "/scan", {"counter": counter}, {})
    except (OSError, HTTPException):
        raise Unavailable("No demo with a stand-in runs here. Start one with `make run` (without LAN=1) in another terminal.") from None
    if status != 200:
        raise Unavailable(f"Nobody got a token: {told.get('why', status)}.")
    return told


def stand_in_port(found: Settings) -> int:
    """Where a demo's stand-in listens."""
    return found.http.port + BESIDE


def with_stand_in(found: Settings) -> Settings:
    """The demo's settings: its hospital file with an `[abdm]` that means the stand-in, kept beside the data. As they were where the file
    has one of its own, has no clinics, or the demo is served to the local network."""
    plan = load_plan(found.hospital)
    if plan.abdm is not None or not plan.clinics or found.lan:
        return found
    text = found.hospital.read_text(encoding="utf-8-sig")
    path: Path = found.data_dir / "demo-hospital.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{text}\n{_table(plan, stand_in_port(found))}", encoding="utf-8")
    return replace(found.with_hospital(str(path)), abdm_client=Client("demo", "stand-in"))


def _table(plan: Plan, port: int) -> str:
    gateway = f"http://127.0.0.1:{port}/api/hiecm"
    counters = "\n".join(f'{clinic.id} = "{clinic.id}"' for clinic in plan.clinics if clinic.id.isascii() and clinic.id.isalnum())
    lines = (
        "# Of the demo alone: a stand-in of ABDM's gateway on this machine. Nothing leaves it.",
        "[abdm]",
        f'hip = "{HIP}"',
        f'gateway = "{gateway}"',
        f'certs = "{gateway}/gateway/v3/certs"',
        f'clinic = "{plan.clinics[0].id}"',
        "[abdm.counters]",
        counters,
    )
    return "\n".join(lines) + "\n"
