"""The way back: the newest whole copy, and every change received since, into an empty data directory."""

import asyncio
import os
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

from flow.backup.folder import Copy, Folder, damaged
from flow.backup.key_file import opened, passphrase_of, prints
from flow.embedded.binaries import postgres_binaries
from flow.embedded.place import prepare_data_dir, store_user
from flow.embedded.postgres import cluster_dir
from flow.errors import Misconfigured, Refused
from flow.key_ring import KEY_FILE
from flow.settings import Settings

LEFT_ALONE = {"logs", "stores.lock", "audit-anchor.txt"}
"""What may lie in a data directory that is empty otherwise."""
_NOT_TAKEN_OVER = ("synchronous_standby_names", "restore_command", "hot_standby")
_RECOVERY = "restore_command = 'false'\nhot_standby = off\n"
"""Recovery as from an archive, which begins a timeline of its own; the changes lie in pg_wal already. Nobody comes in before its end."""

Tell = Callable[[str], None]


def lay_back(settings: Settings, folder: Folder, key: bytes, tell: Tell) -> Copy:
    """Everything of the newest copy and since, in its place; the next start of the stores replays it. Raises Refused, Misconfigured."""
    refuse_full(settings)
    copy = newest(folder)
    if not set(copy.manifest.keys) <= set(prints(key)):
        raise Refused("That key file is not the one of this backup: names would not open with it.")
    tell(f"Checking {copy.path.name} ({sum(file.stat().st_size for file in copy.path.iterdir()) >> 20} MB)")
    if bad := damaged(copy):
        raise Refused(
            f"{copy.path}: {', '.join(bad)} is not as it was made. Bring the folder again, or remove this copy to use the one before."
        )
    if folder.broken_off(copy):
        raise Refused(f"The changes in {folder.changes} have a gap after {copy.path.name}. Bring the folder again, whole.")
    prepare_data_dir(settings.data_dir)
    draft = cluster_dir(settings.data_dir).with_suffix(".new")
    tell("Laying it back")
    _unpacked(copy, folder, draft)
    postgres_binaries(draft, settings.postgres_bin)
    _given_to_its_user(draft)
    draft.rename(cluster_dir(settings.data_dir))
    _write(settings.data_dir / KEY_FILE, key)
    return copy


def lay_key(settings: Settings, folder: Folder, key: bytes) -> Path:
    """The key alone, for a house whose server comes back by its own programs. Raises Refused where one lies there, or it is another's."""
    place = settings.data_dir / KEY_FILE
    if place.exists():
        raise Refused(f"{place} is there already. Move it away, or set another BEDFLOW_DATA_DIR.")
    if not set(newest(folder).manifest.keys) <= set(prints(key)):
        raise Refused("That key file is not the one of this backup: names would not open with it.")
    prepare_data_dir(settings.data_dir)
    _write(place, key)
    return place


def refuse_full(settings: Settings) -> None:
    """Nothing is ever written over."""
    if settings.database_url:
        raise Misconfigured(
            "DATABASE_URL names a server of your own: restore it with PostgreSQL's own programs from base.tar.gz and wal/ "
            "(tests/faults/README.md has the lines), and bring the key back with `bedflow restore --key-only`."
        )
    there = sorted({path.name for path in settings.data_dir.glob("*")} - LEFT_ALONE) if settings.data_dir.exists() else []
    if there:
        raise Refused(f"{settings.data_dir} is not empty ({', '.join(there[:5])}). Move it away, or set another BEDFLOW_DATA_DIR.")


def newest(folder: Folder) -> Copy:
    """The newest whole copy. Raises Refused where there is none."""
    copies = folder.copies()
    if not copies:
        raise Refused(f"There is no whole copy in {folder.path}.")
    return copies[-1]


def key_of(settings: Settings, folder: Folder, apart: Path | None) -> bytes:
    """The key file of a backup: the one that was kept apart, else the one sealed into the folder."""
    try:
        if apart is not None:
            return apart.read_bytes()
        if not folder.key.exists():
            raise Refused("The key is not in this backup: it was kept apart. Say --key FILE.")
        box = folder.key.read_bytes()
    except OSError as error:
        raise Misconfigured(f"{apart or folder.key} cannot be read ({error.strerror}).") from None
    if settings.backup_passphrase is None:
        raise Refused("The key of this backup is sealed: say --passphrase FILE, with the passphrase in its first line.")
    return opened(box, passphrase_of(settings.backup_passphrase))


def _unpacked(copy: Copy, folder: Folder, draft: Path) -> None:
    shutil.rmtree(draft, ignore_errors=True)
    _extract(copy.path / "base.tar.gz", draft)
    _extract(copy.path / "pg_wal.tar.gz", draft / "pg_wal")
    _lay_changes(copy, folder, draft / "pg_wal")
    settings = draft / "postgresql.auto.conf"
    kept = [line for line in settings.read_text("utf-8").splitlines(keepends=True) if not line.startswith(_NOT_TAKEN_OVER)]
    _write(settings, ("".join(kept) + _RECOVERY).encode())
    _write(draft / "recovery.signal", b"")


def _lay_changes(copy: Copy, folder: Folder, target: Path) -> None:
    """A whole segment counts before the copy's own, and that before a half one, which is shorter."""
    for file in (*folder.changes_since(copy), *folder.histories()):
        whole = file.name.removesuffix(".partial")
        if file.name == whole or not (target / whole).exists():
            shutil.copyfile(file, target / whole)


def _extract(archive: Path, target: Path) -> None:
    """Files and folders, nothing else; our own digests have vouched for the archive."""
    target.mkdir(mode=0o700, exist_ok=True)
    with tarfile.open(archive) as packed:
        for member in packed:
            place = target / member.name
            if not place.resolve().is_relative_to(target.resolve()) or not (member.isdir() or member.isreg()):
                raise Refused(f"{archive} holds {member.name}, which is neither a file nor a folder of a database.")
            if member.isdir():
                place.mkdir(mode=0o700, parents=True, exist_ok=True)
            else:
                content = packed.extractfile(member)
                assert content is not None
                with place.open("wb") as file:
                    shutil.copyfileobj(content, file, 1 << 20)


def _given_to_its_user(draft: Path) -> None:
    """Readable by nobody else; as root the stores' user has it."""
    user = store_user(cluster_dir(draft.parent))
    for path in (draft, *draft.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
        if user is not None:
            os.chown(path, user.uid, user.gid)


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


async def laid_back(settings: Settings, folder: Folder, key: bytes, tell: Tell) -> Copy:
    """The same, beside a loop."""
    return await asyncio.to_thread(lay_back, settings, folder, key, tell)
