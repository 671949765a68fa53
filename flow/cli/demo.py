"""`bedflow demo`, what `make run` starts: history on the first start, sign-ins of this data directory, the simulator."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from rich.console import Console

from adt_feed.simulator.live import Simulator
from flow import main
from flow.cli.addresses import print_addresses
from flow.cli.history import lay
from flow.cli.scan import stand_in_port, with_stand_in
from flow.cli.start import run, settings
from flow.desk import Actor
from flow.dev.cleaners import CREW, Hands, demo_cleaners, without_a_phone
from flow.dev.porters import Carrying, demo_porters
from flow.dev.scan_gateway import HIP, StandIn, listening
from flow.dev.sign_ins import demo_sign_ins, shown
from flow.domain.bed import CleanKind
from flow.domain.commands import Command, SetBedStatus
from flow.domain.hospital import Hospital
from flow.history.accounts import Accounts
from flow.history.cleaners import Cleaners
from flow.main.purpose import SIGN_INS, for_demo, only_a_demos
from flow.settings import Settings


def demo() -> None:
    """A living sample hospital: four weeks of history on the first start, a simulator, demo sign-ins."""
    found = with_stand_in(settings(BEDFLOW_DEMO="1"))
    living = Demo(found)
    run(main.serve(found, look=only_a_demos, before=living.prepare, ready=living.play))
    Console(stderr=True).print("Stopped. The data are kept; run it again to go on.")


class Demo:
    """The demo's two steps: before it listens, and while it serves."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    async def prepare(self, house: main.House) -> None:
        """Lay the made-up weeks into an empty log, with a progress bar. Raises Misconfigured for a database that is no demo's."""
        await for_demo(house)
        seq, _ = await house.log.head()
        if seq == 0 and self.settings.history_days > 0:
            await lay(house, self.settings.history_days)

    async def play(self, house: main.House) -> None:
        """Print where everything is and who may sign in, then play until stopped."""
        sign_ins = await demo_sign_ins(Accounts(house.database), house.plan, self.settings.data_dir / SIGN_INS)
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
            host = found.http.host if found.http.host not in ("0.0.0.0", "::", "") else "127.0.0.1"  # nosec B104 # it is asked, not bound
            try:
                stack.enter_context(listening(StandIn((host, found.http.port), house.clock.now), port))
            except OSError as error:
                print(f"Port {port} is taken ({error}): `bedflow scan` does not work beside this demo.")
        yield
