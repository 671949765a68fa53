"""Names that were taken out of the house by a command that reaches no database (`bedflow census`, in an outage): written down in a file of
the data directory, and taken into the audit trail as soon as a server runs on it.

A line a trace, no names: who, when, what, how many. Whoever holds the data directory and its key can read the names anyhow, and could
take a line away.
"""

import json
import os
from datetime import datetime
from pathlib import Path

import structlog

from flow.domain.audit import Kind, Trace
from flow.errors import Unavailable
from flow.history.audit import Audit
from flow.history.pool import NotStored

log = structlog.get_logger()
FOLDER, FILE = "census", "taken-out.jsonl"


class TakenOut:
    """The file of one data directory."""

    def __init__(self, data_dir: Path) -> None:
        self._file = data_dir / FOLDER / FILE
        self._taking = self._file.with_suffix(".taking")

    def note(self, trace: Trace) -> None:
        """Write one down; on disk when this returns. Raises OSError where nothing can be written."""
        line = json.dumps({"at": trace.at.isoformat(), "actor": trace.actor, "view": trace.view, "detail": dict(trace.detail)})
        with os.fdopen(os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as file:
            file.write(line + "\n")
            file.flush()
            os.fsync(file.fileno())

    async def hand_over(self, audit: Audit) -> None:
        """Bring what is written down into the trail. One that was taken in just before a crash is taken in twice rather than not at all."""
        if not self._taking.exists():
            try:
                self._file.rename(self._taking)
            except FileNotFoundError:
                return
        found = [trace for line in self._taking.read_text("utf-8").splitlines() if (trace := _read(line)) is not None]
        try:
            await audit.note(found)
        except (Unavailable, NotStored) as error:
            log.warning("taken_out.waits", reason=error.reason, count=len(found))
            return
        self._taking.unlink(missing_ok=True)


def _read(line: str) -> Trace | None:
    """A line as a trace; None, and a word in the log, for one that a full disk cut off."""
    try:
        said = json.loads(line)
        return Trace(datetime.fromisoformat(said["at"]), Kind.LEFT, str(said["actor"]), view=str(said["view"]), detail=dict(said["detail"]))
    except (ValueError, KeyError, TypeError):
        log.error("taken_out.unreadable")
        return None
