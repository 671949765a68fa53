"""Small rooms: a file aims at 200 lines and a function at 10; these are the walls."""

from statistics import median

import pytest

from tests.house.tree import CODE, PACKAGES, functions, modules, shown

FILE_LINES = 350
FUNCTION_LINES = 50
MEDIAN_FILE = 200
MEDIAN_FUNCTION = 10
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "tools", "base"}


@pytest.mark.parametrize("folder", CODE)
def test_no_file_is_longer_than_the_limit(folder: str) -> None:
    lengths = {shown(path): len(path.read_text("utf-8").splitlines()) for path in modules(folder)}
    assert {place: lines for place, lines in lengths.items() if lines > FILE_LINES} == {}


@pytest.mark.parametrize("folder", CODE)
def test_no_function_is_longer_than_the_limit(folder: str) -> None:
    assert [function for path in modules(folder) for function in functions(path) if function.lines > FUNCTION_LINES] == []


def test_most_functions_and_files_are_short() -> None:
    assert median(function.lines for path in modules(*PACKAGES) for function in functions(path)) < MEDIAN_FUNCTION
    assert median(len(path.read_text("utf-8").splitlines()) for path in modules(*PACKAGES)) < MEDIAN_FILE


def test_no_module_is_a_drawer_for_everything() -> None:
    assert [shown(path) for path in modules(*CODE) if path.stem in FORBIDDEN_NAMES or path.parent.name in FORBIDDEN_NAMES] == []
