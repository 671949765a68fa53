"""Feeds, letters and conflicts over the API, for engines' dashboards: the same filters and buttons as on the screen, by right."""

from datetime import timedelta
from urllib.parse import quote

import structlog

from flow.domain.roles import Role
from flow.history.feeds import Feeds
from flow.jobs import Jobs
from tests.integration.feed_house import bed_report, fed, send, settled, stay
from tests.integration.test_desk import NOW
from tests.integration.web_house import Web

__all__ = ["fed"]


async def test_letters_are_filtered_and_paged(fed: Web) -> None:
    await send(fed, *(stay(n, "4B^A^1", "A08", visit="V1", minute=n) for n in range(1, 6)), bed_report(9, "7X^O^7", "H"))
    admin = await fed.as_role(Role.ADMIN)
    first = (await admin.get("/api/v1/hl7/letters?visit=V1&limit=2&trigger=A08&feed=his")).json()
    rest = (await admin.get(f"/api/v1/hl7/letters?visit=V1&trigger=A08&cursor={first['next']}")).json()
    assert [item["control_id"] for item in first["items"] + rest["items"]] == ["C5", "C4", "C3", "C2", "C1"]
    since, until = quote((NOW + timedelta(minutes=2)).isoformat()), quote((NOW + timedelta(minutes=4)).isoformat())
    timed = (await admin.get(f"/api/v1/hl7/letters?since={since}&until={until}")).json()
    assert [item["control_id"] for item in timed["items"]] == ["C3", "C2"]
    assert [i["code"] for i in (await admin.get("/api/v1/hl7/letters?state=parked")).json()["items"]] == ["unknown-place"]


async def test_a_feed_is_changed_and_what_waited_goes_in(fed: Web) -> None:
    await send(fed, stay(1, "9Z^Q^9"), bed_report(2, "8Y^P^8", "H"))
    admin, auditor = await fed.as_role(Role.ADMIN), await fed.as_role(Role.AUDITOR)
    places = {"places": {"9Z^Q^9": "4B-A-02", "8Y^P^8": "4B-B-01"}, "a08": "ignore"}
    assert (await auditor.post("/api/v1/hl7/feeds/his", json=places)).status_code == 403
    assert (await admin.post("/api/v1/hl7/feeds/none", json=places)).status_code == 404
    assert (await admin.post("/api/v1/hl7/feeds/his", json={"a08": "sometimes"})).status_code in (404, 409)
    answer = await admin.post("/api/v1/hl7/feeds/his", json=places)
    assert (answer.status_code, answer.json()["sent_in_again"]) == (200, 1)
    await settled(fed)
    beds = fed.house.desk.hospital.beds
    assert (beds["4B-A-02"].visit, beds["4B-B-01"].status) == ("V1", "cleaning")  # type: ignore[index]


async def test_all_of_a_code_go_in_again(fed: Web) -> None:
    await send(fed, bed_report(1, "7X^O^7", "H"), bed_report(2, "7X^O^7", "H"))
    admin = await fed.as_role(Role.ADMIN)
    assert (await admin.post("/api/v1/hl7/letters/replay", json={"code": "unknown-place"})).json() == {"letters": 2}
    assert (await admin.post("/api/v1/hl7/letters/replay", json={"code": "no-such-code"})).json() == {"letters": 0}
    assert (await admin.post("/api/v1/hl7/letters/replay", json={})).status_code == 422


async def test_conflicts_say_how_they_are_settled(fed: Web) -> None:
    await send(fed, stay(1, "4B^A^1"), stay(2, "4B^A^1", minute=5))
    desk, nurse = await fed.as_role(Role.ADMISSIONS), await fed.as_role(Role.NURSE, "4B")
    assert (await nurse.get("/api/v1/conflicts")).status_code == 403
    (found,) = (await desk.get("/api/v1/conflicts")).json()["items"]
    assert (found["kind"], [claim["visit"] for claim in found["claims"]]) == ("claim", ["V1", "V2"])
    assert [claim["letters"] for claim in found["claims"]] == [[1], [2]]
    assert found["settle"] == [{"visit": "V2", "how": "drops"}, {"visit": "V2", "how": "holds"}]
    assert (await desk.post("/api/v1/conflicts/settle", json=found["settle"][1])).status_code == 200
    assert (await desk.get("/api/v1/conflicts")).json()["items"] == []
    again = await desk.post("/api/v1/conflicts/settle", json=found["settle"][1])
    assert (again.status_code, again.json()["code"]) == (409, "no-conflict")


async def test_a_feed_that_falls_silent_is_told_once_and_so_is_its_return(fed: Web) -> None:
    await send(fed, *(stay(n, "4B^A^1", "A08", visit="V1", minute=n) for n in range(30)))
    clock = fed.core.clock
    clock.set(NOW + timedelta(minutes=39))
    jobs = Jobs(fed.house.desk, fed.house.inbox, clock)
    await jobs.count_habits()
    assert await jobs.watch_feeds() == ()
    clock.advance(timedelta(minutes=1))
    with structlog.testing.capture_logs() as said:
        (alarm,) = await jobs.watch_feeds()
        assert await jobs.watch_feeds() == (alarm,)
    assert alarm.key == ("silent", "his")
    assert [(line["event"], line["log_level"]) for line in said] == [("feed.silent", "error")]
    admin = await fed.as_role(Role.ADMIN)
    (feed,) = (await admin.get("/api/v1/hl7/feeds")).json()["items"]
    assert (feed["alarm"], feed["waiting"], feed["last_hour"]) == ("silent", 0, 30)
    await send(fed, stay(40, "4B^A^1", "A08", visit="V1", minute=40))
    clock.advance(timedelta(seconds=2))
    with structlog.testing.capture_logs() as said:
        assert await jobs.watch_feeds() == ()
    assert [line["event"] for line in said] == ["feed.speaks"]


async def test_gaps_are_counted_by_day_and_night(fed: Web) -> None:
    await send(fed, *(stay(n, "4B^A^1", "A08", visit="V1", minute=n * 2) for n in range(25)))
    feeds = Feeds(fed.core.database, fed.house.plan)
    assert await feeds.gaps() == ()
    await feeds.count_habits(fed.core.clock.now())
    await feeds.count_habits(fed.core.clock.now())
    gaps = await feeds.gaps()
    assert [(gap.feed, gap.day, gap.count, gap.usual) for gap in gaps] == [("his", True, 24, timedelta(minutes=2))]
