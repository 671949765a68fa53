"""I7 for a database that is older than a rule: what the journal says of those days is judged by the rules of those days."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from flow.domain import hospital as the_hospital
from flow.domain.commands import RequestBed
from flow.domain.decide.planned import request_of
from flow.domain.house_rules import BEFORE
from flow.domain.ids import RequestId, VisitId
from flow.domain.request import BedRequest, RequestStatus
from flow.history import log
from tests.faults.stays import adt
from tests.integration.test_again import Lived, live, lived, unborn

__all__ = ["lived"]
DAY = datetime(2026, 11, 21)  # noqa: DTZ001  # a message's own local time
OLD, NEW = request_of(VisitId("OLD1")), request_of(VisitId("NEW1"))


@pytest.fixture
async def upgraded(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Lived]:
    """A hospital that lived with a release without these rules, and got this one in the afternoon. The old one's log tells of no rules."""
    async with unborn(dsn, tmp_path) as found:
        with monkeypatch.context() as old:
            for module in (the_hospital, log):
                old.setattr(module, "rules_of", lambda plan: BEFORE)
            await _before(found)
        await found.execute("alter table log disable trigger append_only; delete from log where kind = 'rules-changed'")
        await found.execute("delete from record where entity = 'rules'")
        await found.open()
        await found.hear([adt("A05", "r4", "", "NEW1", DAY), adt("A01", "r5", "ED^^", "STAY2", DAY)])
        await ask(found, "R-NEW", "STAY2")
        await found.hear([adt("A03", "r6", "", "STAY2", DAY + timedelta(hours=2))])
        yield found


async def _before(lived: Lived) -> None:
    await lived.open()
    await live(lived)
    await lived.hear([adt("A05", "r1", "", "OLD1", DAY), adt("A01", "r2", "ED^^", "STAY1", DAY)])
    await ask(lived, "R-OLD", "STAY1")
    await lived.hear([adt("A03", "r3", "", "STAY1", DAY + timedelta(hours=1))])


async def ask(lived: Lived, number: str, visit: str) -> None:
    patient = lived.desk.hospital.visits[VisitId(visit)].patient
    assert await lived.act(RequestBed(BedRequest(RequestId(number), patient, lived.clock.now(), "general"))) is not None


async def test_old_letters_are_judged_by_old_rules(upgraded: Lived) -> None:
    requests = upgraded.desk.hospital.requests
    assert OLD not in requests, "of the old release's plans none asked for a bed"
    assert requests[NEW].status is RequestStatus.WAITING
    assert (requests[RequestId("R-OLD")].is_live, requests[RequestId("R-NEW")].status) == (True, RequestStatus.CANCELLED)
    verdict = await upgraded.decided_again()
    assert verdict.differences == []
    assert verdict.surprises == []


async def test_without_the_dated_rules_it_would_come_out_otherwise(upgraded: Lived, monkeypatch: pytest.MonkeyPatch) -> None:
    """The very fault that the dating is there for."""
    monkeypatch.setattr("flow.history.again.BEFORE", None)
    verdict = await upgraded.decided_again()
    assert {(found.entity, found.id) for found in verdict.differences} >= {("request", OLD), ("request", "R-OLD")}


async def test_rules_are_told_once_and_again_when_they_change(lived: Lived) -> None:
    before = lived.desk.hospital.seq
    await lived.open()
    assert lived.desk.hospital.seq == before
    assert lived.desk.hospital.told_rules is not None
    assert lived.desk.hospital.told_rules.from_plans
