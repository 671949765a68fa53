"""The pages over TLS 1.3 with a certificate of one's own, and certificates that are renewed while streams go on."""

import asyncio
import os
import shutil
import ssl
from asyncio import AbstractEventLoopPolicy, DefaultEventLoopPolicy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import pytest
import structlog
import uvloop
from cryptography import x509
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from adt_feed.door import TlsDoor
from adt_feed.limits import Limits
from adt_feed.listener import MllpListener
from adt_feed.sender import send
from adt_feed.tls import client_context
from flow.errors import Misconfigured, Unavailable
from flow.main.listening import feeds_heard, tls_context
from flow.plan_file import parse_plan
from flow.server import WebServer
from flow.setting_words import Address
from flow.settings import Settings
from flow.tls import Renewing
from tests.acceptance.house import free_port
from tests.certificates import Authority, Files
from tests.integration.mllp_port import NOW, PATIENCE, Journal, message
from tests.unit.test_plan_file import FEED, SMALL

# the hook that is to replace the fixture would put its mark on every test of the suite
pytestmark = pytest.mark.filterwarnings("ignore:Overriding the .event_loop_policy. fixture")


@pytest.fixture(scope="module", params=["asyncio", "uvloop"])
def event_loop_policy(request: pytest.FixtureRequest) -> AbstractEventLoopPolicy:
    """Both loops: `bedflow serve` runs on uvloop, whose TLS is another."""
    return uvloop.EventLoopPolicy() if request.param == "uvloop" else DefaultEventLoopPolicy()


class Kept:
    """The files of a certificate as the server reads them, and the authority that signs the next."""

    def __init__(self, folder: Path) -> None:
        self.authority = Authority(folder)
        self.files = Files(folder / "own.crt", folder / "own.key")
        self.lay(self.authority.signs("first"))

    def lay(self, found: Files) -> None:
        """Put another certificate there, as `certbot` does: each file renamed into its place."""
        for source, target in zip(found, self.files, strict=True):
            draft = target.with_suffix(".new")
            shutil.copy(source, draft)
            draft.replace(target)

    @property
    def environ(self) -> dict[str, str]:
        return {"BEDFLOW_TLS_CERT": str(self.files.cert), "BEDFLOW_TLS_KEY": str(self.files.key)}

    def trust(self) -> ssl.SSLContext:
        """A client that believes the authority."""
        return ssl.create_default_context(cafile=self.authority.cert)


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


async def _drip(_: Request) -> Response:
    async def pieces() -> AsyncIterator[bytes]:
        for number in range(1000):
            yield f"{number}\n".encode()
            await asyncio.sleep(0.02)

    return StreamingResponse(pieces())


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[tuple[WebServer, int]]:
    """A server of one endless page."""
    port = free_port()
    server = WebServer(Starlette(routes=[Route("/", _drip)]), Address("127.0.0.1", port), settings, farewell=lambda: None)
    await server.start()
    try:
        yield server, port
    finally:
        await server.stop()


async def name_shown(port: int, trust: ssl.SSLContext) -> str:
    """The common name of the certificate that a new connection sees."""
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trust)
    shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    version = writer.get_extra_info("ssl_object").version()
    writer.close()
    with suppress(OSError, ssl.SSLError):
        await writer.wait_closed()
    assert version == "TLSv1.3"
    return str(x509.load_der_x509_certificate(shown).subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value)


async def test_a_new_certificate_is_shown_to_the_next_and_open_streams_go_on(kept: Kept) -> None:
    async with served(Settings.from_environ(kept.environ)) as (server, port), httpx.AsyncClient(verify=kept.trust()) as client:
        assert server.tls is not None
        async with client.stream("GET", f"https://127.0.0.1:{port}/") as answer:
            lines = answer.aiter_lines()
            before = int(await anext(lines))
            assert await name_shown(port, kept.trust()) == "first"
            kept.lay(kept.authority.signs("second"))
            assert server.tls.look()
            assert await name_shown(port, kept.trust()) == "second"
            assert not server.tls.look(), "looked at once a change"
            async for line in lines:
                if int(line) > before + 20:
                    break


