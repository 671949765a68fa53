"""From a figure of the minute ledger down to the visits: the rows add up to the figure, and each names who left and who came."""

import csv
import re
from datetime import timedelta
from html import unescape

import pytest

from flow.domain.ids import WardId
from flow.domain.ledger_behind import GHOST, Wanted
from flow.domain.roles import Role
from flow.history.ledger import ledger_behind, minute_ledger
from tests.exported import Shown
from tests.integration.test_ledger import BED, MINUTE, live
from tests.integration.web_house import Web, web

__all__ = ["web"]


async def test_a_figure_opens_down_to_the_visits(web: Web) -> None:
    await live(web)
    manager, now = await web.as_role(Role.MANAGER), web.core.clock.now()
    start = now - timedelta(days=1)
    ledger = await minute_ledger(web.core.database, start, now, "Asia/Kolkata", "4B")
    for each in ledger.sums:
        rows = await ledger_behind(web.core.database, start, now, "Asia/Kolkata", Wanted(each.owner, each.stretch, each.ward, each.day))
        assert sum((row.time for row in rows), timedelta()) == each.time, each
    (clean,) = await ledger_behind(web.core.database, start, now, "UTC", Wanted("cleaning", ward=WardId("4B")))
    assert (clean.bed, clean.left, clean.came, clean.time) == (BED, "V1", None, 20 * MINUTE)
    (promised,) = await ledger_behind(web.core.database, start, now, "UTC", Wanted("assigned_not_arrived"))
    assert (promised.left, promised.came, promised.time) == (None, "V2", 15 * MINUTE)
    (ghost,) = await ledger_behind(web.core.database, start, now, "UTC", Wanted(GHOST))
    assert (ghost.bed, ghost.left, ghost.time) == (BED, "V1", 40 * MINUTE)
    page = (await manager.get("/manager/ledger?range=24h&ward=4B")).text
    assert 'href="/manager/ledger-behind?range=24h&amp;ward=4B&amp;owner=cleaning">Cleaning</a>' in page
    behind = (await manager.get("/manager/ledger-behind?range=24h&ward=4B&owner=cleaning")).text
    assert "Cleaning · ward 4B" in behind and '<a href="/manager/visits/V1">V1</a>' in behind
    (row,) = Shown(behind).tables["rows"]
    assert row[6] == "20.0"
    said = (await manager.get("/manager/ledger-behind.csv?range=24h&ward=4B&owner=cleaning")).text.splitlines()
    assert said[1].startswith("4B A1,4B,") and said[1].endswith(",20.0,V1,")


async def test_every_cell_of_a_stretch_opens_the_rows_that_make_it(web: Web) -> None:
    await live(web)
    manager = await web.as_role(Role.MANAGER)
    page = (await manager.get("/manager/ledger?range=24h&ward=4B")).text
    cells = re.findall(r'<td><a href="(/manager/ledger-behind\?[^"]*stretch=[^"]*)" aria-label="([^"]*)">([^<]*)</a></td>', page)
    assert {label.split(",")[0] for _, label, _ in cells} >= {"Cleaning", "All", "4B Ward 4B"}
    shown = Shown(page).tables
    drawn = [cell.strip() for name in ("causes", "wards", "days") for row in shown[name] for cell in row[1:4]]
    assert len(cells) == sum(cell != "–" for cell in drawn)
    for href, label, hours in cells:
        file = (await manager.get(unescape(href).replace("ledger-behind?", "ledger-behind.csv?"))).text
        rows = list(csv.DictReader(file.splitlines()))
        assert {row["stretch"] for row in rows} == {unescape(label).split(", ")[-1].split(":")[0]}
        assert sum(float(row["minutes"]) for row in rows) / 60 == pytest.approx(float(hours), abs=0.06), label


async def test_nonsense_in_the_address_is_told_or_left_out(web: Web) -> None:
    manager = await web.as_role(Role.MANAGER)
    assert (await manager.get("/manager/ledger-behind?owner=x&stretch=y&day=z&range=ever")).status_code == 200
    assert (await manager.get("/manager/ledger-behind?ward=X")).status_code == 404
