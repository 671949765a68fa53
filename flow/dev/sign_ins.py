"""The demo's sign-ins: one account for each kind of user and a nurse for each ward, with passwords of this data directory alone, kept in a
file of its own. The nurses share one password, so that whoever tries things out can answer for any ward."""

import json
import os
import re
import secrets
from collections.abc import Sequence
from pathlib import Path

from flow.domain.ids import WardId
from flow.domain.plan import Plan
from flow.domain.roles import Role
from flow.history.accounts import Account, Accounts
from flow.history.practitioners import Practitioners

_WORDS = (
    *("amber", "basil", "cedar", "coral", "delta", "ember", "fern", "grove", "hazel", "indigo", "jade"),
    *("lotus", "maple", "neem", "olive", "pearl", "quartz", "river", "saffron", "tulip", "umber"),
)

OF_WARD = "nurse-"
"""Before the ward in the names of the nurses' accounts."""

CODES = ("D01", "D02")
"""By which the made-up HIS names the demo's doctor: a quarter of everybody, in a ward of thirty half a dozen."""

SignIn = tuple[str, str, str]
"""name, role, password."""


async def demo_sign_ins(accounts: Accounts, plan: Plan, path: Path) -> list[SignIn]:
    """The demo's accounts, made at the first start; the file (0600) lets later starts print them again."""
    known = _known(path)
    sign_ins: list[SignIn] = []
    for name, shown_as, role, ward in (*_people(plan), *_nurses(plan)):
        password = known.get(name)
        if password is None:
            password = known[name] = known["nurse"] if name.startswith(OF_WARD) else _password()
            await accounts.add(Account(name, shown_as, role, ward), password)
            if role is Role.DOCTOR:
                await Practitioners(accounts.database).bind(name, CODES)
        sign_ins.append((name, f"{role} of {ward}" if ward else str(role), password))
    _keep(path, known)
    return sign_ins


def shown(sign_ins: Sequence[SignIn]) -> list[SignIn]:
    """One line for all the wards' nurses: their names differ by the ward alone."""
    wards = [sign_in for sign_in in sign_ins if sign_in[0].startswith(OF_WARD)]
    several = [(f"{OF_WARD}...", f"nurse of {', '.join(name.removeprefix(OF_WARD) for name, _, _ in wards)}", wards[0][2])] if wards else []
    return [*(sign_in for sign_in in sign_ins if sign_in not in wards), *several]


def _nurses(plan: Plan) -> list[tuple[str, str, Role, WardId | None]]:
    """Every ward is asked for moves; somebody must be there to answer."""
    return [(OF_WARD + re.sub(r"[^a-z0-9._-]", "-", ward.id.casefold()), f"Nurse of {ward.id}", Role.NURSE, ward.id) for ward in plan.wards]


def _people(plan: Plan) -> list[tuple[str, str, Role, WardId | None]]:
    ward = plan.wards[min(5, len(plan.wards) - 1)].id
    return [
        ("desk", "Asha at the desk", Role.ADMISSIONS, None),
        ("nurse", f"Ravi of {ward}", Role.NURSE, ward),
        ("cleaner", "Meena, housekeeping", Role.HOUSEKEEPING, None),
        ("supervisor", "Lata, cleaners' supervisor", Role.SUPERVISOR, None),
        ("porter", "Suresh, porter", Role.PORTER, None),
        ("clinic", "Outpatient reception", Role.OPD, None),
        ("doctor", f"Dr Menon of {ward}", Role.DOCTOR, ward),
        ("pharmacy", "Iqbal, pharmacy", Role.PHARMACY, None),
        ("billing", "Sunita, billing", Role.BILLING, None),
        ("manager", "Farah, operations", Role.MANAGER, None),
        ("admin", "Administrator", Role.ADMIN, None),
        ("auditor", "Lakshmi, auditor", Role.AUDITOR, None),
    ]


def _password() -> str:
    """Three words and four digits: easy to type once, not to guess."""
    return "-".join([*(secrets.choice(_WORDS) for _ in range(3)), f"{secrets.randbelow(10_000):04d}"])


def _keep(path: Path, passwords: dict[str, str]) -> None:
    """Beside its place, then into it: whoever reads meanwhile, or after a kill, finds the whole file or the one before."""
    draft = path.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(passwords, file)
    draft.replace(path)


def _known(path: Path) -> dict[str, str]:
    """The passwords of earlier starts."""
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found
