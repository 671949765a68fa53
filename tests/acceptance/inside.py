"""What a test does to a hospital from inside, where the command line would take a process for it: a first cluster, people, tokens.

The commands themselves are tried in `test_road.py` and `test_users.py`.
"""

import asyncio
import atexit
import subprocess
from collections.abc import Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from flow.census import CensusFile, CensusKeeper
from flow.domain.audit import Kind
from flow.domain.ids import WardId
from flow.domain.roles import Role
from flow.embedded import stores
from flow.history.accounts import Account, Accounts, Tokens
from flow.history.audit import Asked, Audit
from flow.history.badges import Badges
from flow.history.devices import Devices, Grant
from flow.history.feeds import Feeds
from flow.history.migrate import migrate
from flow.history.pool import Database
from flow.main import open_house
from flow.settings import Settings
from tests.memory import short_lived

T = TypeVar("T")


@contextmanager
def laid_cluster(data_dir: Path) -> Iterator[None]:
    """A data directory in memory with a cluster and its schema, copied: to make one takes as long as all the rest of a start."""
    with short_lived("bedflow-house-") as folder:
        subprocess.run(["cp", "-a", _template(), folder / "postgres"], check=True)
        data_dir.symlink_to(folder)
        yield


@cache
def _template() -> Path:
    kept = ExitStack()
    atexit.register(kept.close)
    folder = kept.enter_context(short_lived("bedflow-template-"))
    _beside(_make_template(folder))
    return folder / "postgres"


async def _make_template(folder: Path) -> None:
    async with stores(Settings.from_environ({"BEDFLOW_DATA_DIR": str(folder)})) as found:
        database = await Database.connect(found.dsn, "template")
        await migrate(database)
        await database.close()


def add_person(environ: Mapping[str, str], name: str, role: str, ward: str, password: str) -> None:
    """`bedflow user add` on a hospital that runs."""

    async def work() -> None:
        async with open_house(Settings.from_environ(environ)) as house:
            await Accounts(house.database).add(Account(name, name, Role(role), WardId(ward) if ward else None), password)

    _beside(work())


def make_badge(environ: Mapping[str, str], name: str, pin: str) -> str:
    """The code of a badge that an administrator has issued, and whose owner has chosen the PIN."""

    async def work() -> str:
        async with open_house(Settings.from_environ(environ)) as house:
            badges = Badges(house.database)
            code = await badges.issue(name, "chief", house.clock.now())
            await badges.choose_pin(name, pin)
            return code

    return _beside(work())


def let_in(environ: Mapping[str, str], code: str, name: str, ward: str) -> None:
    """`bedflow device pair` on a hospital that runs."""

    async def work() -> None:
        async with open_house(Settings.from_environ(environ)) as house:
            await Devices(house.database, house.vault).pair(code, Grant(name, ward=WardId(ward)), "chief", house.clock.now())

    _beside(work())


def make_token(environ: Mapping[str, str], role: str, ward: str) -> str:
    """`bedflow token create` on a hospital that runs."""

    async def work() -> str:
        async with open_house(Settings.from_environ(environ)) as house:
            return await Tokens(house.database).create(role, ward or None)

    return _beside(work())


def count_habits(environ: Mapping[str, str]) -> None:
    """What the worker does once an hour: learn how long each feed is usually silent."""

    async def work() -> None:
        async with open_house(Settings.from_environ(environ)) as house:
            await Feeds(house.database, house.plan).count_habits(house.clock.now())

    _beside(work())


def keep_census(environ: Mapping[str, str]) -> None:
    """What every process does each five minutes: keep the list of the house on disk."""

    async def work() -> None:
        async with open_house(Settings.from_environ(environ)) as house:
            await house.desk.open()
            file = CensusFile(house.settings.data_dir, house.vault, house.plan.id)
            assert await CensusKeeper(house.desk, house.people, house.inbox, house.clock, file).keep()

    _beside(work())


def refused_from(environ: Mapping[str, str]) -> set[str]:
    """The addresses of whoever was turned away in the last hour, as the audit trail has them."""

    async def work() -> set[str]:
        async with open_house(Settings.from_environ(environ)) as house:
            now = house.clock.now()
            asked = Asked(now - timedelta(hours=1), now + timedelta(hours=1), (Kind.REFUSED,))
            return {found.trace.address for found in await Audit(house.database).find(asked, 1000)}

    return _beside(work())


def _beside(work: Coroutine[Any, Any, T]) -> T:
    """In a thread of its own: the test's has a browser's loop running."""
    with ThreadPoolExecutor(1) as other:
        return other.submit(asyncio.run, work).result()
