"""What the scanners say is read as it is meant: nothing that they complain of is lost, and a run that saw nothing is no good run."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from flow.web.pages.my_sign_in import HOME
from flow.web.routes import PAGES
from tests.certificates import Files
from tests.security import __main__ as everything
from tests.security import packages, programs
from tests.security.api import failures
from tests.security.crawl import NEVER, complaints
from tests.security.slow import unavailable
from tests.security.transport import OLD, judged, showing
from tests.security.verdict import Finding, Verdict

NONE_OLDER = [{"id": name, "severity": "OK", "finding": "not offered"} for name in OLD]
NEW = {"id": "TLS1_3", "severity": "OK", "finding": "offered with final"}


def told(*rows: dict[str, str]) -> tuple[list[Finding], list[Finding]]:
    return judged([*rows], "pages")


def test_tls_1_3_and_nothing_older_is_well() -> None:
    assert told(NEW, *NONE_OLDER) == ([], [])


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        pytest.param([*NONE_OLDER], "TLS1_3", id="TLS 1.3 is not spoken of"),
        pytest.param([{**NEW, "finding": "not offered"}, *NONE_OLDER][1:], "TLS1_3", id="nor offered"),
        pytest.param([NEW, *NONE_OLDER[:-1]], "TLS1_2", id="an old one was not looked at"),
        pytest.param([NEW, *NONE_OLDER[:-1], {"id": "TLS1_2", "severity": "OK", "finding": "offered"}], "TLS1_2", id="or is offered"),
        pytest.param([NEW, *NONE_OLDER, {"id": "ROBOT", "severity": "MEDIUM", "finding": "vulnerable"}], "ROBOT", id="a weakness"),
    ],
)
def test_what_is_weak_in_tls_is_a_finding(rows: list[dict[str, str]], rule: str) -> None:
    findings, known = told(*rows)
    assert ([each.rule for each in findings], known) == ([rule], [])


def test_the_trials_own_certificate_is_told_apart() -> None:
    findings, known = told(NEW, *NONE_OLDER, {"id": "cert_chain_of_trust", "severity": "CRITICAL", "finding": "failed (self signed)"})
    assert (findings, [each.rule for each in known]) == ([], ["cert_chain_of_trust"])


def test_the_port_of_feeds_is_shown_a_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "WORDS", tmp_path)
    program = showing(Files(tmp_path / "a.crt", tmp_path / "a.key"), "/bin/echo")
    said = [subprocess.check_output([program, *words], text=True).split() for words in (("s_client", "-connect", "x:1"), ("version", "-a"))]
    assert said == [["s_client", "-cert", f"{tmp_path}/a.crt", "-key", f"{tmp_path}/a.key", "-connect", "x:1"], ["version", "-a"]]


def test_a_service_that_was_away_is_seen_in_the_figures(tmp_path: Path) -> None:
    figures = tmp_path / "slow.csv"
    assert unavailable(figures) is None
    figures.write_text("Seconds,Closed,Pending,Connected,Service Available\n0,0,1,0,1000\n5,0,0,9,0\n10,9,0,0,1000\n15,9,0,0,1000\n")
    assert unavailable(figures) == 1
    figures.write_text("Seconds,Closed,Pending,Connected,Service Available\n")
    assert unavailable(figures) is None


def test_vulnerabilities_and_anomalies_both_count() -> None:
    one: dict[str, Any] = {"method": "GET", "path": "/x", "info": "it says too much"}
    said = {"vulnerabilities": {"XSS": [one], "SQL Injection": []}, "anomalies": {"Internal Server Error": [one]}}
    findings, known = complaints(said)
    assert ([each.rule for each in findings], known) == (["XSS", "Internal Server Error"], [])


@pytest.mark.parametrize(
    ("path", "counts"),
    [("/admissions", False), ("/wards/4B/dirty", True), ("/sign-out", True)],
    ids=["a page that nothing can be posted to", "a door of a ward", "a door"],
)
def test_a_token_is_missed_where_something_can_be_posted(path: str, counts: bool) -> None:
    one = {"method": "POST", "path": path, "info": "CSRF token 'csrf' is not properly checked in backend"}
    findings, known = complaints({"vulnerabilities": {"Cross Site Request Forgery": [one]}, "anomalies": {}})
    assert (len(findings), len(known)) == (int(counts), int(not counts))


def test_the_pages_never_gone_to_are_there() -> None:
    posts = {door.path for door in PAGES if door.method == "POST"}
    assert {path.replace("*", "{seat}/end") for path in NEVER if path.startswith(("/sign", HOME))} <= posts


def test_failures_and_errors_of_a_report_both_count(tmp_path: Path) -> None:
    answer = tmp_path / "report.xml"
    wrong = '<testcase name="GET /b"><failure message="f"/></testcase><testcase name="GET /c"><error>e</error></testcase>'
    answer.write_text(f'<testsuites><testsuite><testcase name="GET /a"/>{wrong}</testsuite></testsuites>')
    findings = failures(answer)
    assert [(each.place, each.words) for each in findings] == [("GET /b", "f"), ("GET /c", "e")]


def test_a_tool_that_is_not_here_is_a_loud_skip_and_one_that_breaks_fails() -> None:
    def missing() -> list[Any]:
        raise programs.Missing("it is not here")

    def breaking() -> list[Any]:
        raise ValueError("no JSON")

    assert [(each.verdict, each.why) for each in everything.tried("wapiti", missing)] == [(Verdict.SKIPPED, "it is not here")]
    assert [each.verdict for each in everything.tried("wapiti", breaking)] == [Verdict.FOUND]


def test_every_file_that_others_wrote_is_in_the_list_of_components() -> None:
    components = packages.vendored()
    assert packages.unnamed(components) == []
    assert packages.unnamed(components[1:]) == ["vendor/htmx-4.0.1.min.js", "vendor/hx-sse-4.0.1.min.js"]
    assert all(each["version"] and each["licenses"] and each["properties"] for each in components)


def test_the_list_has_licences_and_says_what_it_is_of() -> None:
    bare = {"components": [{"bom-ref": "a", "type": "library", "name": "starlette", "version": "1"}], "dependencies": []}
    made = packages.whole(bare)
    assert made["components"][0]["licenses"] == [{"expression": "BSD-3-Clause"}]
    assert {"htmx.org", "zxing-wasm", "zxcvbn"} <= {each["name"] for each in made["components"]}
    assert set(made["dependencies"][0]["dependsOn"]) == {each["bom-ref"] for each in made["components"]}
    assert made["metadata"]["component"]["name"] == "bedflow"
