"""An adversary at every door of a running hospital: each attempt is refused, written down and harmless.

Each comes from an address of its own (by the proxy in front), so that what the trail says of it is found by that; the state is compared
before and after, and nothing may be a fault of ours. What an attempt leaves neither in the trail nor in the log says why.
"""

import http.client
import json
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flow.domain.roles import MATRIX, May, Reach, Role
from flow.web.door import Door, Where
from flow.web.routes import API, PAGES
from tests import abdm_gateway as abdm
from tests.acceptance import attempts, attempts_raw
from tests.acceptance.adversary import PEOPLE, Town, besieged, csrf, dripping, heard, late
from tests.acceptance.adversary import http as request
from tests.acceptance.attempts import Attempt
from tests.acceptance.besieged import SECURED, let_cookies_die, paired
from tests.acceptance.browser import until
from tests.acceptance.house import HouseProcess, free_port, house
from tests.acceptance.test_road import adt, send
from tests.certificates import Authority, Files

pytestmark = pytest.mark.timeout(180)
STRANGER = "127.0.0.9"
"""A peer on this machine whose word on others' addresses is not believed."""


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[HouseProcess]:
    folder, own = tmp_path_factory.mktemp("town"), authority.signs("bedflow")
    (folder / "hospital.toml").write_text(SECURED)
    door = f"127.0.0.1:{free_port()}"
    files = {"CERT": own.cert, "KEY": own.key, "CLIENT_CA": authority.cert}
    environ = {f"BEDFLOW_MLLP_TLS_{name}": str(file) for name, file in files.items()}
    environ |= {"BEDFLOW_MLLP_TLS": door, "BEDFLOW_MLLP_STALL_SECONDS": "3", "BEDFLOW_TRUSTED_PROXIES": "127.0.0.1"}
    with house(folder, folder / "hospital.toml", **environ) as found:
        yield found


@pytest.fixture(scope="module")
def town(secured: HouseProcess) -> Iterator[Town]:
    """Those who are slow begin first, and are asked at the end; a letter is there to be read."""
    with besieged(secured) as found:
        assert send(secured, adt("A01", "1", "4B^A^4B-A-02")) == "AA"
        secured.settled()
        for name in ("asha", "nina", "adam"):
            found.signed_in(name)
        let_cookies_die(found)
        yield found


SHARED = (
    attempts.share("of no algorithm", abdm.token(datetime.now(UTC), alg="none")),
    attempts.share("of no signature", abdm.token(datetime.now(UTC)).rpartition(".")[0] + "."),
    attempts.share("our key for a secret", abdm.token(datetime.now(UTC), alg="HS256", secret=abdm.pem().encode())),
    attempts.share("another key by the same name", abdm.token(datetime.now(UTC), key=1)),
    attempts.share("a key that it brings", abdm.token(datetime.now(UTC), key=1, head={"jku": "http://evil.example/keys", "jwk": {}})),
    attempts.share("a key by a path", abdm.token(datetime.now(UTC), kid="../../etc/passwd")),
    attempts.share("expired", abdm.token(datetime.now(UTC) - timedelta(hours=2))),
    attempts.share("one that never ends", abdm.token(datetime.now(UTC), exp=None)),
    attempts.share("of dots", "...."),
)
ATTEMPTS: tuple[Attempt, ...] = (
    *attempts.RIGHTS,
    *attempts.STREAMS,
    *attempts.STOLEN,
    *attempts.FORGED,
    *attempts.HOSTS,
    *attempts.PATHS,
    *attempts.BODIES,
    *attempts.METHODS,
    *SHARED,
    *attempts_raw.SMUGGLING,
    *attempts_raw.TOO_MUCH,
)


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.what)
def test_each_attempt_is_refused_written_down_and_harmless(town: Town, attempt: Attempt) -> None:
    address, before, logged = town.far(), town.truth.state(), town.house.log.stat().st_size
    answer = town.attempt(attempt.sent, address)
    assert answer.status in attempt.status, answer.text[:500]
    assert answer.answers == 1, "and what was hidden behind it is not answered"
    assert not re.search(r"evil\.example|root:|\[project\]|Traceback|syntax error|asyncpg", answer.text), answer.text[:2000]
    assert town.truth.state() == before
    kept = town.truth.trail().get(address, [])
    if attempt.trail:
        assert [line.kind for line in kept] == ["refused"], kept
        assert attempt.trail in ("*", kept[0].code)
    else:
        assert [line for line in kept if line.kind != "read"] == []
    if attempt.log:
        until(lambda: town.house.log.read_bytes()[logged:], lambda said: attempt.log.encode() in said, within=5)
    assert attempt.trail or attempt.log or attempt.silent


