"""A small stand-in for the ABDM gateway: it signs what it sends with keys of its own, gives sessions, and takes `on-share`."""

import hmac
import json
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KID, SECRET = "gateway-1", "a secret of at least thirty-two bytes"


@cache
def _made(bits: int, number: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


def private(bits: int = 2048, number: int = 0) -> rsa.RSAPrivateKey:
    """One of its keys, by number."""
    return _made(bits, number)


def pem(key: rsa.RSAPrivateKey | None = None) -> str:
    return (key or private()).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def modulus(key: rsa.RSAPrivateKey | None = None) -> str:
    number = (key or private()).public_key().public_numbers().n
    return text(number.to_bytes((number.bit_length() + 7) // 8))


def text(some: bytes) -> str:
    return urlsafe_b64encode(some).rstrip(b"=").decode()


def token(
    at: datetime, *, alg: str = "RS256", kid: str = KID, secret: bytes = SECRET.encode(), minutes: int = 20, key: int = 0, **more: Any
) -> str:
    """A bearer token, signed by one of its keys; `head` in `more` are more fields of the header, all else are claims (None: left out)."""
    head = {"alg": alg, "typ": "JWT", "kid": kid, **more.pop("head", {})}
    claims = {"iss": "gateway", "iat": int(at.timestamp()), "exp": int((at + timedelta(minutes=minutes)).timestamp()), **more}
    said = ".".join(text(json.dumps(part).encode()) for part in (head, {k: v for k, v in claims.items() if v is not None}))
    by_rsa = alg == "RS256"
    signature = private(number=key).sign(said.encode(), PKCS1v15(), SHA256()) if by_rsa else hmac.digest(secret, said.encode(), sha256)
    return f"{said}.{text(signature)}"


def profile(context: str = "1", number: str = "91-1111-2222-3333", **more: Any) -> dict[str, Any]:
    """The body of a share, with things in it that are nobody's business."""
    patient = {"abhaNumber": number, "abhaAddress": "canaria@sbx", "name": "Canaria  Canarita", "gender": "F"}
    patient |= {"dayOfBirth": "2", "monthOfBirth": 11, "yearOfBirth": "1950", "phoneNumber": "9999900000", "address": {"line": "1 Road"}}
    meta = {"hipId": "IN2910000123", "context": context, "hprId": "", "latitude": "12.9", "longitude": "80.2"}
    return {"intent": "PROFILE_SHARE", "metaData": meta, "profile": {"patient": patient | more}}


class Gateway:
    """What the stand-in was told; `answers` are the next statuses of `on-share`, 202 after them. While `open` is not set, whoever tells
    it something (`asked`) waits for the answer."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.sessions: list[dict[str, Any]] = []
        self.told: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.refused: list[int] = []
        self.answers: list[int] = []
        self.came, self.asked, self.open = threading.Event(), threading.Event(), threading.Event()
        self.open.set()
        self.key, self.certs_asked = 0, 0

    @property
    def certs(self) -> str:
        """Where it publishes the keys it signs with."""
        return f"{self.url}/gateway/v3/certs"

    def rotate(self) -> None:
        """It signs with a new key from now on, and publishes that one alone."""
        self.key += 1

    def signs(self, at: datetime) -> str:
        """A token by its key of now."""
        return token(at, kid=f"gateway-{self.key + 1}", key=self.key)

    def publishes(self) -> bytes:
        """Its key set, with a key in it that is for something else."""
        self.certs_asked += 1
        same = {"kty": "RSA", "e": "AQAB", "n": modulus(private(number=self.key))}
        signing = {"kid": f"gateway-{self.key + 1}", "alg": "RS256", "use": "sig", **same}
        return json.dumps({"keys": [{"kid": "seal", "alg": "RSA-OAEP", "use": "enc", **same}, signing]}).encode()

    def status(self, path: str, headers: dict[str, str], body: dict[str, Any]) -> int:
        """What a POST is answered with."""
        if not headers.get("request-id") or not headers.get("timestamp", "").endswith("Z") or headers.get("x-cm-id") != "sbx":
            return 400
        if path == "/api/hiecm/gateway/v3/sessions":
            self.sessions.append(body)
            return 200 if body == {"clientId": "CLIENT", "clientSecret": "hush", "grantType": "client_credentials"} else 401
        if path != "/api/hiecm/patient-share/v3/on-share":
            return 404
        if headers.get("authorization") != f"Bearer session-{len(self.sessions)}":
            return 401
        self.asked.set()
        self.open.wait(10)
        if self.answers:
            self.refused.append(self.answers[0])
            return self.answers.pop(0)
        self.told.append((headers, body))
        self.came.set()
        return 202


@contextmanager
def gateway() -> Iterator[Gateway]:
    """A running stand-in."""
    found: list[Gateway] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = found[0].status(self.path, headers, json.loads(raw))
            body = json.dumps({"accessToken": f"session-{len(found[0].sessions)}", "expiresIn": 1200}).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            there = self.path == "/api/hiecm/gateway/v3/certs" and self.headers["x-cm-id"] == "sbx"
            body = found[0].publishes() if there else b""
            self.send_response(200 if there else 404)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.append(Gateway(f"http://127.0.0.1:{server.server_port}/api/hiecm"))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield found[0]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
