"""What a scanner said, as a row of the table: clean, findings, or a skip with its reason. Nothing is clean that looked at nothing."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """What a row comes to."""

    CLEAN = "clean"
    FOUND = "FINDINGS"
    SKIPPED = "SKIPPED"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a tool complains of: which rule, where, in its words."""

    rule: str
    place: str
    words: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """One row: `looked` says at what and how much, `why` why nothing was, `known` what is there because it is a trial and no hospital."""

    tool: str
    version: str
    looked: str
    findings: tuple[Finding, ...] = ()
    why: str = ""
    known: tuple[Finding, ...] = ()
    seconds: float = 0.0

    @property
    def verdict(self) -> Verdict:
        """Findings count even where only a part was looked at."""
        if self.findings:
            return Verdict.FOUND
        return Verdict.SKIPPED if self.why else Verdict.CLEAN


def exit_code(outcomes: Iterable[Outcome]) -> int:
    """1 where anything was found; a skip is loud and no failure."""
    return int(any(outcome.verdict is Verdict.FOUND for outcome in outcomes))


def skipped(tool: str, looked: str, why: str) -> Outcome:
    """A tool that cannot be had or cannot look here."""
    return Outcome(tool, "-", looked, why=why)


def of_pip_audit(version: str, said: str, complaint: str, locked: Sequence[str]) -> Outcome:
    """What pip-audit makes of the locked packages. It ends well and says that it knows of nothing where it asked nobody: then all of them
    are SKIPPED, and as many as it could not ask about where it asked about some."""
    looked = f"{len(locked)} locked packages of requirements/run.txt"
    try:
        answers = json.loads(said)["dependencies"]
    except (ValueError, KeyError, TypeError):
        why = f"no answer: {_last_line(complaint) or 'pip-audit said nothing'}; {len(locked)} packages not audited"
        return Outcome("pip-audit", version, looked, why=why)
    audited = {_plain(each["name"]): each for each in answers if not each.get("skip_reason") and "vulns" in each}
    missing = [name for name in locked if _plain(name) not in audited]
    why = f"{len(missing)} of {len(locked)} packages not audited ({_few(missing)}){_first_reason(answers)}" if missing or not locked else ""
    return Outcome("pip-audit", version, looked, tuple(_vulnerable(audited.values())), why)


def _vulnerable(answers: Iterable[Mapping[str, Any]]) -> Iterable[Finding]:
    for each in answers:
        for known in each["vulns"]:
            cure = f"; mended in {', '.join(known['fix_versions'])}" if known.get("fix_versions") else ""
            yield Finding(known["id"], f"{each['name']} {each.get('version', '')}", f"{known.get('description', '')[:200]}{cure}")


def _first_reason(answers: Iterable[Mapping[str, Any]]) -> str:
    return next((f": {each['skip_reason'][:120]}" for each in answers if each.get("skip_reason")), "")


def _plain(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (", ..." if len(names) > 3 else "") if names else "there are none to audit"


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""
