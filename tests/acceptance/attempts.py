"""What an adversary tries, a line each: what it is, the bytes, the answer, and where it stands afterwards: in the audit trail under the
address that it came from, in the log, or in neither, and then why."""

import json
from typing import NamedTuple

from tests import abdm_gateway as abdm
from tests.acceptance.adversary import http


class Attempt(NamedTuple):
    """`trail` is the refusal's code there (`*`: any), `log` a word of the log; `silent`: why it stands in neither."""

    what: str
    sent: bytes
    status: tuple[int, ...]
    trail: str = ""
    log: str = ""
    silent: str = ""


SHOWN_IN = "who is not signed in, or no longer, and asks for a page is shown the way in: any browser does so each morning"
NO_SUCH = "nothing is there: an address that leads nowhere opens nothing, and is typed wrongly every day"
TOLD = "a body that says what it may not is answered like any mistake of a programme; whose it is stands in what it then does"
CLEAN = '{"status": "cleaning"}'
BED = "/api/v1/beds/4B-A-01/status"
OURS = "sec-fetch-site: same-origin"


def no(what: str, sent: bytes, status: int = 403, trail: str = "forbidden") -> Attempt:
    return Attempt(what, sent, (status,), trail)


RIGHTS = (
    no("a nurse opens another ward", http("GET", "/wards/ICU", "nina"), 403, "other-ward"),
    no("a nurse reads a bed of another ward", http("GET", "/api/v1/beds/ICU-A-01", "nina"), 403, "other-ward"),
    no("a doctor opens another ward", http("GET", "/wards/ICU", "dev"), 403, "other-ward"),
    no(
        "a nurse admits into another ward",
        http("POST", "/api/v1/visits", "nina", '{"bed": "ICU-A-01", "patient": {"mrn": "M1"}}'),
        403,
        "*",
    ),
    no("a nurse opens the whole house's desk", http("GET", "/admissions", "nina"), 403, "other-ward"),
    no("a cleaner searches for a patient", http("POST", "/api/v1/visits/search", "hari", '{"mrn": "M1"}')),
    no("a display changes a bed", http("POST", BED, "wall", CLEAN)),
    no("an interface changes a bed", http("POST", BED, "ines", CLEAN)),
    no("a porter releases a bed", http("DELETE", "/api/v1/bed-requests/R1/assignment", "paul")),
    no("a pharmacist opens the desk", http("GET", "/admissions", "pia")),
    no("billing opens a ward", http("GET", "/wards/4B", "bill")),
    no("an auditor makes an account", http("POST", "/admin/users", "olga", "account=x&role=admin", form=True)),
    no("a manager makes an account", http("POST", "/admin/users", "mona", "account=x&role=admin", form=True)),
    no("a manager reads a letter", http("GET", "/integration/letters/1", "mona")),
    no("an administrator reads the trail", http("GET", "/audit", "adam")),
    no("the desk reads the trail", http("GET", "/audit/trail.csv", "asha")),
    no("an administrator opens the desk", http("GET", "/admissions", "adam")),
    no("the clinic's desk opens a ward", http("GET", "/wards/4B", "opal")),
    no("a programme changes somebody's password", http("POST", "/my-sign-in/password", "asha", "old=x&new=y", form=True)),
    no("a token that is made up", http("GET", "/api/v1/beds", "", "", "authorization: Bearer made-up"), 401, "not-signed-in"),
    no("a token of SQL", http("GET", "/api/v1/beds", "", "", "authorization: Bearer ' or '1'='1"), 401, "not-signed-in"),
    no("a command of nobody", http("POST", BED, "", CLEAN, OURS), 401, "not-signed-in"),
    Attempt("nobody asks for beds", http("GET", "/api/v1/beds"), (401,), silent=SHOWN_IN),
    Attempt("a cookie that is made up", http("GET", "/api/v1/beds", "", "", "cookie: bedflow=made-up"), (401,), silent=SHOWN_IN),
)


def listen(what: str, who: str, query: str, status: int = 403, trail: str = "forbidden", silent: str = "") -> Attempt:
    return Attempt(what, http("GET", f"/api/v1/stream?topics={query}", who), (status,), trail, silent=silent)


