"""`bedflow user ...` and `bedflow token ...`: who may come in."""

import getpass
import sys
from datetime import timedelta

import typer

from flow import main
from flow.cli.deeds import traced
from flow.cli.start import run, settings
from flow.domain.audit import Kind
from flow.domain.ids import WardId
from flow.domain.roles import Role
from flow.errors import Refused
from flow.history.accounts import LONGEST_TOKEN, TOKEN_LASTS, Account, Accounts, Tokens
from flow.history.factors import Factors
from flow.history.sessions import Sessions
from flow.passwords import Passwords

users = typer.Typer(help="People who sign in.", no_args_is_help=True)
tokens = typer.Typer(help="Tokens of programmes.", no_args_is_help=True)


@users.command()
def add(
    name: str,
    role: str = typer.Option(..., help=f"One of {', '.join(Role)}."),
    ward: str = typer.Option("", help="The ward or clinic the role is for."),
    shown_as: str = typer.Option("", "--shown-as", help="The person's name as screens show it."),
    own: bool = typer.Option(False, "--own", help="They have typed a password of their own, which need not be changed."),
) -> None:
    """Add a person, or give them a new password, which they change at the next sign-in. It is asked for, or read from standard input."""
    role_found = _role(role)
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")

    async def work() -> None:
        found = settings()
        async with main.open_house(found) as house:
            passwords = Passwords(found.breached_passwords, house.plan.name)
            account = Account(name.casefold(), shown_as or name, role_found, WardId(ward) if ward else None, given=not own)
            await Accounts(house.database, passwords).add(account, password)
            await traced(house, "user add", user=account.id, role=str(role_found), ward=ward, own=own)

    run(work())
    print(f"{name} may sign in as {role}{f' of {ward}' if ward else ''}.")


@users.command("reset-second-factor")
def reset_second_factor(name: str) -> None:
    """Take somebody's second factors away and sign them out: for an administrator who has lost them and has no colleague to ask."""

    async def work() -> None:
        async with main.open_house(settings()) as house:
            factors = Factors(house.database, house.vault)
            if name not in await factors.held():
                raise Refused(f"{name} has no second factor, or there is no such account.", code="unknown-account")
            await factors.reset(name)
            await Sessions(house.database).end_all(name)
            await traced(house, "user reset-second-factor", Kind.CREDENTIAL, user=name)

    run(work())
    print(f"{name} signs in with the password and sets a second factor up again.")


@users.command("open")
def open_again(name: str) -> None:
    """Open an account again that was closed: by the password it had, or by the hospital's provider of sign-ins."""

    async def work() -> None:
        async with main.open_house(settings()) as house:
            if not await Accounts(house.database).open_again(name):
                raise Refused(f"There is no closed account {name}.", code="unknown-account")
            await traced(house, "user open", Kind.CREDENTIAL, user=name)

    run(work())
    print(f"{name} may sign in again.")


@tokens.command()
def create(
    role: str = typer.Option(..., help=f"One of {', '.join(Role)}."),
    ward: str = typer.Option("", help="The ward or clinic."),
    days: int = typer.Option(TOKEN_LASTS.days, help=f"How long it is good for, {LONGEST_TOKEN.days} days at most."),
) -> None:
    """Make an API token and print it, once: send it as `Authorization: Bearer TOKEN`."""
    role_found = _role(role)

    async def work() -> str:
        async with main.open_house(settings()) as house:
            token = await Tokens(house.database).create(role_found, ward or None, lasts=timedelta(days=max(0, min(days, 10**6))))
            await traced(house, "token create", role=role, ward=ward, days=days)
            return token

    print(run(work()))


def _role(role: str) -> Role:
    if role not in list(Role):
        raise Refused(f"There is no role {role}; one of {', '.join(Role)}.", code="unknown-role")
    return Role(role)
