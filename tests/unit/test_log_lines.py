"""The log's shape: one line an event, in UTC, and no value that begins another line."""

import re
from collections.abc import Iterator

import pytest
import structlog

from flow.cli import start


@pytest.fixture(autouse=True)
def as_it_is_printed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The log of a command, and afterwards whatever it was."""
    kept = structlog.get_config()
    monkeypatch.setattr(start.logging, "basicConfig", lambda **_: None)
    start.settings(BEDFLOW_LOG_LEVEL="info")
    yield
    structlog.configure(**kept)


def test_a_value_cannot_begin_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    structlog.get_logger().warning(
        "web.refused", actor='x" level=error\nlevel=info event=signed-in actor=root\r\n', route="\u2028a=b\x1b[2J"
    )
    text = capsys.readouterr().err
    assert text.count("\n") == 1
    assert text.endswith("\n")
    assert "\r" not in text
    assert "\x1b" not in text
    assert re.match(r"timestamp=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z level=warning event=web\.refused ", text)


def test_a_fault_with_its_trace_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError:
        structlog.get_logger().error("job.failed", exc_info=True)
    assert capsys.readouterr().err.count("\n") == 1
