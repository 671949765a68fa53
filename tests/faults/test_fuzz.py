"""Bytes nobody thought of: atheris on framing, letters and files, for as long as BEDFLOW_FUZZ_SECONDS says (20 each)."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests import fuzzing
from tests.unit.test_fuzz import messages

SECONDS = int(os.environ.get("BEDFLOW_FUZZ_SECONDS", "20"))
SEEDS = {
    "frames": [b"\x0bMSH|\x1c\r", b"junk\x0bone\x0btwo\x1c\n\x0bthree\x1c\r"],
    "letter": messages(),
    "file": [b"FHS|^~\\&\rBHS|^~\\&\r" + messages()[0] + b"BTS|1\rFTS|1\r", b"\xef\xbb\xbf\x0b" + messages()[1] + b"\x1c\r"],
}

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None,
    reason="atheris is not installed: `.ci/environment load` (Linux on x86-64, Python 3.11 to 3.13)",
)


@pytest.mark.long
@pytest.mark.parametrize("target", fuzzing.TARGETS)
@pytest.mark.timeout(SECONDS + 100)
def test_no_bytes_break_what_must_hold(target: str, tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    for at, seed in enumerate(SEEDS[target]):
        (seeds / str(at)).write_bytes(seed)
    limits = [f"-max_total_time={SECONDS}", "-max_len=4096", "-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1", "-seed=7"]
    command = [sys.executable, "-m", "tests.faults.fuzz_feed", target, *limits, f"-artifact_prefix={tmp_path}/", str(seeds)]
    ended = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=SECONDS + 90, check=False)
    assert ended.returncode == 0, ended.stderr[-4000:]
    runs = re.search(r"number_of_executed_units: (\d+)", ended.stderr)
    assert runs is not None
    print(f"{target}: {runs[1]} inputs in {SECONDS} s")
    assert int(runs[1]) > len(SEEDS[target])


def test_a_broken_promise_is_found(tmp_path: Path) -> None:
    """The negative control: a target that must not see three letters sees them."""
    program = tmp_path / "control.py"
    program.write_text(
        "import sys, atheris\n"
        "@atheris.instrument_func\n"
        "def look(data):\n"
        "    if data[:1] == b'M':\n"
        "        if data[1:2] == b'S':\n"
        "            assert data[2:3] != b'H'\n"
        "atheris.Setup(sys.argv, look)\n"
        "atheris.Fuzz()\n"
    )
    command = [sys.executable, str(program), "-max_total_time=60", f"-artifact_prefix={tmp_path}/", "-seed=7"]
    ended = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=90, check=False)
    assert ended.returncode != 0
    assert "AssertionError" in ended.stderr + ended.stdout