async def test_files_that_change_are_seen_by_themselves(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flow.tls.EVERY", 0.05)
    async with served(Settings.from_environ(kept.environ)) as (_, port):
        kept.lay(kept.authority.signs("second"))
        async with asyncio.timeout(10):
            while await name_shown(port, kept.trust()) != "second":
                await asyncio.sleep(0.05)


@pytest.mark.parametrize("fault", ["no certificate", "key of another", "over", "gone", "key with a password's end missing"])
async def test_a_bad_new_certificate_keeps_the_old_one_and_the_log_says_why(kept: Kept, fault: str) -> None:
    context = _pages(kept)
    with structlog.testing.capture_logs() as logs:
        _spoil(kept, fault)
        assert not context.look()
        assert not context.look()
    (line,) = logs
    assert (line["event"], line["of"], line["log_level"]) == ("tls.old_certificate_kept", "pages", "error")
    assert str(kept.files.cert) in line["reason"]
    await _still_shows(context, kept, "first")
    kept.lay(kept.authority.signs("second"))
    assert context.look()
    await _still_shows(context, kept, "second")


def _pages(kept: Kept) -> Renewing:
    server = WebServer(Starlette(), Address("127.0.0.1", 1), Settings.from_environ(kept.environ), farewell=lambda: None)
    assert server.tls is not None
    return server.tls


def _spoil(kept: Kept, fault: str) -> None:
    match fault:
        case "no certificate":
            kept.files.cert.write_text("nothing")
        case "key of another":
            kept.lay(Files(kept.authority.signs("second").cert, kept.authority.signs("third").key))
        case "over":
            kept.lay(kept.authority.signs("late", days=0))
        case "gone":
            kept.files.key.unlink()
        case _:
            kept.files.key.write_bytes(kept.files.key.read_bytes()[:-40])


async def _still_shows(context: Renewing, kept: Kept, name: str) -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    async with server:
        assert await name_shown(server.sockets[0].getsockname()[1], kept.trust()) == name


async def test_nothing_older_than_tls_1_3_is_spoken(kept: Kept) -> None:
    async with served(Settings.from_environ(kept.environ)) as (_, port):
        old = kept.trust()
        old.maximum_version = ssl.TLSVersion.TLSv1_2
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await asyncio.open_connection("127.0.0.1", port, ssl=old)


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"BEDFLOW_TLS_CERT": "/c.pem"}, "BEDFLOW_TLS_KEY is not"),
        ({"BEDFLOW_TLS_KEY": "/k.pem"}, "BEDFLOW_TLS_CERT is not"),
        ({"BEDFLOW_TLS_CERT": "/c.pem", "BEDFLOW_TLS_KEY": "/k.pem"}, "/c.pem with its key /k.pem cannot be used"),
        (
            {"BEDFLOW_TLS_CERT": "/c", "BEDFLOW_TLS_KEY": "/k", "BEDFLOW_PUBLIC_URL": "http://beds"},
            "BEDFLOW_PUBLIC_URL begins with http://",
        ),
    ],
)
def test_settings_that_cannot_be_served_say_so_at_the_start(environ: dict[str, str], words: str) -> None:
    with pytest.raises(Misconfigured, match=words):
        WebServer(Starlette(), Address("127.0.0.1", 1), Settings.from_environ(environ), farewell=lambda: None)


def test_cookies_and_hsts_follow_the_certificate(kept: Kept) -> None:
    own, behind, plain = (Settings.from_environ(environ) for environ in (kept.environ, {"BEDFLOW_PUBLIC_URL": "https://beds.example"}, {}))
    assert [settings.secure for settings in (own, behind, plain)] == [True, True, False]
    assert [settings.tls for settings in (own, behind, plain)] == [True, False, False]
    assert own.origin == "https://localhost:8000"


async def test_an_hl7_port_renews_its_certificate_and_its_authority(kept: Kept, tmp_path: Path) -> None:
    """A client certificate that a new authority signed is believed from then on, and one of the old authority no more."""
    other = Authority(tmp_path, "other")
    trusted = tmp_path / "trusted.pem"
    shutil.copy(kept.authority.cert, trusted)
    names = ("BEDFLOW_MLLP_TLS_CERT", "BEDFLOW_MLLP_TLS_KEY", "BEDFLOW_MLLP_TLS_CLIENT_CA")
    settings = Settings.from_environ(dict(zip(names, map(str, (*kept.files, trusted)), strict=True)))
    plan = parse_plan(SMALL + FEED + '\nclient = "engine"\n', "small.toml")
    context = tls_context(settings, feeds_heard(plan, settings))
    assert context is not None
    journal = Journal()
    listener = MllpListener("his", journal.keep, Limits(), lambda: NOW)
    listener.open()
    door = TlsDoor({"engine": listener}, context, patience=1.0)
    port = await door.start("127.0.0.1", 0)

    async def accepted(files: Files, number: str) -> int:
        shown = client_context(kept.authority.cert, *files)
        with suppress(Unavailable):
            return (await send([message(number)], "127.0.0.1", port, ssl=shown, attempts=1, patience=PATIENCE)).aa
        return 0

    mine, theirs = kept.authority.signs("engine"), other.signs("engine")
    assert [await accepted(mine, "1"), await accepted(theirs, "2")] == [1, 0]
    kept.lay(kept.authority.signs("renewed"))
    shutil.copy(other.cert, trusted.with_suffix(".new"))
    os.replace(trusted.with_suffix(".new"), trusted)  # noqa: PTH105  (the same, said of two files)
    assert context.look()
    assert [await accepted(mine, "3"), await accepted(theirs, "4")] == [0, 1]
    await door.stop()
    await listener.stop(2)
