"""Bytes in, frame out: a hospital as a process, letters over MLLP, tiles on the stream, A20 to another system, ugly input."""

import asyncio
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener, urlopen

import asyncpg
import pytest

from tests.acceptance.house import HouseProcess, free_port, house
from tests.hospital_file import hospital_file

WARD = {"4B": {"A": 6}}
HOSPITAL = hospital_file(WARD)


class Peer:
    """Another system's MLLP port: keeps what it is told and answers AA."""

    def __init__(self) -> None:
        self.port = free_port()
        self.letters: list[str] = []
        self.heard = threading.Condition()
        self._server = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._server.accept()
            except OSError:
                return
            with connection:
                self._hear(connection)

    def _hear(self, connection: socket.socket) -> None:
        data = b""
        while chunk := connection.recv(65536):
            data += chunk
            while b"\x1c\r" in data:
                frame, data = data.split(b"\x1c\r", 1)
                text = frame.lstrip(b"\x0b").decode()
                control = text.split("|")[9]
                connection.sendall(f"\x0bMSH|^~\\&|X|X|||20260101||ACK|1|P|2.5\rMSA|AA|{control}\r\x1c\r".encode())
                with self.heard:
                    self.letters.append(text)
                    self.heard.notify_all()

    def wait_for(self, words: str) -> str:
        """The first letter with these words in it."""
        with self.heard:
            assert self.heard.wait_for(lambda: any(words in letter for letter in self.letters), 10), self.letters
        return next(letter for letter in self.letters if words in letter)

    def close(self) -> None:
        self._server.close()


@pytest.fixture(scope="module")
def peer() -> Iterator[Peer]:
    found = Peer()
    yield found
    found.close()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, peer: Peer) -> Iterator[HouseProcess]:
    folder = tmp_path_factory.mktemp("road")
    file = folder / "hospital.toml"
    file.write_text(hospital_file(WARD, outbound=f"127.0.0.1:{peer.port}"))
    with house(folder, file, loaded=False) as found:
        yield found


def adt(trigger: str, control: str, place: str, visit: str = "V1", at: str = "20260301080000", name: str = "CANARY^ZEBEDEE") -> bytes:
    lines = (
        f"MSH|^~\\&|HIS|H|BED|H|{at}||ADT^{trigger}|{control}|P|2.5",
        f"EVN|{trigger}|{at}",
        f"PID|1||MRN{visit}^^^H^MR||{name}||19700101|F",
        f"PV1|1|I|{place}||||||||||||||||{visit}",
    )
    return "\r".join(lines).encode() + b"\r"


def send(found: HouseProcess, payload: bytes, *, whole: bool = True) -> str:
    """One letter on a connection of its own; its acknowledgment code, "" when none came."""
    with socket.create_connection(("127.0.0.1", found.mllp), timeout=10) as connection:
        connection.sendall(b"\x0b" + payload + (b"\x1c\r" if whole else b""))
        connection.settimeout(5)
        data = b""
        try:
            while b"\x1c" not in data:
                chunk = connection.recv(4096)
                if not chunk:
                    break
                data += chunk
        except TimeoutError:
            return ""
    return data.split(b"MSA|", 1)[1].split(b"|")[0].decode() if b"MSA|" in data else ""


class Stream:
    """An open event stream: yields (event, data) as they come."""

    def __init__(self, found: HouseProcess, topics: str, role: str, last: str = "", ward: str = "") -> None:
        headers = {"authorization": f"Bearer {found.token(role, ward)}"} | ({"last-event-id": last} if last else {})
        self.last_id = last
        self._answer = urlopen(Request(f"{found.origin}/api/v1/stream?topics={topics}", headers=headers), timeout=15)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._answer.close()

    def until(self, event: str, key: str = "", state: str = "") -> dict[str, Any]:
        """The next frame of a name, holding a tile in a state when asked for."""
        name = ""
        for raw in self._answer:
            line = raw.decode().rstrip("\n")
            if line.startswith("id: "):
                self.last_id = line[4:]
            elif line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: ") and name == event:
                data: dict[str, Any] = json.loads(line[6:])
                tiles = {tile["key"]: tile for tile in data.get("tiles", ())}
                if not key or tiles.get(key, {}).get("state") == state:
                    return data
        raise AssertionError("the stream ended")


