"""A stand-in for ABDM's gateway, for demos alone: on this machine's loopback, with a key of its own, so that Scan & Share can be seen.
Nothing leaves the machine and nobody outside is asked; ABDM's own sandbox it is not. `bedflow scan` tells it that a made-up patient has
scanned a clinic's code; it posts the share as the gateway would, and waits for the number.
"""

import json
import random
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from flow.domain.abdm import ANSWERED_WITHIN

HIP, KID = "DEMO-STAND-IN", "stand-in"
SHARE = "/api/v3/hip/patient/share"
_GIVEN = ("Asha", "Ravi", "Meena", "Arjun", "Lata", "Sunil", "Kavya", "Imran", "Priya", "Joseph")
_LONGEST = 1 << 16


class StandIn:
    """What a demo's hospital believes and answers to. `pages` is where the hospital listens, `now` its clock."""

    def __init__(self, pages: tuple[str, int], now: Callable[[], datetime]) -> None:
        self.pages = pages
        self.now = now
        self._key = rsa.generate_private_key(65537, 2048)
        self._told: dict[str, dict[str, Any]] = {}
        self._came = threading.Condition()

    def publishes(self) -> dict[str, Any]:
        """The key it signs with (RFC 7517)."""
        number = self._key.public_key().public_numbers().n
        key = {"kty": "RSA", "e": "AQAB", "n": _text(number.to_bytes((number.bit_length() + 7) // 8))}
        return {"keys": [{"kid": KID, "alg": "RS256", "use": "sig", **key}]}

    def answers(self, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and body of a POST."""
        if path.endswith("/gateway/v3/sessions"):
            return 200, {"accessToken": "demo", "expiresIn": 1200}
        if path.endswith("/patient-share/v3/on-share"):
            with self._came:
                self._told[str(body.get("response", {}).get("requestId"))] = body
                self._came.notify_all()
            return 202, {}
        return self._scan(str(body.get("counter", ""))) if path == "/scan" else (404, {})

    def _scan(self, counter: str) -> tuple[int, dict[str, Any]]:
        """A made-up patient scans a counter's code: the name, and the number that came back."""
        number, name = str(uuid4()), f"{random.choice(_GIVEN)} Demo"
        headers = {"authorization": f"Bearer {self._token()}", "request-id": number, "x-hip-id": HIP}
        try:
            status, _ = post(self.pages, SHARE, _profile(counter, name), headers)
        except (OSError, HTTPException) as error:
            return 502, {"why": f"the hospital took no share ({error})"}
        if status != 200:
            return 502, {"why": f"the hospital answered {status}"}
        with self._came:
            if not self._came.wait_for(lambda: number in self._told, ANSWERED_WITHIN):
                return 504, {"why": f"no number came within {ANSWERED_WITHIN} seconds"}
            told = self._told.pop(number)
        if "error" in told:
            return 409, {"why": told["error"].get("message", "declined")}
        return 200, {"name": name, "token": told["acknowledgement"]["profile"]["tokenNumber"]}

    def _token(self) -> str:
        now = self.now()
        claims = {"iss": KID, "iat": int(now.timestamp()), "exp": int((now + timedelta(minutes=10)).timestamp())}
        said = ".".join(_text(json.dumps(part).encode()) for part in ({"alg": "RS256", "typ": "JWT", "kid": KID}, claims))
        return f"{said}.{_text(self._key.sign(said.encode(), PKCS1v15(), SHA256()))}"


def _profile(counter: str, name: str) -> dict[str, Any]:
    """Whom nobody is: the ABHA number begins with 00, as none does."""
    number = f"00{random.randrange(10**12):012d}"
    born = {"dayOfBirth": "1", "monthOfBirth": "1", "yearOfBirth": str(random.randrange(1940, 2010))}
    patient = {"abhaNumber": number, "abhaAddress": f"demo{number[-6:]}@sbx", "name": name, "gender": random.choice("FM"), **born}
    return {"intent": "PROFILE_SHARE", "metaData": {"hipId": HIP, "context": counter}, "profile": {"patient": patient}}


def _text(some: bytes) -> str:
    return urlsafe_b64encode(some).rstrip(b"=").decode()


def post(address: tuple[str, int], path: str, said: dict[str, Any], headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """POST to somebody on this machine: status and answer. Raises OSError, HTTPException."""
    connection = HTTPConnection(*address, timeout=2 * ANSWERED_WITHIN)
    try:
        connection.request("POST", path, json.dumps(said).encode(), {"content-type": "application/json", **headers})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read(_LONGEST) or b"{}")
    finally:
        connection.close()


@contextmanager
def listening(stand_in: StandIn, port: int) -> Iterator[None]:
    """The stand-in on its port of this machine, in threads of its own. Raises OSError where the port is taken."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _handler(stand_in))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Reads a request, writes the answer, keeps no log: it would hold names."""

        def do_GET(self) -> None:
            there = self.path.endswith("/gateway/v3/certs")
            self._say(200 if there else 404, stand_in.publishes() if there else {})

        def do_POST(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            try:
                body = json.loads(self.rfile.read(length)) if 0 < length <= _LONGEST else {}
            except ValueError:
                body = None
            self._say(*(stand_in.answers(self.path, body) if isinstance(body, dict) else (400, {})))

        def _say(self, status: int, said: dict[str, Any]) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            return

    return Handler
