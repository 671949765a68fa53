"""A stage for pages in a browser: serves HTML drawn from views, the static files, and a stream that a test plays by hand.

It stands in for the server where a test must freeze, refuse or repeat the stream at a moment of its choosing.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flow.templating import CHECKOUT
from realtime.frames import FAREWELL

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
WORDS = ("lang", "sound", "mute")
"""What a display says of itself in words; all else is a number."""
KINDS = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}


@dataclass
class Stage:
    """`pages` by path, `answers` made from an address's query (status, kind, body); `mode` of the stream: live, beats (heartbeats, no
    picture), frozen (says nothing), refuse (answers `refusal`, and so do the pages) or leaves (says farewell, then as refuse); `lag` is the
    picture's age in seconds, `ahead` how far a test has put the server's clock forward; `feeds` is when each was heard, as the heartbeats
    tell it; `said` is what the display said it shows; `file` the version of the hospital file by which pages are drawn, asked of them."""

    pages: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Callable[[dict[str, str]], tuple[int, str, bytes]]] = field(default_factory=dict)
    tiles: list[Any] = field(default_factory=list)
    mode: str = "live"
    refusal: int = 503
    lag: float = 0.0
    ahead: float = 0.0
    feeds: dict[str, str] = field(default_factory=dict)
    frames: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    opened: int = 0
    said: list[dict[str, Any]] = field(default_factory=list)
    file: int = 0
    port: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def now(self) -> datetime:
        """The server's time."""
        return datetime.now(UTC) + timedelta(seconds=self.ahead)

    def send(self, *tiles: Any) -> None:
        """Send changed tiles to every listener."""
        self.frames.append(("tiles", {"seq": 1, "tiles": [asdict(tile) for tile in tiles]}))


class _Handler(BaseHTTPRequestHandler):
    stage: Stage

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        if path == "/api/v1/stream":
            self._stream()
        elif path in self.stage.answers:
            self._answer(*self.stage.answers[path](dict(parse_qsl(urlsplit(self.path).query))))
        elif path in self.stage.pages:
            self._answer(
                self.stage.refusal if self.stage.mode == "refuse" else 200, "text/html; charset=utf-8", self.stage.pages[path].encode()
            )
        elif path.startswith("/static/") and ".." not in path:
            file = CHECKOUT / path.lstrip("/")
            self._answer(200, KINDS[file.suffix], file.read_bytes())
        else:
            self._answer(404, "text/plain", b"")

    def do_POST(self) -> None:
        asked = urlsplit(self.path)
        if asked.path in self.stage.answers:
            self._answer(*self.stage.answers[asked.path](dict(parse_qsl(asked.query))))
            return
        told = parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.stage.said.append({name: value if name in WORDS else float(value) for name, value in told})
        self._answer(204 if dict(told).get("file", "0") == str(self.stage.file) else 205, "text/plain", b"")

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", CSP)
        self.end_headers()
        self.wfile.write(body)

    def _stream(self) -> None:
        self.stage.opened += 1
        if self.stage.mode == "refuse":
            self._answer(self.stage.refusal, "text/html", b"<h1>A proxy's own words</h1>")
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        try:
            self._play()
        except OSError:
            return

    def _play(self) -> None:
        sent, greeted = len(self.stage.frames), False
        while self.stage.mode != "refuse" and self.stage.port:
            if self.stage.mode == "leaves":
                self.wfile.write(FAREWELL.data)
                self.stage.mode = "refuse"
                break
            if self.stage.mode == "live":
                if not greeted:
                    self._event("snapshot", {"seq": 1, "tiles": [asdict(tile) for tile in self.stage.tiles]})
                greeted = True
                # counted by what was taken: a test adds frames while these are being written
                due = self.stage.frames[sent:]
                for name, data in due:
                    self._event(name, data)
                sent += len(due)
            if self.stage.mode in ("live", "beats"):
                self._event("heartbeat", {"seq": 1, "now": self.stage.now().isoformat(), "feeds": self.stage.feeds})
            time.sleep(0.05)

    def _event(self, name: str, data: dict[str, Any]) -> None:
        as_of = (self.stage.now() - timedelta(seconds=self.stage.lag)).isoformat()
        self.wfile.write(f"event: {name}\ndata: {json.dumps({'as_of': as_of} | data)}\n\n".encode())
        self.wfile.flush()

    def log_message(self, *args: Any) -> None:
        return


@contextmanager
def staged() -> Iterator[Stage]:
    """A stage that plays until the block ends."""
    stage = Stage()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Staged", (_Handler,), {"stage": stage}))
    server.daemon_threads = True
    stage.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield stage
    finally:
        stage.port = 0
        server.shutdown()
        server.server_close()
