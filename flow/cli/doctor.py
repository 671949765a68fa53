"""`bedflow doctor`: what is weak about this deployment, and what to do."""

import json
from dataclasses import asdict
from datetime import UTC, datetime

import typer
from rich.console import Console

from flow import main
from flow.backup.folder import Folder
from flow.backup.look import look_or_say
from flow.checkup import backup, deployment, stores, ways_in
from flow.checkup.deployment import Deployment
from flow.checkup.finding import Finding
from flow.cli.start import run, settings
from flow.history import facts as postgres
from flow.history.accounts import Tokens
from flow.main.listening import feeds_heard
from flow.settings import Settings
from flow.state import facts as redis


def doctor(as_json: bool = typer.Option(False, "--json")) -> None:
    """Look at this deployment: say what is weak and what to do about it. Exits 1 where anything is weak."""
    findings = run(_look(settings()))
    if as_json:
        print(json.dumps([{**asdict(each), "weak": each.weak} for each in findings]))
    else:
        _tell(findings)
    if any(each.weak for each in findings):
        raise typer.Exit(1)


async def _look(found: Settings) -> list[Finding]:
    async with main.open_house(found) as house:
        bare = tuple((str(feed.id), address) for feed, address in feeds_heard(house.plan, found) if feed.client is None)
        now = datetime.now(UTC)
        asked = Deployment(found, bare, now)
        said, cached = await postgres.ask(house.database), await redis.ask(house.redis_url)
        given = [
            ways_in.tokens(await Tokens(house.database).all(), house.clock.now()),
            ways_in.provider(found.oidc_issuer, house.plan.sign_in),
        ]
        copied = [backup.followed(await look_or_say(house.dsn, Folder(found.backup)))] if found.backup is not None else []
        return [*deployment.look(asked), *given, *copied, *stores.look(said, cached, datetime.now(UTC))]


def _tell(findings: list[Finding]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    for each in findings:
        sign = "[bold red]weak[/]" if each.weak else "[green]ok[/]  "
        console.print(f"{sign}  ", end="")
        console.print(f"{each.about}: {each.found}", markup=False)
        if each.weak:
            console.print(f"      {each.do}", markup=False)
    weak = sum(each.weak for each in findings)
    console.print(f"\n{weak} of {len(findings)} are weak." if weak else f"\nAll {len(findings)} are well.")
