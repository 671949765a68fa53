"""What the embedded stores refuse, each with what is wrong and what to do; servers of your own; claiming ports."""

import os
import socket
from pathlib import Path

import pytest

from flow.embedded import Stores, claim_port, stores
from flow.embedded.postgres import cluster_dir
from flow.errors import Misconfigured
from flow.settings import Settings


def settings(data_dir: Path, **environ: str) -> Settings:
    return Settings.from_environ({"BEDFLOW_DATA_DIR": str(data_dir), **environ})


@pytest.fixture
def stores_url(dsn: str, redis_url: str) -> tuple[str, str]:
    return dsn, redis_url


async def refusal(opened: Settings) -> str:
    with pytest.raises(Misconfigured) as refused:
        async with stores(opened):
            pytest.fail("the stores opened")
    return refused.value.reason


async def test_a_cluster_of_an_unknown_version_is_refused(data_dir: Path) -> None:
    cluster_dir(data_dir).mkdir(parents=True)
    (cluster_dir(data_dir) / "PG_VERSION").write_text("13\n")
    reason = await refusal(settings(data_dir))
    assert "made by PostgreSQL 13" in reason
    assert "BEDFLOW_POSTGRES_BIN" in reason
    assert not (data_dir / "stores.json").exists()


async def test_a_folder_that_cannot_be_written_is_refused(data_dir: Path) -> None:
    data_dir.write_text("a file where the folder should be")
    assert "BEDFLOW_DATA_DIR" in await refusal(settings(data_dir))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
async def test_a_read_only_folder_is_refused(data_dir: Path) -> None:
    data_dir.mkdir(mode=0o500)
    assert "chown" in await refusal(settings(data_dir))


async def test_binaries_that_are_none_are_refused(data_dir: Path) -> None:
    assert "BEDFLOW_POSTGRES_BIN" in await refusal(settings(data_dir, BEDFLOW_POSTGRES_BIN="/usr/share"))
    assert "BEDFLOW_REDIS_BIN" in await refusal(settings(data_dir, BEDFLOW_REDIS_BIN="/bin/true"))


async def test_a_damaged_cluster_says_where_the_log_is(data_dir: Path) -> None:
    async with stores(settings(data_dir)):
        pass
    (cluster_dir(data_dir) / "global" / "pg_control").write_bytes(b"damaged")
    reason = await refusal(settings(data_dir))
    assert "PostgreSQL does not start" in reason
    assert "postgres.log" in reason
    assert not (data_dir / "stores.json").exists()


async def test_servers_named_in_the_settings_are_used_and_nothing_is_started(stores_url: tuple[str, str], data_dir: Path) -> None:
    dsn, url = stores_url
    async with stores(settings(data_dir, DATABASE_URL=dsn, REDIS_URL=url)) as opened:
        assert opened == Stores(dsn, url, dsn)
    owner = dsn.replace("?", "?application_name=owner&")
    async with stores(settings(data_dir, DATABASE_URL=dsn, REDIS_URL=url, BEDFLOW_DATABASE_OWNER_URL=owner)) as opened:
        assert opened == Stores(owner, url, dsn)
    assert sorted(path.name for path in data_dir.iterdir()) == ["logs"]


async def test_one_named_server_and_one_embedded(stores_url: tuple[str, str], data_dir: Path) -> None:
    async with stores(settings(data_dir, DATABASE_URL=stores_url[0])) as opened:
        assert opened.dsn == stores_url[0]
        assert opened.redis_url.startswith("unix://")
        assert not cluster_dir(data_dir).exists()
        assert "DATABASE_URL: set the same" in await refusal(settings(data_dir))


@pytest.mark.parametrize(
    ("variable", "url"),
    [
        ("DATABASE_URL", "postgresql://beds:hunter2@127.0.0.1:9/beds"),
        ("DATABASE_URL", "postgresql://beds:hunter2@no-such-host.invalid/beds"),
        ("REDIS_URL", "redis://:hunter2@127.0.0.1:9/0"),
    ],
)
async def test_a_named_server_that_is_away_is_refused_without_its_password(data_dir: Path, variable: str, url: str) -> None:
    reason = await refusal(settings(data_dir, **{variable: url}))
    assert variable in reason
    assert "hunter2" not in reason


async def test_a_missing_database_is_refused(stores_url: tuple[str, str], data_dir: Path) -> None:
    dsn = stores_url[0].replace("/test_", "/missing_")
    assert "does not exist" in await refusal(settings(data_dir, DATABASE_URL=dsn))


async def test_servers_that_are_too_old_are_refused(stores_url: tuple[str, str], data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flow.embedded.outside.LEAST_POSTGRES", 99)
    assert "needs 99 or newer" in await refusal(settings(data_dir, DATABASE_URL=stores_url[0]))
    monkeypatch.setattr("flow.embedded.outside.LEAST_REDIS", 98)
    assert "needs 98 or newer" in await refusal(settings(data_dir, REDIS_URL=stores_url[1]))


def test_a_free_port_may_be_claimed_and_a_taken_one_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        host, port = taken.getsockname()
        with pytest.raises(Misconfigured, match=rf"BEDFLOW_HTTP.*{port}.*taken"):
            claim_port(host, port, "the web pages (BEDFLOW_HTTP)")
    claim_port(host, port, "the web pages (BEDFLOW_HTTP)")


@pytest.mark.parametrize("host", ["203.0.113.7", "no-such-host.invalid"])
def test_an_address_of_another_machine_is_refused(host: str) -> None:
    with pytest.raises(Misconfigured, match="BEDFLOW_MLLP"):
        claim_port(host, _free_port(), "HL7 (BEDFLOW_MLLP)")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
