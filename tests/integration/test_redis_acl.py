"""A Redis of the hospital's own under the ACL file that `bedflow redis-acl` prints: all that Bedflow does works, and nothing else."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from redis.asyncio import Redis
from redis.exceptions import NoPermissionError

from flow.domain.ids import BedId, RequestId
from flow.domain.roles import Role
from flow.embedded import stores
from flow.embedded.binaries import redis_binary
from flow.embedded.outside import check_redis
from flow.state.acl import file_of
from flow.state.client import connect
from flow.state.hits import Hits
from flow.state.looks import Look, Looks
from flow.web.security.limits import in_memory
from tests.acceptance.house import ROOT
from tests.integration.test_desk import NOW, NURSE, admit, open_house
from tests.integration.test_embedded import run_folder, settings
from tests.integration.web_house import make_web

PASSWORD = "a-long-password-of-a-test"


@pytest.fixture
async def guarded(data_dir: Path) -> AsyncIterator[Path]:
    """The socket of a Valkey that was started with the file."""
    data_dir.mkdir()
    (data_dir / "users.acl").write_text(file_of(PASSWORD))
    end = data_dir / "valkey.sock"
    command = [
        redis_binary(None).path,
        "--port",
        "0",
        "--unixsocket",
        end,
        "--save",
        "",
        "--dir",
        data_dir,
        "--aclfile",
        data_dir / "users.acl",
    ]
    with subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL) as process:
        try:
            async with asyncio.timeout(10):
                while not end.exists():
                    assert process.poll() is None
                    await asyncio.sleep(0.01)
            yield end
        finally:
            process.terminate()


async def test_everything_that_bedflow_does_works_under_the_rule(dsn: str, guarded: Path, tmp_path: Path) -> None:
    """Rebuild, publish, follow, looks and their news, counting; through the desk, the relay and the web."""
    url = f"unix://bedflow:{PASSWORD}@{guarded}?db=0"
    await check_redis(url)
    async with AsyncExitStack() as stack:
        core = await open_house(stack, dsn, url, tmp_path)
        redis = connect(url)
        stack.push_async_callback(redis.aclose)
        web = make_web(core, stack, tmp_path, hit=Hits(redis, "small", in_memory()).hit)
        outcome = await core.desk.act(admit("V1", "4B-A-01"), NURSE)
        assert await core.live.reached(outcome.seq)
        desk = await web.as_role(Role.ADMISSIONS)
        found = (await desk.get("/api/v1/beds/4B-A-01")).json()
        assert found["status"] == "occupied"
        await _looks(redis)
        for few in (3, 300):
            assert [await Hits(redis, "small", in_memory()).hit(f"x{few}", few, 60) for _ in range(few + 1)][-2:] == [True, False]


async def _looks(redis: "Redis") -> None:
    looks, heard = Looks(redis, "small"), asyncio.Event()
    following = asyncio.create_task(looks.follow(heard.set))
    look = Look(BedId("4B-A-02"), RequestId("r1"), "asha", NOW, "s1")
    async with asyncio.timeout(10):
        while not heard.is_set():
            await looks.take(look)
            await asyncio.sleep(0.02)
    assert await looks.at([look.bed]) == {look.bed: look}
    await looks.end(look.bed, "s1")
    assert await looks.at([look.bed]) == {}
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)


FORBIDDEN = ["FLUSHALL", "FLUSHDB", "CONFIG GET *", "CONFIG SET dir /tmp", "SHUTDOWN NOSAVE", "SAVE", "KEYS *", "SCAN 0"]
FORBIDDEN += [
    "SWAPDB 0 1",
    "ACL LIST",
    "ACL SETUSER x on",
    "CLIENT LIST",
    "MONITOR",
    "REPLICAOF 127.0.0.1 1",
    "MODULE LIST",
    "EVAL return(1) 0",
    "SWAPDB 0 1",
]
FORBIDDEN += [
    "GET other",
    "SET other 1",
    "DEL other",
    "HGETALL bedflow",
    "XADD {other:city}:tail * a b",
    "PUBLISH news x",
    "SUBSCRIBE news",
]


async def test_nothing_else_does(guarded: Path) -> None:
    client = Redis(unix_socket_path=str(guarded), username="bedflow", password=PASSWORD, protocol=2)
    for words in FORBIDDEN:
        with pytest.raises(NoPermissionError):
            await client.execute_command(
                *words.split(),
            )
    await client.aclose()
    for words, answer in (("GET x", b"-NOAUTH"), (f"AUTH default {PASSWORD}", b"-WRONGPASS"), ("AUTH bedflow guessed", b"-WRONGPASS")):
        reader, writer = await asyncio.open_unix_connection(guarded)
        writer.write(f"{words}\r\n".encode())
        assert (await reader.readline()).startswith(answer)
        writer.close()
        await writer.wait_closed()


def test_the_file_is_printed_without_the_password_and_a_short_one_is_refused() -> None:
    def printed(text: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "flow", "redis-acl"], cwd=ROOT, input=text, capture_output=True, text=True, check=False
        )

    found = printed(f"{PASSWORD}\n")
    assert found.stdout == file_of(PASSWORD)
    assert PASSWORD not in found.stdout + found.stderr
    assert (printed("short\n").returncode, printed("short\n").stdout) == (1, "")


async def test_our_user_in_the_cache_may_do_our_work_and_nothing_else(data_dir: Path) -> None:
    """And nobody comes in without a name, though the socket is ours alone."""
    async with stores(settings(data_dir)) as opened:
        client = connect(opened.redis_url)
        assert await client.set("{bedflow:x}:head", 1)
        for words in (("FLUSHALL",), ("CONFIG", "GET", "*"), ("GET", "other"), ("KEYS", "*")):
            with pytest.raises(NoPermissionError):
                await client.execute_command(*words)
        await client.aclose()
        reader, writer = await asyncio.open_unix_connection(urlsplit(opened.redis_url).path)
        writer.write(b"GET {bedflow:x}:head\r\n")
        assert (await reader.readline()).startswith(b"-NOAUTH")
        writer.close()
        await writer.wait_closed()
        laid = (run_folder(opened) / "keeper", run_folder(opened) / "sockets" / "users.acl")
        assert [file.stat().st_mode & 0o077 for file in laid] == [0, 0]
        assert urlsplit(opened.redis_url).password not in laid[1].read_text()
