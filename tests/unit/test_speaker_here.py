"""What reads calls out is tried with the real program wherever it can be had: CI neither skips it nor swallows a failed installation."""

import subprocess
from pathlib import Path

import pytest

from flow.templating import CHECKOUT
from tests.speaker import left_out


@pytest.mark.parametrize(
    ("here", "ci", "installable", "skipped"),
    [(True, False, False, False), (False, False, True, True), (False, True, True, False), (False, True, False, True)],
)
def test_only_where_it_cannot_be_had_it_is_left_out(here: bool, ci: bool, installable: bool, skipped: bool) -> None:
    assert left_out(here=here, ci=ci, installable=installable) is skipped


def installing(folder: Path, *, root: bool, apt: int | None, ci: str) -> tuple[int, str]:
    """The script on a machine without espeak-ng whose apt-get ends so (None: has none): its code, and what it says."""
    programs = {"id": f"echo {0 if root else 1000}"} | ({"apt-get": f"exit {apt}"} if apt is not None else {})
    for name, does in programs.items():
        (folder / name).write_text(f"#!/bin/sh\n{does}\n")
        (folder / name).chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", CHECKOUT / ".ci/speaker"], env={"PATH": str(folder), "CI": ci}, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("root", "apt", "ci", "code", "told"),
    [
        (True, 0, "true", 0, False),
        (True, 100, "true", 1, True),
        (True, 100, "", 0, True),
        (True, None, "true", 0, True),
        (False, 0, "true", 0, True),
    ],
)
def test_a_failed_installation_is_an_error_in_ci(tmp_path: Path, root: bool, apt: int | None, ci: str, code: int, told: bool) -> None:
    ended, said = installing(tmp_path, root=root, apt=apt, ci=ci)
    assert (ended, "As root: apt-get install espeak-ng" in said) == (code, told), said
