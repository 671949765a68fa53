"""NABH's indicators from the log to the screen, worked by hand; and the anonymised table: no id, no day, no small count."""

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from flow.domain.anonymous import COLUMNS, Discharged, anonymous, band, monday, tally
from flow.domain.commands import Chart, Person, Told
from flow.domain.ids import BedId, PatientId, VisitId, WardId
from flow.domain.nabh import INDICATORS, NOT_HELD, months_until, next_month
from flow.domain.person import PersonDetails
from flow.domain.roles import Role
from flow.domain.suppression import ALL, Mark
from flow.domain.visit import Act, Fact, Order
from flow.history.discharged import discharged
from flow.history.returns import returns
from tests.exported import Shown
from tests.integration.test_desk import NOW, admit, discharge
from tests.integration.test_kpis import A1, FEED, I1, MINUTE, live
from tests.integration.web_house import Web, web

__all__ = ["web"]
I2 = BedId("ICU-I-02")
BEGINS = "The record begins on 21 Nov 2026; of the days before nothing is known."


async def test_the_indicators_of_a_month_are_what_they_are_by_hand(web: Web) -> None:
    """The day of `tests.integration.test_kpis`: five left, after 120 to 1320 minutes, each ordered at minute 60; four were called."""
    await live(web)
    manager = await web.as_role(Role.MANAGER)
    text = (await manager.get("/manager/nabh.csv?month=2026-11")).text
    rows = {row["indicator"]: row for row in csv.DictReader(io.StringIO(text))}
    assert list(rows) == [each.title for each in INDICATORS]
    stay = rows["Average length of stay"]
    assert (float(stay["numerator_2026_11"]), float(stay["denominator_2026_11"])) == (pytest.approx(2.1, abs=0.05), 5)
    assert float(stay["figure_2026_11"]) == pytest.approx((120 + 180 + 240 + 1200 + 1320) / 1440 / 5, abs=0.0051)
    out = rows["Time taken for discharge"]
    assert (out["figure_2026_11"], out["denominator_2026_11"]) == ("552.0", "5.0"), "(60 + 120 + 180 + 1140 + 1260) / 5"
    wait = rows["Waiting time for out-patient consultation"]
    assert (wait["figure_2026_11"], wait["numerator_2026_11"], wait["denominator_2026_11"]) == ("25.0", "100.0", "4.0")
    assert (wait["figure_2026_10"], wait["figure_2026_09"]) == ("", "")
    page = (await manager.get("/manager/nabh")).text
    assert "September to November 2026, the last so far" in page
    assert f">{BEGINS}<" in page, "no month is told as if it were whole"
    assert all(name.replace("'", "&#39;") in page for name in NOT_HELD)
    far = await manager.get("/manager/nabh?month=2020-01")
    assert far.status_code == 200
    assert "The months that can be chosen are November 2025 to November 2026. Shown is November 2026." in far.text
    assert "/manager/nabh.csv?month=2026-11" in far.text, "the files are those of the month shown"
    assert (await manager.get("/manager/nabh.csv?month=2020-01")).status_code == 400
    assert (await (await web.as_role(Role.NURSE, "4B")).get("/manager/anonymised")).status_code == 403


def transfer(visit: str, bed: str, at: datetime, patient: str) -> Chart:
    fact = Fact(Act.TRANSFER, at, Order(at), place=bed)
    return Chart((Told(VisitId(visit), Person(PatientId(patient)), fact),), by_person=True)


async def test_returns_are_counted_by_hand(web: Web) -> None:
    """ICU: p1 leaves for the ward, is back after 47 hours and stays; p2 leaves the house and is back in another visit after 49; p3 moves
    from bed to bed of the ICU, leaves and is not back: three leavings, one return. p2 leaves again an hour ago: nobody knows yet."""
    deeds = [
        (0, admit("V1", I1, NOW, "p1")),
        (60, transfer("V1", A1, NOW + 60 * MINUTE, "p1")),
        (90, admit("V2", I1, NOW + 90 * MINUTE, "p2")),
        (120, discharge("V2", NOW + 120 * MINUTE, "p2")),
        (130, admit("V3", I2, NOW + 130 * MINUTE, "p3")),
        (140, transfer("V3", I1, NOW + 140 * MINUTE, "p3")),
        (150, discharge("V3", NOW + 150 * MINUTE, "p3")),
        (60 + 47 * 60, transfer("V1", I1, NOW + (60 + 47 * 60) * MINUTE, "p1")),
        (120 + 49 * 60, admit("V9", I2, NOW + (120 + 49 * 60) * MINUTE, "p2")),
        (5900, discharge("V9", NOW + 5900 * MINUTE, "p2")),
    ]
    for at, command in deeds:
        web.core.clock.set(NOW + at * MINUTE)
        await web.core.desk.act(command, FEED)
    plan, now = web.core.desk.plan, NOW + 5960 * MINUTE
    found = await returns(web.core.database, plan, NOW - timedelta(days=1), now, now)
    assert (found["icu_return"].numerator, found["icu_return"].denominator) == (1, 3)
    assert found["icu_return"].ratio(next(each.measure for each in INDICATORS if each.kpi == "icu_return")) == pytest.approx(100 / 3)
    assert (found["ed_return"].numerator, found["ed_return"].denominator) == (0, 0), "there is no emergency department in this house"
    icu = plan.ward[WardId("ICU")]
    emergency = replace(icu, beds=tuple(replace(bed, type="emergency") for bed in icu.beds))
    ward = replace(plan, wards=tuple(emergency if each is icu else each for each in plan.wards))
    home = await returns(web.core.database, ward, NOW - timedelta(days=1), now, now)
    assert (home["ed_return"].numerator, home["ed_return"].denominator) == (1, 2), "p1 went to a ward; p2 is back within 72 hours, p3 not"


