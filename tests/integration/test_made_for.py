"""A demo's made-up patients and public sign-ins never come into a database that serves a hospital, or may; who serves a demo's is told."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from flow.domain.bed import BedStatus, OutOfUse
from flow.domain.commands import SetBedStatus
from flow.domain.ids import HospitalId
from flow.domain.roles import Role
from flow.errors import Misconfigured
from flow.history.log import Log
from flow.history.made_for import MadeFor, Purpose
from flow.history.pool import Database
from flow.main.purpose import SIGN_INS, for_demo, for_hospital, is_made_up
from tests.integration.test_desk import BED, NOW, NURSE
from tests.integration.test_signin import signed_in
from tests.integration.web_house import Web, make_web, web

__all__ = ["web"]


def opened(web: Web, folder: Path, *, demo: bool = False, elsewhere: str | None = None) -> Any:
    """What the commands hold: an open house with nothing running."""
    core = web.core
    said = SimpleNamespace(demo=demo, data_dir=folder, database_url=elsewhere)
    return SimpleNamespace(database=core.database, log=Log(core.database), plan=core.desk.plan, clock=core.clock, settings=said)


class Empty:
    """A log without an entry."""

    async def head(self) -> tuple[int, int]:
        return 0, 0


async def test_a_demo_begins_with_an_empty_database_and_goes_on_with_its_own(web: Web, tmp_path: Path) -> None:
    house = opened(web, tmp_path, demo=True)
    house.log = Empty()
    await for_demo(house)
    assert await MadeFor(house.database).said() == (Purpose.DEMO, NOW)
    house.log = Log(house.database)
    await web.core.desk.act(SetBedStatus(BED, BedStatus.MAINTENANCE, reason=OutOfUse.REPAIR), NURSE)
    await for_demo(house)
    assert not await is_made_up(house), "the demo itself needs no warning"


async def test_a_demo_refuses_a_hospitals_database_and_a_history_it_did_not_begin(web: Web, tmp_path: Path) -> None:
    house = opened(web, tmp_path, demo=True)
    await web.core.desk.act(SetBedStatus(BED, BedStatus.MAINTENANCE, reason=OutOfUse.REPAIR), NURSE)
    with pytest.raises(Misconfigured, match="that no demo began") as refused:
        await for_demo(house)
    assert refused.value.code == "live-database" and await MadeFor(house.database).said() is None
    await for_hospital(house)
    with pytest.raises(Misconfigured, match="serves Test Hospital since 2026-11-21") as refused:
        await for_demo(house)
    assert "BEDFLOW_DATA_DIR" in refused.value.reason
    assert await MadeFor(house.database).said() == (Purpose.LIVE, NOW)


async def test_no_demo_is_played_beside_another_hospital(web: Web, dsn: str, tmp_path: Path) -> None:
    other = await Database.connect(dsn, HospitalId("other"))
    await MadeFor(other).say(Purpose.LIVE, NOW)
    await other.close()
    house = opened(web, tmp_path, demo=True)
    house.log = Empty()
    with pytest.raises(Misconfigured, match=r"serves a hospital \(other\)"):
        await for_demo(house)


async def test_a_demo_of_before_such_marks_is_known_by_its_sign_ins(web: Web, tmp_path: Path) -> None:
    await web.core.desk.act(SetBedStatus(BED, BedStatus.MAINTENANCE, reason=OutOfUse.REPAIR), NURSE)
    (tmp_path / SIGN_INS).write_text("{}")
    with pytest.raises(Misconfigured):
        await for_demo(opened(web, tmp_path, elsewhere="postgresql://hospital"))
    await for_demo(opened(web, tmp_path, demo=True))
    assert await is_made_up(opened(web, tmp_path))


async def test_a_demos_database_served_as_a_hospitals_says_so_on_every_page(
    web: Web, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    house = opened(web, tmp_path)
    await MadeFor(house.database).say(Purpose.DEMO, NOW)
    await for_hospital(house)
    assert "demo.database" in "".join(capfd.readouterr()) and await is_made_up(house)
    plain = await signed_in(web, "asha", Role.MANAGER)
    made_up = make_web(web.core, web.stack, tmp_path, made_up=True)
    told = await signed_in(made_up, "ravi", Role.MANAGER)
    for path in ("/", "/admissions", "/manager", "/displays/staff/command-centre"):
        assert "Made-up patients" not in (await plain.get(path)).text, path
        assert "Made-up patients" in (await told.get(path)).text, path