STREAMS = (
    listen("a display listens to another ward", "wall", "ward:ICU"),
    listen("a display listens to its own ward and another", "wall", "ward:4B,ward:ICU"),
    listen("a display asks for names", "wall", "ward:4B&audience=staff"),
    listen("a display asks for the desk", "wall", "desk"),
    listen("a display asks for the house", "wall", "house"),
    listen("a nurse listens to another ward", "nina", "ward:ICU"),
    listen("a nurse listens to the desk's clinics", "nina", "opd:ENT"),
    listen("a cleaner listens to the desk", "hari", "desk"),
    listen("a pharmacist listens to a ward", "pia", "ward:4B"),
    listen("an auditor listens to the house", "olga", "house"),
    listen("a topic that is none", "asha", "ward:..%2f..", 404, "", NO_SUCH),
    Attempt("nobody listens", http("GET", "/api/v1/stream?topics=ward:4B"), (401,), silent=SHOWN_IN),
)

DEAD = (
    *("rotated", "signed out", "everywhere", "password", "closed"),
    *("of a display", "of a shut out display"),
)
"""Cookies that should open nothing; the last two are a device's, shown as a person's."""


def stolen(name: str) -> Attempt:
    return no(f"a stolen cookie: {name}", http("POST", BED, f"cookie {name}", CLEAN, OURS), 401, "not-signed-in")


STOLEN = (
    *map(stolen, DEAD),
    no(
        "a shut out display",
        http("POST", BED, "", CLEAN, OURS, "cookie: bedflow-device=@cookie of a shut out display@"),
        401,
        "not-signed-in",
    ),
    no("a cookie as a token", http("GET", "/api/v1/beds", "cookie asha").replace(b"cookie: bedflow=", b"authorization: Bearer "), 401, "*"),
    no("a token as a cookie", http("POST", BED, "", CLEAN, OURS, "cookie: bedflow=@asha@"), 401, "not-signed-in"),
    no("another person's page token", http("POST", BED, "cookie asha", CLEAN, OURS, "x-csrf-token: @csrf nina@"), 403, "csrf"),
    no("a cookie beside a dead one", http("GET", "/admin", "", "", "cookie: bedflow=@cookie rotated@; bedflow=@cookie nina@")),
)


def forged(what: str, *more: str, body: str = CLEAN, path: str = BED, form: bool = False) -> Attempt:
    token = "x-csrf-token: @csrf asha@"
    return no(what, http("POST", path, "cookie asha", body, token, *more, form=form), 403, "csrf")


FORGED = (
    forged("another site's script", "sec-fetch-site: cross-site", "origin: https://evil.example"),
    forged("a site of the same domain", "sec-fetch-site: same-site"),
    forged("a browser that says it came from nowhere", "sec-fetch-site: none"),
    forged("another origin, by a browser without Fetch Metadata", "origin: https://evil.example"),
    forged("an origin that hides (a sandboxed frame)", "origin: null"),
    forged("our origin by another scheme", "origin: https://127.0.0.1"),
    forged("our origin with a tail", "origin: @origin@.evil.example"),
    no("a form without the page's token", http("POST", "/sign-out", "cookie asha", "a=1", OURS, form=True), 403, "csrf"),
    no("the token in the address", http("POST", "/sign-out?csrf=@csrf asha@", "cookie asha", "a=1", OURS, form=True), 403, "csrf"),
    no("an empty token", http("POST", BED, "cookie asha", CLEAN, OURS, "x-csrf-token: "), 403, "csrf"),
    no("a token cut short", http("POST", BED, "cookie asha", CLEAN, OURS, "x-csrf-token: 0123456789abcdef"), 403, "csrf"),
    no(
        "a form as plain text, which needs no preflight",
        http("POST", BED, "cookie asha", CLEAN, OURS, form=True).replace(b"application/x-www-form-urlencoded", b"text/plain"),
        403,
        "csrf",
    ),
    no(
        "a stranger's sign-in in somebody's browser",
        http("POST", "/login", "", "account=asha&password=x", "origin: https://evil.example", form=True),
        403,
        "csrf",
    ),
)


def host(what: str, named: str, status: int = 421, trail: str = "other-host") -> Attempt:
    return no(what, http("GET", "/api/v1/beds", "asha").replace(b"host: @host@", named.encode("latin-1")), status, trail)


HOSTS = (
    host("another host", "host: evil.example"),
    host("ours as a sub-domain of another", "host: 127.0.0.1.evil.example"),
    host("ours as a name at another", "host: 127.0.0.1@evil.example"),
    host("a host with a path", "host: evil.example/127.0.0.1"),
    host("two hosts", "host: @host@\r\nhost: evil.example", 400, "bad-host"),
    host("a host twice", "host: @host@\r\nhost: @host@", 400, "bad-host"),
    host("no host", "x-nothing: 1", 400, "bad-host"),
    host("an empty host", "host: "),
    Attempt(
        "an address with another host in it",
        http("GET", "/admissions").replace(b"GET /", b"GET http://evil.example/"),
        (400,),
        log="web.refused_unread",
    ),
    Attempt(
        "a proxy's words on host, scheme and address",
        http("GET", "/admissions", "", "", "x-forwarded-host: evil.example", "x-original-url: /admin", "x-rewrite-url: /admin"),
        (303,),
        silent="they are not read",
    ),
)


