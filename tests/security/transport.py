"""testssl on both TLS ports: the pages' and that of the feeds. Only TLS 1.3 may be offered, and nothing of severity MEDIUM or above be
found but that the certificate is one of this trial's own."""

import json
import os
import time
from pathlib import Path
from shutil import which
from typing import Any

from tests.certificates import Files
from tests.security import programs
from tests.security.instance import Instance
from tests.security.verdict import Finding, Outcome

WEAK = ("MEDIUM", "HIGH", "CRITICAL", "WARN", "FATAL")
OWN_CERTIFICATE = {
    "cert_chain_of_trust": "the certificate is signed by the trial's own authority, which no browser knows",
    "cert_trust": "it is for 127.0.0.1, not for a name",
    "cert_crlDistributionPoints/OCSP_URI": "an authority of one afternoon has no list of what it took back",
    "cert_revocation": "the same",
    "cert_notAfter": "it lives for weeks",
    "cert_expirationStatus": "it lives for weeks",
    "engine_problem": "of this machine's openssl, which asks: it lacks old ciphers, and nothing of the server",
    "sessionresumption_ticket": "no session is resumed here, which it cannot try",
    "DNS_CAArecord": "127.0.0.1 has no name, and so no record",
    "overall_grade": "the grade falls with the trust",
    "grade_cap_reason_1": "the same",
    "grade_cap_reason_2": "the same",
}
"""What is found of this trial's certificate or this machine, and would not be of a hospital's."""
SECTIONS = ("--protocols", "--std", "--fs", "--server-defaults", "--vulnerable")
"""Left out: which browsers of which year would come in, and what the pages' headers say, which tests of ours look at."""
SHOWING = """#!/bin/sh
[ "$1" = s_client ] || exec {openssl} "$@"
shift
exec {openssl} s_client -cert {cert} -key {key} "$@"
"""
OLD = ("SSLv2", "SSLv3", "TLS1", "TLS1_1", "TLS1_2")


def pages(found: Instance) -> list[Outcome]:
    """The port of pages and API."""
    return [_tested("pages", found.house.http)]


def feeds(found: Instance) -> list[Outcome]:
    """The port of feeds, which wants a client's certificate: testssl is given one, else it stops at the first handshake."""
    return [_tested("MLLP", found.mllp_tls, "--openssl", showing(found.client))]


def showing(client: Files, openssl: str | None = which("openssl")) -> Path:
    """An openssl that shows this certificate wherever it is a client, for this testssl has no option for it."""
    if openssl is None:
        raise programs.Missing("there is no openssl here: apt-get install openssl")
    program = programs.WORDS / "showing" / "openssl"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(SHOWING.format(openssl=openssl, cert=client.cert, key=client.key))
    program.chmod(0o755)
    return program


def _tested(what: str, port: int, *more: object) -> Outcome:
    begun = time.monotonic()
    program = programs.debians("testssl", "testssl.sh", "bsdextrautils")
    answer = programs.WORDS / f"testssl-{what}.json"
    answer.parent.mkdir(parents=True, exist_ok=True)
    answer.unlink(missing_ok=True)
    options = [*SECTIONS, "--quiet", "--color", "0", "--warnings", "batch", "--nodns", "none", "--jsonfile", answer, *more]
    home = program.parents[2] / "etc" / "testssl"
    extra = {"PATH": f"{_nobody_to_ask()}:{os.environ['PATH']}"} | ({"TESTSSL_INSTALL_DIR": str(home)} if home.exists() else {})
    said = programs.run([program, *options, f"127.0.0.1:{port}"], 420, f"testssl-{what}", extra)
    looked = f"{what}, TLS"
    if not answer.exists():
        return Outcome("testssl", "-", looked, why=f"it left no answer: {said.out.strip()[-200:]}")
    rows = _rows(answer)
    ended = next((row["finding"] for row in rows if row["id"] == "scanTime" and row["severity"] == "WARN"), "")
    findings, known = judged([row for row in rows if row["id"] != "scanTime"], what)
    why = f"{ended} after {len(rows)} looks; what came after them was not looked at" if ended else ""
    looked = f"{what}, TLS: {len(rows)} looks"
    return Outcome(
        "testssl", programs.version(program, extra=extra), looked, tuple(findings), why, tuple(known), seconds=time.monotonic() - begun
    )


def _nobody_to_ask() -> Path:
    """testssl wants a programme that asks for names, though it is told to ask for none: here is one that knows nothing."""
    folder = programs.WORDS / "names"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "host").write_text("#!/bin/sh\nexit 1\n")
    (folder / "host").chmod(0o755)
    return folder


def judged(rows: list[dict[str, Any]], what: str) -> tuple[list[Finding], list[Finding]]:
    """Findings, and those that are of the trial's certificate alone; that TLS 1.3 is offered and nothing older must be said."""
    weak = [Finding(row["id"], what, f"{row['severity']}: {row['finding']}") for row in rows if row["severity"] in WEAK]
    said = {row["id"]: row["finding"] for row in rows}
    missing = [Finding("TLS1_3", what, f"not said to be offered: {said.get('TLS1_3')}")] if "offered" not in said.get("TLS1_3", "") else []
    older = [Finding(name, what, said[name]) for name in OLD if name in said and not said[name].startswith("not offered")]
    unsaid = [Finding(name, what, "not looked at") for name in OLD if name not in said]
    known = [each for each in weak if each.rule.split(" ")[0] in OWN_CERTIFICATE]
    return [*missing, *older, *unsaid, *(each for each in weak if each not in known)], known


def _rows(answer: Path) -> list[dict[str, Any]]:
    """A run that was ended early leaves a list without its end."""
    text = answer.read_text().strip()
    try:
        found = json.loads(text)
    except ValueError:
        found = json.loads(text.rstrip(",") + "]")
    return [row for row in found if isinstance(row, dict)]
