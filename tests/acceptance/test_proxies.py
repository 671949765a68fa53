"""The reverse proxies' configurations as they are shipped, in the real programmes, before a running hospital; and what the machine it runs
on sees of its secrets."""

import json
import os
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue
from shutil import which

import pytest

from flow.cli.proxy import BEHIND, Kind, filled
from flow.settings import Settings
from tests.acceptance.browser import TWO_WARDS, until
from tests.acceptance.house import HouseProcess, free_port, house
from tests.acceptance.inside import refused_from
from tests.acceptance.test_road import adt, send
from tests.certificates import Authority

pytestmark = pytest.mark.timeout(120)
SECRET = "canary-of-a-secret-4711"
AT_ONCE = 1.0
"""Seconds from a letter's acknowledgment to its event at a client of the proxy."""
MAIN = """daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log warn;
events {{ worker_connections 256; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  include {folder}/bedflow.conf;
}}
"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HouseProcess]:
    folder = tmp_path_factory.mktemp("proxied")
    (folder / "hospital.toml").write_text(TWO_WARDS)
    (folder / "secret").write_text(f"hospital {SECRET}")
    (folder / "secret").chmod(0o600)
    environ = {"BEDFLOW_PUBLIC_URL": "https://localhost", "BEDFLOW_ABDM_CLIENT_FILE": str(folder / "secret")}
    with house(folder, folder / "hospital.toml", loaded=False, **environ) as found:
        yield found


def test_no_secret_stands_on_a_command_line_or_in_a_stores_environment(served: HouseProcess) -> None:
    """Of the house and of everything it started."""
    assert served.process is not None
    key = (served.folder / "data" / "vault.key").read_text().split()
    secrets = [SECRET.encode(), *(word.encode() for word in key if len(word) > 20)]
    assert len(secrets) > 1
    tree = _tree(served.process.pid)
    lines = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in tree}
    assert any(b"valkey-server" in line or b"redis-server" in line for line in lines.values())
    assert any(b"postgres" in line for line in lines.values())
    for pid, line in lines.items():
        said = line + (Path(f"/proc/{pid}/environ").read_bytes() if pid != served.process.pid else b"")
        assert not [secret for secret in secrets if secret in said], line


def test_the_doctor_says_what_is_weak_here_and_what_to_do(served: HouseProcess) -> None:
    found = served.run("doctor", "--json", check=False)
    assert found.returncode == 1, found.stderr
    answers = {each["about"]: each for each in json.loads(found.stdout)}
    weak = {about for about, each in answers.items() if each["weak"]}
    assert {"Copy of the key", "Backup", "Audit trail's anchor", "Known bad passwords"} <= weak
    assert not {"TLS for the pages", "Public address", "Key of names", "PostgreSQL", "What a commit is worth", "Clock"} & weak
    told = served.run("doctor", check=False)
    assert told.returncode == 1
    assert all(answers[about]["do"] in told.stdout for about in weak)
    assert f"{len(weak)} of {len(answers)} are weak." in told.stdout


def _tree(root: int) -> list[int]:
    """A process and all it started."""
    children = [int(pid) for task in Path(f"/proc/{root}/task").iterdir() for pid in (task / "children").read_text().split()]
    return [root, *(pid for child in children for pid in _tree(child))]


class Before:
    """A proxy before the house: its TLS port, and who signed its certificate."""

    def __init__(self, found: HouseProcess, folder: Path) -> None:
        self.house, self.folder, self.port, self.plain = found, folder, free_port(), free_port()
        self.authority = Authority(folder)
        self.own = self.authority.signs("localhost")
        self.origin = f"https://127.0.0.1:{self.port}"

    def written(self, kind: Kind, *changes: tuple[str, str]) -> str:
        """The configuration as `bedflow proxy` prints it, with ports that a test may have, and a test's patience."""
        text = filled(kind, Settings.from_environ(self.house.environ), *self.own)
        assert BEHIND not in text
        for shipped, ours in changes:
            assert shipped in text, shipped
            text = text.replace(shipped, ours)
        return text

    @contextmanager
    def running(self, *command: str) -> Iterator["Before"]:
        with subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "HOME": str(self.folder)}
        ) as process:
            try:
                until(lambda: _listens(self.port), bool)
                yield self
            finally:
                process.terminate()

    def curl(self, *words: str) -> str:
        """What curl writes with these words, over HTTP/2."""
        command = ["curl", "--silent", "--http2", "--cacert", str(self.authority.cert), *words]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout

    def says(self, *pieces: bytes, within: float) -> bytes:
        """What one who sends these pieces over TLS and HTTP/1.1, one each tenth of a second, hears up to its being cut: that must come."""
        trust = ssl.create_default_context(cafile=str(self.authority.cert))
        begun, heard = time.monotonic(), b""
        with socket.create_connection(("127.0.0.1", self.port)) as plain, trust.wrap_socket(plain, server_hostname="127.0.0.1") as end:
            end.settimeout(0.1)
            waiting = list(pieces)
            while time.monotonic() - begun < within:
                try:
                    if waiting:
                        end.sendall(waiting.pop(0))
                    piece = end.recv(4096)
                except TimeoutError:
                    continue
                except OSError:
                    return heard
                if not piece:
                    return heard
                heard += piece
        raise AssertionError(f"not cut in {within} s")


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def nginx(served: HouseProcess, tmp_path: Path) -> Iterator[Before]:
    if which("nginx") is None and "CI" not in os.environ:
        pytest.skip("no nginx here: .ci/nginx (as root) or apt-get install nginx; CI does not skip it")
    before = Before(served, tmp_path)
    text = before.written(
        Kind.NGINX,
        ("listen 80;", f"listen 127.0.0.1:{before.plain};"),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{before.port} ssl http2;"),
        ("client_header_timeout 10s;", "client_header_timeout 1s;"),
        ("client_body_timeout 10s;", "client_body_timeout 1s;"),
    )
    (tmp_path / "bedflow.conf").write_text(text)
    (tmp_path / "nginx.conf").write_text(MAIN.format(folder=tmp_path))
    with before.running("nginx", "-e", "stderr", "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path)):
        yield before


def test_an_event_passes_nginx_at_once_over_http_2(nginx: Before) -> None:
    _an_event_passes(nginx)


def test_nginx_cuts_who_drips_and_serves_the_others(nginx: Before) -> None:
    head = b"POST /login HTTP/1.1\r\nHost: localhost\r\n"
    assert nginx.says(head, *[b"X-A: b\r\n"] * 80, within=8) == b""
    dripping = nginx.says(head + b"Content-Length: 900\r\n\r\nname=x", within=8)
    assert dripping == b"" or dripping.startswith(b"HTTP/1.1 408")
    assert nginx.says(head + b"Cookie: " + b"x" * 40_000 + b"\r\n\r\n", within=8).startswith(b"HTTP/1.1 400")
    large = nginx.says(head + b"Content-Length: 999999\r\n\r\n", within=8)
    assert large.startswith(b"HTTP/1.1 413")
    assert "HTTP/2 200" in nginx.curl("--head", f"{nginx.origin}/healthz")
    assert "HTTP/2 404" in nginx.curl("--head", f"{nginx.origin}/metrics")


def test_nginx_leads_pages_on_to_tls_and_programmes_nowhere(nginx: Before) -> None:
    _leads_on(nginx)


def test_nginx_speaks_of_the_client_and_lets_nobody_say_who_he_is(nginx: Before) -> None:
    _is_told_the_address(nginx)


@pytest.fixture
def caddy(served: HouseProcess, tmp_path: Path) -> Iterator[Before]:
    program = os.environ.get("CADDY") or which("caddy")
    if program is None:
        assert "CI" not in os.environ, "CI gets one by .ci/caddy and does not skip it"
        pytest.skip("no caddy here: CADDY=$(.ci/caddy), or apt-get install caddy")
    before = Before(served, tmp_path)
    text = before.written(
        Kind.CADDY,
        ("localhost:443 {", f"127.0.0.1:{before.port}, localhost:{before.port} {{"),
        ("http://localhost {", f"http://127.0.0.1:{before.plain}, http://localhost:{before.plain} {{"),
        ("auto_https disable_redirects", f"http_port {before.plain}\n\tauto_https off"),
        ("read_header 10s", "read_header 1s"),
    )
    (tmp_path / "Caddyfile").write_text(text)
    subprocess.run(
        [program, "validate", "--config", str(tmp_path / "Caddyfile"), "--adapter", "caddyfile"],
        check=True,
        capture_output=True,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    with before.running(program, "run", "--config", str(tmp_path / "Caddyfile"), "--adapter", "caddyfile"):
        yield before


def test_caddy_passes_events_at_once_cuts_who_drips_and_tells_the_address(caddy: Before) -> None:
    _an_event_passes(caddy)
    assert caddy.says(b"POST /login HTTP/1.1\r\nHost: localhost\r\n", *[b"X-A: b\r\n"] * 80, within=8) == b""
    _is_told_the_address(caddy)
    _leads_on(caddy)
    assert "HTTP/2 404" in caddy.curl("--head", f"{caddy.origin}/metrics")


def _an_event_passes(before: Before) -> None:
    """A stream over HTTP/2, and a letter: its bed's event is there at once."""
    token = before.house.token("admissions")
    command = ["curl", "--silent", "--no-buffer", "--http2", "--cacert", str(before.authority.cert), "--dump-header", "-"]
    with subprocess.Popen(
        [*command, "-H", f"Authorization: Bearer {token}", f"{before.origin}/api/v1/stream?topics=ward:4B"],
        stdout=subprocess.PIPE,
        text=True,
    ) as stream:
        assert stream.stdout is not None
        lines: Queue[str] = Queue()
        reading = threading.Thread(target=lambda: [lines.put(line) for line in stream.stdout or ()], daemon=True)
        reading.start()
        try:
            assert lines.get(timeout=10).startswith("HTTP/2 200")
            _wait_for(lines, "event: snapshot", 10)
            bed = _free_bed(before.house)
            assert send(before.house, adt("A01", f"p{bed}", f"4B^A^{bed}", f"V{bed}")) == "AA"
            begun = time.monotonic()
            _wait_for(lines, bed, AT_ONCE)
            assert time.monotonic() - begun < AT_ONCE
        finally:
            stream.terminate()
            reading.join(5)


def _leads_on(before: Before) -> None:
    """Who types the name comes to TLS; a programme's token is not taken in the clear."""
    plain = f"http://localhost:{before.plain}"
    page = before.curl("--head", f"{plain}/wards/4B?lang=hi")
    assert " 301 " in page
    assert "location: https://localhost/wards/4B?lang=hi" in page.replace("Location", "location")
    assert " 403 " in before.curl("--head", "-H", "Authorization: Bearer bf_x", f"{plain}/api/v1/beds")


def _free_bed(found: HouseProcess) -> str:
    beds = found.get("/api/v1/beds?ward=4B")["items"]
    return str(next(bed["id"] for bed in beds if bed["status"] == "available"))


def _wait_for(lines: "Queue[str]", words: str, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            if words in lines.get(timeout=max(0.001, deadline - time.monotonic())):
                return
        except Empty:
            raise AssertionError(f"{words} did not come in {seconds} s") from None


def _is_told_the_address(before: Before) -> None:
    """The address in the audit trail is the client's own, whatever it claims."""
    wrong = ("-H", "Authorization: Bearer bf_wrong", "-H", "X-Forwarded-For: 6.6.6.6", f"{before.origin}/api/v1/beds")
    assert json.loads(before.curl(*wrong))["status"] == 401
    assert "6.6.6.6" not in refused_from(before.house.environ)
    straight = ["curl", "--silent", "-H", "X-Forwarded-For: 6.6.6.6, 192.0.2.44", "-H", "Authorization: Bearer bf_wrong"]
    subprocess.run([*straight, f"{before.house.origin}/api/v1/beds"], check=True, capture_output=True, timeout=30)
    assert "192.0.2.44" in refused_from(before.house.environ), "as a proxy of this machine says it"
