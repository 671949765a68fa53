"""A hospital as a process: `bedflow serve` in a folder of its own, spoken to as the outside world does."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from flow.cli.scan import BESIDE
from tests.acceptance.inside import add_person, laid_cluster, make_token
from tests.acceptance.loaded import Loaded

ROOT = Path(__file__).parents[2]
FEED = ROOT.parent / "shared" / "data" / "hl7" / "simhospital-feed.er7"
PASSWORD = "correct-horse-battery-7"


def free_port() -> int:
    """A port below 32768 that nobody listens on and no other process of tests has been given: a byte of a shared file stands for each.
    Those so far above it are left to the stand-ins of demos."""
    for port in (each for each in range(20_000, 32_000) if each % 20 < BESIDE):
        with socket.socket() as probe, suppress(OSError):
            fcntl.lockf(_ports(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
            if port not in _given and probe.connect_ex(("127.0.0.1", port)) != 0:
                probe.bind(("127.0.0.1", port))
                _given.add(port)
                return port
    raise RuntimeError("no free port")


@cache
def _ports() -> int:
    """The file, open as long as the process lives."""
    return os.open(Path(tempfile.gettempdir()) / f"bedflow-test-ports-{os.getuid()}", os.O_RDWR | os.O_CREAT, 0o600)


_given: set[int] = set()


@dataclass
class HouseProcess:
    """One data directory and the process that serves it."""

    folder: Path
    hospital: Path | None = None
    extra: dict[str, str] = field(default_factory=dict)
    http: int = field(default_factory=free_port)
    mllp: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | Loaded | None = None
    tokens: dict[tuple[str, str], str] = field(default_factory=dict)
    loaded: bool = False

    @property
    def environ(self) -> dict[str, str]:
        """The environment of every command of this hospital."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("BEDFLOW_") and k not in ("DATABASE_URL", "REDIS_URL")}
        found = {
            **kept,
            "BEDFLOW_DATA_DIR": str(self.folder / "data"),
            "BEDFLOW_HTTP": f"127.0.0.1:{self.http}",
            "BEDFLOW_MLLP": f"127.0.0.1:{self.mllp}",
            "BEDFLOW_SECOND_FACTOR": "offered",
            **self.extra,
        }
        return found | ({"BEDFLOW_HOSPITAL": str(self.hospital)} if self.hospital else {})

    @property
    def log(self) -> Path:
        """What the process printed."""
        return self.folder / "serve.log"

    def start(self, command: str = "serve") -> None:
        """Start it and wait until it answers."""
        self.launch(command)
        assert self.process is not None
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"ended with {self.process.returncode}:\n{self.log.read_text()[-4000:]}")
            if self.answers():
                return
            time.sleep(0.05)
        raise RuntimeError(f"did not start:\n{self.log.read_text()[-4000:]}")

    def launch(self, command: str = "serve") -> None:
        """Start it and do not wait: it may be one that is to die early."""
        if self.loaded:
            self.process = Loaded([command], ROOT, self.environ, self.log)
            return
        with self.log.open("ab") as out:
            self.process = subprocess.Popen([sys.executable, "-m", "flow", command], cwd=ROOT, env=self.environ, stdout=out, stderr=out)

    def answers(self) -> bool:
        """Whether it is ready."""
        try:
            with urlopen(f"http://127.0.0.1:{self.http}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> float:
        """Ctrl-C; returns how many seconds it took."""
        assert self.process is not None
        begun = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(15)
        return time.monotonic() - begun

    def run(self, *words: str, check: bool = True, text: str | None = None) -> "subprocess.CompletedProcess[str]":
        """A command of the command line on this hospital."""
        return subprocess.run(
            [sys.executable, "-m", "flow", *words],
            cwd=ROOT,
            env=self.environ,
            capture_output=True,
            text=True,
            check=check,
            timeout=180,
            input=text,
        )

    def token(self, role: str, ward: str = "") -> str:
        """An API token of a role."""
        key = (role, ward)
        if key not in self.tokens:
            self.tokens[key] = make_token(self.environ, role, ward)
        return self.tokens[key]

    def add(self, name: str, role: str, ward: str = "") -> None:
        """Somebody who may sign in with `PASSWORD`."""
        add_person(self.environ, name, role, ward, PASSWORD)

    @property
    def origin(self) -> str:
        """Where it is served."""
        return f"http://127.0.0.1:{self.http}"

    def ask(self, method: str, path: str, body: Any = None, role: str = "admissions", **headers: str) -> tuple[int, Any]:
        """An API call as a role: status and JSON."""
        data = None if body is None else json.dumps(body).encode()
        sent = {"authorization": f"Bearer {self.token(role)}", "content-type": "application/json", **headers}
        request = Request(f"{self.origin}{path}", data=data, method=method, headers=sent)
        try:
            with urlopen(request, timeout=20) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except HTTPError as error:
            told = error.read()
            return error.code, json.loads(told or b"null") if "json" in error.headers["content-type"] else told.decode()

    def get(self, path: str, role: str = "admissions") -> Any:
        """A GET that must succeed."""
        status, body = self.ask("GET", path, role=role)
        assert status == 200, (path, status, body)
        return body

    def every(self, path: str, role: str = "admissions") -> list[Any]:
        """All items of a list, page by page."""
        items: list[Any] = []
        cursor = ""
        while True:
            page = self.get(f"{path}{'&' if '?' in path else '?'}limit=500{cursor}", role)
            items += page["items"]
            if not page["next"]:
                return items
            cursor = f"&cursor={page['next']}"

    def settled(self, within: float = 60) -> dict[str, int]:
        """Waits until no letter waits to be handled; letters by state."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            if not self.get("/api/v1/hl7/feeds", "admin")["letters"].get("received"):  # those in the mailbag stand in no list yet
                return self.letter_counts()
            time.sleep(0.1)
        raise AssertionError("letters are still waiting")

    def letter_counts(self) -> dict[str, int]:
        """Letters in the journal by state."""
        counts: dict[str, int] = {}
        for letter in self.every("/api/v1/hl7/letters", "admin"):
            counts[letter["state"]] = counts.get(letter["state"], 0) + 1
        return counts


@contextmanager
def house(
    folder: Path, hospital: Path | None = None, command: str = "serve", fresh: bool = False, loaded: bool = True, **extra: str
) -> Iterator[HouseProcess]:
    """A running hospital; stopped at the end, whatever happened. `fresh`: it makes its own cluster, as at a first start, which is the
    command's own; `loaded`: in a process that has the program loaded already."""
    found = HouseProcess(folder, hospital, extra, loaded=loaded and not fresh)
    with nullcontext() if fresh else laid_cluster(folder / "data"):
        try:
            found.start(command)
            yield found
        finally:
            if found.process is not None and found.process.poll() is None:
                try:
                    found.stop()
                except subprocess.TimeoutExpired:
                    found.kill()
