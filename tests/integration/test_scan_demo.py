"""The demo's stand-in of ABDM's gateway: what it signs a hospital verifies, the number comes back, and a demo's file means nobody else."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from flow.cli import scan as command
from flow.cli.scan import stand_in_port, with_stand_in
from flow.dev.scan_gateway import HIP, SHARE, StandIn, listening, post
from flow.jwt import published, verified
from flow.plan_file import load_plan
from flow.setting_words import Client
from flow.settings import Settings
from tests.acceptance.house import free_port
from tests.hospital_file import hospital_file

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


@contextmanager
def hospital(gateway: int, seen: list[dict[str, Any]], answer: int = 200) -> Iterator[int]:
    """One that verifies what is shared, and answers with a number by on-share."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            seen.append({"path": self.path, "bearer": self.headers["authorization"].removeprefix("Bearer "), "body": body})
            self.send_response(answer)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"{}")
            said = {"response": {"requestId": self.headers["request-id"]}, "acknowledgement": {"profile": {"tokenNumber": "E-007"}}}
            post(("127.0.0.1", gateway), "/api/hiecm/patient-share/v3/on-share", said, {})

        def log_message(self, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def keys(port: int) -> bytes:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/api/hiecm/gateway/v3/certs")
    found = connection.getresponse().read()
    connection.close()
    return found


def test_a_made_up_patient_scans_and_has_a_number() -> None:
    seen: list[dict[str, Any]] = []
    port = free_port()
    with hospital(port, seen) as pages, listening(StandIn(("127.0.0.1", pages), lambda: NOW), port):
        status, told = post(("127.0.0.1", port), "/scan", {"counter": "ENT"}, {})
        assert (status, told["token"], told["name"].endswith(" Demo")) == (200, "E-007", True)
        (share,) = seen
        assert share["path"] == SHARE and share["body"]["metaData"] == {"hipId": HIP, "context": "ENT"}
        assert share["body"]["profile"]["patient"]["abhaNumber"].startswith("00")
        assert verified(share["bearer"], published(keys(port)), NOW)["iss"] == "stand-in"
        assert post(("127.0.0.1", port), "/api/hiecm/gateway/v3/sessions", {}, {})[0] == 200
        assert post(("127.0.0.1", port), "/else", {}, {})[0] == 404


def test_what_went_wrong_is_said() -> None:
    port = free_port()
    with hospital(port, [], answer=401) as pages, listening(StandIn(("127.0.0.1", pages), lambda: NOW), port):
        assert post(("127.0.0.1", port), "/scan", {}, {}) == (502, {"why": "the hospital answered 401"})


def settings(tmp_path: Path, text: str, **said: Any) -> Settings:
    file = tmp_path / "hospital.toml"
    file.write_text(text)
    environ = {"BEDFLOW_DATA_DIR": str(tmp_path / "data"), "BEDFLOW_HOSPITAL": str(file), "BEDFLOW_HTTP": f"127.0.0.1:{free_port() - 9}"}
    return replace(Settings.from_environ(environ), **said)


def test_a_demos_hospital_file_means_the_stand_in_on_this_machine(tmp_path: Path) -> None:
    found = settings(tmp_path, hospital_file({"4B": {"A": 1}}))
    made = with_stand_in(found)
    rules = load_plan(made.hospital).abdm
    assert rules is not None and made.abdm_client == Client("demo", "stand-in")
    assert (rules.hip, rules.gateway) == (HIP, f"http://127.0.0.1:{stand_in_port(found)}/api/hiecm")
    assert rules.clinic_of("ENT") == "ENT" and rules.certs.startswith(rules.gateway)
    assert with_stand_in(found) == made and load_plan(found.hospital).abdm is None, "the own file is left alone"


def test_a_hospital_with_a_gateway_of_its_own_or_on_the_network_keeps_its_file(tmp_path: Path) -> None:
    own = '[abdm]\nhip = "IN1"\ngateway = "https://dev.example/api"\ncerts = "https://dev.example/certs"\nclinic = "ENT"\n'
    for found in (
        settings(tmp_path, f"{hospital_file({'4B': {'A': 1}})}\n{own}"),
        settings(tmp_path, hospital_file({"4B": {"A": 1}}), lan=True),
        settings(tmp_path, hospital_file({"4B": {"A": 1}}, clinic=False)),
    ):
        assert with_stand_in(found) is found


def test_the_command_says_who_scanned_and_that_it_is_a_stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import typer

    seen: list[dict[str, Any]] = []
    found = settings(tmp_path, hospital_file({"4B": {"A": 1}}))
    monkeypatch.setattr(command, "settings", lambda: found)
    app = typer.Typer()
    app.command()(command.scan)
    port = stand_in_port(found)
    with hospital(port, seen) as pages, listening(StandIn(("127.0.0.1", pages), lambda: NOW), port):
        said = CliRunner().invoke(app, ["ent"])
    assert said.exit_code == 0 and "E-007" in said.stdout and "stand-in" in said.stdout, said.output
    nobody = CliRunner().invoke(app, [])
    assert nobody.exit_code != 0 and "No demo with a stand-in" in str(nobody.exception)
    wrong = CliRunner().invoke(app, ["NOSE"])
    assert "no clinic 'NOSE'" in str(wrong.exception)
