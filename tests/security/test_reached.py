"""What a role's run has done is counted by what was answered: nothing that it may do is missing from the count unseen, and nothing that it
may not do was done unseen.
"""

import json

import pytest

from tests.security.api import ROLES
from tests.security.day import WAYS
from tests.security.reached import KEPT, open_to, operations, reached

DOORS = operations()


def answers(role: str, ward: str | None = None) -> str:
    """2xx to all that is open to a role and that the house's rules do not keep from it."""
    done = [name for name in open_to(role, ward) if (role, name) not in KEPT]
    return "\n".join(json.dumps([name, "coverage", 200]) for name in done)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_that_has_done_all_it_may_is_clean(role: str) -> None:
    done = reached(role, ROLES[role] or None, answers(role, ROLES[role] or None))
    assert done.findings == ()
    count = len(open_to(role, ROLES[role] or None))
    kept = sum(who == role for who, _ in KEPT)
    asked = f"{count - kept} operations in {count - kept} requests"
    assert done.words.startswith(f"{asked}; of the {count} that it may do {count - kept} done (2xx)")
    assert done.words.count("; not ") == kept


def test_what_it_may_and_has_not_done_is_a_finding_with_the_answers() -> None:
    told = answers("opd") + '\n["POST /api/v1/opd/clinics/{clinic}/tokens", "fuzzing", 404]'
    lines = [line for line in told.splitlines() if not line.endswith('tokens", "coverage", 200]')]
    (finding,) = reached("opd", None, "\n".join(lines)).findings
    assert (finding.rule, finding.place) == ("not reached", "POST /api/v1/opd/clinics/{clinic}/tokens")
    assert finding.words == "opd: 404 (1)"


def test_what_it_may_not_and_has_done_is_a_finding() -> None:
    told = answers("housekeeping") + '\n["POST /api/v1/visits", "stateful", 201]'
    assert [(each.rule, each.place) for each in reached("housekeeping", None, told).findings] == [
        ("reached without the right", "POST /api/v1/visits")
    ]


def test_what_is_kept_from_it_and_was_done_is_a_finding() -> None:
    (role, name), _ = next(iter(KEPT.items()))
    told = f'{answers(role)}\n["{name}", "stateful", 200]'
    assert [each.rule for each in reached(role, None, told).findings] == ["reached, which is kept from it"]


def test_every_operation_that_speaks_of_something_has_its_way() -> None:
    wanted = {name for name, door in DOORS.items() if "{" in name or door.takes is not None or any(query.required for query in door.query)}
    assert wanted - set(WAYS) == set()
    assert set(WAYS) <= set(DOORS)


def test_between_them_the_roles_may_do_everything() -> None:
    everybody = {name for role, ward in ROLES.items() for name in open_to(role, ward or None)}
    assert set(DOORS) - everybody == {"GET /api/v1/openapi.json"}
