"""The tools as programs: where they lie, which version, run with a time limit and their words kept in test-artifacts/security."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import which

ROOT = Path(__file__).parents[2]
ARTEFACTS = ROOT / "test-artifacts"
WORDS = ARTEFACTS / "security"
HOME = ROOT / ".venv" / "security" / "bin"
DEBIAN = ROOT / ".ci" / "debian"


class Missing(Exception):
    """A tool cannot be had here; says why."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a program said; `timed_out`: it was ended."""

    code: int
    out: str
    err: str
    timed_out: bool = False


def ours(name: str) -> Path:
    """A tool of requirements/security.txt. Missing where `.ci/security` has not put it into place."""
    program = HOME / name
    if not program.exists():
        raise Missing(f"{name} is not in .venv/security; .ci/security installs it")
    return program


def debians(name: str, *packages: str) -> Path:
    """A tool of Debian's: the machine's, else its package unpacked. Missing where neither can be had."""
    found = subprocess.run([str(DEBIAN), name, *(packages or (name,))], capture_output=True, text=True, check=False, timeout=300)
    if found.returncode:
        said = [line for line in found.stderr.splitlines() if line.strip()]
        raise Missing(said[-1] if said else f"{name} cannot be had")
    return Path(found.stdout.strip().splitlines()[-1])


def installed(name: str) -> Path:
    """A tool of Debian's that needs much else of Debian's, which installs it (as root); it starts nothing. Missing where that cannot be."""
    if which(name) is None and os.geteuid() == 0 and which("apt-get") is not None:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (("update", "-qq"), ("install", "-y", "-qq", "--no-install-recommends", name)):
            subprocess.run(["apt-get", *words], capture_output=True, check=False, timeout=300, env=quiet)
    found = which(name)
    if found is None:
        raise Missing(f"there is no {name} here. As root: apt-get install {name}")
    return Path(found)


def nginx() -> str:
    """The machine's nginx, as `.ci/nginx` gets it. Missing where there is none."""
    found = which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if found is None:
        raise Missing("there is no nginx here: .ci/nginx (as root), or apt-get install nginx")
    return found


def run(command: Sequence[object], seconds: float, name: str, extra: Mapping[str, str] | None = None, cwd: Path = ROOT) -> Ran:
    """Run it to its end, or for so long; what it said is kept under this name."""
    WORDS.mkdir(parents=True, exist_ok=True)
    environ = {**os.environ, "PATH": f"{HOME}:{os.environ.get('PATH', '')}", "NO_COLOR": "1", **(extra or {})}
    words = [str(word) for word in command]
    try:
        ended = subprocess.run(words, capture_output=True, text=True, errors="replace", check=False, timeout=seconds, env=environ, cwd=cwd)
        found = Ran(ended.returncode, ended.stdout, ended.stderr)
    except subprocess.TimeoutExpired as late:
        found = Ran(-1, _text(late.stdout), _text(late.stderr), timed_out=True)
    (WORDS / f"{name}.log").write_text(f"{found.out}\n{found.err}")
    return found


def _text(said: bytes | str | None) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said or ""


def version(program: Path | str, *words: str, extra: Mapping[str, str] | None = None) -> str:
    """The first number with a dot in what it says of itself; "?" where it says none."""
    environ = {**os.environ, **(extra or {})}
    said = subprocess.run([str(program), *(words or ("--version",))], capture_output=True, text=True, check=False, timeout=60, env=environ)
    found = (word.strip("v,()") for word in (said.stdout + said.stderr).split())
    return next((word for word in found if word[:1].isdigit() and "." in word), "?")
