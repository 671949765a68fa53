"""The parts of the fault suite, and what pytest says while they run and when they are done: what was run, what was not, and why."""

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.faults.run import ARTEFACTS, lines

EACH = 30.0
"""Seconds after which a test that says nothing is said to be under way still."""


@dataclass(frozen=True, slots=True)
class Part:
    """Files, from `tests` on; none where another command runs it."""

    what: str
    files: tuple[str, ...]
    instead: str = ""


PARTS: Mapping[str, Part] = {
    "F0": Part("crash points", ("faults/test_points.py",)),
    "F1": Part("smoke", ("faults/test_smoke.py", "faults/test_kills.py")),
    "F2": Part("ten seeds", ("faults/test_seeds.py",)),
    "F3": Part("a line that breaks", ("faults/test_proxy.py",)),
    "F4": Part("stores cut off", ("faults/test_cut.py",)),
    "F5": Part("disks", ("faults/test_storage.py",)),
    "F6": Part("assignment", ("faults/test_assignment.py",)),
    "F7": Part("a hundred screens", ("faults/test_screens.py",)),
    "F8": Part("beside a model", ("faults/test_model.py",)),
    "F9": Part("clocks", ("faults/test_clocks.py",)),
    "F10": Part("soak", (), "make soak"),
    "F11": Part("the disk is lost", ("faults/test_restore.py", "faults/test_restore_own.py")),
    "stop": Part("the alarm, a stop in the middle", ("faults/test_alarm.py", "faults/test_stop.py")),
    "bytes": Part("bytes nobody thought of", ("faults/test_fuzz.py",)),
    "roads": Part("bad network before a wall", ("acceptance/test_roaming.py", "acceptance/test_bad_road.py")),
    "controls": Part("negative controls", ("faults/test_controls.py", "faults/test_controls_journal.py")),
    "judges": Part("what judges and tells", ("faults/test_invariants.py", "faults/test_parts.py")),
}
HEADINGS = ("part", "what", "run", "found", "left out", "minutes", "seed")


def part_of(file: str) -> str:
    """Whose a test file is, by how its path ends. Raises KeyError where it is nobody's."""
    for name, part in PARTS.items():
        if any(file.endswith(f"tests/{each}") for each in part.files):
            return name
    raise KeyError(file)


@dataclass
class Came:
    """What came of a part."""

    run: int = 0
    seconds: float = 0.0
    seed: str = ""
    found: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


class Told:
    """Follows a run of `wanted` parts: pytest calls it."""

    def __init__(self, wanted: Iterable[str]) -> None:
        self.came = {name: Came() for name in wanted}
        self._begun, self._number, self._of = time.monotonic(), 0, 0
        self._done = threading.Event()

    # -- while it runs

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """How many there are, and by which seeds."""
        self._of = len(session.items)
        for item in session.items:
            if (name := part_of(str(item.path))) in self.came:
                self.came[name].seed = str(getattr(getattr(item, "module", None), "SEED", ""))

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """A test begins, and is told of again as long as it takes."""
        self._number += 1
        self._done = threading.Event()
        self._say(nodeid)
        threading.Thread(target=self._still, args=(self._done, nodeid), daemon=True).start()

    def pytest_runtest_logfinish(self) -> None:
        """It ended."""
        self._done.set()

    def _still(self, done: threading.Event, nodeid: str) -> None:
        while not done.wait(EACH):
            self._say(f"{nodeid}, still")

    def _say(self, what: str) -> None:
        print(f"\n[{self._number} of {self._of}, {(time.monotonic() - self._begun) / 60:.1f} min] {what}", flush=True)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that cannot be read is a finding as well."""
        if report.failed:
            self.came[part_of(report.nodeid)].found.append(f"{report.nodeid}: could not be collected")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Set-up, call and end of one test."""
        came = self.came[part_of(report.nodeid.partition("::")[0])]
        came.seconds += report.duration
        came.run += report.when == "call" and not report.skipped
        if report.failed:
            came.found.append(f"{report.nodeid} ({report.when}): {_words(report)}")
        elif report.skipped:
            came.left_out.append(f"{report.nodeid}: {_words(report)}")

    # -- at its end

    def summary(self) -> str:
        """Every part: run, not run, not asked for."""
        findings = [f"{name}: {finding}" for name, came in self.came.items() for finding in came.found]
        nothing = [f"{name}: nothing of it was run" for name in self._empty()]
        left = [f"{name}: {reason}" for name, came in self.came.items() for reason in came.left_out]
        texts = [lines(HEADINGS, [self._row(name, part) for name, part in PARTS.items()])]
        texts += [_listed("Found", [*findings, *nothing]), _listed("Left out", left)]
        return "\n\n".join(text for text in texts if text)

    def _row(self, name: str, part: Part) -> Sequence[object]:
        if not part.files:
            return name, part.what, f"no: `{part.instead}`", "", "", "", ""
        if name not in self.came:
            return name, part.what, "no: not asked for", "", "", "", ""
        came = self.came[name]
        return name, part.what, came.run or "NOTHING", len(came.found), len(came.left_out), f"{came.seconds / 60:.1f}", came.seed

    def _empty(self) -> list[str]:
        return [name for name, came in self.came.items() if not came.run and not came.left_out]

    def code(self, code: int) -> int:
        """Pytest's own, and never well where something was found or a part that was asked for did not happen."""
        return code or int(bool(self._empty()) or any(came.found for came in self.came.values()))

    def keep(self, folder: Path = ARTEFACTS) -> Path:
        """Write it down beside the reports of the parts."""
        folder.mkdir(exist_ok=True)
        file = folder / "faults.md"
        file.write_text(f"{self.summary()}\n", encoding="utf-8")
        return file


def _listed(heading: str, texts: Sequence[str]) -> str:
    return "\n".join([f"{heading}:", *(f"- {text}" for text in texts)]) if texts else ""


def _words(report: pytest.TestReport) -> str:
    """The last line of why."""
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(crash.message if crash is not None else report.longrepr).strip().partition("\n")[0][:300]
