"""`bedflow demo`, what `make run` starts: history on the first start, sign-ins of this data directory, the simulator."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from adt_feed.simulator.action import Timed
from adt_feed.simulator.history import history
from adt_feed.simulator.live import Simulator
from flow import main
from flow.cli.addresses import print_addresses
from flow.cli.scan import stand_in_port, with_stand_in
from flow.cli.start import run, settings
from flow.desk import Actor
from flow.dev.abreast import abreast
from flow.dev.backfill import Backfill
from flow.dev.cleaners import CREW, Hands, demo_cleaners, without_a_phone
from flow.dev.porters import Carrying, demo_porters
from flow.dev.scan_gateway import HIP, StandIn, listening
from flow.dev.sign_ins import demo_sign_ins, shown
from flow.domain.bed import CleanKind
from flow.domain.commands import Command, SetBedStatus
from flow.domain.hospital import Hospital
from flow.domain.plan import Plan
from flow.history.accounts import Accounts
from flow.history.cleaners import Cleaners
from flow.history.people import pseudonym
from flow.settings import Settings
from flow.vault import open_vault

CLINIC_DAYS = 7
"""Outpatient tokens of the last week only: they would be a third of all actions."""


def demo() -> None:
    """A living sample hospital: four weeks of history on the first start, a simulator, demo sign-ins."""
    found = with_stand_in(settings())
    living = Demo(found)
    run(main.serve(found, before=living.prepare, ready=living.play))
    Console(stderr=True).print("Stopped. The data are kept; run it again to go on.")


def made_up(settings: Settings, plan: Plan, until: datetime) -> Iterator[Timed]:
    """The history that a demo starts with; requests and letters mean the persons of this data directory."""
    known_as = partial(pseudonym, open_vault(settings.data_dir))
    return history(settings.history_days, settings.sim_seed, until, plan, known_as, clinic_days=CLINIC_DAYS)


class Demo:
    """The demo's two steps: before it listens, and while it serves."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    async def prepare(self, house: main.House) -> None:
        """Lay the made-up weeks into an empty log, with a progress bar."""
        seq, _ = await house.log.head()
        if seq == 0 and self.settings.history_days > 0:
            await self._lay_history(house)

    async def _lay_history(self, house: main.House) -> None:
        until = house.clock.now()
        start = until - timedelta(days=self.settings.history_days)
        cleaners = Cleaners(house.database)
        await demo_cleaners(cleaners, house.plan, until)
        hands = Hands([one.id for one in await cleaners.all()])
        actions: Iterator[Timed] = abreast(made_up, self.settings, house.plan, until)
        with _bar() as progress:
            task = progress.add_task(f"Making up {self.settings.history_days} days of history", total=self.settings.history_days)

            def show(at: datetime) -> None:
                progress.update(task, completed=(at - start) / timedelta(days=1))

            interpret = house.desk.interpret
            actions = (replace(action, actor=hands.of(action.actor, action.what)) for action in actions)
            count = await Backfill(house.database, house.plan, house.inbox, house.people, interpret).lay(start, actions, show)
            progress.update(task, completed=self.settings.history_days)
        print(f"{count} letters and taps of {self.settings.history_days} days are in the log.")

    async def play(self, house: main.House) -> None:
        """Print where everything is and who may sign in, then play until stopped."""
        sign_ins = await demo_sign_ins(Accounts(house.database), house.plan, self.settings.data_dir / "demo-sign-ins.json")
        print_addresses(house.plan, self.settings, shown(sign_ins))
        cleaners, hands = Cleaners(house.database), Hands()
        await demo_cleaners(cleaners, house.plan, house.clock.now())
        sys.stdout.flush()
        porter = await demo_porters(Cleaners(house.database), house.clock.now())
        port, seed = main.feed_addresses(house.plan, self.settings)[0][1], self.settings.sim_seed + (await house.log.head())[0]

        def census() -> Hospital:
            return house.desk.hospital

        async def act(command: Command, actor: str) -> object:
            if actor == CREW and isinstance(command, SetBedStatus):
                bed = census().beds.get(command.bed)
                isolated = bed is not None and bed.now.clean is CleanKind.ISOLATION
                hands.crew = await without_a_phone(cleaners, trained=isolated)
            return await house.desk.act(command, Actor(hands.of(actor, command)))

        simulator = Simulator(
            plan=house.plan,
            census=census,
            pseudonym=house.people.pseudonym,
            act=act,
            now=house.clock.now,
            host=port.host,
            port=port.port,
            seed=seed,
            speed=self.settings.sim_speed,
        )
        with _scanned(self.settings, house):
            async with asyncio.TaskGroup() as playing:
                playing.create_task(simulator.run())
                playing.create_task(Carrying(house.plan, census, act, house.clock.now, porter, seed).run())


@contextmanager
def _scanned(found: Settings, house: main.House) -> Iterator[None]:
    """The stand-in that `bedflow scan` asks, where the hospital's file means it; without it where its port is taken."""
    rules, port = house.plan.abdm, stand_in_port(found)
    with ExitStack() as stack:
        if rules is not None and rules.hip == HIP:
            host = found.http.host if found.http.host not in ("0.0.0.0", "::", "") else "127.0.0.1"
            try:
                stack.enter_context(listening(StandIn((host, found.http.port), house.clock.now), port))
            except OSError as error:
                print(f"Port {port} is taken ({error}): `bedflow scan` does not work beside this demo.")
        yield


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True))
