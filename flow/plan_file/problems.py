"""Collects what is wrong with a file, so that a person mends it in one go."""

from flow.errors import Misconfigured
from flow.plan_file.lines import Lines, Path

SHOWN = 20


class Problems:
    """Problems by line; `stop` raises them."""

    def __init__(self, source: str, lines: Lines) -> None:
        self.source = source
        self.lines = lines
        self._found: list[tuple[int, str]] = []

    def __len__(self) -> int:
        return len(self._found)

    def add(self, path: Path, text: str) -> None:
        """Something is wrong at a path."""
        self._found.append((self.lines.of(path), text))

    def stop(self) -> None:
        """Raises Misconfigured with every problem found so far, by line; does nothing where there is none."""
        if not self._found:
            return
        rows = [f"{self.source}:{line}: {text}" for line, text in sorted(set(self._found))]
        more = f"\n... and {len(rows) - SHOWN} more" if len(rows) > SHOWN else ""
        raise Misconfigured("The hospital file cannot be used:\n" + "\n".join(rows[:SHOWN]) + more, code="hospital-file")
