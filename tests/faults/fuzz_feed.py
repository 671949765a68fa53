"""The properties of `tests.fuzzing` under atheris (libFuzzer): it watches which branches bytes reach, and looks for new ones.

    python -m tests.faults.fuzz_feed frames|letter|file [libFuzzer's options] [folder of seeds]

`make faults` runs each for a bounded time where atheris is installed (requirements/load.in); it ends with the bytes of a failure.
"""

import sys

import atheris

with atheris.instrument_imports(include=["adt_feed"]):
    from tests import fuzzing


def main() -> None:
    """Until libFuzzer's options say enough."""
    program, target, *options = sys.argv
    look = fuzzing.TARGETS[target]
    atheris.Setup([program, *options], lambda data: look(bytes(data)))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