def test_no_role_passes_a_door_that_is_not_its_own(town: Town) -> None:
    """Every role at every deed of the table that it has no right to, at a page of every such right, and at those doors of another ward."""
    before, tried = town.truth.state(), 0
    line = http.client.HTTPConnection("127.0.0.1", town.house.http, timeout=20)
    for name, role, ward in PEOPLE:
        address = town.far()
        for door in _closed_to(role, ward):
            line.request(door.method, _address(door.path, "4B" if ward == "ICU" else "ICU"), body="{}", headers=_as(town, name, address))
            answer = line.getresponse()
            answer.read()
            tried += 1
            assert answer.status == 403, (role, door.method, door.path, answer.status)
        kept = town.truth.trail()[address]
        assert {line.kind for line in kept} == {"refused"}
        assert 0 < len(kept) <= 120, "sixty a minute of one address, so that nobody fills the disk by knocking"
    line.close()
    assert tried > 1000
    assert town.truth.state() == before


def _closed_to(role: Role, ward: str) -> Iterator[Door]:
    """The doors that somebody must not pass: all deeds, and of what is only read one for each right and place."""
    read = set()
    for door in (*API, *PAGES):
        if not isinstance(door.needs, May):
            continue
        reach = MATRIX[role][door.needs]
        elsewhere = bool(ward) and reach is not Reach.NO and door.where in (Where.WARD, Where.BED)
        kind = (door.needs, door.where, elsewhere)
        if (reach is Reach.NO or elsewhere) and (door.method != "GET" or kind not in read):
            read.add(kind)
            yield door


def _address(path: str, ward: str) -> str:
    values = {"ward": ward, "bed": f"{ward}-A-01", "clinic": "ENT", "clinics": "ENT", "audience": "ward"}
    return re.sub(r"{(\w+)}", lambda hit: values.get(hit[1], "1"), path)


def _as(town: Town, name: str, address: str) -> dict[str, str]:
    return {"authorization": f"Bearer {town.words[name]}", "x-forwarded-for": address, "content-type": "application/json"}


FORGED_IDS = (
    "99999999999999999",
    "9" * 5000,
    "-1",
    "0",
    "1.5",
    "1e9",
    "18446744073709551616",
    "other-epoch:5",
    "٣",
    "1; drop table log",
    "%00",
)


@pytest.mark.parametrize("said", FORGED_IDS, ids=lambda said: said[:20])
def test_a_forged_last_event_id_gets_a_whole_new_picture(town: Town, said: str) -> None:
    """It asks for nothing that the sign-in may not see: what no stream of ours gave is not believed, and all is sent from the beginning."""
    sent = request("GET", "/api/v1/stream?topics=ward:4B", "wall", "", f"last-event-id: {said}")
    with socket.create_connection(("127.0.0.1", town.house.http), timeout=10) as line:
        line.sendall(town.say(sent, town.far()))
        got = b""
        while b"event: snapshot" not in got or not got.endswith(b"\n\r\n"):
            got += line.recv(65536)
    assert got.startswith(b"HTTP/1.1 200")
    assert len(said) < 5 or said.encode() not in got.partition(b"event: snapshot")[0]
    assert b"ZEBEDEE" not in got
    for row in re.sub(rb"\r\n[0-9a-f]+\r\n", b"\n", got.partition(b"\r\n\r\n")[2]).splitlines():
        assert re.match(rb"$|[0-9a-f]+$|(?:id|event|data|retry): |:", row), row


