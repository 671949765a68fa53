"""F11 for a PostgreSQL of one's own: its disk is lost, and its operator brings it back by the commands of the README.

The server is a plain one, started here by its own programs; Bedflow knows it by DATABASE_URL alone. What was acknowledged until the kill is
there afterwards, names open, the audit chain is what was anchored, and letters and clicks wait for the backup again.
"""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flow.embedded.binaries import postgres_binaries
from flow.embedded.place import StoreUser, store_user
from tests.acceptance.browser import until
from tests.acceptance.house import HouseProcess, free_port
from tests.acceptance.test_road import adt, send
from tests.faults.run import report
from tests.hospital_file import hospital_file
from tests.memory import short_lived

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]
README = Path(__file__).with_name("README.md")
ROLE, SECRET = "beds", "a secret of that server"
RIGHTS = (
    f"create role {ROLE} login replication password '{SECRET}'",
    f"grant pg_monitor to {ROLE}",
    f"grant alter system on parameter synchronous_standby_names to {ROLE}",
    f"grant execute on function pg_reload_conf() to {ROLE}",
    f"create database {ROLE} owner {ROLE}",
)


class Server:
    """A cluster in a folder, run by PostgreSQL's own programs; as root by the user that the stores run as."""

    def __init__(self, folder: Path) -> None:
        folder.chmod(0o755)
        self.place, self.port = folder / "server", free_port()
        self.programs = postgres_binaries(self.place / "none", None).path
        self.user: StoreUser | None = store_user(self.place)
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def dsn(self) -> str:
        return f"postgresql://{ROLE}:{SECRET.replace(' ', '%20')}@127.0.0.1:{self.port}/{ROLE}"

    def make(self) -> None:
        """An empty cluster, and the role that the README asks for; grants of functions are a database's own."""
        secret = self.place.with_name("boss")
        secret.write_text("boss")
        self._owned(self.place, secret)
        self._do("initdb", "-D", str(self.place), "-U", "boss", "--auth=scram-sha-256", f"--pwfile={secret}")
        self.start()
        for statement in RIGHTS:
            self.ask("postgres", statement)
        self.ask(ROLE, f"grant execute on function pg_reload_conf() to {ROLE}")

    def start(self) -> None:
        words = [self.programs / "postgres", "-D", self.place, "-p", str(self.port), "-k", "", "-c", "listen_addresses=127.0.0.1"]
        with self.place.with_name("server.log").open("ab") as out:
            self._running = subprocess.Popen(words, stdout=out, stderr=out, **self._as)
        until(lambda: self._do("pg_isready", "-h", "127.0.0.1", "-p", str(self.port), check=False).returncode, lambda code: code == 0, 60)

    def lose(self) -> None:
        """kill -9, and the disk is gone."""
        assert self._running is not None
        self._running.send_signal(signal.SIGKILL)
        self._running.wait()
        while self.place.exists():  # its own children are ending still
            shutil.rmtree(self.place, ignore_errors=True)

    def stop(self) -> None:
        if self._running is not None and self._running.poll() is None:
            self._running.send_signal(signal.SIGINT)
            self._running.wait(20)

    def given(self) -> None:
        """What was laid back belongs to whoever runs it."""
        for path in (self.place, *self.place.rglob("*")):
            self._owned(path)

    def ask(self, database: str, words: str) -> str:
        environ = {"PGPASSWORD": "boss", "PATH": os.defpath}
        command = [self.programs / "psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "boss", "-d", database, "-Atc", words]
        return subprocess.run(command, env=environ, check=True, capture_output=True, text=True).stdout.strip()

    def _owned(self, *paths: Path) -> None:
        for path in paths:
            path.mkdir(mode=0o700, exist_ok=True) if not path.exists() else None
            if self.user is not None:
                os.chown(path, self.user.uid, self.user.gid)

    def _do(self, program: str, *words: str, check: bool = True) -> "subprocess.CompletedProcess[bytes]":
        return subprocess.run([self.programs / program, *words], check=check, capture_output=True, timeout=60, **self._as)

    @property
    def _as(self) -> dict[str, int]:
        return {} if self.user is None else {"user": self.user.uid, "group": self.user.gid}


@pytest.fixture
def server() -> Iterator[Server]:
    with short_lived("bedflow-own-") as folder:
        found = Server(folder)
        try:
            found.make()
            yield found
        finally:
            found.stop()


def commands() -> str:
    """What the README tells an operator to do."""
    found = re.search(r"<!-- own -->\n```sh\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def key_again(found: HouseProcess) -> bytes:
    """The key of a house whose own machine was lost as well, as the README says."""
    folder = found.folder / "elsewhere"
    folder.mkdir()
    other = HouseProcess(folder, found.hospital, found.extra)
    told = other.run("restore", "--key-only", found.extra["BEDFLOW_BACKUP"], check=False)
    assert told.returncode == 0, told.stderr
    assert other.run("restore", "--key-only", found.extra["BEDFLOW_BACKUP"], check=False).returncode != 0, "nothing is written over"
    return (folder / "data" / "vault.key").read_bytes()


def test_a_server_of_ones_own_comes_back_by_the_commands_of_the_readme(server: Server, tmp_path: Path) -> None:
    (tmp_path / "hospital.toml").write_text(hospital_file({"4B": {"A": 6}}))
    (tmp_path / "passphrase").write_text("a ward round at half past six\n")
    (tmp_path / "passphrase").chmod(0o600)
    outside = {
        "DATABASE_URL": server.dsn,
        "BEDFLOW_BACKUP": str(tmp_path / "backup"),
        "BEDFLOW_BACKUP_PASSPHRASE": str(tmp_path / "passphrase"),
        "BEDFLOW_AUDIT_ANCHOR": str(tmp_path / "anchor.txt"),
        "BEDFLOW_LOG_LEVEL": "warning",
    }
    found = HouseProcess(tmp_path, tmp_path / "hospital.toml", outside)
    try:
        found.start()
        until(lambda: list((tmp_path / "backup").glob("base-*Z/manifest.json")), bool, 60)
        sent = [send(found, adt("A01" if number == 0 else "A08", f"L{number}", "4B^A^4B-A-02")) for number in range(300)]
        assert set(sent) == {"AA"}
        found.kill()
        server.lose()
        begun = time.monotonic()
        environ = {"PATH": os.environ["PATH"], "PGDATA": str(server.place), "BACKUP": str(tmp_path / "backup")}
        subprocess.run(["sh", "-eu", "-c", commands()], env=environ, check=True, timeout=60)
        server.given()
        server.start()
        took = time.monotonic() - begun
        assert found.run("audit", "verify", check=False).returncode == 0
        assert key_again(found) == (tmp_path / "data" / "vault.key").read_bytes()
        found.start()
        assert sum(found.letter_counts().values()) == 300, "every acknowledged letter"
        assert found.get("/api/v1/beds/4B-A-02")["status"] == "occupied"
        assert "ZEBEDEE" in str(found.get("/api/v1/visits/V1")), "and names open"
        until(lambda: found.run("backup", "--status", check=False).returncode, lambda code: code == 0, 60)
    finally:
        if found.process is not None and found.process.poll() is None:
            found.stop()
    report("faults-f11-own", f"F11, a server of one's own: 300 letters acknowledged, 0 lost, back after {took:.1f} s.", seed=0)
