"""What every command begins with: the settings of the environment, the log's shape, an event loop."""

import asyncio
import logging
import os
import re
import sys
from collections.abc import Coroutine, MutableMapping
from typing import Any, TypeVar

import structlog
import uvloop

from flow.settings import Settings

T = TypeVar("T")
_UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What moves a terminal's cursor, ends a line for some readers, or turns the letters after it; ends of line are the renderer's."""


def settings(**unless_said: str) -> Settings:
    """The settings, with these values of variables that nobody has set; Misconfigured names the variable that is wrong."""
    found = Settings.from_environ(unless_said | os.environ)
    _configure_log(found.log_level)
    return found


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run on uvloop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def seen(_: Any, __: str, said: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Values as they can be shown: no letter of a value does anything to whoever reads the log."""
    for name, value in said.items():
        if isinstance(value, str):
            said[name] = _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", value)
    return said


def _configure_log(level: str) -> None:
    """key=value lines on stderr; libraries speak from WARNING on (some print bodies at DEBUG)."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            seen,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # as it is by then: a command's may be closed before the next
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, format="level=%(levelname)s logger=%(name)s event=%(message)r")
