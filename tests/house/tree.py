"""The tree as the house tests see it: which files are the product's, and their functions."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("flow", "realtime", "allocation", "adt_feed")
CODE = (*PACKAGES, "loadtests", "tests")
PURE = ("flow/domain", "flow/views", "allocation", "adt_feed/framing", "adt_feed/message", "adt_feed/mapping")

type_of_function = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Function:
    """A function with its length in lines, from `def` to its end, its docstring left out."""

    place: str
    lines: int


@cache
def modules(*tops: str) -> tuple[Path, ...]:
    """Every Python file below these top folders, in order."""
    return tuple(sorted(path for top in tops for path in (ROOT / top).rglob("*.py")))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def is_pure(path: Path) -> bool:
    return shown(path).startswith(PURE)


def functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, type_of_function):
            yield Function(f"{shown(path)}:{node.lineno} {node.name}", _length(node))


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    words = (first.end_lineno or 0) - first.lineno + 1 if is_text else 0
    return (node.end_lineno or node.lineno) - node.lineno + 1 - words
