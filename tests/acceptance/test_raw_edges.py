"""What the running house says to whoever speaks to its port by hand: nothing of the inside, nothing echoed, nothing for another site."""

import socket
from collections.abc import Iterator

import pytest

from tests.acceptance.browser import TWO_WARDS
from tests.acceptance.house import PASSWORD, HouseProcess, house

HIDDEN = (
    *("/.git/config", "/.env", "/static/", "/static/css", "/static/css/", "/static/README.md/..", "/vault.key", "/server-status", "/debug"),
    *("/static/../pyproject.toml", "/static/%2e%2e/pyproject.toml", "/static/..%2fpyproject.toml", "/static/js/..%5c..%5cMakefile"),
    *("/static//etc/passwd", "/static/css/%00", "/manager/../../etc/passwd", "//evil.example/", "/static/.gitignore"),
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HouseProcess]:
    folder = tmp_path_factory.mktemp("edges")
    (folder / "hospital.toml").write_text(TWO_WARDS)
    with house(folder, folder / "hospital.toml", BEDFLOW_PUBLIC_URL="https://localhost") as found:
        found.add("desk", "admissions")
        yield found


def said(found: HouseProcess, text: str) -> tuple[int, list[tuple[str, str]], str]:
    """The answer to these very bytes: status, fields, body; the connection is at its end then."""
    with socket.create_connection(("127.0.0.1", found.http), timeout=10) as end:
        end.sendall(text.encode("latin-1"))
        heard = b""
        while piece := end.recv(65536):
            heard += piece
    head, _, body = heard.decode("utf-8", "replace").partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    fields = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    return int(first.split()[1]), fields, body


def asked(found: HouseProcess, line: str, *fields: str, body: str = "") -> tuple[int, list[tuple[str, str]], str]:
    """One request on a connection of its own."""
    return said(found, "\r\n".join((f"{line} HTTP/1.1", "Host: localhost", "Connection: close", *fields, "", body)))


@pytest.mark.parametrize("path", HIDDEN)
def test_no_file_of_ours_and_no_list_of_files_is_served(served: HouseProcess, path: str) -> None:
    status, _, body = asked(served, f"GET {path}")
    assert status in (400, 404), body[:300]
    assert not any(word in body for word in ("[project]", "root:", "Index of", "Traceback", ".py"))


def test_nothing_is_echoed_and_nobody_is_told_what_we_are_made_of(served: HouseProcess) -> None:
    status, fields, body = asked(served, "TRACE /login", "X-Canary: sent-4711")
    assert (status, dict(fields)["allow"]) == (405, "GET, HEAD, POST")
    assert "sent-4711" not in body
    for line in ("GET /login", "GET /nowhere", "GET /api/v1/beds", "GET /healthz"):
        named = {name for name, _ in asked(served, line)[1]}
        assert not named & {"server", "x-powered-by", "via", "x-aspnet-version"}, line


def test_no_other_site_is_let_in_by_a_browser(served: HouseProcess) -> None:
    """No CORS, whoever asks; framed by nobody; text with its letters' code."""
    other = ("Origin: https://evil.example", "Access-Control-Request-Method: POST")
    for line in ("GET /login", "OPTIONS /login", "OPTIONS /api/v1/beds", "GET /api/v1/beds", "GET /api/v1/openapi.json"):
        status, fields, _ = asked(served, line, *other)
        assert not [name for name, _ in fields if name.startswith("access-control")], line
        assert status == 405 or not line.startswith("OPTIONS")
    _, fields, _ = asked(served, "GET /login")
    found = dict(fields)
    assert "frame-ancestors 'none'" in found["content-security-policy"]
    assert found["x-frame-options"] == "DENY"
    assert found["content-type"] == "text/html; charset=utf-8"


def test_a_session_is_for_the_browser_and_our_own_pages_alone(served: HouseProcess) -> None:
    form = f"account=desk&password={PASSWORD}&next=/"
    status, fields, _ = asked(
        served, "POST /login", "Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(form)}", body=form
    )
    cookies = {value.partition("=")[0]: value.lower() for name, value in fields if name == "set-cookie"}
    assert (status, set(cookies)) == (303, {"__Host-bedflow", "__Host-bedflow-known"})
    for cookie in cookies.values():
        assert {"httponly", "secure", "samesite=lax", "path=/"} <= {part.strip() for part in cookie.split(";")}
        assert "domain" not in cookie


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param(("Content-Length: 4", "Transfer-Encoding: chunked"), id="two ways to say how long"),
        pytest.param(("Content-Length: 4", "Content-Length: 5"), id="two lengths"),
        pytest.param(("Content-Length: +4",), id="a length with a sign"),
        pytest.param(("Content-Length: 4, 4",), id="a list of lengths"),
        pytest.param(("Transfer-Encoding: xchunked",), id="another coding"),
        pytest.param(("Transfer-Encoding : chunked",), id="a blank before the colon"),
        pytest.param(("X: a\r\n folded",), id="a folded field"),
    ],
)
def test_a_request_has_one_end_or_is_none(served: HouseProcess, fields: tuple[str, ...]) -> None:
    """What two servers in a row could read in two ways is read in none; what comes behind it is no request."""
    behind = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
    text = "\r\n".join(("POST /login HTTP/1.1", "Host: localhost", *fields, "", f"0\r\n\r\n{behind}"))
    status, _, body = said(served, text)
    assert status == 400
    assert "HTTP/1.1 200" not in body
