"""Files for browsers: named with a digest of their content (flow.templating), so a browser that has one keeps it for ever."""

import os
import re
from mimetypes import guess_type
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Message, Receive, Scope, Send

from flow.web.zipped import takes_gzip, zipped

_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "public, no-cache"
_TEXTS = frozenset({".css", ".js", ".svg", ".json", ".webmanifest"})
_COMMENT = re.compile(rb"(?:^|(?<=[;,{}()]))[ \t]*/\*(?:(?!\*/).)*\*/[ \t]*$", re.MULTILINE | re.DOTALL)
"""What stands between `/*` and `*/` on lines of its own, or after the last word of one: inside no string of one line."""


class Static(StaticFiles):
    """Starlette's static files, with how long they may be kept; texts are compressed once."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory=directory, check_dir=False)
        self._small: dict[tuple[str, float], Response] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        named = b"v=" in scope["query_string"]

        async def keeping(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in (200, 304):
                MutableHeaders(scope=message)["cache-control"] = _FOR_EVER if named else _ASK_AGAIN
            await send(message)

        await super().__call__(scope, receive, keeping)

    def file_response(
        self, full_path: "str | os.PathLike[str]", stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """The file; a text compressed for whoever takes that."""
        whole = super().file_response(full_path, stat_result, scope, status_code)
        headers = Headers(scope=scope)
        if Path(full_path).suffix not in _TEXTS or not takes_gzip(headers) or isinstance(whole, NotModifiedResponse):
            return whole
        key = (str(full_path), stat_result.st_mtime)
        if key not in self._small:
            kind = guess_type(str(full_path))[0] or "text/plain"
            small = zipped(headers, plain(Path(full_path)), kind, level=9)  # once, for everybody
            small.headers["etag"] = whole.headers["etag"]
            self._small[key] = small
        return self._small[key]


def plain(path: Path) -> bytes:
    """A file as it goes out: our own scripts and styles without their comments, which are a tenth of what a page costs; who wrote another's
    keeps the licence in it."""
    text = path.read_bytes()
    return _COMMENT.sub(b"", text) if path.suffix in (".css", ".js") and path.parent.name != "vendor" else text
