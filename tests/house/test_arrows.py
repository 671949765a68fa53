"""Arrows point inward: the import contracts of pyproject.toml, shown to hold and to catch, and the pure rooms' deafness."""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import PACKAGES, ROOT, is_pure, modules, parsed, shown

LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True, no_logo=True))"
DOORS = {"os", "io", "time", "socket", "subprocess", "threading", "random", "secrets", "pathlib", "tempfile", "asyncio", "logging"}
CLOCKS = {"now", "utcnow", "today", "monotonic", "perf_counter", "getenv", "urandom", "uuid1", "uuid4"}
BUILT_IN = {"open", "print", "input"}
ROOMS_OF_THE_ROOT = ("flow.checkup", "flow.main", "flow.cli", "flow.__main__", "flow.server", "flow.dev", "flow.backup", "flow.embedded")

VIOLATIONS = [
    ("flow/domain/bed.py", "import flow.state.keys", "Inside flow, arrows point down"),
    ("flow/history/pool.py", "import flow.desk", "Inside flow, arrows point down"),
    ("realtime/hub.py", "import allocation", "The three wings do not know each other"),
    ("flow/desk/desk.py", "import adt_feed.framing", "flow never looks out at the wings"),
    ("allocation/__init__.py", "import flow.state.keys", "allocation sees only the domain"),
    ("realtime/hub.py", "import flow.history.pool", "realtime watches"),
    ("adt_feed/framing.py", "import flow.views.bed_tile", "adt_feed commands"),
    ("adt_feed/framing.py", "import asyncio", "The pure rooms do no I/O"),
    ("flow/web/__init__.py", "import asyncpg", "asyncpg lives in flow.history"),
    ("flow/history/pool.py", "import redis.asyncio", "redis lives in flow.state"),
    ("flow/relay.py", "from starlette.responses import Response", "starlette lives in flow.web"),
    ("adt_feed/framing.py", "import hl7apy", "hl7apy lives in adt_feed.conformance"),
]


def lint(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", LINT], cwd=tree, capture_output=True, text=True, check=False)


def test_the_import_contracts_hold() -> None:
    linted = lint(ROOT)
    assert linted.returncode == 0, linted.stdout


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages' Python in a folder of its own, to be spoilt."""
    tree = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", tree)
    for path in modules(*PACKAGES):
        target = tree / shown(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return tree


@pytest.fixture
def spoilt(copied: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    place, line, _ = request.param
    target = copied / place
    before = target.read_text("utf-8")
    target.write_text(f"{before}\n{line}\n", "utf-8")
    yield copied
    target.write_text(before, "utf-8")


@pytest.mark.parametrize(("spoilt", "contract"), [(violation, violation[2]) for violation in VIOLATIONS], indirect=["spoilt"])
def test_a_contract_catches_its_violation(spoilt: Path, contract: str) -> None:
    linted = lint(spoilt)
    assert linted.returncode != 0
    assert [line for line in linted.stdout.splitlines() if line.startswith(contract) and "BROKEN" in line], linted.stdout


def test_only_the_composition_root_sees_the_composition_root() -> None:
    roots = ("flow/main", "flow/cli", "flow/__main__", "flow/checkup", "flow/server", "flow/dev", "flow/backup", "flow/embedded")
    others = [path for path in modules(*PACKAGES) if not shown(path).startswith(roots)]
    seen = [f"{shown(path)} imports {name}" for path in others for name in _imports(parsed(path)) if name.startswith(ROOMS_OF_THE_ROOT)]
    assert seen == []


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_the_pure_rooms_know_no_time_no_disk_and_no_environment() -> None:
    heard = [f"{shown(path)}:{line} {what}" for path in modules(*PACKAGES) if is_pure(path) for line, what in _senses(parsed(path))]
    assert heard == []


def test_a_sense_in_a_pure_room_is_noticed() -> None:
    spoilt = "import os\nfrom time import time\nat = datetime.now()\nseen = open('x')\n"
    assert [what for _, what in _senses(ast.parse(spoilt))] == ["os", "time", "now", "open"]


def _senses(tree: ast.Module) -> list[tuple[int, str]]:
    """Every import of a door to the outside and every call of a clock, with its line."""
    return sorted(found for node in ast.walk(tree) for found in _sense(node))


def _sense(node: ast.AST) -> Iterator[tuple[int, str]]:
    if isinstance(node, ast.Import):
        yield from ((node.lineno, alias.name) for alias in node.names if alias.name.partition(".")[0] in DOORS)
    elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in DOORS:
        yield node.lineno, node.module or ""
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS:
        yield node.lineno, node.func.attr
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BUILT_IN:
        yield node.lineno, node.func.id
