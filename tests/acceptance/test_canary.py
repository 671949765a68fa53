"""A whole hospital with canaries in it, as it ships: nothing of them in any answer or stream of those who may not know them, in a log, a
metric, Redis, or a byte of its data; and not one word to anybody beyond this machine."""

import asyncio
import base64
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from redis import Redis
from typer.testing import CliRunner, Result

from flow.cli import app
from flow.domain.roles import MATRIX, May, Reach, Role
from flow.errors import Misconfigured
from flow.web.door import Door
from flow.web.routes import API, PAGES
from tests.acceptance.canaries import ABHA, FAMILY, GIVEN, KIN, MRN, OTHER_MRN, PHONE, STREET, THIRD_MRN, heard, in_files
from tests.acceptance.house import HouseProcess, free_port, house
from tests.acceptance.inside import keep_census
from tests.acceptance.outward import Outward
from tests.keeper import keeper
from tests.memory import short_lived

pytestmark = pytest.mark.timeout(180)
NAMELESS = (
    *((role, "") for role in (Role.MANAGER, Role.ADMIN, Role.HOUSEKEEPING, Role.BILLING, Role.INTEGRATION)),
    (Role.DISPLAY, "4B"),
)
"""Who may know none of them (a manager reads masked names), as far as they open different doors; all roles and doors are read by
`test_no_name_in_any_byte_of_a_role_without_names`."""
TOPICS = {
    Role.DISPLAY: "ward:4B",
    Role.HOUSEKEEPING: "ward:4B,cleaning,housekeeping",
    Role.ADMIN: "ward:4B",
    Role.MANAGER: "desk,house",
}
SKIPPED = ("/sign-out", ".xlsx", ".parquet")
"""Files that pack what their CSV has (`tests/integration/test_exports.py`)."""
FIGURES = (May.REPORTS, May.CASES)
"""Pages that count and take seconds to: `test_no_name_in_any_byte_of_a_role_without_names` reads them all."""
VALUES = {"ward": "4B", "bed": "4B-A-01", "clinic": "GM", "clinics": "GM", "audience": "ward", "letter": "1", "feed": "his"}
VALUES |= {"visit": "CV1", "token": "A-001", "slip": "x", "day": "2026-11-20", "step": "start", "deed": "admit"}