def test_a_letter_becomes_a_tile_and_a_discharge_wants_cleaning(small: HouseProcess, peer: Peer) -> None:
    with Stream(small, "ward:4B", "admissions") as stream:
        assert len(stream.until("snapshot")["tiles"]) == 6
        assert send(small, adt("A01", "1", "4B^A^4B-A-01")) == "AA"
        stream.until("tiles", "bed:4B-A-01", "occupied")
        assert send(small, adt("A03", "2", "", at="20260301090000")) == "AA"
        stream.until("tiles", "bed:4B-A-01", "dirty")
        status, body = small.ask("POST", "/api/v1/beds/4B-A-01/status", {"status": "available"}, role="supervisor")
        assert (status, body["status"]) == (200, "available")
        stream.until("tiles", "bed:4B-A-01", "free")
    told = peer.wait_for("4B-A-01")
    assert "ADT^A20" in told
    assert "|U" in told.split("NPU|")[1]


def test_housekeeping_in_the_other_system_is_heard(small: HouseProcess) -> None:
    npu = "MSH|^~\\&|HIS|H|BED|H|20260301100000||ADT^A20|30|P|2.5\rEVN|A20|20260301100000\rNPU|4B^A^4B-A-05|C\r"
    assert send(small, npu.encode()) == "AA"
    small.settled()
    bed = small.get("/api/v1/beds/4B-A-05")
    assert (bed["status"], bed["source"]) == ("maintenance", "feed:his")


def test_a_returning_screen_gets_only_what_it_missed(small: HouseProcess) -> None:
    with Stream(small, "ward:4B", "admissions") as stream:
        seq = stream.until("snapshot")["seq"]
        assert stream.last_id == str(seq)
    status, _ = small.ask("POST", "/api/v1/beds/4B-A-06/status", {"status": "cleaning"})
    assert status == 200
    with Stream(small, "ward:4B", "admissions", last=stream.last_id) as stream:
        missed = stream.until("tiles")
    assert [tile["id"] for tile in missed["tiles"]] == ["4B-A-06"]


def test_bad_input_is_told_or_kept_and_nothing_is_lost(small: HouseProcess) -> None:
    """Each line of the issue's "Bad input"."""
    unknown, refused = small.ask("GET", "/api/v1/beds/9Z-X-99"), small.ask("POST", "/api/v1/beds/4B-A-02/status", {"status": "occupied"})
    assert (unknown[0], unknown[1]["code"]) == (404, "unknown-bed")
    assert (refused[0], refused[1]["code"]) == (409, "illegal-transition")
    stale = small.ask("POST", "/api/v1/beds/4B-A-02/status", {"status": "cleaning", "if_seq": 1_000_000})
    assert (stale[0], stale[1]["code"]) == (409, "stale")
    assert send(small, adt("A01", "10", "4B^A^4B-A-03", "V10")) == "AA"
    assert send(small, adt("A01", "11", "4B^A^4B-A-03", "V11")) == "AA"
    assert send(small, adt("A01", "12", "NOWHERE^9^9", "V12")) == "AA"
    assert send(small, b"\x00\xff\xfe binary rubbish") == "AR"
    assert send(small, adt("A01", "13", "4B^A^4B-A-04", "V13") + b"OBX|" + b"x" * (2 << 20)) in ("AE", "AR", "CE")
    assert send(small, b"MSH|^~\\&|never ends", whole=False) == ""
    assert send(small, adt("A08", "14", "", "V10")) == "AA"
    small.settled()
    incumbent, claimant, unplaced = (small.get(f"/api/v1/visits/{number}") for number in ("V10", "V11", "V12"))
    assert (incumbent["bed"], claimant["bed"], claimant["place"]) == ("4B-A-03", None, "4B^A^4B-A-03")
    assert claimant["conflicts"]
    assert (unplaced["status"], unplaced["bed"], unplaced["place"]) == ("in_progress", None, "NOWHERE^9^9")
    letters = small.every("/api/v1/hl7/letters", "admin")
    assert sum(letter["state"] == "parked" for letter in letters) >= 2
    assert any("unknown-place" in str(letter["warnings"]) for letter in letters if letter["control_id"] == "12")


