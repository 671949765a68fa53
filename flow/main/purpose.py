"""What a database was made for, asked before anything is served on it: a demo refuses one that serves a hospital, or holds a history it did
not begin; a hospital that is served on a demo's says so in the log and on every page."""

import structlog

from flow.errors import Misconfigured
from flow.history.made_for import MadeFor, Purpose
from flow.main.house import House

log = structlog.get_logger()
SIGN_INS = "demo-sign-ins.json"
"""The file of a demo's sign-ins in its data directory."""
_ELSEWHERE = "Give the demo a place of its own: set BEDFLOW_DATA_DIR to an empty folder, and leave DATABASE_URL out."


async def for_demo(house: House) -> None:
    """Only an empty database, or a demo's own. Raises Misconfigured, with nothing written."""
    made = MadeFor(house.database)
    said, (seq, _) = await made.said(), await house.log.head()
    if said is not None and said[0] is Purpose.LIVE:
        raise Misconfigured(
            f"This database serves {house.plan.name} since {said[1]:%Y-%m-%d}: a demo would write made-up patients and public sign-ins "
            f"into it. {_ELSEWHERE}",
            code="live-database",
        )
    if (other := await made.live_beside()) is not None:
        raise Misconfigured(f"This database serves a hospital ({other}): no demo is played beside it. {_ELSEWHERE}", code="live-database")
    if said is None and seq > 0 and not _older_demo(house):
        raise Misconfigured(
            f"This database holds a history ({seq:,} entries) that no demo began: it may be a hospital's. {_ELSEWHERE}",
            code="live-database",
        )
    await made.say(Purpose.DEMO, house.clock.now())


async def for_hospital(house: House) -> None:
    """A database that nobody has said anything of is the hospital's from now on; a demo's is told of, loudly."""
    made = MadeFor(house.database)
    purpose = await made.say(Purpose.DEMO if _older_demo(house) else Purpose.LIVE, house.clock.now())
    if purpose is Purpose.DEMO:
        log.warning("demo.database", reason="made-up patients: this database was made by a demo; a hospital begins with an empty one")


async def is_made_up(house: House) -> bool:
    """Whether pages must say that nothing here is real: a demo's database that is served as a hospital's."""
    said = await MadeFor(house.database).said()
    return said is not None and said[0] is Purpose.DEMO and not house.settings.demo


def _older_demo(house: House) -> bool:
    """A demo of before such marks, known by its sign-ins; a database elsewhere says nothing of this folder."""
    return house.settings.database_url is None and (house.settings.data_dir / SIGN_INS).exists()
