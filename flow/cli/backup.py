"""`bedflow backup` and `bedflow restore`: a whole copy now, how the following stands, and the way back."""

import time
from pathlib import Path

import typer
from rich.console import Console

from flow import main
from flow.backup.copy import take
from flow.backup.folder import Folder
from flow.backup.look import look
from flow.backup.way_back import key_of, laid_back, lay_key, refuse_full
from flow.cli.start import run, settings
from flow.errors import Misconfigured
from flow.settings import Settings
from flow.state.client import connect
from flow.state.picture import Picture


def backup(
    folder: Path | None = typer.Argument(None, help="Where to; else the folder of BEDFLOW_BACKUP."),
    passphrase: Path | None = typer.Option(
        None, help="A file with the passphrase that the key is sealed by; else BEDFLOW_BACKUP_PASSPHRASE."
    ),
    status: bool = typer.Option(False, "--status", help="Take none: say how the backup stands; exits 1 where something is wrong."),
) -> None:
    """Take a whole copy of the hospital, running or not: Postgres, the hospital file, and the key where a passphrase is set."""
    found = _with(settings(), folder, passphrase)
    if status:
        _tell_status(found)
        return
    begun = time.monotonic()
    place = Folder(_folder(found))

    async def work() -> tuple[Path, int]:
        async with main.open_house(found) as house:
            copy = await take(found, house.dsn, house.plan.id, place)
            return copy.path, copy.manifest.seq

    path, seq = run(work())
    print(f"{path}: everything up to {seq}, in {time.monotonic() - begun:.1f} s.")
    if found.backup_passphrase is None:
        print(
            f"The key is not in it. Keep a copy of {found.data_dir / 'vault.key'} in another place: without it no name can be read again."
        )


def restore(
    folder: Path = typer.Argument(..., help="The backup's folder."),
    key: Path | None = typer.Option(None, help="The key file, where it was kept apart."),
    passphrase: Path | None = typer.Option(None, help="A file with the passphrase; else BEDFLOW_BACKUP_PASSPHRASE."),
    key_only: bool = typer.Option(False, "--key-only", help="Lay back the key alone, for a server of your own."),
) -> None:
    """Bring a hospital back into an empty data directory: the newest whole copy, then every change that was received since."""
    found = _with(settings(), None, passphrase)
    if key_only:
        print(f"The key is in {lay_key(found, Folder(folder), key_of(found, Folder(folder), key))}.")
        return
    begun = time.monotonic()
    refuse_full(found)

    async def work() -> int:
        place = Folder(folder)
        await laid_back(found, place, key_of(found, place, key), _say)
        _say("Replaying what came since")
        async with main.open_house(found) as house:
            epoch, hospital = await house.desk.whole()
            redis = connect(house.redis_url)
            await Picture(redis, house.plan.id).rebuild(epoch, hospital.seq, hospital.live_records())
            await redis.aclose()
            return hospital.seq

    seq = run(work())
    print(f"Restored into {found.data_dir}: everything up to {seq}, in {time.monotonic() - begun:.1f} s.")
    print("Now: bedflow audit verify, then bedflow serve.")


def _with(found: Settings, folder: Path | None, passphrase: Path | None) -> Settings:
    return found.with_backup(folder or found.backup, passphrase or found.backup_passphrase)


def _folder(found: Settings) -> Path:
    if found.backup is None:
        raise Misconfigured("Where to? Say `bedflow backup FOLDER`, or set BEDFLOW_BACKUP.")
    return found.backup


def _say(words: str) -> None:
    Console(stderr=True, highlight=False).print(f"{words} ...")


def _tell_status(found: Settings) -> None:
    folder = Folder(_folder(found))

    async def work() -> list[str]:
        async with main.open_house(found) as house:
            state = await look(house.dsn, folder)
        for line in state.lines:
            print(line)
        return list(state.wrong)

    if run(work()):
        raise typer.Exit(1)