def test_the_same_letter_again_does_nothing(small: HouseProcess) -> None:
    letter = adt("A01", "20", "4B^A^4B-A-04", "V20")
    assert [send(small, letter), send(small, letter)] == ["AA", "AA"]
    small.settled()
    states = sorted(x["state"] for x in small.every("/api/v1/hl7/letters", "admin") if x["control_id"] == "20")
    assert states == ["duplicate", "handled"]


def test_no_name_or_mrn_in_logs_redis_or_a_display(small: HouseProcess) -> None:
    """The canary of TRUST.md I9, as far as this issue goes."""
    send(small, adt("A01", "40", "4B^A^4B-A-04", "V40"))
    small.settled()
    with Stream(small, "ward:4B", "display", ward="4B") as stream:
        public = stream.until("snapshot")
    assert "ZEBEDEE" not in small.log.read_text() + json.dumps(public)
    assert "MRNV" not in small.log.read_text() + json.dumps(public)
    with urlopen(Request(f"{small.origin}/metrics", headers={"authorization": f"Bearer {small.token('admin')}"})) as metrics:
        assert b"ZEBEDEE" not in metrics.read()


def test_no_stream_or_page_is_open_without_a_grant(small: HouseProcess) -> None:
    for path in ("/api/v1/stream?topics=desk", "/api/v1/beds", "/api/v1/hl7/letters"):
        status, problem = small.ask("GET", path, authorization="Bearer nobody")
        assert (status, problem["status"]) == (401, 401)
    status, problem = small.ask("GET", "/api/v1/stream?topics=desk", role="housekeeping")
    assert (status, problem["code"]) == (403, "forbidden")


def test_a_screen_is_let_in_from_the_command_line(small: HouseProcess) -> None:
    with urlopen(f"{small.origin}/pair?kind=display") as answer:
        shown = re.search(r'class="code"[^>]*>([0-9 ]+)<', answer.read().decode())
    assert shown is not None
    told = small.run("device", "pair", shown[1], "--name", "Screen", "--ward", "4B", "--lang", "ta", "--light")
    assert "is let in as device-" in told.stdout
    again = small.run("device", "pair", shown[1], "--name", "Screen", "--ward", "4B", check=False)
    assert (again.returncode, "No screen shows this code" in again.stderr) == (1, True)
    number = told.stdout.split()[-1].rstrip(".")
    assert f"{number}  Screen: public, ward 4B, ta, light, seen never, has said nothing yet" in small.run("device", "list").stdout
    assert "is shut out" in small.run("device", "revoke", number).stdout
    assert small.run("device", "revoke", number, check=False).returncode == 1
    wanted = "select view from audit where actor like 'command line, %' and detail->>'device' = '" + number + "' order by id"
    assert asyncio.run(_as_owner(small, wanted)) == ["bedflow device pair", "bedflow device revoke"]


def test_the_audit_chain_is_gone_along_from_the_command_line(small: HouseProcess) -> None:
    """While it serves; and what somebody with all rights in the database changed is told."""
    whole = json.loads(small.run("audit", "verify", "--json").stdout)
    assert whole["wrong"] == [] and whole["links"] > 0 and whole["entries"] > 0
    asyncio.run(_as_owner(small, "update log set actor = actor || 'x' where seq = 1"))
    told = small.run("audit", "verify", check=False)
    assert (told.returncode, "Link 1 " in told.stdout, "an entry of the log was changed" in told.stdout) == (1, True, True)
    asyncio.run(_as_owner(small, "update log set actor = rtrim(actor, 'x') where seq = 1"))
    assert "Nothing was changed, taken out or cut off." in small.run("audit", "verify").stdout


