"""Past days on every page of figures: the same question for each of them, the same days in its files, and what is wrong said beside the
fields."""

import csv
import io
import re
from datetime import timedelta

import pytest

from flow.domain.roles import Role
from tests.exported import Shown
from tests.integration.test_kpis import live
from tests.integration.web_house import Web, web

__all__ = ["web"]
PAGES = (
    "/manager",
    "/manager/kpis",
    "/manager/midnights",
    "/manager/ledger",
    "/manager/data-quality",
    "/manager/level",
    "/manager/overrides",
)
FILES = {"/manager": "/manager/occupancy"}
PAST = "from=2026-11-21&to=2026-11-21"
"""The day of which the first half was lived: it is 14:30 in the hospital at the start."""


async def days_later(web: Web) -> None:
    """A day lived, and three in which nothing was told."""
    await live(web)
    web.core.clock.advance(timedelta(days=3))


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_shows_past_days_and_its_files_the_same(web: Web, path: str) -> None:
    await days_later(web)
    manager = await web.as_role(Role.MANAGER)
    page = await manager.get(f"{path}?{PAST}")
    assert page.status_code == 200
    assert '<input type="date" name="from" value="2026-11-21"' in page.text and 'name="to" value="2026-11-21"' in page.text
    assert 'name="range"' not in page.text, "a length would be another question"
    assert "21 Nov 2026" in page.text and 'role="alert">The' not in page.text
    assert re.search(r'rel="next" href="[^"]*from=2026-11-22&amp;to=2026-11-22', page.text)
    assert 'rel="prev"' not in page.text, "the record begins on that day"
    assert ("Nobody had looked by the end of these days." in page.text) is (path == "/manager/level")
    files = set(re.findall(rf'href="({FILES.get(path, path)}\.(?:csv|xlsx|parquet)\?[^"]*)"', page.text))
    assert files and all(file.replace("&amp;", "&").partition("?")[2].startswith(PAST) for file in files)
    assert (await manager.get(f"{FILES.get(path, path)}.csv?{PAST}")).status_code == 200


@pytest.mark.parametrize("path", [*PAGES, "/manager/ledger-behind"])
@pytest.mark.parametrize(
    ("days", "said"),
    [
        ("from=2026-11-22&to=2026-11-21", "lies before the first"),
        ("from=2026-10-01&to=2026-10-02", "when the record begins"),
        ("from=2026-11-21&to=2026-12-24", "24 Dec 2026 has not come yet"),
        ("from=yesterday", "“yesterday” is no first day"),
        ("from=&to=2026-11-21", "Say the first day, too"),
    ],
)
async def test_what_is_wrong_is_said_on_the_page_and_refused_in_a_file(web: Web, path: str, days: str, said: str) -> None:
    manager = await web.as_role(Role.MANAGER)
    file = await manager.get(f"{FILES.get(path, path)}.csv?{days}")
    if path == "/manager/midnights":
        said = said.replace("24 Dec 2026 has not come yet", "21 Nov 2026 is not over yet")
    assert file.status_code == 400 and said in file.text, "another period's figures would be believed"
    if path != "/manager/ledger-behind":
        page = await manager.get(f"{path}?{days}&ward=")
        assert page.status_code == 200
        assert re.search(rf'role="alert">[^<]*{said}[^<]* Shown are the last (7|28) days', page.text)
        assert "yesterday" not in "".join(re.findall(r'href="(/manager[^"]*)"', page.text)), "its links and files are of the time shown"


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_shows_a_year_or_says_why_not(web: Web, path: str) -> None:
    page = (await (await web.as_role(Role.MANAGER)).get(path)).text
    bounded = path in ("/manager/ledger", "/manager/data-quality")
    assert ("range=365d" in page) is not (bounded or path == "/manager/overrides")
    assert ("At most 92 days at once: every " in page) is bounded


async def test_figures_of_a_past_day_are_those_that_it_had(web: Web) -> None:
    """At the midnight that ended the 21st, five of nine beds were taken (`BY_HAND` of the KPIs); the ledger is of that day alone."""
    await days_later(web)
    manager = await web.as_role(Role.MANAGER)
    nights = Shown((await manager.get(f"/manager/midnights?{PAST}")).text).tables["nights"]
    assert [night[:4] for night in nights] == [["Sat 21 Nov 2026", "55.6", "5", "9"]]
    rows = list(csv.DictReader(io.StringIO((await manager.get(f"/manager/kpis.csv?{PAST}")).text)))
    exits = {row["kpi"]: row for row in rows if row["group"] == "All"}["length_of_stay"]
    assert (exits["numerator"], exits["denominator"]) == ("0.4", "3.0"), "120 + 180 + 240 minutes: three left before midnight"
    occupancy = (await manager.get(f"/manager?{PAST}")).text
    assert "Occupied at the end" in occupancy and "Waiting over 4 h" not in re.sub(r"<dl>.*?</dl>", "", occupancy, flags=re.DOTALL)
    sums = list(csv.DictReader(io.StringIO((await manager.get(f"/manager/ledger.csv?{PAST}")).text)))
    assert {row["day"] for row in sums} == {"2026-11-21"}
    behind = (await manager.get(f"/manager/ledger?{PAST}")).text
    assert f"/manager/ledger-behind?{PAST.replace('&', '&amp;')}&amp;owner=" in behind, "a figure opens the rows of the same day"


@pytest.mark.parametrize("path", [path for path in PAGES if path != "/manager/overrides"])
async def test_a_length_from_before_the_record_says_so(web: Web, path: str) -> None:
    await live(web)
    manager = await web.as_role(Role.MANAGER)
    page = (await manager.get(f"{path}?range=28d")).text
    assert ">The record begins on 21 Nov 2026; of the days before nothing is known.<" in page
    assert 'rel="prev"' not in page, "of the days before nothing is known either"
    if path != "/manager/midnights":  # it has no shorter one
        assert "The record begins" not in (await manager.get(f"{path}?range=24h")).text


@pytest.mark.parametrize("length", ["24h", "28d", "365d"])
async def test_no_bed_is_listed_of_days_before_the_record(web: Web, length: str) -> None:
    """Unknown is not empty: neither page nor file tells of a moment before the first bed was opened."""
    await live(web)
    manager = await web.as_role(Role.MANAGER)
    rows = list(csv.DictReader(io.StringIO((await manager.get(f"/manager/occupancy.csv?range={length}")).text)))
    assert rows and all(row["time"] >= "2026-11-21T14:30" and row["staffed"] != "0" for row in rows)
    samples = Shown((await manager.get(f"/manager?range={length}")).text).tables["samples"]
    assert len(samples) == len(rows) and "0" not in [row[3] for row in samples]


async def test_a_house_of_some_minutes_has_its_pages(web: Web) -> None:
    """No moment that is drawn lies in its record yet."""
    web.core.clock.advance(timedelta(minutes=10))
    manager = await web.as_role(Role.MANAGER)
    for path in PAGES:
        for length in ("24h", "28d", "365d"):
            assert (await manager.get(f"{path}?range={length}")).status_code == 200, (path, length)
    for page in ("nabh", "anonymised"):
        assert (await manager.get(f"/manager/{page}")).status_code == 200
