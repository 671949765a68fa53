"""Writes flow/domain/README.md: every command with its fields, what it means, and each reason for which it is refused, out of the code.

python -m tests.house.rules
"""

import ast
import inspect
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

from flow.domain.decide import _ANSWERS
from tests.house.tree import ROOT

HOME = ROOT / "flow" / "domain"
FILE = HOME / "README.md"
HEAD = """# What may be done, and what is refused

Written by `python -m tests.house.rules` out of `decide/` and the commands; `tests/house/test_rules.py` holds it to them. What a field may
be by itself stands in the API's description (`/api/v1/openapi.json`); here stands what must fit together: the command with the hospital as
it is, and its fields with each other. A refusal is shown as it is written here, with what it speaks of in place of `…`; a reason handed in
by its caller stands as `…` alone. A feed's facts are laid in the tray instead. Nothing that is refused leaves a trace in the hospital.

| command | fields | what it means | refused because |
|---|---|---|---|
"""
Function = tuple[str, str]
"""Module (as `flow.domain.decide.beds`), and name."""


@cache
def tree(module: str) -> ast.Module:
    """A module of the domain."""
    path = ROOT.joinpath(*module.split("."))
    return ast.parse((path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text("utf-8"))


@cache
def functions(module: str) -> dict[str, ast.AST]:
    """Its functions and methods by name."""
    return {node.name: node for node in ast.walk(tree(module)) if isinstance(node, ast.FunctionDef)}


@cache
def imported(module: str) -> dict[str, Function]:
    """What a name of this module is elsewhere in the domain: a function, or a module (empty name)."""
    found: dict[str, Function] = {}
    for node in ast.walk(tree(module)):
        if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("flow.domain"):
            continue
        for alias in node.names:
            inside = f"{node.module}.{alias.name}"
            path = ROOT.joinpath(*inside.split(".")).with_suffix(".py")
            found[alias.asname or alias.name] = (inside, "") if path.exists() else (str(node.module), alias.name)
    return found


@cache
def tables(module: str) -> dict[str, list[str]]:
    """Its constants that hold functions, by name: which one it is, is chosen as it runs."""
    found: dict[str, list[str]] = {}
    for node in tree(module).body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            held = [each.id for each in ast.walk(node.value) if isinstance(each, ast.Name) and each.id in functions(module)]
            if isinstance(target, ast.Name) and held:
                found[target.id] = held
    return found


def called(at: Function) -> Iterator[Function]:
    """The domain's own functions that one names: of its module, imported, or of the draft."""
    module, name = at
    for node in ast.walk(functions(module)[name]):
        match node:
            case ast.Name(id=word) if word in functions(module):
                yield module, word
            case ast.Name(id=word) if word in tables(module):
                yield from ((module, each) for each in tables(module)[word])
            case ast.Name(id=word) if word in imported(module) and imported(module)[word][1] in functions(imported(module)[word][0]):
                yield imported(module)[word]
            case ast.Attribute(value=ast.Name(id=room), attr=word):
                there = imported(module).get(room, ("", ""))[0] if room != "draft" else "flow.domain.decide.draft"
                if there and word in functions(there):
                    yield there, word


def reached(start: Function) -> Iterator[Function]:
    """A function and all that it comes to."""
    seen, todo = {start}, [start]
    while todo:
        yield (at := todo.pop())
        new = set(called(at)) - seen
        seen |= new
        todo += sorted(new)


def refusals(start: Function) -> list[str]:
    """The words of each `Refused` on the way, with what is put into them as dots, and its code."""
    found = set()
    for module, name in reached(start):
        for node in ast.walk(functions(module)[name]):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refused":
                code = next((word.value.value for word in node.keywords if word.arg == "code" and isinstance(word.value, ast.Constant)), "")
                found.add(f"{_words(node.args[0])} (`{code}`)" if code else _words(node.args[0]))
    return sorted(found)


def _words(node: ast.expr) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_words(part) if isinstance(part, ast.Constant) else "…" for part in parts)
        case ast.BinOp(left=left, right=right):
            return _words(left) + _words(right)
        case _:
            return "…"


def row(command: type, answer: Any) -> str:
    """One command's line."""
    means = " ".join((inspect.getdoc(command) or "").split()).replace("|", "\\|")
    said = ", ".join(field.name for field in fields(command))
    return f"| `{command.__name__}` | {said} | {means} | {'<br>'.join(refusals((answer.__module__, answer.__name__))) or 'never'} |"


def written() -> str:
    """The whole file."""
    return HEAD + "\n".join(row(command, answer) for command, answer in _ANSWERS.items()) + "\n"


if __name__ == "__main__":
    Path(FILE).write_text(written(), encoding="utf-8")
