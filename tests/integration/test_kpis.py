"""The KPIs from the log to the managers' screen: one day of a small hospital, every figure worked out by hand beside it."""

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from flow.desk import Actor
from flow.domain.bed import BedStatus, OutOfUse, Stage
from flow.domain.cause import Origin
from flow.domain.commands import AssignBed, CallNext, CancelRequest, Command, IssueToken, MarkToken, RequestBed, SetBedStatus
from flow.domain.discharge import Way
from flow.domain.discharge_commands import BeginDischarge
from flow.domain.ids import BedId, ClinicId, PatientId, RequestId, TokenId, VisitId
from flow.domain.kpis.table import MEASURES
from flow.domain.opd import TokenStatus
from flow.domain.request import BedRequest
from flow.domain.roles import Role
from tests.integration.test_desk import NOW, admit, discharge
from tests.integration.web_house import Web, web

__all__ = ["web"]
CLEANER, FEED = Actor("meena"), Actor("his", Origin.FEED)
MINUTE, DAY = timedelta(minutes=1), 1440
A1, A2, A3, B1, B2 = (BedId(f"4B-{bed}") for bed in ("A-01", "A-02", "A-03", "B-01", "B-02"))
S1, I1, ENT = BedId("4B-S-01"), BedId("ICU-I-01"), ClinicId("ENT")
Deed = tuple[int, Command]
Json = dict[str, Any]


def stays() -> Iterator[Deed]:
    """Six patients from the start, ordered to leave after an hour; five leave, the third's leaving is told 20 minutes late, the sixth's
    never comes. It is 14:30 in the hospital at the start, so the fourth leaves at 10:30 and the fifth at 12:30 of the next day."""
    for n, bed in enumerate((A1, A2, A3, B1, B2, I1), 1):
        yield 0, admit(f"V{n}", bed, NOW, f"p{n}")
        yield 60, BeginDischarge(VisitId(f"V{n}"), Way.CASH)
    for n, left, told in ((1, 120, 120), (2, 180, 180), (3, 240, 260), (4, 1200, 1200), (5, 1320, 1320)):
        yield told, discharge(f"V{n}", NOW + left * MINUTE, f"p{n}")


def cleans() -> Iterator[Deed]:
    """The five beds: response 10, 20, 30, 40 and none yet; the second clean pauses for five of its 25 minutes."""
    for bed, started, done in ((A1, 130, 150), (A2, 200, 225), (A3, 270, 280), (B1, 1240, 1270)):
        yield started, SetBedStatus(bed, BedStatus.CLEANING, stage=Stage.IN_PROGRESS)
        yield done, SetBedStatus(bed, BedStatus.AVAILABLE)
    yield 210, SetBedStatus(A2, BedStatus.CLEANING, stage=Stage.SUSPENDED)
    yield 215, SetBedStatus(A2, BedStatus.CLEANING, stage=Stage.IN_PROGRESS)
    yield 600, SetBedStatus(S1, BedStatus.MAINTENANCE, reason=OutOfUse.REPAIR)


def request(n: int, at: int, origin: str) -> Deed:
    asked = BedRequest(RequestId(f"R{n}"), PatientId(f"q{n}"), NOW + at * MINUTE, "general", origin=origin)
    return at, RequestBed(asked)


def requests() -> Iterator[Deed]:
    """One comes 250 minutes after the promise; one was in bed five minutes before it; one waits; one is cancelled; one has not come."""
    yield from (
        request(1, 300, "ED bay 1"),
        request(2, 400, "Clinic"),
        request(3, 1300, "ED"),
        request(4, 1100, "ED"),
        request(5, 1000, "ER"),
    )
    yield 310, AssignBed(RequestId("R1"), A1)
    yield 420, AssignBed(RequestId("R2"), A2)
    yield 430, admit("W2", A2, NOW + 415 * MINUTE, "q2")
    yield 560, admit("W1", A1, NOW + 560 * MINUTE, "q1")
    yield 1005, AssignBed(RequestId("R5"), A3)
    yield 1110, CancelRequest(RequestId("R4"))


def token(rank: int, day: int = 21) -> TokenId:
    return TokenId(f"ENT-202611{day}-{rank:03d}")


def clinic() -> Iterator[Deed]:
    """Waits of 10, 20, 30 and 40 minutes; the fourth of six goes uncalled after 40, the fifth is called and absent, the sixth is never
    called: that wait ends with the day, 540 minutes on. On the next day somebody has waited for ten."""
    for at in (0, 0, 5, 10, 20, 30):
        yield at, IssueToken(ENT, date(2026, 11, 21))
    for room, called, rank in (("1", 10, 1), ("2", 20, 2), ("1", 35, 3), ("2", 60, 5)):
        yield called, CallNext(ENT, room)
        yield called + 1, MarkToken(token(rank), TokenStatus.SKIPPED if rank == 5 else TokenStatus.IN_ROOM)
    yield 50, MarkToken(token(4), TokenStatus.SKIPPED)
    yield 1430, IssueToken(ENT, date(2026, 11, 22))