class Feed:
    """A HIS that speaks MLLP and waits for each AA."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self._count = 0

    def tell(self, trigger: str, mrn: str, visit: str, pv1: str, kind: str = "ADT", ago: int = 1, more: str = "") -> None:
        """A letter about a canary."""
        self._count += 1
        stamp = f"{datetime.now(UTC) - timedelta(minutes=ago):%Y%m%d%H%M%S}+0000"
        pid = f"PID|1||{mrn}^^^H^MR~{ABHA}^^^ABDM^ABHA||{FAMILY}^{GIVEN}||19311103|F|||{STREET} 7^^Chennai||{PHONE}"
        lines = [f"MSH|^~\\&|HIS|H|BF|H|{stamp}||{kind}^{trigger}|CC{self._count}|P|2.5", f"EVN|{trigger}|{stamp}", pid]
        lines += [f"NK1|1|{FAMILY}^{KIN}|FTH|{STREET} 9|{PHONE}", pv1, *([more] if more else [])]
        self._socket.sendall(b"\x0b" + "\r".join(line for line in lines if line).encode() + b"\r\x1c\r")
        answer = b""
        while b"\x1c\r" not in answer:
            answer += self._socket.recv(4096)
        assert b"MSA|AA" in answer and heard(answer) is None

    def close(self) -> None:
        self._socket.close()


def at(place: str, visit: str, klass: str = "I") -> str:
    fields = [""] * 20
    fields[0:4], fields[19] = ["PV1", "1", klass, place], visit
    return "|".join(fields)


@pytest.fixture(scope="module")
def outward() -> Iterator[Outward]:
    with short_lived("bedflow-outward-") as folder:
        yield Outward(folder)


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory, outward: Outward) -> Iterator[HouseProcess]:
    """A hospital by its default settings, with one canary in a bed, one who waits and wants to be written to, one in the waiting hall, and
    letters that nobody understands."""
    with house(tmp_path_factory.mktemp("canary"), loaded=False, **outward.environ) as found:
        feed = Feed(found.mllp)
        feed.tell("A01", MRN, "CV1", at("4B^A^1", "CV1"))
        feed.tell("A04", THIRD_MRN, "CV3", at("GM", "CV3", "O"))
        feed.tell("A01", OTHER_MRN, "CV9", at("NOWHERE^X^1", "CV9"))
        feed.tell("Z77", MRN, "CV1", at("4B^A^1", "CV1"))
        feed.tell("O01", MRN, "CV1", at("4B^A^1", "CV1"), kind="XYZ", more=f"NTE|1||{GIVEN} {FAMILY} is here")
        wanted = {"mrn": OTHER_MRN, "name": f"{GIVEN} {FAMILY}", "birth_date": "1931-11-03", "sex": "F"}
        status, made = found.ask("POST", "/api/v1/bed-requests", {"patient": wanted, "type": "general"})
        assert status == 201, made
        VALUES["request"] = made["id"]
        found.settled()
        assert heard(str(found.get("/api/v1/visits/CV1"))) is not None, "it sings for those who may hear it"
        yield found
        feed.close()


def path_of(door: Door) -> str:
    return re.sub(r"{(\w+)}", lambda hit: VALUES.get(hit[1], "x1"), door.path)


def granted(role: Role, door: Door) -> bool:
    return not isinstance(door.needs, May) or MATRIX[role][door.needs] is not Reach.NO


async def walk(found: HouseProcess, role: Role, ward: str) -> dict[str, str]:
    """Every page and call that a role may open, reads first, and all others as the one that may least; what sang, by path."""
    sang: dict[str, str] = {}
    headers = {"authorization": f"Bearer {found.token(role, ward)}"}
    async with httpx.AsyncClient(base_url=found.origin, headers=headers, timeout=30) as client:
        doors = sorted((door for door in (*API, *PAGES) if not door.path.endswith(SKIPPED)), key=lambda door: door.method != "GET")
        for door in (each for each in doors if each.needs not in FIGURES and (granted(role, each) or role is Role.INTEGRATION)):
            body = None if door.method == "GET" else {}
            answer = await client.request(door.method, path_of(door), json=body)
            assert answer.status_code < 500, (role, door.method, door.path, answer.text)
            if (song := heard(answer.content) or heard(str(answer.headers))) is not None:
                sang[f"{door.method} {door.path}"] = song
    return sang


class Listener(threading.Thread):
    """Keeps what a role's stream says, until it is told to stop."""

    def __init__(self, found: HouseProcess, role: Role, ward: str) -> None:
        super().__init__(daemon=True)
        self.url = f"{found.origin}/api/v1/stream?topics={TOPICS[role]}"
        self.headers = {"authorization": f"Bearer {found.token(role, ward)}"}
        self.kept, self.stopping = bytearray(), threading.Event()
        self.start()

    def run(self) -> None:
        """Read."""
        with suppress(httpx.HTTPError), httpx.stream("GET", self.url, headers=self.headers, timeout=20) as stream:
            assert stream.status_code == 200, self.url
            for piece in stream.iter_raw():
                self.kept += piece
                if self.stopping.is_set():
                    return

    def hears_more(self, than: int) -> bool:
        """Within ten seconds."""
        deadline = time.monotonic() + 10
        while len(self.kept) <= than and time.monotonic() < deadline:
            time.sleep(0.02)
        return len(self.kept) > than


def in_redis(found: HouseProcess) -> dict[str, str]:
    """The keys whose name or value sings."""
    client = Redis.from_url(keeper(stores_of(found)["redis_url"]))
    readers = {
        b"string": client.get,
        b"hash": client.hgetall,
        b"list": lambda key: client.lrange(key, 0, -1),
        b"set": client.smembers,
        b"zset": lambda key: client.zrange(key, 0, -1),
        b"stream": client.xrange,
    }
    keys = list(client.scan_iter(count=1000))
    assert any(client.type(key) == b"stream" for key in keys) and any(client.type(key) == b"hash" for key in keys)
    told = {key: song for key in keys if (song := heard(key + _bytes(readers[client.type(key)](key)))) is not None}
    client.close()
    return {key.decode(): song for key, song in told.items()}


