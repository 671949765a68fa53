"""Words that mean harm, in every field that is shown: letters, forms and addresses full of them, then every page, file and stream of every
role, and the main screens in a browser. Nothing of it is a tag, a script, a template, a formula or a command anywhere.
"""

import csv
import io
import json
import re
import socket
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Browser

from flow.domain.roles import MATRIX, May, Reach
from flow.web.door import Open
from flow.web.exports.comma import FORMULA
from flow.web.routes import PAGES
from tests.acceptance.adversary import PEOPLE, Town, besieged, csrf, http
from tests.acceptance.house import PASSWORD, HouseProcess, house
from tests.acceptance.people import sign_in, window
from tests.acceptance.test_road import adt, send
from tests.hospital_file import hospital_file

pytestmark = pytest.mark.timeout(180)
HARM = "=zq(1)<xss-zq onzq=zq()><script>zq()</script><img src=x onerror=zq()>\"' onzq='{{7*191}}${7*191}#{7*191}%(zq)s';drop table log;--"
UNSEEN = "\x01\x1b[31m\u202e\u2028\ufeff"
"""A control character, an escape of terminals, and letters that turn or hide what follows."""
SAID = f"{HARM}{UNSEEN}"
LONG = "zq<b onzq>" * 300
IN_HL7 = f"{SAID}\\X0D0A\\\\X00\\\\.br\\\\H\\"
"""Besides: line ends and a NUL by HL7's own escapes, and its commands of layout."""
FIELDS = {"MSH": range(3, 7), "EVN": range(3, 8), "PID": range(2, 40), "PV1": range(2, 53), "PV2": range(1, 50), "IN1": range(1, 50)}
FIELDS |= {"DG1": range(1, 10), "OBX": range(1, 15), "ZBE": range(1, 7), "NK1": range(1, 10), "AL1": range(1, 7), "ROL": range(1, 10)}
SHOWN = 1337
"""What 7 * 191 would be."""


def letter(place: int, text: str) -> bytes:
    """An admission into a bed, with the text in one field of every segment, which all but a few have."""
    lines = [
        line.split("|") for line in adt("A01", f"W{place}", f"4B^A^4B-A-{place % 40 + 1:02}", f"W{place}").decode().strip().split("\r")
    ]
    for segment in (name for name, places in FIELDS.items() if place in places):
        fields = next((line for line in lines if line[0] == segment), None)
        if fields is None:
            fields = [segment]
            lines.append(fields)
        at = place - 1 if segment == "MSH" else place
        fields += [""] * (at + 1 - len(fields))
        fields[at] = text
    return ("\r".join("|".join(line) for line in lines) + "\r").encode()


def others() -> Iterator[bytes]:
    """Other kinds of letter, with it wherever they have words."""
    day = "20260301080000"

    def head(kind: str, number: str) -> str:
        return f"MSH|^~\\&|{IN_HL7}|{IN_HL7}|BED|H|{day}||{kind}|{number}|P|2.5\r"

    pid = f"PID|1||{IN_HL7}^^^{IN_HL7}^MR||{IN_HL7}^{IN_HL7}||19700101|F|||{IN_HL7}^^{IN_HL7}||{IN_HL7}\r"
    pv1 = f"PV1|1|O|{IN_HL7}^{IN_HL7}^{IN_HL7}||||{IN_HL7}^{IN_HL7}|||{IN_HL7}|||||||||{IN_HL7}\r"
    yield (head(f"ADT^{IN_HL7}", "O1") + pid + pv1).encode()
    yield (head("ADT^A04", "O2") + f"EVN|A04|{day}\r" + pid + pv1).encode()
    yield (head("ADT^A01", "O3") + f"EVN|A01|{day}\r" + pid + pv1).encode()
    yield (head("ADT^A01", IN_HL7) + f"EVN|A01|{day}\r" + pid + pv1).encode()
    yield (head("ADT^A20", "O5") + f"EVN|A20|{day}\rNPU|{IN_HL7}^A^{IN_HL7}|{IN_HL7}\r").encode()
    yield (head("ADT^A40", "O6") + f"EVN|A40|{day}\r{pid}MRG|{IN_HL7}^^^{IN_HL7}^MR\r").encode()
    yield (
        head("SIU^S12", "O7") + f"SCH|{IN_HL7}|{IN_HL7}||||{IN_HL7}|{IN_HL7}|||30|min|^^^{day}\r{pid}AIL|1||{IN_HL7}^{IN_HL7}\r"
    ).encode()
    yield (head("ORU^R01", "O8") + f"{pid}{pv1}OBR|1|{IN_HL7}|{IN_HL7}|{IN_HL7}\rOBX|1|ST|{IN_HL7}^{IN_HL7}||{IN_HL7}|{IN_HL7}\r").encode()
    yield (head("ADT^A01", "O9") + f"EVN|A01|{day}\r" + pid.replace(IN_HL7, LONG) + pv1.replace(IN_HL7, LONG)).encode()
    yield SAID.encode() + b"\r"
    yield b"MSH|^~\\&|" + SAID.encode() + b"\x00\xff\xfe|\r"


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("words")
    (folder / "hospital.toml").write_text(hospital_file({"4B": {"A": 40}, "ICU": {"A": 6}}))
    with house(folder, folder / "hospital.toml") as found, besieged(found) as town:
        _letters(found)
        _deeds(town)
        yield town