async def live(web: Web) -> None:
    """A day, in the order in which it was told."""
    told = sorted([*stays(), *cleans(), *requests(), *clinic()], key=lambda deed: deed[0])
    for at, command in told:
        web.core.clock.advance(NOW + at * MINUTE - web.core.clock.now())
        await web.core.desk.act(command, CLEANER if isinstance(command, SetBedStatus | MarkToken) else FEED)
    web.core.clock.advance(NOW + DAY * MINUTE - web.core.clock.now())


async def asked(web: Web, query: str = "") -> dict[str, Json]:
    """The API's answer about that day, by KPI."""
    manager = await web.as_role(Role.MANAGER)
    answer = await manager.get(f"/api/v1/kpis?from=2026-11-21T09:00:00Z&to=2026-11-22T09:00:00Z{query}")
    assert answer.status_code == 200, answer.text
    return {item["id"]: item for item in answer.json()["items"]}


def groups(item: Json) -> dict[str | None, Json]:
    return {figure["group"]: figure for figure in item["figures"]}


BY_HAND: dict[str, tuple[float, float]] = {
    "occupancy_now": (3, 8),  # the sixth and the two who came; nine beds, one of them out of use
    "bed_occupancy_rate": (5, 9),  # at midnight, minute 570: the fourth to sixth, and the two who came; before the ward blocks a bed
    "length_of_stay": ((120 + 180 + 240 + 1200 + 1320) / DAY, 5),
    "bed_turnover": (5, (8 * DAY + 600) / DAY),
    "turnover_interval": ((8 * DAY + 600 - (120 + 180 + 240 + 1200 + 1320 + DAY) - 880 - 1020) / DAY, 5),
    "evs_response": (10 + 20 + 30 + 40, 4),
    "evs_clean": (20 + 20 + 10 + 30, 4),
    "evs_turn": (30 + 45 + 40 + 70, 4),
    "request_to_assign": (10 + 20 + 5, 3),
    "assign_to_occupy": (250, 1),
    "order_to_exit": (60 + 120 + 180 + 1140 + 1260, 5),
    "exits_before_noon": (1, 5),
    "boarding": (260, 1),
    "boarding_long": (2, 2),  # one for 260 minutes, one still after 440; of who waits for 140, and who went after 10, it is not known
    "opd_wait": (10 + 20 + 30 + 40, 4),
    "opd_no_show": (1, 7),
    "opd_left": (1, 7),
    "ghost_hours": (20 / 60, 1),
}

SPANS: dict[str, tuple[float | None, float | None, int, int, int, int]] = {
    # the median, the ninth of ten; cases, under way, ended otherwise, invalid
    "evs_response": (30, None, 5, 1, 0, 0),  # 4/5, 3/5, 2/5 have waited longer than 10, 20, 30; after 40 minutes still 1/5
    "evs_clean": (None, None, 4, 0, 0, 0),  # four are too few
    "evs_turn": (45, None, 5, 1, 0, 0),  # 30, 40, 45
    "request_to_assign": (20, None, 5, 1, 1, 0),  # 5: 4/5; 10: 3/5, and one goes; 20: 3/5 x 1/2
    "assign_to_occupy": (None, None, 2, 1, 0, 1),
    "order_to_exit": (180, None, 6, 1, 0, 0),  # 5/6, 4/6, 3/6; after 1260 minutes still 1/6
    "boarding": (None, None, 4, 2, 1, 0),
    "opd_wait": (40, None, 7, 1, 2, 0),  # 6/7, one under way for 10; 6/7 x 4/5 x 3/4 x 2/3 = 0.34
}


async def test_every_kpi_is_what_it_is_by_hand(web: Web) -> None:
    await live(web)
    found = await asked(web)
    assert set(found) == set(BY_HAND) == set(MEASURES)
    for kpi, (numerator, denominator) in BY_HAND.items():
        (figure,) = found[kpi]["figures"]
        assert (figure["numerator"], figure["denominator"]) == (pytest.approx(numerator), pytest.approx(denominator)), kpi
        scale = 100 if found[kpi]["unit"] == "%" else 1
        assert figure["ratio"] == pytest.approx(numerator if found[kpi]["sort"] == "sum" else scale * numerator / denominator), kpi
    told = {kpi: found[kpi]["figures"][0] for kpi, item in found.items() if item["sort"] == "span"}
    names = ("p50", "p90", "cases", "under_way", "otherwise", "invalid")
    assert {kpi: tuple(round(f[n]) if f[n] is not None else None for n in names) for kpi, f in told.items()} == SPANS
    assert found["boarding_long"]["figures"][0]["under_way"] == 1


