"""No pattern is made of what somebody typed: each is written down in the code, but for those listed here, with why they may be."""

import ast

from tests.house.tree import CODE, ROOT, modules, shown

FUNCTIONS = frozenset({"compile", "match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer"})
MADE = {
    "adt_feed/delimiters.py": "MSH-2's escape character, escaped",
    "adt_feed/learn/draft.py": "one of a table above it",
    "flow/domain/floor_plan/geometry.py": "a pattern above it",
    "flow/web/pages/regret.py": "words of a patient's name, each escaped",
    "flow/embedded/binaries.py": "handed in by its two callers, each of which writes it down",
}
PACKAGES = [folder for folder in CODE if folder not in ("tests", "loadtests")]


def made(tree: ast.Module) -> list[int]:
    """The lines of calls of `re` whose pattern is neither written down there nor by a constant's name."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute))
    of_re = (
        call
        for call in calls
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) and call.func.value.id == "re"
    )
    return [call.lineno for call in of_re if call.func.attr in FUNCTIONS and not _written(call.args[0])]  # type: ignore[attr-defined]


def _written(pattern: ast.expr) -> bool:
    match pattern:
        case ast.Constant():
            return True
        case ast.Name():
            return pattern.id.isupper()
        case ast.JoinedStr():
            return all(_written(part.value) if isinstance(part, ast.FormattedValue) else True for part in pattern.values)
        case ast.BinOp():
            return _written(pattern.left) and _written(pattern.right)
        case _:
            return False


def test_every_pattern_is_written_down() -> None:
    found = {shown(path): made(ast.parse(path.read_text("utf-8"))) for path in modules(*PACKAGES)}
    assert {place for place, lines in found.items() if lines} == set(MADE)


def test_a_pattern_made_of_input_is_found() -> None:
    assert made(
        ast.parse("import re\nre.search(typed, text)\nre.compile(f'^{typed}$')\nre.sub(_WORD, '', text)\nre.match(r'a', typed)")
    ) == [2, 3]


def test_no_script_of_ours_makes_one() -> None:
    scripts = sorted((ROOT / "static" / "js").glob("*.js"))
    assert scripts
    assert [path.name for path in scripts if "RegExp" in path.read_text("utf-8")] == []
