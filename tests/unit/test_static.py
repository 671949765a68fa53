"""Files as browsers get them: our own without comments, with the headers that mean something to a part of a page."""

import gzip
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount

from flow.templating import CHECKOUT
from flow.web.security.shell import HEADERS, SecurityHeaders
from flow.web.static import Static, plain

OURS = [*(CHECKOUT / "static/js").glob("*.js"), *(CHECKOUT / "static/css").glob("*.css")]
SCRIPT = """/* What it does.
   Who uses it. */
"use strict";
const a = "*/*", b = "text/*"; /* why */
const c = () => { /* nothing to do */ }
/* one line */
(function () { fetch("/x/*", { accept: "*/*" }); })();
"""
SHORT = """
"use strict";
const a = "*/*", b = "text/*";
const c = () => { /* nothing to do */ }

(function () { fetch("/x/*", { accept: "*/*" }); })();
"""


def test_comments_stay_at_home_and_strings_go_out_whole(tmp_path: Path) -> None:
    vendored = tmp_path / "vendor"
    vendored.mkdir()
    for path in (tmp_path / "x.js", vendored / "x.js"):
        path.write_text(SCRIPT)
    assert plain(tmp_path / "x.js").decode() == SHORT
    assert plain(vendored / "x.js").decode() == SCRIPT, "the licence stays in it"


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_every_line_of_ours_outlives_its_comments(path: Path) -> None:
    """A line that is no comment is there afterwards, on a line of its own as before."""
    inside, kept = False, []
    for line in path.read_text().splitlines():
        opens = inside or line.lstrip().startswith("/*")
        inside = opens and "*/" not in line
        if not opens:
            kept.append(line.split(" /*")[0].strip())
    assert [line.split(" /*")[0].strip() for line in plain(path).decode().splitlines() if line.strip()] == [line for line in kept if line]


async def test_a_part_of_a_page_bears_no_headers_of_documents() -> None:
    app = Starlette(routes=[Mount("/static", Static(CHECKOUT / "static"))], middleware=[Middleware(SecurityHeaders, secure=True)])
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://h", headers={"accept-encoding": "gzip"}) as browser:
        part = await browser.get("/static/css/tokens.css?v=1")
        assert (part.headers["x-content-type-options"], part.headers["cross-origin-resource-policy"]) == ("nosniff", "same-origin")
        assert "strict-transport-security" in part.headers and part.headers["content-encoding"] == "gzip"
        again = await browser.get("/static/css/tokens.css?v=1", headers={"if-none-match": part.headers["etag"]})
        for answer in (part, again, await browser.get("/static/fonts/inter.woff2")):
            assert not {"content-security-policy", "x-frame-options", "permissions-policy"} & set(answer.headers), answer.url
        for document in ("/static/icons/bedflow.svg", "/nowhere", "/static/nothing.css"):
            assert set(HEADERS) <= set((await browser.get(document)).headers) | {"cache-control"}, document
        async with browser.stream("GET", "/static/js/age.js") as raw:
            sent = b"".join([piece async for piece in raw.aiter_raw()])
    assert b"/*" not in gzip.decompress(sent)
