"""wapiti: it goes from link to link as somebody who is signed in, and tries its attacks on every page, form and parameter it finds."""

import json
import time
from typing import Any

from tests.security import programs
from tests.security.instance import PEOPLE, Instance
from tests.security.verdict import Finding, Outcome

WHO = ("desk", "manager", "admin")
"""Whose pages together are nearly all."""
MODULES = (
    *("exec", "file", "sql", "blindsql", "xss", "permanentxss", "redirect", "crlf", "csrf", "methods", "backup", "htaccess", "shellshock"),
    *("cookieflags", "csp", "http_headers"),
)
"""Left out: what asks a server outside (ssrf, xxe, wapp), guesses passwords (brute_login_form), or goes through lists of names (buster,
nikto)."""
MINUTES = 4.0
NEVER = ("/logout", "/my-sign-in/sign-out", "/my-sign-in/everywhere")
"""Whoever goes there is somebody else afterwards."""


def crawled(found: Instance) -> list[Outcome]:
    """Once as each of them."""
    return [_as(found, name) for name in WHO]


def _as(found: Instance, name: str) -> Outcome:
    begun, program = time.monotonic(), programs.installed("wapiti")
    answer = programs.WORDS / f"wapiti-{name}.json"
    answer.parent.mkdir(parents=True, exist_ok=True)
    answer.unlink(missing_ok=True)
    command: list[object] = [program, "--url", f"{found.origin}/", "--scope", "folder", "--module", ",".join(MODULES)]
    command += ["--header", f"Cookie: {found.cookie(name)}", "--format", "json", "--output", answer, "--flush-session", "--no-bugreport"]
    command += ["--max-scan-time", int(MINUTES * 60), "--max-attack-time", 45, "--verify-ssl", "0", "--store-session", found.house.folder]
    for path in NEVER:
        command += ["--exclude", f"{found.origin}{path}"]
    said = programs.run(command, MINUTES * 60 + 240, f"wapiti-{name}")
    looked = f"pages as {PEOPLE[name][0]}"
    if not answer.exists():
        return Outcome("wapiti", "-", looked, why=f"it left no answer: {(said.err or said.out).strip()[-200:]}")
    told = json.loads(answer.read_text())
    pages = told["infos"].get("crawled_pages_nbr", 0)
    if not pages:
        return Outcome("wapiti", "-", looked, why="it found no page")
    looked = f"{pages} pages as {PEOPLE[name][0]}, {len(MODULES)} modules"
    version = str(told["infos"].get("version", "?")).removeprefix("Wapiti ")
    return Outcome("wapiti", version, looked, tuple(complaints(told)), seconds=time.monotonic() - begun)


def complaints(told: dict[str, Any]) -> list[Finding]:
    """Vulnerabilities, and anomalies: faults of the server, and answers that did not come."""
    kinds = [*told["vulnerabilities"].items(), *told["anomalies"].items()]
    return [Finding(kind, f"{each['method']} {each['path']}", each["info"]) for kind, found in kinds for each in found]
