"""A whole copy of Postgres beside a running house: by pg_basebackup, with the changes made meanwhile, the hospital file and the key."""

import asyncio
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from flow.backup.address import address
from flow.backup.folder import Copy, Folder, Manifest, digests, flush, segment_of, write_manifest
from flow.backup.key_file import lay_down, passphrase_of, prints
from flow.embedded.binaries import copying_programs
from flow.errors import Misconfigured, Unavailable
from flow.key_ring import KEY_FILE
from flow.settings import Settings

HOSPITAL_FILE = "hospital.toml"


@dataclass(frozen=True, slots=True)
class _Server:
    """What must be known of a server before it is copied."""

    major: int
    seq: int


async def take(settings: Settings, dsn: str, hospital: str, folder: Folder) -> Copy:
    """Take one and say that it is whole. Raises Misconfigured for what is to be put right, Unavailable for what may go by."""
    folder.make()
    server = await _looked_at(dsn, hospital)
    at = datetime.now(UTC)
    draft = folder.path / f"base-{at:%Y%m%dT%H%M%SZ}.new"
    await _copied(copying_programs(server.major, settings.postgres_bin), dsn, draft)
    (draft / HOSPITAL_FILE).write_bytes(settings.hospital.read_bytes())
    manifest = await asyncio.to_thread(_manifest, draft, at, hospital, server, _keys(settings, folder))
    await asyncio.to_thread(write_manifest, draft, manifest)
    place = draft.with_suffix("")
    draft.rename(place)
    flush(folder.path)
    return Copy(place, manifest)


def keep_key(settings: Settings, folder: Folder) -> bytes:
    """Seal the key as it is now into the folder, where a passphrase is set; returns the key file."""
    key = (settings.data_dir / KEY_FILE).read_bytes()
    if settings.backup_passphrase is not None:
        lay_down(folder.key, key, passphrase_of(settings.backup_passphrase))
    return key


def _keys(settings: Settings, folder: Folder) -> tuple[str, ...]:
    return prints(keep_key(settings, folder))


async def _looked_at(dsn: str, hospital: str) -> _Server:
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        if await connection.fetchval("select pg_size_bytes(current_setting('wal_segment_size'))") != 16 << 20:
            raise Misconfigured("That PostgreSQL has changes in segments of another size than 16 MB; they cannot be followed here.")
        if await connection.fetchval("select count(*) from pg_tablespace") > 2:
            raise Misconfigured("That PostgreSQL keeps tables in table spaces of its own; back it up with its own programs.")
        seq = await connection.fetchval("select max(seq) from head where hospital = $1", hospital)
        return _Server(connection.get_server_version().major, seq or 0)
    finally:
        await connection.close()


async def _copied(programs: Path, dsn: str, draft: Path) -> None:
    place = address(dsn)
    words = ["-D", draft, "-Ft", "-X", "stream", "--checkpoint=fast", "--compress=client-gzip:1", "--no-password", "-d", place.dsn]
    child = await asyncio.create_subprocess_exec(
        programs / "pg_basebackup",
        *map(str, words),
        env={"PATH": os.defpath, "LC_ALL": "C", **place.environ},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, said = await child.communicate()
    except asyncio.CancelledError:
        child.terminate()
        await child.wait()
        raise
    if child.returncode:
        reason = (said.decode(errors="replace").strip().splitlines() or ["it said nothing"])[-1]
        raise Unavailable(f"pg_basebackup did not make a copy: {reason}")


def _manifest(draft: Path, at: datetime, hospital: str, server: _Server, keys: tuple[str, ...]) -> Manifest:
    span = json.loads((draft / "backup_manifest").read_text("utf-8"))["WAL-Ranges"][-1]
    first, last = (segment_of(span[end], span["Timeline"]) for end in ("Start-LSN", "End-LSN"))
    files = dict(digests(draft, sorted(file.name for file in draft.iterdir())))
    return Manifest(at, hospital, server.major, span["Timeline"], first, last, server.seq, keys, files)
