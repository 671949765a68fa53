"""What `make faults` says at its end, and how it ends."""

from pathlib import Path

import pytest

from tests.faults.__main__ import MISUSED, main
from tests.faults.parts import PARTS, Told, part_of

HERE = Path(__file__).parent
POINTS, PROXY = "tests/faults/test_points.py::test_a_kill_at[x]", "tests/faults/test_proxy.py::test_twenty"


def came(nodeid: str, outcome: str, why: object = None, when: str = "call") -> pytest.TestReport:
    return pytest.TestReport(nodeid, ("", 0, ""), {}, outcome, why, when, duration=90.0)  # type: ignore[arg-type]


def told(*reports: pytest.TestReport, wanted: tuple[str, ...] = ("F0",)) -> Told:
    found = Told(wanted)
    for report in reports:
        found.pytest_runtest_logreport(report)
    return found


def row(found: Told, part: str) -> str:
    return next(line for line in found.summary().splitlines() if line.startswith(f"| {part} "))


def test_every_file_is_of_one_part() -> None:
    files = [file for part in PARTS.values() for file in part.files]
    assert len(files) == len({*files})
    assert {f"faults/{path.name}" for path in HERE.glob("test_*.py")} == {file for file in files if file.startswith("faults/")}
    assert all((HERE.parent / file).is_file() for file in files)
    assert part_of(str(HERE / "test_points.py")) == "F0"


def test_a_run_without_a_finding_ends_well_and_says_what_was_not_run() -> None:
    found = told(came(POINTS, "passed", when="setup"), came(POINTS, "passed"))
    assert found.code(0) == 0
    assert row(found, "F0") == "| F0 | crash points | 1 | 0 | 0 | 3.0 |  |"
    assert "not asked for" in row(found, "F3")
    assert "make soak" in row(found, "F10")


def test_a_finding_ends_badly_and_is_told_again() -> None:
    found = told(came(POINTS, "failed", "I1: lost\nand more"))
    assert found.code(0) == 1, "whatever pytest says"
    assert found.code(3) == 3
    assert f"Found:\n- F0: {POINTS} (call): I1: lost" in found.summary()


def test_what_is_left_out_is_told_with_its_reason() -> None:
    found = told(came(POINTS, "skipped", ("file", 1, "Skipped: no compiler"), when="setup"))
    assert found.code(0) == 0
    assert row(found, "F0") == "| F0 | crash points | NOTHING | 0 | 1 | 1.5 |  |"
    assert f"Left out:\n- F0: {POINTS}: no compiler" in found.summary()


def test_a_part_that_did_not_happen_ends_badly() -> None:
    found = told(came(POINTS, "passed"), wanted=("F0", "F3"))
    assert found.code(0) == 1
    assert "F3: nothing of it was run" in found.summary()
    assert told(came(POINTS, "passed"), came(PROXY, "passed"), wanted=("F0", "F3")).code(0) == 0


def test_it_is_kept(tmp_path: Path) -> None:
    found = told(came(POINTS, "passed"))
    assert found.keep(tmp_path / "artefacts").read_text(encoding="utf-8") == f"{found.summary()}\n"


def test_a_part_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["F0", "F77"]) == MISUSED
    assert "There is no part F77" in capsys.readouterr().err
