"""flow/domain/README.md says of every command what it is refused for, as the code does."""

import ast
import re
from typing import get_args

from flow.domain.commands import Command
from tests.house.rules import FILE, HOME, refusals, written


def test_the_rules_are_written_down_as_they_are() -> None:
    assert FILE.read_text("utf-8") == written(), "run `python -m tests.house.rules`"


def test_every_command_has_its_row() -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", written(), re.MULTILINE)) == {command.__name__ for command in get_args(Command)}


def test_no_refusal_of_a_decision_is_missing() -> None:
    """Each code that `decide` refuses with stands in some row."""
    codes = set()
    for path in sorted((HOME / "decide").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refused":
                codes |= {word.value.value for word in node.keywords if isinstance(word.value, ast.Constant)}
    assert len(codes) > 50
    assert codes - set(re.findall(r"\(`([\w-]+)`\)", written())) == set()


def test_a_refusal_of_a_function_further_on_is_found() -> None:
    stale = "The bed has changed since you looked; look again. (`stale`)"
    assert stale in refusals(("flow.domain.decide.acuity", "see")), "asked for by its own function"
    assert stale not in refusals(("flow.domain.decide.acuity", "note_score"))