def test_a_newline_in_an_id_is_a_line_of_its_own_and_says_nothing(town: Town) -> None:
    sent = request("GET", "/api/v1/stream?topics=ward:4B", "wall", "", "last-event-id: 5\nevent: snapshot")
    answer = town.attempt(sent, town.far())
    assert answer.status == 400


def test_a_code_lets_one_screen_in_once(town: Town) -> None:
    admin = town.signed_in("adam")
    screen, code = paired(town, admin, "once")
    before, thief = town.truth.state(), town.browser()
    again = admin.post("/admin/devices/new", data={"code": code, "name": "twice", "ward": "4B", "csrf": csrf(admin)})
    assert again.status_code == 409
    assert "No screen shows this code" in again.text
    for headers in ({}, {"cookie": "bedflow-pairing=made-up"}, {"cookie": f"bedflow-pairing={code.replace(' ', '')}"}):
        assert thief.post("/pair/status", headers=headers).status_code == 410
    assert screen.get("/displays/ward/ward/4B").status_code == 200
    assert screen.get("/displays/ward/ward/ICU").status_code == 403
    assert screen.get("/displays/staff/ward/4B").status_code in (403, 404)
    assert town.truth.state() == before


def test_codes_cannot_be_tried_one_by_one(town: Town) -> None:
    """Who types them is an administrator, and even they have ten tries a minute."""
    admin, before = town.signed_in("adam"), town.truth.state()
    page = csrf(admin)
    tries = [admin.post("/admin/devices/new", data={"code": f"{n:06}", "name": "x", "csrf": page}).status_code for n in range(14)]
    assert 429 in tries
    assert set(tries) == {409, 429}
    assert town.truth.state() == before


def test_a_stolen_cookie_that_still_holds_shows_itself_in_the_trail(town: Town) -> None:
    """A cookie is whoever has it; but the thief's address stands beside each name that was shown, and its owner can end it."""
    owner = town.signed_in("ravi")
    assert send(town.house, adt("A01", "ICU1", "ICU^A^ICU-A-01", visit="V9")) == "AA"
    town.house.settled()
    assert "ZEBEDEE" in owner.get("/wards/ICU").text
    thief = town.browser(cookie=f"bedflow={owner.cookies['bedflow']}")
    far = thief.headers["x-forwarded-for"]
    assert "ZEBEDEE" in thief.get("/wards/ICU").text
    assert [(line.kind, line.actor) for line in town.truth.trail()[far]] == [("read", "ravi")]
    assert owner.post("/my-sign-in/sign-out-everywhere", data={"csrf": csrf(owner)}).status_code == 303
    assert thief.get("/api/v1/beds").status_code == 401


def test_a_strangers_word_on_where_he_is_counts_for_nothing(town: Town) -> None:
    """X-Forwarded-For is believed of the proxies that are named, and of nobody else."""
    far = town.far()
    sent = request("GET", "/api/v1/beds", "", "", "authorization: Bearer made-up", "x-forwarded-proto: https")
    assert town.attempt(sent, far, STRANGER).status == 401
    trail = town.truth.trail()
    assert far not in trail
    assert trail[STRANGER][-1].code == "not-signed-in"


def test_somebody_elses_key_is_not_their_answer(town: Town) -> None:
    """An Idempotency-Key gives back an answer to whoever asked before, and to nobody else."""
    asked = '{"patient": {"mrn": "MKEY", "name": "KEYED CANARY"}, "type": "general"}'
    key = "idempotency-key: a-key-that-leaked"
    first = town.attempt(request("POST", "/api/v1/bed-requests", "asha", asked, key), town.far())
    assert first.status == 201
    before = town.truth.state()
    for name in ("mona", "hari", "wall", "ines"):
        answer = town.attempt(request("POST", "/api/v1/bed-requests", name, asked, key), town.far())
        assert answer.status == 403
        assert "CANARY" not in answer.text
    assert town.truth.state() == before
    other = town.attempt(request("POST", "/api/v1/bed-requests", "asha", asked.replace("MKEY", "MLOCK"), key), town.far())
    assert (other.status, "key-reused" in other.text) == (422, True)