def path(what: str, target: str, status: tuple[int, ...] = (404,), trail: str = "") -> Attempt:
    return Attempt(what, http("GET", target, "asha"), status, trail, silent="" if trail else NO_SUCH)


PATHS = (
    path("up from the files", "/static/../pyproject.toml"),
    path("up, encoded", "/static/%2e%2e/pyproject.toml"),
    path("up, encoded twice", "/static/%252e%252e/pyproject.toml"),
    path("up with a slash that is encoded", "/static/..%2f..%2f..%2f..%2fetc%2fpasswd"),
    path("up with backslashes", "/static/..%5c..%5cpyproject.toml"),
    path("up by a letter too long for UTF-8", "/static/%c0%ae%c0%ae/pyproject.toml"),
    path("an absolute name", "/static//etc/passwd"),
    path("a name with a NUL", "/static/css%00/../plain.css", (404, 400)),
    path("a folder", "/static/css/"),
    path("a file that begins with a dot", "/static/.git/config"),
    path("the repository", "/.git/config"),
    path("the settings", "/.env"),
    path("the program", "/flow/settings.py"),
    path("a report by a path", "/manager/reports/..%2f..%2f..%2fetc%2fpasswd.html", (403, 404), ""),
    path("a table by a path", "/manager/midnights.csv?table=../../etc/passwd"),
    path("a ward by a path", "/wards/..%2fadmin"),
    path("a ward with a NUL", "/wards/4B%00"),
    path("a visit with a NUL", "/api/v1/visits/V%00", (400,), "bad-address"),
    path("a question with a NUL", "/api/v1/beds?ward=4B%00", (400,), "bad-address"),
    path("a language by a path", "/login?lang=../../etc/passwd", (200,), ""),
)


def body(what: str, sent: str, to: str = BED, who: str = "asha", status: tuple[int, ...] = (400, 422)) -> Attempt:
    return Attempt(what, http("POST", to, who, sent), status, silent=TOLD)


BODIES = (
    body("a field that is not asked for", '{"status": "cleaning", "seq": 1}'),
    body("a command's inside", '{"status": "cleaning", "actor": "adam", "at": "2020-01-01T00:00:00Z"}'),
    body("a role beside a patient", '{"bed": "4B-A-01", "patient": {"mrn": "M1", "role": "admin"}}', "/api/v1/visits"),
    body("a prototype", '{"status": "cleaning", "__proto__": {"admin": true}}'),
    body("a list of everything", f"[{CLEAN}]"),
    body("brackets without end", "[" * 100_000),
    body("a number without end", '{"status": "cleaning", "if_seq": ' + "9" * 5000 + "}"),
    body("not a number", '{"status": "cleaning", "if_seq": NaN}'),
    body("half a letter of UTF-16", '{"status": "maintenance", "reason": "\\ud800"}'),
    body("a NUL in a word", '{"patient": "M1", "type": "general", "organism": "a\\u0000b"}', "/api/v1/bed-requests"),
    body("SQL for a status", '{"status": "\'; drop table log; --"}'),
    body("a template for a bed", CLEAN, "/api/v1/beds/%7B%7B7*191%7D%7D/status", status=(404,)),
    body("XML for JSON", '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'),
)


def method(name: str, to: str = "/api/v1/beds/4B-A-01", status: tuple[int, ...] = (405,)) -> Attempt:
    return Attempt(f"the method {name}", http(name, to, "adam", "x=1"), status, silent=NO_SUCH)


METHODS = (
    *(method(name) for name in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")),
    *(method(name, "/admin") for name in ("PUT", "DELETE", "TRACE")),
    method("DELETE", "/static/css/plain.css"),
    Attempt("a method in a header", http("GET", BED, "asha", "", "x-http-method-override: POST"), (405,), silent=NO_SUCH),
)

SHARE = "/api/v3/hip/patient/share"


def share(what: str, token: str) -> Attempt:
    told = json.dumps(abdm.profile())
    sent = http("POST", SHARE, "", told, f"authorization: Bearer {token}", "request-id: 0123456789abcdef")
    return no(f"a token of the gateway: {what}", sent, 401, "untrusted")
