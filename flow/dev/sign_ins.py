"""The demo's sign-ins: one account for each kind of user, with passwords of this data directory alone, kept in a file of its own."""

import json
import os
import secrets
from pathlib import Path

from flow.domain.ids import WardId
from flow.domain.plan import Plan
from flow.domain.roles import Role
from flow.history.accounts import Account, Accounts

_WORDS = (
    *("amber", "basil", "cedar", "coral", "delta", "ember", "fern", "grove", "hazel", "indigo", "jade"),
    *("lotus", "maple", "neem", "olive", "pearl", "quartz", "river", "saffron", "tulip", "umber"),
)

SignIn = tuple[str, str, str]
"""name, role, password."""


async def demo_sign_ins(accounts: Accounts, plan: Plan, path: Path) -> list[SignIn]:
    """The demo's accounts, made at the first start; the file (0600) lets later starts print them again."""
    known = _known(path)
    sign_ins: list[SignIn] = []
    for name, shown_as, role, ward in _people(plan):
        password = known.get(name)
        if password is None:
            password = known[name] = _password()
            await accounts.add(Account(name, shown_as, role, ward), password)
        sign_ins.append((name, f"{role} of {ward}" if ward else str(role), password))
    _keep(path, known)
    return sign_ins


def _people(plan: Plan) -> list[tuple[str, str, Role, WardId | None]]:
    ward = plan.wards[min(5, len(plan.wards) - 1)].id
    return [
        ("desk", "Asha at the desk", Role.ADMISSIONS, None),
        ("nurse", f"Ravi of {ward}", Role.NURSE, ward),
        ("cleaner", "Meena, housekeeping", Role.HOUSEKEEPING, None),
        ("clinic", "Outpatient reception", Role.OPD, None),
        ("manager", "Farah, operations", Role.MANAGER, None),
        ("admin", "Administrator", Role.ADMIN, None),
    ]


def _password() -> str:
    """Three words and four digits: easy to type once, not to guess."""
    return "-".join([*(secrets.choice(_WORDS) for _ in range(3)), f"{secrets.randbelow(10_000):04d}"])


def _keep(path: Path, passwords: dict[str, str]) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(passwords, file)


def _known(path: Path) -> dict[str, str]:
    """The passwords of earlier starts."""
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found
