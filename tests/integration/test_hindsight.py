"""A day on its way from the log to the managers' figure: who came for a request, who lay there anyway, what hindsight would have won."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from flow.domain.bed import BedStatus, OutOfUse
from flow.domain.care import Isolation
from flow.domain.commands import AssignBed, RequestBed, SetBedStatus
from flow.domain.ids import BedId, PatientId, RequestId, VisitId
from flow.domain.request import BedRequest
from flow.domain.roles import Role
from flow.domain.ward_commands import MarkIsolation
from flow.history.hindsight import day_of
from flow.main.looking_back import LookingBack
from flow.web.rooms import Managers
from tests.integration.test_desk import NOW, NURSE, admit, discharge, open_house
from tests.integration.web_house import Web, make_web
from tests.plans import small_plan

MIDNIGHT = datetime.fromisoformat("2026-11-21T00:00:00+05:30")


@pytest.fixture
async def web(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Web]:
    async with AsyncExitStack() as stack:
        core = await open_house(stack, dsn, redis_url, tmp_path)
        yield make_web(core, stack, tmp_path, managers=Managers(look_back=LookingBack(small_plan(), 0.05)))


async def _comes(web: Web, number: int, bed: str, kind: str) -> None:
    """Somebody asks for a bed and comes to one."""
    clock, desk, patient = web.core.clock, web.core.desk, PatientId(f"p{number}")
    asked = BedRequest(RequestId(f"R-{number}"), patient, clock.now(), kind, sex="F", age=40, specialty="Medicine")
    await desk.act(RequestBed(asked), NURSE)
    await desk.act(AssignBed(asked.id, BedId(bed)), NURSE)
    clock.advance(timedelta(minutes=1))
    await desk.act(admit(f"V{number}", bed, clock.now(), patient), NURSE)


async def _a_day(web: Web) -> None:
    """Five come, of whom the first two lie in each other's bed by what they asked for; one lay there before, one bed is out of use."""
    await web.core.desk.act(admit("V0", "ICU-I-01", NOW - timedelta(days=3), "p0"), NURSE)
    await web.core.desk.act(MarkIsolation(VisitId("V0"), Isolation.CONTACT, "MRSA"), NURSE)
    await web.core.desk.act(SetBedStatus(BedId("ICU-I-02"), BedStatus.MAINTENANCE, reason=OutOfUse.REPAIR), NURSE)
    for number, (bed, kind) in enumerate(
        (("4B-S-01", "general"), ("4B-A-01", "private"), ("4B-A-02", "general"), ("4B-A-03", "general")), 1
    ):
        await _comes(web, number, bed, kind)


async def test_the_day_is_read_as_it_was(web: Web) -> None:
    await _a_day(web)
    web.core.clock.advance(timedelta(hours=4))
    await web.core.desk.act(discharge("V3", web.core.clock.now(), "p3"), NURSE)
    web.core.clock.advance(timedelta(hours=26))
    day = await day_of(web.core.database, small_plan(), MIDNIGHT, web.core.clock.now())
    stays = {stay.request.id: stay.lying for stay in day.stays}
    assert {number: lying.bed for number, lying in stays.items()} == {
        "R-1": "4B-S-01",
        "R-2": "4B-A-01",
        "R-3": "4B-A-02",
        "R-4": "4B-A-03",
    }
    assert timedelta(hours=4) <= stays[RequestId("R-3")].end - stays[RequestId("R-3")].start < timedelta(hours=5)
    assert stays[RequestId("R-1")].end > MIDNIGHT + timedelta(days=1), "who lies there still lies there to now"
    assert [(lying.bed, lying.sex, lying.isolated, lying.organism) for lying in day.others] == [("ICU-I-01", "F", True, "MRSA")]
    assert [out.bed for out in day.out] == ["ICU-I-02"]
    assert (await day_of(web.core.database, small_plan(), MIDNIGHT + timedelta(days=1), web.core.clock.now())).stays == ()


async def test_managers_read_one_figure_from_five_patients_on(web: Web) -> None:
    await _a_day(web)
    boss = await web.as_role(Role.MANAGER)
    web.core.clock.advance(timedelta(days=1))
    assert "Too few patients" in (await boss.get("/manager/hindsight")).text
    web.core.clock.advance(timedelta(days=-1))
    await _comes(web, 5, "4B-B-01", "general")
    web.core.clock.advance(timedelta(days=1, hours=1))
    text = (await boss.get("/manager/hindsight?day=2026-11-21")).text
    figure = re.search(r"Regret</a></h2><b>−(\d+)</b>", text)
    assert figure is not None, text
    assert int(figure[1]) > 0
    assert re.search(r"Would have lain better</a></h2><b>2</b><span>of 5", text)
    for wrong in ("2026-11-22", "2024-01-01", "x"):
        assert (await boss.get(f"/manager/hindsight?day={wrong}")).status_code == 422
    assert (await (await web.as_role(Role.HOUSEKEEPING)).get("/manager/hindsight")).status_code == 403
