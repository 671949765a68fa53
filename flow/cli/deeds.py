"""What is done from the command line stands in the audit trail, too: by the account of the machine that did it."""

import os
import pwd
from datetime import datetime

from flow.domain.audit import Kind, Trace
from flow.history.audit import Audit
from flow.main import House


async def traced(house: House, view: str, kind: Kind = Kind.WRITTEN, **detail: object) -> None:
    """Write a deed down; `view` is the command, `detail` what it was done to."""
    await Audit(house.database).note([deed(house.clock.now(), view, kind, **detail)])


def deed(at: datetime, view: str, kind: Kind = Kind.WRITTEN, **detail: object) -> Trace:
    """A deed as the trail has it."""
    return Trace(at, kind, who(), view=f"bedflow {view}", detail=detail)


def who() -> str:
    """The machine's own account; its number where it has no name."""
    try:
        return f"command line, {pwd.getpwuid(os.getuid()).pw_name}"
    except KeyError:
        return f"command line, {os.getuid()}"
