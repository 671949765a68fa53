"""schemathesis: makes up requests from the OpenAPI description that the house serves, good ones and bad ones, as each role by its token,
with all of its checks.
"""

import time
import xml.etree.ElementTree as ET
from pathlib import Path

from tests.security import programs
from tests.security.instance import Instance
from tests.security.verdict import Finding, Outcome

ROLES = (("admissions", ""), ("nurse", "4B"), ("manager", ""), ("admin", ""), ("opd", ""), ("housekeeping", ""))
EXAMPLES = 6
SEED = 20_26
SECONDS = 240
"""For one role; a quiet machine needs less."""
ENDLESS = "/api/v1/stream"
"""A stream has no end to wait for; `tests/integration` looks at it."""
HERE = Path(__file__).parent


def described(found: Instance) -> list[Outcome]:
    """Once as each role."""
    return [_as(found, role, ward) for role, ward in ROLES]


def _as(found: Instance, role: str, ward: str) -> Outcome:
    begun, program = time.monotonic(), programs.ours("schemathesis")
    answer = programs.WORDS / f"schemathesis-{role}.xml"
    answer.parent.mkdir(parents=True, exist_ok=True)
    answer.unlink(missing_ok=True)
    token = found.house.token(role, ward)
    command: list[object] = [program, "--config-file", HERE / "schemathesis.toml", "run", f"{found.origin}/api/v1/openapi.json"]
    command += ["--header", f"Authorization: Bearer {token}", "--checks", "all", "--exclude-path", ENDLESS, "--continue-on-failure"]
    command += ["--max-examples", EXAMPLES, "--seed", SEED, "--workers", 1, "--tls-verify", found.authority.cert]
    command += ["--report", "junit", "--report-junit-path", answer, "--request-timeout", 15, "--max-time", SECONDS]
    said = programs.run(command, 900, f"schemathesis-{role}", cwd=found.house.folder)
    looked = f"the API as {role}"
    if not answer.exists():
        return Outcome("schemathesis", "-", looked, why=f"it left no answer: {(said.err or said.out).strip()[-300:]}")
    count, findings = failures(answer)
    if said.timed_out:
        findings.append(Finding("unfinished", looked, "it was ended after 900 s"))
    looked = f"{count} operations of the API as {role}, all checks"
    return Outcome("schemathesis", programs.version(program), looked, tuple(findings), seconds=time.monotonic() - begun)


def failures(answer: Path) -> tuple[int, list[Finding]]:
    """How many operations it tried, and what it complains of."""
    cases = list(ET.parse(answer).getroot().iter("testcase"))
    wrong = [(case, told) for case in cases for kind in ("failure", "error") for told in case.iter(kind)]
    return len(cases), [
        Finding("api", case.get("name", ""), f"{told.get('message') or ''} {told.text or ''}".strip()[:500]) for case, told in wrong
    ]
