"""What a database was made for, asked before anything is served on it: a demo refuses one that serves a hospital, or holds a history it did
not begin; a hospital that is served on a demo's says so in the log and on every page."""

import structlog

from flow.domain.plan import Plan
from flow.errors import Misconfigured
from flow.history.made_for import MadeFor, Purpose, Standing, standing
from flow.history.pool import Database
from flow.main.house import House
from flow.setting_words import masked
from flow.settings import Settings

log = structlog.get_logger()
SIGN_INS = "demo-sign-ins.json"
"""The file of a demo's sign-ins in its data directory."""
_ELSEWHERE = "Give the demo a place of its own: set BEDFLOW_DATA_DIR to an empty folder, and leave DATABASE_URL out."


async def only_a_demos(database: Database, plan: Plan, settings: Settings) -> None:
    """Only an empty database, or a demo's own: asked before anything is changed there. Raises Misconfigured."""
    stands = await standing(database)
    found = _refusal(stands, plan) if stands.ours else _strange(stands)
    if found and not (stands.live is None and stands.ours and _older_demo(settings)):
        where = f"DATABASE_URL ({masked(settings.database_url)})" if settings.database_url else f"the data directory {settings.data_dir}"
        raise Misconfigured(f"The database of {where} {found} Nothing was changed in it. {_ELSEWHERE}", code="live-database")


def _refusal(stands: Standing, plan: Plan) -> str:
    """Why no demo is played there; empty where one may be."""
    if (mark := stands.marks.get(plan.id)) is not None and mark[0] is Purpose.LIVE:
        return f"serves {plan.name} since {mark[1]:%Y-%m-%d}: a demo would write made-up patients and public sign-ins into it."
    if stands.live is not None:
        return f"serves a hospital ({stands.live}): no demo is played beside it."
    if stands.entries:
        return f"holds a history ({stands.entries:,} entries) that no demo began: it may be a hospital's."
    if stands.letters or stands.accounts:
        return "holds letters that were received: it may be a hospital's." if stands.letters else "has accounts: it may be a hospital's."
    return ""


def _strange(stands: Standing) -> str:
    return f"holds {stands.tables} tables that are not Bedflow's." if stands.tables else ""


async def for_demo(house: House) -> None:
    """Call it a demo's, once it was found to be one or empty. Raises Misconfigured, with nothing written, where it was not."""
    await only_a_demos(house.database, house.plan, house.settings)
    await MadeFor(house.database).say(Purpose.DEMO, house.clock.now())


async def for_hospital(house: House) -> None:
    """A database that nobody has said anything of is the hospital's from now on; a demo's is told of, loudly."""
    made = MadeFor(house.database)
    purpose = await made.say(Purpose.DEMO if _older_demo(house.settings) else Purpose.LIVE, house.clock.now())
    if purpose is Purpose.DEMO:
        log.warning("demo.database", reason="made-up patients: this database was made by a demo; a hospital begins with an empty one")


async def is_made_up(house: House) -> bool:
    """Whether pages must say that nothing here is real: a demo's database that is served as a hospital's."""
    said = await MadeFor(house.database).said()
    return said is not None and said[0] is Purpose.DEMO and not house.settings.demo


def _older_demo(settings: Settings) -> bool:
    """A demo of before such marks, known by its sign-ins; a database elsewhere says nothing of this folder."""
    return settings.database_url is None and (settings.data_dir / SIGN_INS).exists()
