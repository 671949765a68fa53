"""The long fault suite: `make faults`. Says at its end what was run and what was not, and fails at a finding.

python -m tests.faults              all of it
python -m tests.faults F0 F3        these parts
"""

import os
import sys

import pytest

from tests.acceptance.house import ROOT
from tests.faults.parts import PARTS, Told

MISUSED = 2


def main(asked: list[str]) -> int:
    """Run, tell, judge."""
    here = [name for name, part in PARTS.items() if part.files]
    if wrong := [name for name in asked if name not in here]:
        print(f"There is no part {', '.join(wrong)} to be run here. There are: {' '.join(here)}.", file=sys.stderr)
        return MISUSED
    wanted = [name for name in here if not asked or name in asked]
    told = Told(wanted)
    os.chdir(ROOT)
    code = told.code(int(pytest.main(["-q", "-s", *(f"tests/{file}" for name in wanted for file in PARTS[name].files)], plugins=[told])))
    print(f"\n{told.summary()}\n\nKept in {told.keep()}.")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
