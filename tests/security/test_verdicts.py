"""Nothing is called clean that looked at nothing."""

import json

from tests.security.packages import locked
from tests.security.report import json_of, table_of
from tests.security.verdict import Finding, Outcome, Verdict, exit_code, of_pip_audit, skipped

LOCKED = ["starlette", "hl7apy", "typing_extensions"]


def said(*answers: dict[str, object]) -> str:
    return json.dumps({"dependencies": list(answers), "fixes": []})


def audited(name: str, *vulns: dict[str, object]) -> dict[str, object]:
    return {"name": name, "version": "1.0", "vulns": list(vulns)}


def test_all_audited_and_nothing_known_is_clean() -> None:
    found = of_pip_audit("2", said(*map(audited, ("starlette", "hl7apy", "typing-extensions"))), "No known vulnerabilities found", LOCKED)
    assert (found.verdict, found.why) == (Verdict.CLEAN, "")


def test_no_known_vulnerabilities_of_nothing_is_a_loud_skip() -> None:
    for text in (said(), "", "not json", "{}", "null"):
        found = of_pip_audit("2", text, "No known vulnerabilities found", LOCKED)
        assert found.verdict is Verdict.SKIPPED, text
        assert "3" in found.why
        assert "not audited" in found.why
    assert of_pip_audit("2", said(), "", []).verdict is Verdict.SKIPPED


def test_without_a_network_the_reason_is_told() -> None:
    found = of_pip_audit("2", "", "Traceback\nERROR:pip_audit._cli:Could not connect to the service\n\n", LOCKED)
    assert found.verdict is Verdict.SKIPPED
    assert "Could not connect" in found.why
    assert "3 packages not audited" in found.why


def test_what_was_left_out_is_counted_and_named() -> None:
    passed_over = {"name": "hl7apy", "skip_reason": "Dependency not found"}
    found = of_pip_audit("2", said(audited("starlette"), passed_over), "", LOCKED)
    assert found.verdict is Verdict.SKIPPED
    assert found.why == "2 of 3 packages not audited (hl7apy, typing_extensions): Dependency not found"


def test_a_finding_counts_however_little_was_asked() -> None:
    weak = {"id": "PYSEC-1", "fix_versions": ["1.1"], "description": "A header poisons the address."}
    found = of_pip_audit("2", said(audited("starlette", weak)), "", LOCKED)
    assert found.verdict is Verdict.FOUND
    assert found.findings == (Finding("PYSEC-1", "starlette 1.0", "A header poisons the address.; mended in 1.1"),)
    assert "not audited" in found.why


def test_the_lock_is_read_whole() -> None:
    names = locked()
    assert {"starlette", "asyncpg", "cryptography"} <= set(names)
    assert len(names) > 40


def test_the_table_says_everything_and_only_findings_fail() -> None:
    clean, loud = Outcome("bandit", "1", "700 files"), skipped("wapiti", "the pages", "it cannot be had here")
    bad = Outcome("semgrep", "1", "700 files", (Finding("sql-out-of-text", "a.py:3", "put together | out of\ntext"),), seconds=12.3)
    assert exit_code([clean, loud]) == 0
    assert exit_code([clean, loud, bad]) == 1
    table = table_of([clean, loud, bad])
    assert "| wapiti | - | the pages | - | **SKIPPED**: it cannot be had here | 0 |" in table
    assert "| semgrep | 1 | 700 files | 1 | **FINDINGS** | 12 |" in table
    assert "`sql-out-of-text` a.py:3: put together \\| out of text" in table
    rows = json.loads(json_of([clean, loud, bad]))
    assert [row["verdict"] for row in rows] == ["clean", "SKIPPED", "FINDINGS"]
