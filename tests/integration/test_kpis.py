"""The KPIs from the log to the managers' screen: one day of a small hospital, every figure worked out by hand beside it."""

import csv
import io
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from flow.desk import Actor, Desk
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
from flow.history.queries import load
from tests.exported import Shown
from tests.integration.feed_house import stay
from tests.integration.test_at_hand import here
from tests.integration.test_desk import NOW, admit, discharge
from tests.integration.web_house import Web, web

__all__ = ["here", "web"]
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


DAYS_OF = {"6": (3, (120 + 180 + 240) / DAY), "7": (2, (1200 + 1320) / DAY)}
"""Three left on Saturday, two on Sunday; their days in bed."""
CUTS: dict[tuple[str, str], dict[str, tuple[float, float]]] = {
    # Numerators and denominators by hand. It is 14:30 at the start: Saturday has 570 minutes, and until minute 600 nine beds, then eight.
    ("occupancy_now", "ward"): {"4B": (2, 6), "ICU": (1, 2)},
    ("occupancy_now", "type"): {"general": (2, 6), "icu": (1, 2), "private": (0, 0)},
    ("bed_occupancy_rate", "weekday"): {"6": (5, 9)},
    ("length_of_stay", "hour"): {
        **{hour: (minutes / DAY, 1) for hour, minutes in (("16", 120), ("17", 180), ("18", 240), ("10", 1200), ("12", 1320))},
    },
    ("length_of_stay", "weekday"): {day: (days, left) for day, (left, days) in DAYS_OF.items()},
    ("bed_turnover", "weekday"): {"6": (3, 9 * 570 / DAY), "7": (2, (9 * 30 + 8 * 840) / DAY)},
    ("bed_turnover", "hour"): {
        **{f"{hour:02d}": (float(hour in (16, 17, 18)), 9 * 60 / DAY) for hour in range(15, 24)},
        **{f"{hour:02d}": (float(hour in (10, 12)), 8 * 60 / DAY) for hour in range(1, 14)},
        **dict.fromkeys(("00", "14"), (0, (9 * 30 + 8 * 30) / DAY)),  # the bed is blocked at 00:30; 14:30 is where the day begins
    },
    ("turnover_interval", "weekday"): {
        # lain in: the six, 10 minutes of the first who came and 150 of the other; then the fourth to sixth and these two
        "6": ((9 * 570 - (120 + 180 + 240 + 3 * 570) - (10 + 150)) / DAY, 3),
        "7": ((9 * 30 + 8 * 840 - (630 + 750 + 870) - 2 * 870) / DAY, 2),
    },
    ("evs_response", "hour"): {"16": (10, 1), "17": (20, 1), "18": (30, 1), "10": (40, 1), "12": (0, 0)},
    ("evs_clean", "ward"): {"4B": (20 + 20 + 10 + 30, 4)},
    ("evs_turn", "weekday"): {"6": (30 + 45 + 40, 3), "7": (70, 1)},
    ("request_to_assign", "ward"): {"?": (10 + 20 + 5, 3)},  # this house has no ward for emergencies, and none was named
    ("request_to_assign", "hour"): {"19": (10, 1), "21": (20, 1), "12": (0, 0), "08": (0, 0), "07": (5, 1)},
    ("assign_to_occupy", "hour"): {"19": (250, 1), "21": (0, 0), "07": (0, 0)},
    ("order_to_exit", "ward"): {"4B": (60 + 120 + 180 + 1140 + 1260, 5), "ICU": (0, 0)},
    ("exits_before_noon", "weekday"): {"6": (0, 3), "7": (1, 2)},
    ("boarding", "ward"): {"?": (260, 1)},
    ("boarding_long", "weekday"): {"6": (1, 1), "7": (1, 1)},
    ("opd_wait", "hour"): {"14": (10 + 20 + 30 + 40, 4), "15": (0, 0)},  # who came at 15:00 was never called
    ("opd_no_show", "weekday"): {"6": (1, 6), "7": (0, 1)},
    ("opd_left", "ward"): {"ENT": (1, 7)},
    ("ghost_hours", "hour"): {"18": (20 / 60, 1)},
    ("ghost_hours", "weekday"): {"6": (20 / 60, 1)},
    ("ghost_hours", "ward"): {"4B": (20 / 60, 1)},
}


async def test_every_cut_is_what_it_is_by_hand(web: Web) -> None:
    await live(web)
    assert {kpi for kpi, _ in CUTS} == set(MEASURES), "each has an example"
    for by in ("ward", "type", "hour", "weekday"):
        found = await asked(web, f"&by={by}")
        for kpi in (kpi for kpi, cut in CUTS if cut == by):
            told = {f["group"]: (f["numerator"], f["denominator"]) for f in found[kpi]["figures"][1:]}
            assert told == {group: pytest.approx(pair) for group, pair in CUTS[kpi, by].items()}, (kpi, by)


