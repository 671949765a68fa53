"""Occupancy by house, ward, type and specialty, in pages of an answer, and the midnight census: page, file and API say the same."""

from typing import Any

import pytest

from flow.domain.roles import Role
from tests.exported import Shown
from tests.integration.test_kpis import live
from tests.integration.web_house import Web, web

__all__ = ["web"]
DAY = "from=2026-11-21T09:00:00Z&to=2026-11-22T09:00:00Z"
PARTS = ("occupied", "free", "reserved", "cleaning", "maintenance", "staffed")


async def asked(web: Web, path: str) -> dict[str, Any]:
    answer = await (await web.as_role(Role.MANAGER)).get(f"/api/v1/history/{path}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("by", ["ward", "type", "specialty"])
async def test_what_is_told_apart_adds_up_to_the_house(web: Web, by: str) -> None:
    await live(web)
    house = {item["time"]: item for item in (await asked(web, f"occupancy?{DAY}&bucket=hour"))["items"]}
    assert len(house) == 25
    parts = (await asked(web, f"occupancy?{DAY}&bucket=hour&by={by}"))["items"]
    assert {item["name"] for item in parts} == {
        "ward": {"4B", "ICU"},
        "type": {"general", "private", "icu"},
        "specialty": {"Medicine", "Intensive care"},
    }[by]
    for time, whole in house.items():
        own = [item for item in parts if item["time"] == time]
        assert {part: sum(item[part] for item in own) for part in PARTS} == {part: whole[part] for part in PARTS}, time


async def test_a_long_answer_comes_in_pages(web: Web) -> None:
    await live(web)
    whole = (await asked(web, f"occupancy?{DAY}&bucket=hour&by=ward"))["items"]
    first = await asked(web, f"occupancy?{DAY}&bucket=hour&by=ward&limit=30")
    second = await asked(web, f"occupancy?{DAY}&bucket=hour&by=ward&limit=30&cursor={first['next']}")
    assert (len(first["items"]), second["next"]) == (30, None)
    assert [*first["items"], *second["items"]] == whole
    manager = await web.as_role(Role.MANAGER)
    for query, code in (("specialty=Alchemy", "unknown-specialty"), ("type=sofa", "unknown-type"), ("by=colour", "bad-by")):
        answer = await manager.get(f"/api/v1/history/occupancy?{DAY}&{query}")
        assert answer.status_code in (400, 404, 422), answer.text
        assert code.partition("-")[2] in answer.text or answer.json()["code"] == code


async def test_the_midnight_census_is_the_moment_of_its_midnight(web: Web) -> None:
    await live(web)
    (night,) = (await asked(web, f"census?{DAY}"))["items"]
    assert (night["day"], night["time"]) == ("2026-11-21", "2026-11-21T18:30:00Z"), "it belongs to the day that it ends"
    (moment, _) = (await asked(web, "occupancy?from=2026-11-21T18:30:00Z&to=2026-11-21T19:30:00Z"))["items"]
    assert {part: night[part] for part in PARTS} == {part: moment[part] for part in PARTS}
    wards = {item["name"]: item["occupied"] for item in (await asked(web, f"census?{DAY}&by=ward"))["items"]}
    assert sum(wards.values()) == night["occupied"] > 0
    page = await (await web.as_role(Role.MANAGER)).get("/manager/midnights?range=28d&by=ward")
    rows = Shown(page.text).tables["nights"]
    last = rows[-1]
    assert last[0] == "Sat 21 Nov 2026" and last[2] == str(night["occupied"])
    assert [int(count) for count in last[8:]] == [wards["4B"], wards["ICU"]]


async def test_a_cut_that_there_is_not_is_the_usual_one_on_the_page_and_refused_in_a_file(web: Web) -> None:
    manager = await web.as_role(Role.MANAGER)
    page = await manager.get("/manager/midnights?range=7d&by=colour")
    assert page.status_code == 200 and 'value="ward" selected' in page.text
    assert "/manager/midnights.csv?range=7d&amp;table" in page.text and "by=colour" not in page.text
    refused = await manager.get("/manager/midnights.csv?range=7d&by=colour")
    assert refused.status_code == 400 and "by is one of ward, type, specialty." in refused.text
