"""Scanners that read the code and start nothing: bandit, and semgrep with rules of our own, which is part of `make check`.

python -m tests.security.code
"""

import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console

from tests.house.tree import PACKAGES
from tests.security import programs
from tests.security.report import show
from tests.security.verdict import Finding, Outcome, exit_code, skipped

HERE = Path(__file__).parent
RULES = HERE / "rules"
LOOKED = (*PACKAGES, "loadtests")
PATIENCE = 300.0


def bandit() -> Outcome:
    """What is commonly wrong in Python. Left out are the tests of bandit.yaml, each with its reason there."""
    begun = time.monotonic()
    program = programs.ours("bandit")
    command = [program, "--recursive", "--format", "json", "--quiet", "--configfile", HERE / "bandit.yaml", *LOOKED]
    said = programs.run(command, PATIENCE, "bandit")
    answer = _json(said.out)
    if answer is None:
        return skipped("bandit", "the code", f"it ended without an answer ({said.code}): {said.err.strip()[-200:]}")
    files = len(answer["metrics"]) - 1
    findings = [Finding(each["test_id"], _place(each["filename"], each["line_number"]), each["issue_text"]) for each in answer["results"]]
    findings += [Finding("unread", each["filename"], each["reason"]) for each in answer["errors"]]
    return Outcome("bandit", programs.version(program), f"{files} files", tuple(findings), seconds=time.monotonic() - begun)


def semgrep() -> Outcome:
    """What this house has agreed on: `rules/`. What its parser reads in part alone (a `match` of the newest kind) is told as known."""
    begun = time.monotonic()
    answer, version = semgrep_on([*LOOKED, "templates"], "semgrep")
    files = len(answer["paths"]["scanned"])
    findings = [Finding(rule_of(each), _place(each["path"], each["start"]["line"]), each["extra"]["message"]) for each in answer["results"]]
    unread = [Finding("unread", str(each.get("path", "")), str(each.get("message", ""))[:200]) for each in answer["errors"]]
    partly = [each for each, told in zip(unread, answer["errors"], strict=True) if told.get("level") == "warn"]
    findings += [each for each in unread if each not in partly]
    looked = f"{files} files by {len(rules())} rules of our own"
    return Outcome("semgrep", version, looked, tuple(findings), known=tuple(partly), seconds=time.monotonic() - begun)


def semgrep_on(places: Iterable[object], name: str, config: Path = RULES) -> tuple[dict[str, Any], str]:
    """Its answer about these files. Missing where it is not here, or says nothing."""
    program = programs.ours("semgrep")
    command = [program, "scan", "--json", "--quiet", "--metrics=off", "--disable-version-check", "--no-git-ignore"]
    said = programs.run([*command, "--config", config, *places], PATIENCE, name, {"SEMGREP_SEND_METRICS": "off"})
    answer = _json(said.out)
    if answer is None:
        raise programs.Missing(f"semgrep ended without an answer ({said.code}): {said.err.strip()[-200:]}")
    return answer, str(answer.get("version", "?"))


def rules() -> list[str]:
    """The rules' names."""
    lines = [line.strip() for file in sorted(RULES.glob("*.yaml")) for line in file.read_text("utf-8").splitlines()]
    return [line.removeprefix("- id: ") for line in lines if line.startswith("- id: ")]


def rule_of(result: dict[str, Any]) -> str:
    """Its name without the folder."""
    return str(result["check_id"]).rpartition(".")[2]


def _place(file: str, line: int) -> str:
    path = Path(file)
    return f"{path.relative_to(programs.ROOT) if path.is_absolute() else path}:{line}"


def _json(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


CODE = {"bandit": bandit, "semgrep": semgrep}


def main() -> int:
    """Our own rules; bandit's tests ruff makes as well (S), in a hundredth of the time. A tool that is not here fails the check, for it is
    among the locked packages."""
    found = semgrep()
    show([found], Console(stderr=True))
    return exit_code([found]) or int(bool(found.why))


if __name__ == "__main__":
    sys.exit(main())
