"""A hospital to be attacked: `bedflow serve` over TLS on loopback, with made-up patients and people, in a folder that is thrown away.

`behind` is the same house behind the nginx configuration that is shipped.
"""

import http.client
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from flow.cli.proxy import Kind, filled
from flow.settings import SAMPLE_HOSPITAL, Settings
from tests.acceptance.browser import until
from tests.acceptance.house import PASSWORD, HouseProcess, free_port
from tests.acceptance.inside import laid_cluster
from tests.acceptance.test_road import adt, send
from tests.certificates import Authority, Files
from tests.security import programs

PEOPLE = {
    "desk": ("admissions", ""),
    "nurse": ("nurse", "4B"),
    "manager": ("manager", ""),
    "admin": ("admin", ""),
    "auditor": ("auditor", ""),
}
"""Who may sign in, as which role, bound to which ward."""
ENGINE = '\n[[feeds]]\nid = "engine"\nname = "Interface engine"\nclient = "engine"\n'
PATIENTS = 24
NGINX = """daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log warn; worker_rlimit_nofile 8192;
events {{ worker_connections 4096; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  include {folder}/bedflow.conf;
}}
"""


class Served(HouseProcess):
    """A hospital as a process that is asked over TLS, or in the clear where a proxy stands before it."""

    tls = True

    @property
    def origin(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.http}"

    def answers(self) -> bool:
        """Whether it is ready."""
        return asked(self.origin, "GET", "/readyz")[0] == 200


@dataclass
class Instance:
    """What scanners are told of it."""

    house: Served
    authority: Authority
    own: Files
    client: Files
    mllp_tls: int
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        """Where it is served."""
        return self.house.origin

    def cookie(self, name: str) -> str:
        """The session cookie of somebody who signs in with a password, as the header says it."""
        if name not in self.cookies:
            body = urlencode({"account": name, "password": PASSWORD, "next": "/"})
            _, headers, _ = asked(self.origin, "POST", "/login", body)
            said = [value.partition(";")[0] for key, value in headers if key == "set-cookie"]
            self.cookies[name] = next(each for each in said if each.startswith(("__Host-bedflow=", "bedflow=")))
        return self.cookies[name]


def asked(
    origin: str, method: str, path: str, body: str | None = None, patience: float = 5.0, cookie: str = ""
) -> tuple[int, list[tuple[str, str]], bytes]:
    """One request on a connection of its own: status, headers, body; status 0 where none answers in time."""
    scheme, _, address = origin.partition("://")
    host, _, port = address.partition(":")
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    made: http.client.HTTPConnection
    if scheme == "https":
        made = http.client.HTTPSConnection(host, int(port), timeout=patience, context=trusting)
    else:
        made = http.client.HTTPConnection(host, int(port), timeout=patience)
    with closing(made) as connection:
        try:
            headers = ({"content-type": "application/x-www-form-urlencoded"} if body else {}) | ({"cookie": cookie} if cookie else {})
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, [(name.lower(), value) for name, value in answer.getheaders()], answer.read()
        except (OSError, http.client.HTTPException):
            return 0, [], b""


@contextmanager
def instance(hospital: str = "", **more: str) -> Iterator[Instance]:
    """It, while the block runs: the sample hospital, or that of another file's words."""
    with tempfile.TemporaryDirectory(prefix="bedflow-security-") as name:
        folder = Path(name)
        authority, mllp_tls = Authority(folder), free_port()
        own, client = authority.signs("localhost", days=80), authority.signs("engine", days=80)
        file = folder / "hospital.toml"
        file.write_text((hospital or SAMPLE_HOSPITAL.read_text("utf-8")) + ENGINE)
        tls = {"BEDFLOW_TLS_CERT": str(own.cert), "BEDFLOW_TLS_KEY": str(own.key)}
        mllp = {"BEDFLOW_MLLP_TLS_CERT": str(own.cert), "BEDFLOW_MLLP_TLS_KEY": str(own.key)}
        mllp |= {"BEDFLOW_MLLP_TLS": f"127.0.0.1:{mllp_tls}", "BEDFLOW_MLLP_TLS_CLIENT_CA": str(authority.cert)}
        with running(Served(folder, file, {**tls, **mllp, **more})) as house:
            fill(house)
            yield Instance(house, authority, own, client, mllp_tls)


@contextmanager
def running(house: Served) -> Iterator[Served]:
    """Started, and stopped at the end, whatever happened."""
    with laid_cluster(house.folder / "data"):
        try:
            house.start()
            yield house
        finally:
            if house.process is not None and house.process.poll() is None:
                try:
                    house.stop()
                except subprocess.TimeoutExpired:
                    house.kill()


def fill(house: Served) -> None:
    """Patients in beds by letters, people who may sign in."""
    for number in range(PATIENTS):
        place = f"4B^A^4B-A-{number + 1:02}" if number < 6 else "4B"
        send(house, adt("A01", f"m{number}", place, f"V{number}", name=f"MADE{number}^UP"))
    for name, (role, ward) in PEOPLE.items():
        house.add(name, role, ward)


@contextmanager
def behind() -> Iterator[str]:
    """Such a house behind nginx with the configuration that `bedflow proxy nginx` prints; the proxy's origin. Missing without nginx."""
    program = programs.nginx()
    with tempfile.TemporaryDirectory(prefix="bedflow-security-") as name:
        folder, port = Path(name), free_port()
        Path(name).chmod(0o711)
        own = Authority(folder).signs("localhost")
        house = Served(folder, extra={"BEDFLOW_PUBLIC_URL": "https://localhost"})
        house.tls = False
        with running(house):
            text = filled(Kind.NGINX, Settings.from_environ(house.environ), *own)
            text = text.replace("listen 80;", f"listen 127.0.0.1:{free_port()};")
            text = text.replace("listen 443 ssl http2;", f"listen 127.0.0.1:{port} ssl http2;")
            (folder / "bedflow.conf").write_text(text)
            (folder / "nginx.conf").write_text(NGINX.format(folder=folder))
            with subprocess.Popen([program, "-e", "stderr", "-c", folder / "nginx.conf", "-p", folder], stderr=subprocess.DEVNULL) as proxy:
                try:
                    until(lambda: listens(port), bool)
                    yield f"https://127.0.0.1:{port}"
                finally:
                    proxy.terminate()


def listens(port: int) -> bool:
    """Whether anything does there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
