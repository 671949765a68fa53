"""`bedflow hl7 check` and the child process behind it: limits, exit codes, hidden names."""

import json
import os
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from adt_feed.conformance import Checker, check
from flow.cli import app

LETTER = (
    "MSH|^~\\&|HIS|HOSP|||20260301100005||ADT^A01^ADT_A01|{id}|P|2.5\r"
    "EVN||20260301100000\rPID|||12345^^^HOSP^{type}||Rao^Mira\rPV1||{klass}\r"
)
CLEAN = LETTER.format(id=1, type="MR", klass="I")
WRONG = LETTER.format(id=2, type="QQ", klass="ZZZ")


def told(*arguments: str, code: int) -> str:
    result = CliRunner().invoke(app, ["hl7", "check", *arguments])
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


async def test_a_child_judges_several_messages_and_ends() -> None:
    async with Checker() as checker:
        assert (await checker.check(CLEAN.encode())).findings == ()
        assert (await checker.check(b"hello")).problem == "unreadable"
        found = await checker.check(WRONG.encode())
    assert [one.field for one in found.findings] == ["PID-3.5", "PV1-2"]


async def test_a_message_over_its_time_is_killed_and_the_next_is_judged() -> None:
    slow = CLEAN + "".join(f"OBX|{at}|ST|a^b||" + "~".join(["x&y^z"] * 200) + "\r" for at in range(2000))
    began = time.monotonic()
    async with Checker(time_limit=2.0) as checker:
        assert (await checker.check(slow.encode())).problem == "time-limit"
        assert time.monotonic() - began < 8
        assert (await checker.check(CLEAN.encode())).problem == ""


async def test_a_child_that_dies_is_a_report_as_well(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\nexit 3\n")
    program.chmod(0o700)
    monkeypatch.setattr("sys.executable", str(program))
    assert (await check(CLEAN.encode())).problem == "gave-up"


async def test_the_child_gets_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\nset > {tmp_path}/seen\n")
    program.chmod(0o700)
    monkeypatch.setenv("BEDFLOW_SECRET", "hush")
    monkeypatch.setattr("sys.executable", str(program))
    await check(CLEAN.encode())
    assert "hush" not in (tmp_path / "seen").read_text()
    assert os.environ["BEDFLOW_SECRET"] == "hush"


def test_exit_codes(tmp_path: Path) -> None:
    assert "1 without findings" in told(CLEAN, code=0)
    assert "PID-3.5 not in table 0203" in told(WRONG, code=1)
    assert "No such file" in told(str(tmp_path / "nothing.hl7"), code=2)
    (tmp_path / "empty.hl7").write_text("hello")
    assert "no line begins with MSH" in told(str(tmp_path / "empty.hl7"), code=2)
    (tmp_path / "cut.hl7").write_text("BHS|^~\\&\r" + CLEAN)
    assert "has no BTS" in told(str(tmp_path / "cut.hl7"), code=2)


def test_a_time_limit_is_said_with_what_to_do() -> None:
    assert "was stopped. Give it more with --time-limit" in told("--time-limit", "0.1", CLEAN + "OBX|1|ST|a||" + "x&y~" * 100_000, code=2)


def test_a_file_of_several_and_names_hidden_unless_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "feed.er7"
    file.write_text(CLEAN + "\n" + WRONG)
    hidden = told(str(file), code=1)
    assert "Message 2: ADT^A01 Admit / visit notification · 2 · HL7 2.5 ADT_A01" in hidden
    assert "Message 1:" not in hidden
    assert "2 messages, 1 without findings: 0 errors, 2 warnings" in hidden
    assert "12345" not in hidden
    assert "ZZZ" in hidden
    assert "12345^^^HOSP^QQ" in told("--show-values", str(file), code=1)


def test_machines_get_json_with_the_fate_of_each() -> None:
    order = CLEAN.replace("ADT^A01^ADT_A01", "XYZ^X99")
    [one] = json.loads(told("--json", order, code=1))
    assert one["bedflow"]["parked"] == "not-mapped"
    assert one["report"]["findings"][0]["field"] == "MSH-9"
    [one] = json.loads(told("--json", CLEAN, code=0))
    assert one["bedflow"]["understood"] == ["Chart: admit"]
