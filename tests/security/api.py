"""schemathesis: makes up requests from the OpenAPI description that the house serves, good ones and bad ones, as each role by its token,
with all of its checks. Each operation that the role may do is done once at least: the hospital's day (`day/`) makes ready what it needs.
"""

import json
import time
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Any

from flow.jwt import HS256
from flow.settings import SAMPLE_HOSPITAL
from tests import abdm_gateway
from tests.security import programs
from tests.security.instance import Instance, instance
from tests.security.reached import ITSELF, open_to, operations, reached
from tests.security.verdict import Finding, Outcome

ROLES = {"admissions": "", "nurse": "4B", "manager": "", "admin": "", "opd": "", "housekeeping": "", "porter": ""}
"""By the ward that each is bound to; the porter because nobody else carries."""
HELPERS = {"admissions": "", "nurse": "4B", "supervisor": "", "porter": "", "admin": ""}
"""Who does in the day what others' requests are about."""
EXAMPLES = 6
SEED = 20_26
SECONDS = 400
"""For one role; a quiet machine needs a quarter."""
ENDLESS = "/api/v1/stream"
"""A stream has no end to wait for; `tests/integration` looks at it."""
HERE = Path(__file__).parent
SHARE_KEY = token_hex(32)
GATEWAY = f"""
[abdm]
hip = "IN0000000001"
gateway = "https://127.0.0.1:9/api/hiecm"
clinic = "ENT"

[[abdm.keys]]
id = "gateway"
alg = "HS256"
secret = "{SHARE_KEY}"
"""
"""Who signs with the key of this run may share; nobody listens at the address that is told the number."""


def described(role: str) -> list[Outcome]:
    """As one role, in a house of its own."""
    with instance(SAMPLE_HOSPITAL.read_text("utf-8") + GATEWAY) as found:
        return [_as(found, role)]


def _as(found: Instance, role: str) -> Outcome:
    begun, program, ward = time.monotonic(), programs.ours("schemathesis"), ROLES[role]
    answer, answers = (programs.WORDS / f"schemathesis-{role}.{kind}" for kind in ("xml", "jsonl"))
    answer.parent.mkdir(parents=True, exist_ok=True)
    for file in (answer, answers):
        file.unlink(missing_ok=True)
    said = programs.run(
        _command(found, role, program, answer), SECONDS, f"schemathesis-{role}", _day(found, role, answers), found.house.folder
    )
    if not answer.exists() or not answers.exists():
        return Outcome("schemathesis", "-", f"the API as {role}", why=f"it left no answer: {(said.err or said.out).strip()[-300:]}")
    findings = failures(answer)
    if said.timed_out or (said.code and not findings):
        findings.append(Finding("unfinished", role, f"it was ended after {SECONDS} s" if said.timed_out else said.out.strip()[-300:]))
    done = reached(role, ward or None, answers.read_text("utf-8"))
    findings += done.findings
    looked = f"the API as {role}, all checks: {done.words}"
    return Outcome("schemathesis", programs.version(program), looked, tuple(findings), seconds=time.monotonic() - begun)


def _command(found: Instance, role: str, program: Path, answer: Path) -> list[object]:
    command: list[object] = [program, "--config-file", _configured(found.house.folder, role), "run", f"{found.origin}/api/v1/openapi.json"]
    command += ["--checks", "all", "--continue-on-failure"]
    command += ["--exclude-path", ENDLESS, "--max-examples", EXAMPLES, "--seed", SEED, "--workers", 1]
    command += ["--tls-verify", found.authority.cert, "--report", "junit", "--report-junit-path", answer, "--request-timeout", 15]
    return command


def _configured(folder: Path, role: str) -> Path:
    """`schemathesis.toml` for a role: where its gate is closed nothing of a request is read, and no border of a value is tried there; that
    it stays closed is, by requests made up like all others."""
    closed = sorted(set(operations()) - set(open_to(role, ROLES[role] or None)) - {ITSELF})
    borders = (f'[[operations]]\ninclude-name = "{name}"\nphases.coverage.enabled = false\n' for name in closed)
    file = folder / "schemathesis.toml"
    file.write_text("\n".join([(HERE / "schemathesis.toml").read_text("utf-8"), *borders]), "utf-8")
    return file


def _day(found: Instance, role: str, answers: Path) -> dict[str, str]:
    """What `hooks.py` is told."""
    wards = {**HELPERS, role: ROLES[role]}
    tokens = {each: found.house.token(each, ward) for each, ward in wards.items()}
    told: dict[str, Any] = {"origin": found.origin, "me": role, "tokens": tokens, "mllp": found.house.mllp, "answers": str(answers)}
    told["open"] = open_to(role, ROLES[role] or None)
    hooks = {"SCHEMATHESIS_HOOKS": "tests.security.hooks", "PYTHONPATH": str(programs.ROOT)}
    gateway = abdm_gateway.token(datetime.now(UTC), alg=HS256, kid="gateway", secret=SHARE_KEY.encode(), minutes=60)
    return {"BEDFLOW_DAY": json.dumps(told), "BEDFLOW_TOKEN": tokens[role], "BEDFLOW_GATEWAY": gateway, **hooks}


def failures(answer: Path) -> list[Finding]:
    """What it complains of."""
    cases = list(ET.parse(answer).getroot().iter("testcase"))
    wrong = [(case, told) for case in cases for kind in ("failure", "error") for told in case.iter(kind)]
    return [Finding("api", case.get("name", ""), f"{told.get('message') or ''} {told.text or ''}".strip()[:500]) for case, told in wrong]
