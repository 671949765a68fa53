"""The house as its people and its feed speak to it: requests with the token of a role, letters over MLLP."""

import http.client
import itertools
import json
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

V1 = "/api/v1"
WARD, CLINIC, ROOM = "4B", "ENT", "1"
"""Where the day takes place: every role of the run reaches it."""
PATIENCE = 20.0


class Refused(Exception):
    """The house said no to something that the day needs first."""


class Good(NamedTuple):
    """A request that should be answered with 2xx."""

    path: Mapping[str, Any] = {}
    body: Any = None
    query: Mapping[str, Any] = {}


@dataclass
class House:
    """Who speaks to it: `me` is the role that is tried, the others are there so that its requests have something to be about."""

    origin: str
    me: str
    tokens: Mapping[str, str]
    mllp: int = 0
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(int(time.time() * 10) % 10_000_000))
    connections: dict[str, http.client.HTTPSConnection] = field(default_factory=dict)

    def ask(self, role: str, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """One request as a role: status and JSON."""
        headers = {"authorization": f"Bearer {self.tokens[role]}", "content-type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        for attempt in (1, 2):
            try:
                connection = self._connection(role)
                connection.request(method, path, data, headers)
                answer = connection.getresponse()
                said = answer.read()
                return answer.status, json.loads(said) if said else None
            except (http.client.HTTPException, OSError):
                self.connections.pop(role).close()
                if attempt == 2:
                    raise
        raise AssertionError

    def _connection(self, role: str) -> http.client.HTTPSConnection:
        if role not in self.connections:
            trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
            address = self.origin.partition("://")[2]
            self.connections[role] = http.client.HTTPSConnection(address, timeout=PATIENCE, context=trusting)
        return self.connections[role]

    def do(self, method: str, path: str, body: Any = None, role: str = "admissions") -> Any:
        """One that must succeed."""
        status, said = self.ask(role, method, V1 + path, body)
        if not 200 <= status < 300:
            raise Refused(f"{method} {path} as {role}: {status} {(said or {}).get('detail', '')}")
        return said

    def get(self, path: str, role: str = "admissions") -> Any:
        """What is there."""
        return self.do("GET", path, role=role)

    def post(self, path: str, body: Any = None, role: str = "admissions") -> Any:
        """A deed."""
        return self.do("POST", path, {} if body is None else body, role)

    def new(self, prefix: str) -> str:
        """A number that nobody has had."""
        return f"{prefix}{next(self.numbers)}"

    def letter(self, trigger: str, *segments: str, kind: str = "ADT") -> None:
        """A letter of the HIS, acknowledged."""
        stamp, control = f"{datetime.now(UTC):%Y%m%d%H%M%S}+0000", self.new("S")
        head = f"MSH|^~\\&|HIS|H|BED|H|{stamp}||{kind}^{trigger}|{control}|P|2.5"
        lines = [head, *([f"EVN|{trigger}|{stamp}"] if kind == "ADT" else []), *segments]
        with closing(socket.create_connection(("127.0.0.1", self.mllp), timeout=PATIENCE)) as connection:
            connection.sendall(b"\x0b" + "\r".join(lines).encode() + b"\r\x1c\r")
            said = b""
            while b"\x1c" not in said:
                chunk = connection.recv(4096)
                if not chunk:
                    break
                said += chunk
        if b"MSA|AA" not in said:
            raise Refused(f"a letter {kind}^{trigger} was not taken")

    def until(self, look: Callable[[], Any], what: str) -> Any:
        """What a look finds, once it finds something."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if found := look():
                return found
            time.sleep(0.1)
        raise Refused(f"{what} did not come")


def soon(**ahead: float) -> str:
    """A moment from now on, as the API writes it."""
    return (datetime.now(UTC) + timedelta(**ahead)).isoformat()


Make = Callable[[House], Good]
WAYS: dict[str, Make] = {}
"""By "METHOD /address": how it comes about that it can be done. What is not here needs nothing."""


def way(operation: str) -> Callable[[Make], Make]:
    """Writes one down."""

    def kept(make: Make) -> Make:
        WAYS[operation] = make
        return make

    return kept
