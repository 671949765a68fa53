"""`bedflow key ...`: the keys that names and letters are sealed with: one is added, all is sealed anew, the old one is dropped."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from flow import crash, main
from flow.backup.copy import take
from flow.backup.folder import Folder
from flow.backup.key_file import lay_down, passphrase_of
from flow.census import FOLDER, CensusFile
from flow.cli.deeds import traced
from flow.cli.start import run, settings
from flow.domain.audit import Kind
from flow.errors import Refused
from flow.history.pool import Database
from flow.history.queries import load
from flow.history.reseal import Done, Reseal, bearing
from flow.key_ring import KEY_FILE, Ring, lay_ring, made_at, read_ring
from flow.main import House
from flow.settings import Settings

app = typer.Typer(help="The keys that names and letters are sealed with.", no_args_is_help=True)
SETTLED = timedelta(minutes=1)
"""How long a key must have been there before an older one is dropped: by then every process seals with it."""
_ALONE = load("reseal")["alone"]
BACKUPS = (
    "Copies made before today open with key {number} alone. If you want to be able to restore them, keep the key file as it was "
    "(vault.key, or vault.key.sealed of the backup) in another place for as long as you keep them; once it is gone from everywhere, "
    "what they hold can never be read again, nor what the disk still holds of values that were overwritten."
)


@app.callback()
def keys() -> None:
    """The keys that names and letters are sealed with."""


@app.command("list")
def list_keys(as_json: bool = typer.Option(False, "--json")) -> None:
    """The keys by number: how old each is, and how many rows bear it."""

    async def work() -> tuple[Ring, dict[str, Counter[int]]]:
        async with main.open_house(settings()) as house:
            return read_ring(_file(house.settings)), await _counts(house)

    ring, counts = run(work())
    now, since = datetime.now(UTC), made_at(_file(settings()))
    found = [
        {
            "key": number,
            "made": key.made.isoformat() if key.made else None,
            "days": (now - (key.made or since)).days if key.made or number == ring.current else None,
            "seals": number == ring.current,
            "rows": bearing(counts, number),
        }
        for number, key in sorted(ring.keys.items())
    ]
    unknown = {number for each in counts.values() for number in each} - set(ring.keys)
    if as_json:
        print(json.dumps({"keys": found, "unknown": sorted(unknown)}))
        return
    for each in found:
        age = f"{each['days']} days old" if each["days"] is not None else "older than its date was noted"
        print(f"{each['key']}{' (seals)' if each['seals'] else ''}: {age}; {_rows(bearing(counts, int(str(each['key']))))}")
    for number in sorted(unknown):
        print(f"{number}: NOT in the key file; {_rows(bearing(counts, number))}. Put back the key file that has it.")


@app.command()
def add(as_json: bool = typer.Option(False, "--json")) -> None:
    """Add a key, by which everything is sealed from now on; running servers learn of it within a second."""

    async def work() -> int:
        found = _settings()
        async with main.open_house(found) as house, house.database.write() as alone:
            await alone.execute(_ALONE, house.plan.id)
            ring = read_ring(_file(found)).with_new(house.clock.now())
            await traced(house, "key add", Kind.CREDENTIAL, key=ring.current)
            if found.backup is not None and found.backup_passphrase is not None:
                folder = Folder(found.backup)
                folder.make()
                lay_down(folder.key, ring.text().encode(), passphrase_of(found.backup_passphrase))
            lay_ring(_file(found), ring)
            return ring.current

    number, found = run(work()), settings()
    if as_json:
        print(json.dumps({"key": number}))
        return
    print(f"Key {number} seals from now on. Next: `bedflow key reseal`.")
    if found.backup is None or found.backup_passphrase is None:
        print(f"Copy {_file(found)} again to where you keep its copy: without it nothing that is sealed from now on can be read.")


@app.command()
def reseal(as_json: bool = typer.Option(False, "--json")) -> None:
    """Seal everything anew by the newest key, while the hospital is served. After a kill, begin again: it goes on where it was."""

    async def work() -> tuple[int, list[Done], dict[str, int]]:
        found = _settings()
        async with main.open_house(found) as house:
            current = house.vault.ring.current
            await traced(house, "key reseal", Kind.CREDENTIAL, key=current)
            owner = await Database.connect(house.dsn, house.plan.id, size=1)
            try:
                with _Bars() as bars:
                    done = await Reseal(owner, house.vault).run(bars.tell)
            finally:
                await owner.close()
            census = CensusFile(found.data_dir, house.vault, house.plan.id)
            done.append(Done(f"file {FOLDER}", int(census.seal_anew()), 0))
            left = _left(await _counts(house), current)
            await traced(house, "key resealed", Kind.CREDENTIAL, key=current, rows={each.name: each.rows for each in done}, left=left)
            return current, done, left

    current, done, left = run(work())
    if as_json:
        print(json.dumps({"key": current, "done": [asdict(each) for each in done], "left": left}))
    else:
        print(f"{sum(each.rows for each in done)} values are sealed anew by key {current}; {_rows(left)} are left with older keys.")
        for each in done:
            if each.spoilt:
                print(f"{each.name}: {each.spoilt} open with no key of the file (changed, or of a key that is gone) and stay as they are.")
    if left:
        raise typer.Exit(1)


@app.command()
def drop(
    number: int = typer.Argument(..., help="The key's number."),
    yes: bool = typer.Option(False, "--yes", help="Ask nothing."),
    as_json: bool = typer.Option(False, "--json"),
) -> None:
    """Take an old key out of the key file: nothing opens with it any more. Refused while any row bears it."""
    found = _settings()
    read_ring(_file(found)).without(number)
    typer.echo(BACKUPS.format(number=number), err=True)
    if not yes:
        typer.confirm(f"Drop key {number} for good?", abort=True, err=True)
    copy = run(_drop(found, number))
    if as_json:
        print(json.dumps({"key": number, "copy": str(copy) if copy else None}))
        return
    print(f"Key {number} is gone.{f' {copy} is a copy that opens with the keys that are left.' if copy else ''}")


async def _drop(found: Settings, number: int) -> Path | None:
    async with main.open_house(found) as house, house.database.write() as alone:
        await alone.execute(_ALONE, house.plan.id)
        before = read_ring(_file(found))
        ring = before.without(number)
        if bearing_it := bearing(await _counts(house), number):
            raise Refused(f"{_rows(bearing_it)} still bear key {number}. Run `bedflow key reseal` first.", code="key-in-use")
        newest = before.keys[before.current].made
        if newest is not None and datetime.now(UTC) - newest < SETTLED:
            raise Refused("The newest key is less than a minute old: a server may still seal with the old one. Wait.", code="too-early")
        await traced(house, "key drop", Kind.CREDENTIAL, key=number)
        lay_ring(_file(found), ring)
        if found.backup is None:
            return None
        return (await take(found, house.dsn, house.plan.id, Folder(found.backup))).path


async def _counts(house: House) -> dict[str, Counter[int]]:
    """Rows by column and key, and the files of the data directory."""
    census = CensusFile(house.settings.data_dir, house.vault, house.plan.id).key()
    counts = await Reseal(house.database, house.vault).counts()
    return {**counts, f"file {FOLDER}": Counter([census] if census is not None else [])}


def _left(counts: Mapping[str, Counter[int]], current: int) -> dict[str, int]:
    """Values by column that another key than the current one sealed."""
    return {name: left for name, found in counts.items() if (left := found.total() - found[current])}


def _rows(found: Mapping[str, int]) -> str:
    """As people read it."""
    if not found:
        return "no rows"
    return f"{sum(found.values())} rows ({', '.join(f'{name} {rows}' for name, rows in found.items())})"


def _settings() -> Settings:
    """The settings, and the crash point that they may name."""
    found = settings()
    crash.arm(found.crash_at)
    return found


def _file(found: Settings) -> Path:
    return found.data_dir / KEY_FILE


class _Bars:
    """A bar for each column, on stderr."""

    def __init__(self) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=Console(stderr=True))
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def tell(self, name: str, done: int, total: int) -> None:
        """How far a column is."""
        if name not in self._tasks:
            self._tasks[name] = self._progress.add_task(name, total=total)
        self._progress.update(self._tasks[name], completed=done, total=total)
