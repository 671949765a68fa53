"""What the house is made of: pip-audit on the locked packages, and the list of them with what the browser gets (CycloneDX).

The list goes to test-artifacts/sbom.json and is held against CycloneDX' own schema; a package that is not installed, or says no licence,
is a finding, and so is a vendored file that static/README.md does not name.
"""

import json
import re
import time
import uuid
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

from tests.security import programs
from tests.security.verdict import Finding, Outcome, of_pip_audit, skipped

LOCK = programs.ROOT / "requirements" / "run.txt"
STATIC = programs.ROOT / "static"
SBOM = programs.ARTEFACTS / "sbom.json"
SCHEMA = "1.6"
CHECK = """
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(sys.stdin.read())
print(repr(wrong) if wrong else "")
"""
_PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)==(\S+)", re.MULTILINE)
_ROW = re.compile(r"^\| (.+?) \| (.+?) \| (\S+) \| (.+?) \|$", re.MULTILINE)


def locked(lock: Path = LOCK) -> list[str]:
    """The names of a lock's packages; one that is pinned for two systems is one."""
    return list(dict.fromkeys(name for name, _ in _PIN.findall(lock.read_text("utf-8"))))


def pip_audit() -> Outcome:
    """What is known to be weak of the packages that `make run` installs. It asks a registry, and there may be no network."""
    begun, program = time.monotonic(), programs.ours("pip-audit")
    command = [program, "--requirement", LOCK, "--require-hashes", "--disable-pip", "--format", "json", "--progress-spinner", "off"]
    said = programs.run([*command, "--timeout", "10"], 180, "pip-audit")
    complaint = "it took longer than 180 s" if said.timed_out else said.err
    found = of_pip_audit(programs.version(program), said.out, complaint, locked())
    return Outcome(found.tool, found.version, found.looked, found.findings, found.why, seconds=time.monotonic() - begun)


def sbom() -> Outcome:
    """The list of components, written and held against its schema."""
    begun, program = time.monotonic(), programs.ours("cyclonedx-py")
    said = programs.run([program, "requirements", LOCK, "--output-format", "JSON", "--spec-version", SCHEMA], 120, "cyclonedx")
    if said.code:
        return skipped("cyclonedx", "the locked packages", f"it ended with {said.code}: {said.err.strip()[-200:]}")
    made = whole(json.loads(said.out))
    SBOM.parent.mkdir(exist_ok=True)
    SBOM.write_text(json.dumps(made, indent=1))
    silent = [each for each in made["components"] if not each.get("licenses") and each.get("scope") != "optional"]
    findings = [Finding("no-licence", each["name"], "says no licence") for each in silent]
    findings += [Finding("unnamed-file", name, "stands in static/ and not in static/README.md") for name in unnamed(vendored())]
    findings += [Finding("schema", "sbom.json", words) for words in _against_the_schema()]
    looked = f"{len(made['components'])} components, written to test-artifacts/{SBOM.name}, CycloneDX {SCHEMA}"
    return Outcome("cyclonedx", programs.version(program), looked, tuple(findings), seconds=time.monotonic() - begun)


def whole(made: dict[str, Any]) -> dict[str, Any]:
    """With each package's licence, what the browser gets, and what all of it is."""
    python = [each | _licence_of(each["name"]) for each in made["components"]]
    about = made.get("metadata", {}) | {"timestamp": datetime.now(UTC).isoformat(timespec="seconds"), "component": _ourselves()}
    vendors = [*vendored(), _passwords()]
    return made | {
        "serialNumber": f"urn:uuid:{uuid.uuid4()}",
        "metadata": about,
        "components": [*python, *vendors],
        "dependencies": [{"ref": "bedflow", "dependsOn": [each["bom-ref"] for each in (*python, *vendors)]}],
    }


def vendored(readme: Path = STATIC / "README.md") -> list[dict[str, Any]]:
    """What static/README.md says of files that others wrote: a component a row, with the digest of each file."""
    return [_vendored(*row) for row in _ROW.findall(readme.read_text("utf-8")) if row[0] not in ("file", "---")]


def unnamed(components: list[dict[str, Any]]) -> list[str]:
    """Files of static/vendor and static/fonts that no component holds."""
    held = {part["value"] for each in components for part in each["properties"]}
    there = [file for folder in ("vendor", "fonts") for file in (STATIC / folder).iterdir() if file.suffix != ".LICENSE"]
    return sorted(name for file in there if (name := str(file.relative_to(STATIC))) not in held)


def _vendored(files: str, origin: str, version: str, licence: str) -> dict[str, Any]:
    named, said = re.search(r"`([^`]+)`", origin), re.search(r"\(([^:)]+)", licence)
    parts = [file for pattern in files.replace("\\*", "*").split(", ") for file in sorted(STATIC.glob(pattern))]
    return {
        "type": "library",
        "bom-ref": f"static:{files}",
        "name": named[1] if named else files,
        "version": version,
        **({"licenses": [{"expression": said[1]}]} if said else {}),
        "properties": [{"name": f"bedflow:sha256:{_digest(file)}", "value": str(file.relative_to(STATIC))} for file in parts],
    }


def _digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()


def _passwords() -> dict[str, Any]:
    """The list of common passwords, which says itself where it is from."""
    file = programs.ROOT / "flow" / "common_passwords.txt"
    version = re.search(r"zxcvbn ([\d.]*\d)", file.read_text("utf-8"))
    licence = [{"expression": "MIT"}]
    part = {"name": f"bedflow:sha256:{_digest(file)}", "value": f"flow/{file.name}"}
    told = {"version": version[1]} if version else {}
    return {"type": "data", "bom-ref": f"flow:{file.name}", "name": "zxcvbn", **told, "licenses": licence, "properties": [part]}


def _ourselves() -> dict[str, Any]:
    return {"type": "application", "bom-ref": "bedflow", "name": "bedflow", "licenses": [{"license": {"id": "Apache-2.0"}}]}


def _licence_of(name: str) -> dict[str, Any]:
    """As the installed package says it: an expression, a name, or its trove words. One that is for another system is not here to ask."""
    try:
        found = metadata(name)
    except PackageNotFoundError:
        return {"scope": "optional"}
    if expression := found.get("License-Expression"):
        return {"licenses": [{"expression": expression}]}
    words = [each.rpartition(" :: ")[2] for each in found.get_all("Classifier") or () if each.startswith("License ::")]
    said = (found.get("License") or "").partition("\n")[0].strip() or ", ".join(words)
    return {"licenses": [{"license": {"name": said[:120]}}]} if said else {}


def _against_the_schema() -> list[str]:
    """What CycloneDX' own validator says."""
    python = programs.ours("python")
    said = programs.run([python, "-c", CHECK.replace("sys.stdin.read()", f"open({str(SBOM)!r}).read()")], 60, "sbom-schema")
    told = said.out.strip() or (said.err.strip()[-300:] if said.code else "")
    return [told] if told else []


PACKAGES = {"pip-audit": pip_audit, "cyclonedx": sbom}