def _bytes(value: Any) -> bytes:
    """Whatever a key holds, end to end."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, dict):
        return b" ".join(_bytes(part) for pair in value.items() for part in pair)
    return b" ".join(map(_bytes, value)) if isinstance(value, list | tuple | set) else b""


def stores_of(found: HouseProcess) -> dict[str, str]:
    """How the stores of a running hospital are reached."""
    return json.loads((found.folder / "data" / "stores.json").read_text())  # type: ignore[no-any-return]


def ask(found: HouseProcess, *statements: str) -> list[list[asyncpg.Record]]:
    """Rows, as the database's owner."""

    async def work() -> list[list[asyncpg.Record]]:
        connection = await asyncpg.connect(stores_of(found)["dsn"])
        try:
            return [await connection.fetch(statement) for statement in statements]
        finally:
            await connection.close()

    with ThreadPoolExecutor(1) as other:
        return other.submit(asyncio.run, work()).result()


def in_tables(found: HouseProcess) -> dict[str, str]:
    """The tables in which one sings: what Postgres packs or keeps in its memory is not seen in its files."""
    names = [row["name"] for row in ask(found, "select tablename::text as name from pg_tables where schemaname = 'public'")[0]]
    assert {"person", "log", "letter", "audit", "contact"} <= set(names)
    rows = ask(found, *(f"select string_agg(t::text, ' ') as text from {name} t" for name in names))  # names of the catalogue
    told = {name: heard(found_rows[0]["text"] or "") for name, found_rows in zip(names, rows, strict=True)}
    return {name: song for name, song in told.items() if song is not None}


def left_behind(found: HouseProcess) -> dict[str, str]:
    """Everything but answers: the log, metrics, Redis, tables, files."""
    metrics = httpx.get(f"{found.origin}/metrics").text
    assert "bedflow_seq" in metrics
    sung = {"log": heard(found.log.read_bytes()), "metrics": heard(metrics)}
    sung |= {f"redis {key}": song for key, song in in_redis(found).items()}
    sung |= {f"table {name}": song for name, song in in_tables(found).items()}
    ask(found, "checkpoint")
    sung |= {f"file {name}": song for name, song in in_files((found.folder / "data").resolve()).items()}
    return {place: song for place, song in sung.items() if song is not None}


def command(found: HouseProcess, monkeypatch: pytest.MonkeyPatch, *words: str) -> Result:
    """A command of the command line, in this process."""
    for name, value in found.environ.items():
        if name.startswith("BEDFLOW_"):
            monkeypatch.setenv(name, value)
    return CliRunner().invoke(app, words)


def test_nobody_who_may_not_know_them_hears_one(seeded: HouseProcess) -> None:
    async def all_of_them() -> list[dict[str, str]]:
        return list(await asyncio.gather(*(walk(seeded, role, ward) for role, ward in NAMELESS)))

    assert asyncio.run(all_of_them()) == [{}] * len(NAMELESS)
    listeners = {role: Listener(seeded, role, "4B" if role is Role.DISPLAY else "") for role in TOPICS}
    assert all(each.hears_more(0) for each in listeners.values())
    before = {role: len(each.kept) for role, each in listeners.items()}
    feed = Feed(seeded.mllp)
    feed.tell("A02", MRN, "CV1", at("4B^A^2", "CV1"), ago=0)
    feed.close()
    assert {role: each.hears_more(before[role]) for role, each in listeners.items()} == dict.fromkeys(listeners, True)
    for role, each in listeners.items():
        each.stopping.set()
        assert heard(bytes(each.kept)) is None, role


