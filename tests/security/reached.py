"""Which operations a role's run has really done: with 2xx, at least once, all that the role may. What it may and has not done is a finding,
and so is what it may not and has.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flow.domain.roles import May, Reach, Role, may, reach
from flow.web.door import Door, Open, Where
from flow.web.routes import API
from tests.security.verdict import Finding

KEPT: Mapping[tuple[str, str], str] = {
    ("admissions", "DELETE /api/v1/visits/{visit}/milestones"): "whoever orders a discharge calls it off (discharge.owners)",
    ("nurse", "POST /api/v1/visits/{visit}/preauth"): "billing and admissions ask the insurer (discharge.owners)",
    ("manager", "POST /api/v1/joint-plan/accept"): "a manager gives beds one by one, each with its reason",
}
"""What a role's door is open for and the house's rules are not, whatever is asked, and why."""
ITSELF = "GET /api/v1/openapi.json"
"""What schemathesis reads first of all, and leaves out then."""


@dataclass(frozen=True, slots=True)
class Reached:
    """The words of the row, and what is wrong."""

    words: str
    findings: tuple[Finding, ...]


def reached(role: str, ward: str | None, answers: str, doors: Iterable[Door] = API) -> Reached:
    """What the answers of a run come to: lines of `hooks.py`, each an operation, the phase and the status."""
    statuses: dict[str, Counter[str]] = {}
    for operation, _, status in map(json.loads, answers.splitlines()):
        statuses.setdefault(operation, Counter())[str(status)] += 1
    done = {name for name, found in statuses.items() if any(status.startswith("2") for status in found)}
    mine = set(open_to(role, ward, doors))
    kept = {name: why for (who, name), why in KEPT.items() if who == role}
    wrong = [Finding("not reached", name, f"{role}: {_told(statuses.get(name))}") for name in sorted(mine - done - set(kept))]
    wrong += [Finding("reached without the right", name, role) for name in sorted(done - mine)]
    wrong += [Finding("reached, which is kept from it", name, role) for name in sorted(done & set(kept))]
    but = "".join(f"; not {name.replace('/api/v1', '')}: {why}" for name, why in kept.items())
    asked = f"{len(statuses)} operations in {sum(map(Counter.total, statuses.values()))} requests"
    return Reached(f"{asked}; of the {len(mine)} that it may do {len(done)} done (2xx){but}", tuple(wrong))


def open_to(role: str, ward: str | None, doors: Iterable[Door] = API) -> list[str]:
    """The operations whose gate lets this role come in, whatever the house's rules say then."""
    return [name for name, door in operations(doors).items() if name != ITSELF and is_open(door, role, ward)]


def operations(doors: Iterable[Door] = API) -> dict[str, Door]:
    """Those of the API, as schemathesis calls them."""
    return {f"{door.method} {door.path}": door for door in doors if door.path.startswith("/api/")}


def is_open(door: Door, role: str, ward: str | None) -> bool:
    """Whether the gate lets this role come in."""
    if not isinstance(door.needs, May):
        return door.needs in (Open.TO_ALL, Open.SIGNED_IN)
    whole = door.where is Where.WHOLE and reach(Role(role), door.needs, ward) is Reach.WARD
    return may(Role(role), door.needs, ward, None) and not whole


def _told(statuses: Counter[str] | None) -> str:
    if not statuses:
        return "it was not asked"
    return ", ".join(f"{status} ({count})" for status, count in statuses.most_common(4))
