"""A bed's last days and a visit's path: what the house did to one bed and for one patient, told without a name."""

import csv
import html
import io
import re
from datetime import timedelta

import pytest

from flow.domain.bed import BedStatus, OutOfUse, Stage
from flow.domain.commands import AssignBed, RequestBed, SetBedStatus
from flow.domain.ids import BedId, PatientId, RequestId, VisitId
from flow.domain.request import BedRequest
from flow.domain.roles import Role
from tests.integration.test_desk import NURSE, admit
from tests.integration.test_replay import ONE, TWO, moved_late
from tests.integration.web_house import Web, web

__all__ = ["web"]


def cells(page: str) -> list[list[str]]:
    """The rows of the page's table, as text."""
    body = page[page.index("<tbody>") : page.index("</tbody>")]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [[html.unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in rows]


async def test_a_beds_days_are_those_that_were_and_the_file_is_the_table(web: Web) -> None:
    await web.core.desk.act(SetBedStatus(BedId(ONE), BedStatus.MAINTENANCE, reason=OutOfUse.REPAIR), NURSE)
    web.core.clock.advance(timedelta(minutes=30))
    await web.core.desk.act(SetBedStatus(BedId(ONE), BedStatus.AVAILABLE), NURSE)
    await moved_late(web)
    boss = await web.as_role(Role.MANAGER)
    page = (await boss.get(f"/manager/beds/{ONE}")).text
    rows = cells(page)
    assert [(row[2], row[3], row[4]) for row in rows] == [
        ("1 h 30", "To clean, or being cleaned", ""),
        ("10 min", "Occupied", ""),
        ("10 min", "Free", ""),
        ("30 min", "Out of use", "repair"),
    ]
    assert [row[7] for row in rows] == ["–", "V1", "–", "–"]
    assert 'href="/manager/visits/V1"' in page and "known=since" in page
    assert len(re.findall(r'<rect class="was-', page)) == len(rows) + 4, "the chart has the same stretches, and the key"
    file = list(csv.DictReader(io.StringIO((await boss.get(f"/manager/bed.csv?bed={ONE}")).text)))
    assert [(row["minutes"], row["was"], row["detail"]) for row in file] == [
        ("90", "To clean, or being cleaned", ""),
        ("10", "Occupied", ""),
        ("10", "Free", ""),
        ("30", "Out of use", "repair"),
    ]


async def test_a_visits_path_has_beds_waits_transports_and_what_kept_it(web: Web) -> None:
    desk, clock = web.core.desk, web.core.clock
    await desk.act(SetBedStatus(BedId(TWO), BedStatus.CLEANING, Stage.IN_PROGRESS), NURSE)
    asked = BedRequest(RequestId("R-1"), PatientId("p1"), clock.now(), "general", sex="F", age=40, visit=VisitId("V1"))
    await desk.act(RequestBed(asked), NURSE)
    clock.advance(timedelta(minutes=20))
    await desk.act(AssignBed(asked.id, BedId(TWO)), NURSE)
    clock.advance(timedelta(minutes=10))
    await desk.act(SetBedStatus(BedId(TWO), BedStatus.AVAILABLE), NURSE)
    clock.advance(timedelta(minutes=15))
    await desk.act(admit("V1", TWO, clock.now()), NURSE)
    clock.advance(timedelta(hours=2))
    boss = await web.as_role(Role.MANAGER)
    page = (await boss.get("/manager/visits/V1")).text
    told = [(row[2], row[3], row[4]) for row in cells(page)]
    assert set(told) == {
        ("20 min", "Waited for a bed to be promised", TWO),
        ("25 min", f"Waited to come to bed {TWO}", TWO),
        ("30 min", f"Bed {TWO} was cleaned or waited for it", TWO),
        ("2 h 00", f"In bed {TWO}", TWO),
    }
    assert re.findall(r"<b>([^<]+)</b><span>", page) == ["2 h 00", "45 min", "30 min"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/manager/visits/NOBODY", 404),
        ("/manager/beds/9Z-X-01", 404),
        (f"/manager/beds/{ONE}?days=3", 422),
        (f"/manager/beds/{ONE}?day=2999-01-01", 422),
        ("/manager/bed.csv", 404),
        ("/manager/bed.csv?bed=../4B-A-01", 404),
        ("/manager/visit.xlsx", 404),
        ("/manager/visit.csv?visit=../../V1", 404),
    ],
)
async def test_what_is_not_there_is_said(web: Web, path: str, status: int) -> None:
    assert (await (await web.as_role(Role.MANAGER)).get(path)).status_code == status