def test_what_a_hospital_leaves_behind_is_silent(seeded: HouseProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_census(seeded.environ)
    made = command(seeded, monkeypatch, "census")
    assert heard(made.stdout) is not None, "paper is for those who hold the key"
    assert heard(made.stderr) is None
    assert left_behind(seeded) == {}
    told = ask(seeded, "select view, detail->>'names' as names from audit where kind = 'left' order by id")[0]
    assert any(row["view"] == "census kept on disk, sealed" and int(row["names"]) > 1 for row in told)
    assert (seeded.folder / "data" / "census" / "taken-out.jsonl").exists(), "for the next server"


MEMORY = ("/memfd:", "/dev/shm/PostgreSQL.")
"""What processes share, and no file."""
WRITTEN = {"postgres", "logs", "census", "vault.key", "stores.json", "stores.lock", "audit-anchor.txt"}
"""What lies in a data directory, as flow/web/security/README.md says."""


def written_by(pid: int) -> set[Path]:
    """The files that a process and its children hold open for writing."""
    found: set[Path] = set()
    for each in [pid, *children_of(pid)]:
        for info in Path(f"/proc/{each}/fdinfo").iterdir():
            flags = re.search(r"^flags:\s+0*(\d+)", info.read_text(), re.MULTILINE)
            with suppress(OSError):
                target = (Path(f"/proc/{each}/fd") / info.name).readlink()
                if flags is not None and int(flags[1], 8) & 3 and target.is_file() and not str(target).startswith(MEMORY):
                    found.add(target)
    return found


def children_of(pid: int) -> list[int]:
    """And theirs."""
    own = [int(each) for task in Path(f"/proc/{pid}/task").iterdir() for each in (task / "children").read_text().split()]
    return [*own, *(deeper for each in own for deeper in children_of(each))]


def test_a_hospital_writes_nowhere_but_where_it_says(seeded: HouseProcess) -> None:
    assert isinstance(seeded.process, subprocess.Popen)
    data, held = (seeded.folder / "data").resolve(), written_by(seeded.process.pid)
    assert any(path.is_relative_to(data / "postgres") for path in held) and seeded.log.resolve() in held, "they are seen"
    assert [path for path in held if not path.is_relative_to(data) and path != seeded.log.resolve()] == []
    assert {path.name for path in data.iterdir()} <= WRITTEN


def test_a_planted_leak_is_found(seeded: HouseProcess) -> None:
    planted = seeded.folder / "data" / "planted.bin"
    planted.write_bytes(b"\0" * (1 << 24) + base64.b64encode(f"PID|1||{MRN}".encode()))
    client = Redis.from_url(keeper(stores_of(seeded)["redis_url"]))
    client.hset("{bedflow:x}:planted", "who", GIVEN.upper())
    ask(
        seeded,
        f"create table planted as select repeat('x', 9000) || '{FAMILY.lower()}' as note, '\\x{KIN.encode().hex()}'::bytea as sealed",
    )
    with seeded.log.open("a") as log:
        print(f"level=info event=planted who={PHONE}", file=log)
    found = left_behind(seeded)
    assert {"log", "redis {bedflow:x}:planted", "table planted", "file planted.bin"} <= set(found)
    planted.unlink()
    client.delete("{bedflow:x}:planted")
    client.close()
    ask(seeded, "drop table planted")
    seeded.log.write_text("")
    assert heard(f"<td>{GIVEN}</td>") and heard(STREET.encode("utf-16-le")) and heard(ABHA.replace("-", "")) and heard("canary") is None


def test_nothing_was_said_to_anybody_beyond_this_machine(seeded: HouseProcess, outward: Outward) -> None:
    assert seeded.answers() and outward.told == []
    asked = """
import asyncio, contextlib, socket, uvloop
async def reach():
    with contextlib.suppress(OSError, TimeoutError):
        await asyncio.wait_for(asyncio.get_running_loop().create_connection(asyncio.Protocol, "192.0.2.1", 9), 0.2)
asyncio.Runner(loop_factory=uvloop.new_event_loop).run(reach())
end = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
with contextlib.suppress(OSError):
    end.sendto(b"x", ("198.51.100.1", 9))
with contextlib.suppress(OSError):
    socket.getaddrinfo("somewhere.invalid", 80)
socket.create_connection(("127.0.0.1", %d)).close()
"""
    subprocess.run([sys.executable, "-c", asked % seeded.http], env={**os.environ, **outward.environ}, check=True, timeout=20)
    assert outward.told == ["connect 192.0.2.1", "send 198.51.100.1", "look-up somewhere.invalid"]


def test_no_demo_comes_into_a_hospitals_database(seeded: HouseProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    beside = replace(seeded, http=free_port(), mllp=free_port(), process=None)
    refused = command(beside, monkeypatch, "demo")
    assert refused.exit_code == 1 and isinstance(refused.exception, Misconfigured)
    assert "a demo would write made-up patients and public sign-ins" in refused.exception.reason
    assert ask(seeded, "select count(*) from account")[0][0][0] == 0