def _letters(found: HouseProcess) -> None:
    """Each field in turn of an admission, over one line; then the others."""
    places = sorted({place for each in FIELDS.values() for place in each})
    with socket.create_connection(("127.0.0.1", found.mllp), timeout=20) as line:
        for place in places:
            line.sendall(b"\x0b" + letter(place, IN_HL7) + b"\x1c\r")
        answered = b""
        while answered.count(b"\x1c\r") < len(places):
            answered += line.recv(65536)
    for each in others():
        assert send(found, each) in ("AA", "AR", "AE")
    found.settled()


def _deeds(town: Town) -> None:
    """What people and programmes may type, and what strangers may call themselves."""
    asks = {"patient": {"mrn": SAID[:60].replace("\x01", ""), "name": HARM[:200]}, "type": "general", "specialty": HARM[:100]}
    typed = (
        ("asha", "POST", "/api/v1/bed-requests", {**asks, "from": SAID[:100], "organism": HARM[:100], "entitlement": HARM[:100]}),
        ("asha", "POST", "/api/v1/beds/ICU-A-03/status", {"status": "maintenance", "reason": HARM[:200], "note": HARM[:200]}),
        ("asha", "POST", "/api/v1/visits", {"bed": "ICU-A-01", "patient": {"mrn": "=zq", "name": HARM[:200]}, "specialty": HARM[:100]}),
        ("opal", "POST", "/api/v1/opd/clinics/ENT/tokens", {"mrn": HARM[:60]}),
        ("asha", "POST", "/api/v1/visits/search", {"mrn": HARM[:60]}),
    )
    for who, method, path, told in typed:
        answer = town.attempt(http(method, path, who, json.dumps(told)), town.far())
        assert answer.status < 500, answer.text
        assert answer.status in (200, 201), answer.text
    request = town.house.get("/api/v1/bed-requests")["items"][0]["id"]
    over = {"bed": "ICU-A-02", "override_reason": HARM[:300]}
    assert town.attempt(http("POST", f"/api/v1/bed-requests/{request}/assignment", "asha", json.dumps(over))).status == 200
    admin, boss = town.signed_in("adam"), town.signed_in("sita")
    for browser, path, fields in (
        (admin, "/admin/users", {"account": "zq", "name": HARM[:80], "role": "porter", "password": "an-odd-but-long-password"}),
        (boss, "/supervisor/cleaners", {"nick": HARM[:30]}),
        (boss, "/supervisor/cleaners", {"nick": HARM[30:60]}),
    ):
        assert browser.post(path, data={**fields, "csrf": csrf(browser)}).status_code in (200, 303)
    screen = town.browser()
    shown = re.search(r'class="code"[^>]*>([0-9 ]+)<', screen.get("/pair?kind=display").text)
    assert shown is not None
    let_in = {"code": shown[1], "name": HARM[:60], "ward": "4B", "audience": "ward", "csrf": csrf(admin)}
    assert admin.post("/admin/devices/new", data=let_in).status_code == 303
    cleaner = town.attempt(http("POST", "/housekeeping/beds/ICU-A-04/problem", "hari", f"reason=repair&job={quote(HARM[:140])}", form=True))
    assert cleaner.status in (200, 303), cleaner.text
    for agent in (HARM, LONG[:2000]):
        odd = town.browser(**{"user-agent": agent, "x-forwarded-for": HARM[:200]})
        odd.post("/login", data={"account": "asha", "password": PASSWORD})
        odd.post("/login", data={"account": HARM[:80], "password": "x"})
        odd.get(f"/wards/{quote(HARM, safe='')}", headers={"authorization": "Bearer x"})
        odd.post(f"/api/v1/beds/{quote(SAID, safe='')}/status", json={"status": "cleaning"})


class Page(HTMLParser):
    """What a browser would make of a page: the harm in it that is more than text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Our tags have no such names; what runs is in files of its own."""
        self._inside = tag if tag in ("script", "style") and dict(attrs).get("type") != "application/json" else ""
        names = dict(attrs)
        if "zq" in tag or any("zq" in name or name.startswith("on") for name in names) or "srcdoc" in names:
            self.found.append(self.get_starttag_text() or tag)
        self.found += [
            f"{name}={value}"
            for name, value in attrs
            if name in ("href", "src", "action") and re.match(r"\s*(javascript|data):", value or "")
        ]

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        """Nothing that was said stands inside a script or a style."""
        if self._inside and "zq" in data:
            self.found.append(data[:200])