def test_whoever_guesses_is_slowed_and_kept(town: Town) -> None:
    before, far = town.truth.state(), town.far()
    guesses = [f"account={name}&password=guess" for name in ("asha", "nobody", "' or 1=1 --", "asha%00", "{{7*7}}", "asha\u202e")] * 3
    statuses = [town.attempt(request("POST", "/login", "", each, form=True), far).status for each in guesses]
    assert set(statuses) <= {401, 429}
    assert {line.kind for line in town.truth.trail()[far]} == {"not-signed-in"}
    assert town.truth.state() == before


def test_an_hl7_door_that_asks_for_a_certificate_has_no_other_way_in(town: Town, authority: Authority, tmp_path: Path) -> None:
    """In the clear, without a certificate, with another authority's, with one that names no feed: no answer, nothing kept, a line each."""
    host, _, port = town.house.extra["BEDFLOW_MLLP_TLS"].partition(":")
    door, before, letter = (host, int(port)), town.truth.state(), b"\x0b" + adt("A01", "T1", "4B^A^4B-A-03", visit="V8") + b"\x1c\r"
    assert heard(door, letter, patience=3).text == ""
    others = Authority(tmp_path, "other")
    for shown in (None, others.signs("engine"), authority.signs("nobody"), authority.signs()):
        logged = town.house.log.stat().st_size
        assert _by_tls(door, letter, authority, shown) == b""
        until(lambda logged=logged: town.house.log.read_bytes()[logged:], lambda said: b"connection turned away" in said)  # type: ignore[misc]
    assert town.truth.state() == before
    assert b"MSA|AA|T1" in _by_tls(door, letter, authority, authority.signs("engine")), "the door itself is open"


def _by_tls(door: tuple[str, int], letter: bytes, authority: Authority, shown: Files | None) -> bytes:
    context = ssl.create_default_context(cafile=authority.cert)
    context.check_hostname = False
    if shown is not None:
        context.load_cert_chain(*shown)
    got = b""
    with suppress(OSError), socket.create_connection(door, timeout=5) as bare, context.wrap_socket(bare) as line:
        line.sendall(letter)
        while b"\x1c\r" not in got and (chunk := line.recv(4096)):
            got += chunk
    return got


def test_whoever_is_slow_is_cut_and_counted(town: Town) -> None:
    """A head, a body, a letter: each a letter at a time, as long as the house bears it."""
    town.house.settled()
    before, logged = town.truth.state(), town.house.log.stat().st_size
    web, mllp = ("127.0.0.1", town.house.http), ("127.0.0.1", town.house.mllp)
    named = f"host: 127.0.0.1:{town.house.http}\r\ncontent-type: application/x-www-form-urlencoded"
    head = f"POST /login HTTP/1.1\r\n{named}\r\ncontent-length: 1000\r\n\r\n".encode()
    slow = {
        "head": late(lambda: dripping(web, (head[n : n + 1] for n in range(len(head))))),
        "body": late(lambda: dripping(web, iter([head, *[b"x"] * 900]))),
        "letter": late(lambda: dripping(mllp, iter([b"\x0bMSH|", *[b"^"] * 900]))),
    }
    answers = {name: answer() for name, answer in slow.items()}
    assert {name: answer.status for name, answer in answers.items()} == {"head": 408, "body": 408, "letter": 0}
    said = until(lambda: town.house.log.read_text()[logged:], lambda text: "web.clients_cut" in text and "connection cut" in text)
    assert "ZEBEDEE" not in said
    assert town.truth.state() == before


def test_after_all_of_it_nothing_was_a_fault_and_the_house_serves(town: Town) -> None:
    """The last test of this file: what the others left behind."""
    log = town.house.log.read_text()
    assert not re.search(r"web\.fault|web\.broken_off|Traceback|ZEBEDEE|MRNV|correct-horse", log)
    assert town.house.answers()
    assert json.loads(town.attempt(request("GET", "/healthz")).text.rpartition("\r\n\r\n")[2]) == {"status": "ok"}
    checked = town.house.run("audit", "verify", check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
