"""wapiti: it goes from link to link as somebody who is signed in, and tries its attacks on every page, form and parameter it finds."""

import json
import re
import time
from typing import Any

from starlette.routing import Match, Route

from flow.web.pages.my_sign_in import HOME
from flow.web.routes import PAGES
from tests.hospital_file import hospital_file
from tests.security import programs
from tests.security.instance import PEOPLE, Instance, asked, instance
from tests.security.verdict import Finding, Outcome

SMALL = hospital_file({"4B": {"A": 3}, "5A": {"A": 1}})
"""Each bed has forms of its own: of five hundred, a scanner would try nothing else all day."""
WHO = ("desk", "manager", "admin")
"""Whose pages together are nearly all."""
MODULES = (
    *("exec", "file", "sql", "blindsql", "xss", "permanentxss", "redirect", "crlf", "csrf", "methods", "backup", "htaccess", "shellshock"),
    *("cookieflags", "csp", "http_headers"),
)
"""Left out: what asks a server outside (ssrf, xxe, wapp), guesses passwords (brute_login_form), or goes through lists of names (buster,
nikto)."""
CRAWL, ATTACK = 60, 20
"""Seconds for going round, and for one module."""
PATIENCE = CRAWL + len(MODULES) * ATTACK + 120
NEVER = ("/sign-out", f"{HOME}/sign-out-everywhere", f"{HOME}/seats/*", "/static/*", "/api/*")
"""Whoever signs out is nobody afterwards; files have no parameters; the API has schemathesis, and a stream without an end."""
PLACES = {"ward": "4B", "bed": "4B-A-01", "clinic": "ENT", "clinics": "ENT"}
CUT = "Max attack time was reached"
FOUND = re.compile(r"found (\d+) URLs and forms")
NO_HEADER = "X-XSS-Protection is not set"
FORGED = "Cross Site Request Forgery"
STARTED = r"""
import re, sys
from wapitiCore.main.wapiti import wapiti_main
from wapitiCore.net import crawler
crawler.wildcard_translate = lambda pattern: re.compile(".*".join(map(re.escape, pattern.split("*"))) + r"\Z", re.MULTILINE | re.DOTALL)
wapiti_main()
"""
"""Debian's wapiti 3.0.4 cannot be told of a page to keep out of: it makes a regular expression that its own Python refuses."""


def crawled() -> list[Outcome]:
    """Once as each of them, of a hospital of four beds."""
    with instance(SMALL) as found:
        return [_as(found, name) for name in WHO]


def starts(found: Instance, name: str) -> list[str]:
    """Every page of the table of routes whose place can be said and that opens to this person; links and forms lead to more."""
    named = {re.sub(r"\{(\w+)\}", lambda part: PLACES.get(part[1], part[0]), door.path) for door in PAGES if door.method == "GET"}
    return [path for path in sorted(named) if "{" not in path and _opens(found, path, found.cookie(name))]


def _opens(found: Instance, path: str, cookie: str) -> bool:
    status, headers, _ = asked(found.origin, "GET", path, cookie=cookie)
    return status == 200 and dict(headers).get("content-type", "").startswith("text/html")


def _as(found: Instance, name: str) -> Outcome:
    begun = time.monotonic()
    programs.installed("wapiti")
    answer = programs.WORDS / f"wapiti-{name}.json"
    answer.parent.mkdir(parents=True, exist_ok=True)
    answer.unlink(missing_ok=True)
    command: list[object] = ["/usr/bin/python3", "-c", STARTED, "--url", f"{found.origin}/", "--scope", "folder"]
    command += ["--module", ",".join(MODULES), "--header", f"Cookie: {found.cookie(name)}", "--format", "json", "--output", answer]
    command += ["--flush-session", "--no-bugreport", "--max-scan-time", CRAWL, "--max-attack-time", ATTACK, "--verify-ssl", "0"]
    command += ["--store-session", found.house.folder / name]
    for path in starts(found, name):
        command += ["--start", f"{found.origin}{path}"]
    for path in NEVER:
        command += ["--exclude", f"{found.origin}{path}"]
    said = programs.run(command, PATIENCE, f"wapiti-{name}")
    looked = f"pages as {PEOPLE[name][0]}"
    if not answer.exists():
        return Outcome("wapiti", "-", looked, why=f"it left no answer: {(said.err or said.out).strip()[-200:]}")
    told = json.loads(answer.read_text())
    pages = FOUND.search(said.out)
    if pages is None or pages[1] == "0":
        return Outcome("wapiti", "-", looked, why="it found no page")
    looked = (
        f"{pages[1]} pages and forms as {PEOPLE[name][0]}, {len(MODULES)} modules, {said.out.count(CUT)} of them ended after {ATTACK} s"
    )
    why = "" if signed_in(found, name) else "signed out on the way"
    version = str(told["infos"].get("version", "?")).removeprefix("Wapiti ")
    findings, known = complaints(told)
    return Outcome("wapiti", version, looked, tuple(findings), why, tuple(known), seconds=time.monotonic() - begun)


def signed_in(found: Instance, name: str) -> bool:
    """Whether the cookie still is somebody's, who sees more than the sign-in page."""
    return asked(found.origin, "GET", HOME, cookie=found.cookie(name))[0] == 200


def complaints(told: dict[str, Any]) -> tuple[list[Finding], list[Finding]]:
    """Vulnerabilities, and anomalies: faults of the server, and answers that did not come. And what is known: a field that no browser
    heeds any more, and forms that htmx sends elsewhere, which wapiti posts to the page they stand on, where nothing can be posted."""
    kinds = [*told["vulnerabilities"].items(), *told["anomalies"].items()]
    every = [Finding(kind, f"{each['method']} {each['path']}", each["info"]) for kind, found in kinds for each in found]
    known = [each for each in every if each.words == NO_HEADER or (each.rule == FORGED and not _door(each.place))]
    return [each for each in every if each not in known], known


def _door(place: str) -> bool:
    """Whether a request of this method and path reaches anything."""
    method, _, path = place.partition(" ")
    scope = {"type": "http", "method": method, "path": path, "headers": [], "root_path": ""}
    return any(Route(door.path, door.handler, methods=[door.method]).matches(scope)[0] is Match.FULL for door in PAGES)