async def _as_owner(found: HouseProcess, sql: str) -> list[str]:
    note = json.loads((Path(found.environ["BEDFLOW_DATA_DIR"]) / "stores.json").read_text())
    connection = await asyncpg.connect(note["dsn"])
    try:
        await connection.execute("set session_replication_role = replica")
        return [row[0] for row in await connection.fetch(sql)]
    finally:
        await connection.close()


def test_ctrl_c_stops_everything_within_five_seconds(tmp_path: Path) -> None:
    with house(tmp_path, fresh=True) as found, Stream(found, "ward:4B", "admissions") as stream:
        stream.until("snapshot")
        assert found.stop() < 5
        assert found.process is not None
        assert found.process.returncode == 0
        assert "<title>बिस्तर सूची" in found.run("census", "--lang", "hi").stdout, "the last list comes without the server"
    assert not list((tmp_path / "data").glob("**/postmaster.pid"))


def test_a_taken_port_and_a_damaged_file_are_told(small: HouseProcess, tmp_path: Path) -> None:
    again = HouseProcess(tmp_path, small.hospital, http=small.http)
    taken = again.run("serve", check=False)
    assert taken.returncode != 0
    assert f"{small.http}" in taken.stderr
    assert "BEDFLOW_HTTP" in taken.stderr
    damaged = tmp_path / "damaged.toml"
    text = HOSPITAL.replace("beds = 6", "beds = six")
    damaged.write_text(text)
    told = HouseProcess(tmp_path, damaged).run("serve", check=False)
    assert told.returncode != 0
    assert f"damaged.toml:{text[: text.index('six')].count(chr(10)) + 1}" in told.stderr


@contextmanager
def second_web(found: HouseProcess) -> Iterator[HouseProcess]:
    """Another web process on the same stores."""
    second = HouseProcess(found.folder, found.hospital, found.extra, tokens=found.tokens)
    try:
        second.start("web")
        yield second
    finally:
        second.stop()


def test_two_web_processes_tell_the_same_tiles(small: HouseProcess) -> None:
    """Each has a hub of its own on the one Redis: what is done at one is told by both, in the same tiles under the
    same Seq; a screen that comes back to the other process is told what it missed."""
    with second_web(small) as other, Stream(small, "ward:4B", "admissions") as here, Stream(other, "ward:4B", "admissions") as there:
        shown = here.until("snapshot")["tiles"]
        assert shown == there.until("snapshot")["tiles"]
        free = [tile["key"].removeprefix("bed:") for tile in shown if tile["state"] == "free"]
        for done_at, bed in zip((small, other), free[:2], strict=True):
            status, told = done_at.ask("POST", f"/api/v1/beds/{bed}/status", {"status": "maintenance", "reason": "repair"})
            assert status == 200, told
            frames = [stream.until("tiles", f"bed:{bed}", "out") for stream in (here, there)]
            first, second = ((frame["seq"], frame["tiles"]) for frame in frames)
            assert first == second
        assert small.ask("POST", f"/api/v1/beds/{free[0]}/status", {"status": "cleaning"})[0] == 200
        with Stream(other, "ward:4B", "admissions", last=here.last_id) as back:
            back.until("tiles", f"bed:{free[0]}", "dirty")
        screen, number = paired(small)
        with screen.open(f"{other.origin}/api/v1/stream?topics=ward:4B", timeout=15) as stream:
            assert b"event: snapshot\n" in [stream.readline() for _ in range(6)]
            small.run("device", "revoke", number)
            told = time.monotonic()
            for _ in stream:
                assert time.monotonic() - told < 5, "whoever shuts a screen out, it is cut within five seconds"


def paired(found: HouseProcess) -> tuple[OpenerDirector, str]:
    """A screen that was let in, with its cookies, and its id."""
    screen = build_opener(HTTPCookieProcessor())
    with screen.open(f"{found.origin}/pair?kind=display") as answer:
        shown = re.search(r'class="code"[^>]*>([0-9 ]+)<', answer.read().decode())
    assert shown is not None
    told = found.run("device", "pair", shown[1], "--name", "Lift 4", "--ward", "4B").stdout
    screen.open(f"{found.origin}/pair/status", data=b"").close()
    return screen, told.split()[-1].rstrip(".")
