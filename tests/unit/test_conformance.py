"""What hl7apy says to a message, as findings with their place; no value in a sentence."""

import json
from pathlib import Path

import pytest

from adt_feed.conformance import Finding, Level, Report
from adt_feed.conformance.__main__ import answer
from adt_feed.conformance.judge import judge

CORPUS = Path(__file__).parents[3] / "shared" / "data" / "hl7" / "messages.jsonl"
HEADER = "MSH|^~\\&|HIS|HOSP|||20260301100005||ADT^A01^ADT_A01|77|P|2.5"
CLEAN = [HEADER, "EVN||20260301100000", "PID|||12345^^^HOSP^MR||Rao^Mira", "PV1||I|4B^A^1"]


def report(*lines: str) -> Report:
    return judge("\r".join(lines).encode())


def at(found: Report, place: str) -> Finding:
    return next(one for one in found.findings if (one.field or one.segment) == place)


def test_a_clean_message_has_no_findings() -> None:
    found = report(*CLEAN)
    assert (found.version, found.structure, found.strict, found.findings, found.problem) == ("2.5", "ADT_A01", True, (), "")


def test_missing_segments_and_those_hl7apy_drops() -> None:
    found = report(HEADER, *CLEAN[2:], "ZBE|1|2", "NPU|x")
    assert at(found, "EVN") == Finding(Level.ERROR, "EVN", 0, "", "required, but missing", at(found, "EVN").standard)
    assert at(found, "EVN").standard.startswith("HL7 2.5: ADT_A01 is MSH SFT EVN PID")
    assert [one.segment for one in found.findings if one.level is Level.DROPPED] == ["ZBE", "NPU"]
    assert at(found, "NPU").standard == "HL7 2.5: ADT_A01 has no NPU."
    assert not found.strict


@pytest.mark.parametrize(
    ("line", "place", "level", "what"),
    [
        ("PID|||12345||Rao^Mira|||SOME", "PID-8", Level.WARNING, "not in table 0001"),
        ("PID|||12345^^^HOSP^QQ||Rao^Mira", "PID-3.5", Level.WARNING, "not in table 0203"),
        ("PID|||||Rao^Mira", "PID-3", Level.ERROR, "required, but missing"),
        ("PID|||12345||Rao^Mira||some day", "PID-7", Level.ERROR, "no valid TS"),
        ("PID|||12345||Rao^Mira||1980~1981", "PID-7", Level.ERROR, "stands 2 times"),
        ("PID|||12345||Rao^Mira||1980" + "|" * 40 + "beyond", "PID-47", Level.ERROR, "no such field"),
        ("PID|||12345^2^3^4^5^6^7^8^9^10^11||Rao", "PID-3", Level.ERROR, "more components than a CX has"),
    ],
)
def test_findings_about_fields(line: str, place: str, level: Level, what: str) -> None:
    found = at(report(*CLEAN[:2], line, CLEAN[3]), place)
    assert (found.level, found.what, found.segment, found.occurrence, found.sensitive) == (level, what, "PID", 1, True)
    assert found.standard.startswith("HL7 2.5")
    assert "Rao" not in found.what + found.standard
    assert "12345" not in found.what + found.standard


def test_the_standard_is_quoted() -> None:
    found = at(report(*CLEAN[:3], "PV1||Q|4B^A^1"), "PV1-2")
    assert found.standard == "HL7 2.5: Patient Class is IS, table 0004, required, stands once."
    assert (found.value, found.sensitive) == ("Q", False)


def test_which_of_several_segments_is_said() -> None:
    found = report(*CLEAN, "OBX|1|NM|1^x||7||||||F", "OBX|2|NM|||||||||F")
    assert [(one.field, one.occurrence) for one in found.findings if one.segment == "OBX"] == [("OBX-3", 2)]


def test_a_trigger_without_structure_and_a_version_nobody_knows() -> None:
    found = report(HEADER.replace("^ADT_A01", "").replace("A01", "A04").replace("2.5", "2.5^FRA"), *CLEAN[1:])
    assert (found.version, found.structure) == ("2.5", "ADT_A01")
    found = report(HEADER.replace("2.5", "9"), *CLEAN[1:])
    assert at(found, "MSH-12").what == "no version that hl7apy knows"


def test_what_cannot_be_judged() -> None:
    assert report("hello").problem == "unreadable"
    assert at(report(HEADER.replace("^~\\&", "^^\\&"), *CLEAN[1:]), "MSH-2").what == "delimiters hl7apy cannot use"


def test_a_message_that_eats_the_memory_is_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def hungry(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("adt_feed.conformance.judge.parse_field", hungry)
    with pytest.raises(MemoryError):
        report(*CLEAN)
    assert answer("\r".join(CLEAN).encode()).problem == "memory-limit"


@pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of public messages is not beside this clone")
def test_public_messages_are_judged_without_a_fault() -> None:
    rows = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
    for row in rows[::13]:
        found = judge(row["text"].encode(row["encoding"]))
        assert found.problem == "", row["path"]
        for finding in found.findings:
            value = finding.value.strip()
            assert len(value) < 6 or value not in finding.what + finding.standard, (row["path"], finding.field)
