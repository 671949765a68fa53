"""What flow/web/security/README.md says of limits, sessions, uploads and settings is what the code does."""

import ast
import importlib
import re
from collections.abc import Iterator
from datetime import timedelta

from flow.bounds import Bounds
from flow.domain.roles import PHONE_LOCK, PROVEN_FOR, SESSION_LIMITS, Role
from flow.settings import SETTINGS
from flow.web.security.shell import LONGEST_BODY
from tests.house.tree import ROOT

FILE = ROOT / "flow" / "web" / "security" / "README.md"
TEXT = FILE.read_text("utf-8")


def rows(heading: str, table: int = 0) -> list[list[str]]:
    """A table under a heading, without its head."""
    part = TEXT.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    tables = [found.splitlines()[2:] for found in re.findall(r"(?:^\|.*\n)+", part + "\n", re.MULTILINE)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in tables[table]]


def checked() -> Iterator[tuple[str, str, str]]:
    """Every limit that the web room asks of its limiter: what, how many, within seconds; what no constant says is a setting."""
    for path in sorted((ROOT / "flow" / "web").rglob("*.py")):
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for call in (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)):
            if not (isinstance(call.func, ast.Attribute) and call.func.attr == "check" and len(call.args) >= 4):
                continue
            what, _, amount, seconds = call.args[:4]
            if isinstance(what, ast.Constant):
                yield str(what.value), _value(amount, vars(module)), _value(seconds, vars(module))


def _value(node: ast.expr, names: dict[str, object]) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    assert isinstance(node, ast.Name)
    return str(names.get(node.id, "a setting"))


def test_every_limit_is_written_down_as_it_is() -> None:
    written = {name.strip(" `"): (row[2], row[3]) for row in rows("Limits") for name in row[0].split(",")}
    found = {what: (amount, seconds) for what, amount, seconds in checked()}
    assert found.keys() <= written.keys()
    assert {what for what in written.keys() - found.keys() if not written[what][0].startswith("BEDFLOW_")} == set()
    for what, (amount, seconds) in found.items():
        assert written[what][1] == seconds, what
        assert written[what][0] == amount or (amount == "a setting" and written[what][0].startswith("BEDFLOW_")), what


def test_bounds_are_written_down_as_they_are() -> None:
    said, bounds = dict(rows("Limits", 1)), Bounds()
    assert said["body of a request"] == f"{LONGEST_BODY} bytes"
    assert said["address of a request"] == f"{bounds.target_bytes} bytes"
    assert said["head of a request"] == f"{bounds.head_bytes} bytes"
    numbers = (bounds.fields, bounds.head_seconds, bounds.idle_seconds, bounds.connections)
    names = ("fields of a head", "seconds for a head", "seconds without a request", "connections")
    assert [said[name] for name in names] == [f"{number:.0f}" for number in numbers]


def test_sessions_last_as_it_says() -> None:
    said = {row[0]: (timedelta(minutes=int(row[1])), timedelta(hours=int(row[2]))) for row in rows("How long a sign-in lasts, and why")}
    assert {role: tuple(SESSION_LIMITS[role]) for role in Role} == {role: said.get(role, said["everybody"]) for role in Role}
    minutes = [int(found) for found in re.findall(r"locks after (\d+) minutes|fresh for (\d+) minutes", TEXT)[0][:1]]
    assert minutes == [PHONE_LOCK.seconds // 60]
    assert f"fresh for {PROVEN_FOR.seconds // 60} minutes" in TEXT


def test_every_setting_it_names_is_one() -> None:
    named = set(re.findall(r"BEDFLOW_[A-Z_]+|DATABASE_URL|REDIS_URL", TEXT))
    assert named
    assert named <= {setting.variable for setting in SETTINGS}
