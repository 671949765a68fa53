"""What secrets are made of and kept as, and how this machine calls others: the lengths and algorithms that are written down."""

import ssl
import threading
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from flow.history.secret import digest, hash_of, new_secret
from flow.key_ring import KEY_BYTES
from flow.main import calling
from flow.vault import open_vault


async def test_a_chosen_secret_is_kept_by_argon2id_as_owasp_asks() -> None:
    one, other = await hash_of("correct horse battery"), await hash_of("correct horse battery")
    assert one.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert one != other, "a salt each"


def test_a_random_secret_has_256_bits_and_is_kept_as_its_digest() -> None:
    secret = new_secret()
    assert len(urlsafe_b64decode(secret + "=")) == 32
    assert len(digest(secret)) == 32
    assert len({new_secret() for _ in range(1000)}) == 1000


def test_keys_and_blind_digests_have_128_bits_and_more(tmp_path: Path) -> None:
    vault = open_vault(tmp_path)
    assert KEY_BYTES * 8 == 256
    assert len(vault.blind("mrn", "M1")) * 4 >= 128
    assert len(vault.key("known browsers")) * 8 == 256


@pytest.fixture
def elsewhere() -> Iterator[HTTPServer]:
    """A service that sends whoever asks to another address, and counts who comes."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            came.append(self.path)
            self.send_response(302)
            self.send_header("location", f"http://127.0.0.1:{server.server_port}/metadata")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    came: list[str] = []
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.came = came  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


async def test_no_redirect_is_followed(elsewhere: HTTPServer) -> None:
    status, _ = await calling.get(f"http://127.0.0.1:{elsewhere.server_port}/keys", {})
    assert (status, elsewhere.came) == (302, ["/keys"])  # type: ignore[attr-defined]


async def test_a_service_is_believed_by_a_certificate_that_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The context that calls go out with, as the call itself makes it."""
    made: list[ssl.SSLContext] = []

    class Noted:
        def __init__(self, *_: object, context: ssl.SSLContext, **__: object) -> None:
            made.append(context)

        def request(self, *_: object) -> None:
            raise ConnectionRefusedError

        def close(self) -> None:
            return

    monkeypatch.setattr(calling, "HTTPSConnection", Noted)
    with pytest.raises(ConnectionRefusedError):
        await calling.post("https://gateway.example/x", b"", {})
    assert (made[0].verify_mode, made[0].check_hostname) == (ssl.CERT_REQUIRED, True)
    assert made[0].minimum_version >= ssl.TLSVersion.TLSv1_2