@pytest.mark.parametrize("by", ["ward", "hour", "weekday"])
async def test_a_year_that_begins_before_the_record_is_told_as_from_its_beginning(web: Web, by: str) -> None:
    """Before it there are no beds: turnover is divided by the time of which something is known, not by a year."""
    await live(web)
    manager = await web.as_role(Role.MANAGER)
    rows = csv.DictReader(io.StringIO((await manager.get(f"/manager/kpis.csv?range=365d&by={by}")).text))
    told = {(row["kpi"], row["group"]): (row["numerator"], row["denominator"]) for row in rows}
    rows = csv.DictReader(io.StringIO((await manager.get(f"/manager/kpis.csv?range=24h&by={by}")).text))
    assert told == {(row["kpi"], row["group"]): (row["numerator"], row["denominator"]) for row in rows}
    assert float(told["bed_turnover", "All"][1]) == pytest.approx(BY_HAND["bed_turnover"][1], abs=0.051)


async def test_a_ward_is_cut_by_hour_and_weekday_too(web: Web) -> None:
    await live(web)
    hours = groups((await asked(web, "&ward=4B&by=hour"))["length_of_stay"])
    assert {hour: round(f["numerator"] * DAY) for hour, f in hours.items()} == {
        None: 3060,
        "16": 120,
        "17": 180,
        "18": 240,
        "10": 1200,
        "12": 1320,
    }
    icu = await asked(web, "&ward=ICU&by=weekday")
    assert {day: f["denominator"] for day, f in groups(icu["bed_turnover"]).items()} == {
        None: pytest.approx(2),
        "6": pytest.approx(2 * 570 / DAY),
        "7": pytest.approx(2 * 870 / DAY),
    }
    assert [f["group"] for f in icu["occupancy_now"]["figures"]] == [None], "a moment has no weekday"
    manager = await web.as_role(Role.MANAGER)
    page = (await manager.get("/manager/kpis?range=24h&ward=4B&by=hour")).text
    assert "4B" in page and "Not cut like this, as it would mean nothing: Occupancy now (it is of one moment;" in page
    rows = Shown(page).tables["length_of_stay"]
    assert [row[0] for row in rows] == ["All", "10:00", "12:00", "16:00", "17:00", "18:00"]


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
    assert set(MEASURES) - set(icu) == {"opd_wait", "opd_no_show", "opd_left"}, "clinics are no wards"
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
    assert "wait in a clinic without a bed: OPD wait, OPD no-show, OPD left uncalled." in ward


async def test_who_reads_the_kpis_and_what_is_refused(web: Web) -> None:
    nurse = await web.as_role(Role.NURSE, "4B")
    assert (await nurse.get("/manager/kpis")).status_code == 403
    assert (await nurse.get("/api/v1/kpis")).json()["ward"] == "4B"
    assert (await nurse.get("/api/v1/kpis?ward=ICU")).status_code == 403
    manager = await web.as_role(Role.MANAGER)
    assert (await manager.get("/manager/kpis?ward=nowhere")).status_code == 404
    backwards = "from=2026-11-20T00:00:00Z&to=2026-11-19T00:00:00Z"
    for wrong, status in (("by=month", 400), ("type=balcony", 404), (backwards, 422), ("from=yesterday", 400)):
        assert (await manager.get(f"/api/v1/kpis?{wrong}")).status_code == status, wrong
    page = await manager.get("/manager/kpis?range=24h&by=month")
    assert page.status_code == 200 and 'value="ward" selected' in page.text, "a page shows the usual cut"
    assert "/manager/kpis.csv?range=24h&amp;table" in page.text and "by=month" not in page.text
    assert (await manager.get("/manager/kpis.csv?range=24h&by=month")).status_code == 400, "a file is refused"


async def test_finished_visits_are_looked_up_one_by_one(here: Desk) -> None:
    """In tables without statistics, as those of a house that has just begun: never all of them for each."""
    many = 60
    for n in range(many):
        await here.inbox.keep([stay(2 * n, "4B^A^1", visit=f"V{n}", mrn=f"CANARYMRN{n}")])
        await here.inbox.keep([stay(2 * n + 1, "4B^A^1", "A03", visit=f"V{n}", mrn=f"CANARYMRN{n}", minute=5)])
    while await here.take_letters():
        pass
    fetched = "select coalesce(idx_tup_fetch, 0) + coalesce(seq_tup_read, 0) from pg_stat_xact_user_tables where relname = 'record'"
    async with here.database.write() as connection:
        before = await connection.fetchval(fetched)
        found = await connection.fetch(load("kpis")["exits"], here.plan.id, [f"V{n}" for n in range(many)])
        assert len(found) == many
        assert await connection.fetchval(fetched) - before <= 2 * many
