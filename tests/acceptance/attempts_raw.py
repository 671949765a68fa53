"""What an adversary sends past any programme that speaks HTTP: two lengths, half a length, more than may come, and not HTTP at all."""

from tests.acceptance.adversary import http
from tests.acceptance.attempts import NO_SUCH, Attempt

REFUSED = "web.refused_unread"
"""The log's word for what was turned away before it was a request: counted once a second, since nobody knows whose it is."""
SMUGGLED = b"GET /healthz HTTP/1.1\r\nhost: @host@\r\nx-forwarded-for: @from@\r\n\r\n"
HEAD = "POST /login HTTP/1.1\r\nhost: @host@\r\nx-forwarded-for: @from@\r\n"


def odd(what: str, fields: str, body: bytes, status: tuple[int, ...] = (400,)) -> Attempt:
    """A request of these fields, with another one hidden behind."""
    return Attempt(what, f"{HEAD}{fields}\r\n\r\n".encode("latin-1") + body + SMUGGLED, status, log=REFUSED)


SMUGGLING = (
    odd("a length and chunks", "content-length: 5\r\ntransfer-encoding: chunked", b"0\r\n\r\n"),
    odd("chunks and a length", "transfer-encoding: chunked\r\ncontent-length: 5", b"0\r\n\r\n"),
    odd("two lengths", "content-length: 0\r\ncontent-length: 5", b"12345"),
    odd("a length of two numbers", "content-length: 0, 5", b"12345"),
    odd("a length below nothing", "content-length: -1", b""),
    odd("a length with a sign", "content-length: +5", b"12345"),
    odd("a length in another base", "content-length: 0x5", b"12345"),
    odd("chunks by another name", "transfer-encoding: xchunked", b"0\r\n\r\n"),
    odd("chunks, and then not", "transfer-encoding: chunked, identity", b"0\r\n\r\n"),
    odd("a space before the colon", "transfer-encoding : chunked", b"0\r\n\r\n"),
    odd("a chunk longer than any", "transfer-encoding: chunked", b"fffffffffffffffff1\r\nx\r\n0\r\n\r\n"),
    odd("a chunk of no number", "transfer-encoding: chunked", b"zz\r\nx\r\n0\r\n\r\n"),
    odd("a field with a NUL", "x-a: b\0c", b""),
    odd("a field with a bare return", "x-a: b\rtransfer-encoding: chunked", b"0\r\n\r\n"),
    odd("a field that goes on in the next line", "x-a: b\r\n transfer-encoding: chunked\r\ncontent-length: 0", b"", (400, 421, 403, 422)),
    odd("a name of no letters", "x a: b", b""),
    Attempt("not HTTP: a TLS greeting", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64), (400,), log=REFUSED),
    Attempt("not HTTP: a letter", b"\x0bMSH|^~\\&|HIS|H|BED|H|20260301||ADT^A01|1|P|2.5\r\x1c\r", (400,), log=REFUSED),
    Attempt("HTTP/2 by prior knowledge", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (400,), log=REFUSED),
    Attempt("HTTP/9.9", b"GET / HTTP/9.9\r\nhost: @host@\r\n\r\n", (400,), log=REFUSED),
    Attempt(
        "a connection to elsewhere",
        b"CONNECT evil.example:443 HTTP/1.1\r\nhost: @host@\r\nconnection: close\r\n\r\n",
        (400, 404, 405),
        silent=NO_SUCH,
    ),
)

TOO_MUCH = (
    Attempt("an address of 9,000 letters", http("GET", "/" + "x" * 9000, "asha"), (414,), log=REFUSED),
    Attempt("a field of 40,000 letters", http("GET", "/login", "", "", "x-a: " + "x" * 40_000), (431,), log=REFUSED),
    Attempt("two hundred fields", http("GET", "/login", "", "", *(f"x-{n}: 1" for n in range(200))), (431,), log=REFUSED),
    Attempt("a cookie of 40,000 letters", http("GET", "/login", "", "", "cookie: bedflow=" + "x" * 40_000), (431,), log=REFUSED),
    Attempt(
        "a body said to be of 10 MB",
        http("POST", "/api/v1/visits", "asha", "{}").replace(b"content-length: @length@", b"content-length: 10000000"),
        (413,),
        "body-too-long",
    ),
    Attempt(
        "a body of chunks without end",
        http("POST", "/api/v1/visits", "asha", "{}").replace(b"content-length: @length@", b"transfer-encoding: chunked").removesuffix(b"{}")
        + (b"2000\r\n" + b" " * 8192 + b"\r\n") * 40,
        (413,),
        "body-too-long",
    ),
    Attempt(
        "a password of 300 KB", http("POST", "/login", "", "account=asha&password=" + "x" * 300_000, form=True), (413,), "body-too-long"
    ),
)