def harm_of(text: str) -> list[str]:
    """What of a page is not as it should be."""
    page = Page()
    page.feed(text)
    return page.found + ([f"computed {SHOWN}"] if re.search(rf"(?<!\d){SHOWN}(?!\d)", text) else [])


def test_the_judge_knows_harm_when_it_sees_it() -> None:
    assert harm_of(f"<p>{HARM}</p>")
    assert harm_of(f'<a title="{HARM}">x</a>')
    assert harm_of('<a href="javascript:zq()">x</a>')
    assert harm_of(f"<script>{HARM}</script>")
    assert harm_of("<p>1337</p>")
    assert harm_of("<p>&lt;xss-zq onzq&gt; {{7*191}}</p>") == []


def _paths(town: Town, who: str) -> list[tuple[May | Open, str]]:
    """Every page of the table, with what there is: visits, requests, and of letters all for one, the last for others."""
    visits = [quote(each["number"], safe="") for each in town.house.every("/api/v1/visits")]
    letters = [str(letter["id"]) for letter in town.house.every("/api/v1/hl7/letters", "admin")]
    values = {
        "ward": ["4B"],
        "bed": ["4B-A-01", "ICU-A-03"],
        "clinic": ["ENT"],
        "clinics": ["ENT"],
        "audience": ["public", "ward", "staff"],
        "letter": letters if who == "adam" else letters[-2:],
        "feed": ["his"],
        "request": [each["id"] for each in town.house.every("/api/v1/bed-requests")],
        "visit": visits[:5],
        "token": ["E-001"],
    }
    found: list[tuple[May | Open, str]] = []
    for door in PAGES:
        if door.method != "GET" or door.path.endswith((".parquet", ".pdf")):
            continue
        paths = [door.path]
        for name in re.findall(r"{(\w+)}", door.path):
            paths = [path.replace(f"{{{name}}}", value) for path in paths for value in values.get(name, ["1"])]
        found += [(door.needs, path) for path in paths]
    return found


def test_no_page_or_file_of_any_role_makes_more_of_it_than_text(spoken: Town) -> None:
    shown, files = 0, 0
    for name, role, _ in PEOPLE:
        caller = spoken.browser(authorization=f"Bearer {spoken.words[name]}")
        for needs, path in _paths(spoken, name):
            if isinstance(needs, May) and MATRIX[role][needs] is Reach.NO:
                continue
            if path.endswith(".xlsx") and name not in ("mona", "olga"):
                continue  # the same book, and the slowest of all answers
            answer = caller.get(path)
            assert answer.status_code < 500, (name, path)
            kind = answer.headers.get("content-type", "")
            if kind.startswith("text/html"):
                assert harm_of(answer.text) == [], (name, path)
                shown += "xss-zq" in answer.text
            elif kind.startswith("text/csv"):
                cells = [cell for row in csv.reader(io.StringIO(answer.text)) for cell in row]
                assert [cell for cell in cells if cell.startswith(FORMULA) and not re.fullmatch(r"-?\d+(\.\d+)?", cell)] == [], path
                files += "zq" in answer.text
            elif "spreadsheetml" in kind:
                packed = zipfile.ZipFile(io.BytesIO(answer.content))
                texts = [packed.read(each).decode() for each in packed.namelist() if each.endswith(".xml")]
                assert not [text for text in texts if "<f>" in text or "<f " in text], path
    assert shown > 50, "the words are shown, as words"
    assert files > 0


def test_ones_own_sign_in_shows_odd_browsers_as_text(spoken: Town) -> None:
    browser = spoken.signed_in("asha")
    text = browser.get("/my-sign-in").text
    assert harm_of(text) == []
    assert "xss-zq" in text


STREAMS = (
    *(("asha", "ward:4B"), ("asha", "ward:ICU"), ("asha", "desk"), ("asha", "opd:ENT"), ("asha", "discharges"), ("asha", "transports")),
    *(("asha", "house"), ("asha", "cleaning"), ("mona", "house"), ("hari", "housekeeping"), ("wall", "ward:4B"), ("nina", "ward:4B")),
)