async def test_each_indicator_says_where_its_definition_is_from(web: Web) -> None:
    await live(web)
    manager = await web.as_role(Role.MANAGER)
    rows = {r["indicator"]: r for r in csv.DictReader(io.StringIO((await manager.get("/manager/nabh.csv?month=2026-11")).text))}
    assert {name: row["definition"] for name, row in rows.items()} == {each.title: str(each.basis) for each in INDICATORS}
    boarded = rows["Time taken for admission from the emergency department"]
    assert (boarded["figure_2026_11"], boarded["denominator_2026_11"]) == ("260.0", "1.0"), "asked at minute 300, in bed at 560"
    assert (rows["Bed turnover rate"]["numerator_2026_11"], rows["Time taken to turn a bed"]["denominator_2026_11"]) == ("5.0", "4.0")
    assert rows["Bed turnover rate"]["denominator_2026_11"] == "8.4", "of the day that is recorded, not of three weeks"
    page = (await manager.get("/manager/nabh")).text
    assert page.count("Where the definition is from:") == len(INDICATORS)
    assert "hold each against your edition of the standards" in page


async def test_the_anonymised_table_has_bands_and_weeks_and_nobody(web: Web) -> None:
    await live(web)
    people = [PersonDetails(PatientId(f"p{n}"), f"Name{n}", f"MRN-{n}", date(1960 + 10 * n, 5, 1)) for n in range(1, 6)]
    await web.house.people.put(people, datetime(2026, 11, 1, tzinfo=UTC))
    now = web.core.clock.now()
    found = await discharged(web.core.database, web.house.people, web.core.desk.plan, now - timedelta(days=7), now)
    assert sorted((each.day, each.ward) for each in found) == [(date(2026, 11, 21), "4B")] * 3 + [(date(2026, 11, 22), "4B")] * 2
    assert {each.born for each in found} == {person.birth_date for person in people}
    web.core.clock.advance(timedelta(days=10))
    manager = await web.as_role(Role.MANAGER)
    page = (await manager.get("/manager/anonymised?month=2026-11")).text
    assert f">{BEGINS}<" in page
    (row, whole) = Shown(page).rows("discharges")
    assert row[:2] == ["16 Nov 2026", "4B Ward 4B"]
    assert row[-1] == whole[-1] == "5", "five are told, and the bands are not"
    assert {cell for cell in row[2:-1] if cell != "0"} <= {"<5", "hidden"}
    for kind in ("csv", "xlsx", "parquet"):
        file = (await manager.get(f"/manager/anonymised.{kind}?month=2026-11")).content
        assert not any(word in file for word in (b"Name1", b"MRN-1", b"1970", b"p1,", b"2026-11-21"))


async def test_two_tables_of_one_month_are_the_same_whatever_is_learnt_between_them(web: Web) -> None:
    """A month that goes on is not told. Once it is over it is told once and for all: somebody whose leaving in it is entered in the next
    month is in no second table, nor does another number of `few` show what the first hid."""
    await live(web)
    manager = await web.as_role(Role.MANAGER)
    running = await manager.get("/manager/anonymised?month=2026-11")
    assert running.status_code == 200 and "The months that can be chosen are October 2025 to October 2026." in running.text
    assert 'value="2026-10" selected' in running.text
    assert (await manager.get("/manager/anonymised.csv?month=2026-11")).status_code == 400
    page = (await manager.get("/manager/anonymised")).text
    assert 'value="2026-10" selected' in page and 'value="2026-11"' not in page
    web.core.clock.advance(timedelta(days=10))
    manager = await web.as_role(Role.MANAGER)
    first = await manager.get("/manager/anonymised.csv")
    await web.core.desk.act(discharge("V6", NOW + timedelta(days=2), "p6"), FEED)
    left = await discharged(web.core.database, web.house.people, web.core.desk.plan, NOW - timedelta(days=7), NOW + timedelta(days=7))
    assert len(left) == 6, "the sixth left in November, as is known in December"
    web.house.plan = replace(web.house.plan, reports=replace(web.house.plan.reports, few=2))
    second = await manager.get("/manager/anonymised.csv")
    assert [answer.status_code for answer in (first, second)] == [200, 200]
    assert first.content == second.content
    rows = list(csv.DictReader(io.StringIO(second.text)))
    assert rows[-1]["all"] == "5"
    assert (
        f"as known {web.core.clock.now().astimezone(ZoneInfo('Asia/Kolkata')):%d %b %Y}" in (await manager.get("/manager/anonymised")).text
    )


def test_bands_and_weeks() -> None:
    assert [band(age) for age in (0, 14, 15, 44, 75, 104, None)] == [*(COLUMNS[n] for n in (0, 0, 1, 2, 5, 5)), "not known"]
    assert monday(date(2026, 11, 22)) == date(2026, 11, 16) == monday(date(2026, 11, 16))
    assert months_until(date(2026, 1, 31), 3) == (date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1))
    assert next_month(date(2025, 12, 1)) == date(2026, 1, 1)


def test_a_lone_patient_of_an_age_is_not_told() -> None:
    day, born = date(2026, 11, 18), date(1990, 1, 1)
    many = [Discharged(day, "4B", born)] * 20 + [Discharged(day, "4B", date(2020, 1, 1))] + [Discharged(day, "5A", born)] * 9
    found = anonymous(tally(many, 5))
    row = (date(2026, 11, 16), "4B")
    assert found.marks[row, "0 to 14"] is Mark.SMALL
    assert found.counts[ALL, ALL] == 30
    assert not (found.marks.keys() >= {(row, ALL)} and len(found.marks) == 2)
    assert len(found.marks) >= 4, "others are hidden beside it, so that no difference gives it back"