async def test_cuts_add_up_and_go_by_the_hospital_s_clock(web: Web) -> None:
    await live(web)
    hours = groups((await asked(web, "&by=hour"))["evs_turn"])
    assert {name: figure["cases"] for name, figure in hours.items()} == {None: 5, "16": 1, "17": 1, "18": 1, "10": 1, "12": 1}
    days = await asked(web, "&by=weekday")
    assert {name: f["numerator"] for name, f in groups(days["exits_before_noon"]).items()} == {None: 1, "6": 0, "7": 1}
    assert set(groups(days["bed_occupancy_rate"])) == {None, "6"}, "a midnight belongs to the day that it ends"
    assert set(groups(days["occupancy_now"])) == {None}, "a moment has no weekday"
    for by in ("ward", "type", "hour", "weekday"):
        for kpi, item in (await asked(web, f"&by={by}")).items():
            whole, *parts = item["figures"]
            for field in ("numerator", "denominator", "cases", "under_way", "otherwise", "invalid"):
                assert not parts or sum(part[field] for part in parts) == pytest.approx(whole[field]), (kpi, by, field)
    wards = groups((await asked(web, "&by=ward"))["order_to_exit"])
    assert (wards["4B"]["denominator"], wards["ICU"]["under_way"]) == (5, 1)
    icu = await asked(web, "&ward=ICU")
    assert icu["occupancy_now"]["figures"][0]["ratio"] == 50
    assert not {"opd_wait", "request_to_assign", "boarding"} & set(icu), "they know no ward of those who wait"
    assert (await asked(web, "&type=private"))["occupancy_now"]["figures"][0]["denominator"] == 0


@pytest.mark.parametrize("query", ["", "&by=type", "&by=hour", "&by=none", "&ward=4B", "&ward=4B&type=general&by=weekday"])
async def test_file_and_api_say_the_same(web: Web, query: str) -> None:
    await live(web)
    manager = await web.as_role(Role.MANAGER)
    file = await manager.get(f"/manager/kpis.csv?range=24h{query}")
    rows = list(csv.DictReader(io.StringIO(file.text)))
    whole = [row for row in rows if row["group"] == "All"]
    cut = [row for row in rows if row["group"] != "All"]
    found = await asked(web, query.replace("&by=none", "") if query else "&by=ward")
    assert [row["kpi"] for row in whole] == list(found)
    for row in whole:
        figure = found[row["kpi"]]["figures"][0]
        assert float(row["numerator"]) == pytest.approx(figure["numerator"], abs=0.051)
        assert not row["figure"] or float(row["figure"]) == pytest.approx(figure["value"], abs=0.51)
    for kpi, item in found.items():
        own = sum(row["kpi"] == kpi for row in cut)
        assert own == (len(item["figures"]) - 1 if own else 0)


async def test_the_page_says_why_there_is_no_figure(web: Web) -> None:
    await live(web)
    manager = await web.as_role(Role.MANAGER)
    text = (await manager.get("/manager/kpis?range=24h")).text
    assert "n &lt; 5" in text and "not reached" in text
    assert "Never rewarded alone" in text and "Kaplan and Meier" in text
    assert 'href="/manager/ledger?range=24h"' in text
    assert all(f'id="define-{kpi}"' in text for kpi in MEASURES)
    assert 'href="/manager/kpis"' in (await manager.get("/manager")).text
    ward = (await manager.get("/manager/kpis?range=24h&ward=4B")).text
    assert "Not known by the ward or type chosen: Request to assign" in ward


async def test_who_reads_the_kpis_and_what_is_refused(web: Web) -> None:
    nurse = await web.as_role(Role.NURSE, "4B")
    assert (await nurse.get("/manager/kpis")).status_code == 403
    assert (await nurse.get("/api/v1/kpis")).json()["ward"] == "4B"
    assert (await nurse.get("/api/v1/kpis?ward=ICU")).status_code == 403
    manager = await web.as_role(Role.MANAGER)
    assert (await manager.get("/manager/kpis?ward=nowhere")).status_code == 404
    for wrong in ("by=month", "type=balcony", "from=2026-11-20T00:00:00Z&to=2026-11-19T00:00:00Z", "from=yesterday"):
        assert (await manager.get(f"/api/v1/kpis?{wrong}")).status_code == 400, wrong
    assert (await manager.get("/manager/kpis?by=month")).status_code == 400