@pytest.mark.parametrize(("who", "topic"), STREAMS)
def test_no_frame_is_broken_by_what_is_in_it(spoken: Town, who: str, topic: str) -> None:
    """Each line of a stream is a field of ours, and each frame's data are JSON: no line end of a name begins an event of its own."""
    headers = {"authorization": f"Bearer {spoken.words[who]}"}
    with httpx.stream("GET", f"{spoken.house.origin}/api/v1/stream?topics={topic}", headers=headers, timeout=10) as answer:
        assert answer.status_code == 200
        got = b""
        for piece in answer.iter_bytes():
            got += piece
            if re.search(rb"event: (snapshot\ndata: .*\n\n|heartbeat)", got):
                break
    rows = [row.decode() for row in got.replace(b"\r\n", b"\n").split(b"\n")[:-1]]
    assert [row for row in rows if not re.match(r"(id|event|data|retry): |:|$", row)] == []
    for row in rows:
        if row.startswith("data: "):
            json.loads(row[6:])


HARMFUL = {
    "a script": "<script>zq()</script>",
    "a foreign object": '<foreignObject width="9" height="9"><body xmlns="http://www.w3.org/1999/xhtml" onload="zq()"/></foreignObject>',
    "an event": '<rect x="5" y="5" width="9" height="9" onclick="zq()" onload="zq()"/>',
    "a link": '<a href="javascript:zq()"><rect x="5" y="5" width="9" height="9"/></a>',
    "a picture from elsewhere": '<image href="http://evil.example/zq.png" width="9" height="9"/>',
    "a use from elsewhere": '<use href="http://evil.example/zq.svg#a"/>',
    "a style": "<style>@import url(http://evil.example/zq.css); rect { fill: url(http://evil.example/zq) }</style>",
    "a name": '<rect id="zq&quot;&gt;" width="9" height="9"><title>&lt;xss-zq onzq&gt;</title></rect><text>&lt;xss-zq&gt;</text>',
    "an animation": '<animate attributeName="href" to="javascript:zq()"/><set attributeName="onload" to="zq()"/>',
}
ENTITIES = {
    "a file": '<!DOCTYPE svg [<!ENTITY zq SYSTEM "file:///etc/passwd">]><svg><text>&zq;</text></svg>',
    "a site": '<!DOCTYPE svg [<!ENTITY % zq SYSTEM "http://evil.example/zq.dtd"> %zq;]><svg/>',
    "laughs": '<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><svg><text>&b;</text></svg>',
    "a page": "<html><body><script>zq()</script></body></html>",
}


def test_a_drawing_that_means_harm_is_drawn_anew_or_refused(spoken: Town) -> None:
    """By an administrator whose file came by mail: what is kept is shapes, and nothing that a browser would run or fetch."""
    admin = spoken.signed_in("adam")
    headers = {"x-csrf-token": csrf(admin), "content-type": "image/svg+xml"}
    frame = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 500"><rect width="900" height="500"/>'
    for what, inside in HARMFUL.items():
        answer = admin.post("/admin/floor-plans/4B", content=f"{frame}{inside}</svg>", headers=headers)
        assert answer.status_code in (201, 409), (what, answer.text)
        page = admin.get("/admin/floor-plans/4B").text
        assert harm_of(page) == [], what
        assert not re.search(r"evil\.example|<foreignObject|<animate|<set |@import", page, re.IGNORECASE), what
    for what, whole in ENTITIES.items():
        answer = admin.post("/admin/floor-plans/4B", content=whole, headers=headers)
        assert answer.status_code == 409, (what, answer.text)
        assert "root:" not in answer.text


MAIN = (
    ("asha", "/admissions"),
    ("asha", "/displays/staff/ward/4B"),
    ("nina", "/wards/4B"),
    ("mona", "/command-centre"),
    ("mona", "/manager/overrides"),
    ("sita", "/supervisor"),
    ("adam", "/admin"),
    ("adam", "/integration/tray"),
    ("adam", "/integration/letters"),
    ("olga", "/audit"),
)


def test_no_script_runs_on_the_main_screens(spoken: Town, browser: Browser) -> None:
    """In Chromium: nothing that was said ran, and the page's policy had nothing to refuse (`window` fails by its console)."""
    for who in dict.fromkeys(name for name, _ in MAIN):
        with window(browser) as page:
            sign_in(page, spoken.house, who, PASSWORD)
            page.add_init_script("window.ran = 0; window.zq = () => { window.ran += 1 }")
            for path in (path for name, path in MAIN if name == who):
                answer = page.goto(f"{spoken.house.origin}{path}")
                assert answer is not None
                assert answer.status == 200, path
                page.wait_for_load_state("networkidle") if path in ("/admin", "/audit") else page.wait_for_selector("main, body")
                assert page.evaluate("window.ran") == 0, path
                assert page.locator("xss-zq, [onzq], [onerror]").count() == 0, path


def test_the_house_is_whole_after_it(spoken: Town) -> None:
    assert not re.search(r"web\.fault|web\.broken_off|Traceback|xss-zq|zq\(", spoken.house.log.read_text())
    assert spoken.house.answers()
    assert spoken.truth.seq() > 100
    assert not [each for each in Path(spoken.house.folder).iterdir() if "zq" in each.name]
