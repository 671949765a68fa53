"""The whole road out on real stores: the desk promises a bed and the HIS is told, stays are charged, what is refused is shown."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from adt_feed.message import Message
from flow.desk import Actor
from flow.domain.cause import Origin
from flow.domain.commands import AssignBed, Chart, MergeVisits, Person, RequestBed, Told
from flow.domain.ids import BedId, PatientId, RequestId, VisitId
from flow.domain.person import PersonDetails
from flow.domain.request import BedRequest, Notice
from flow.domain.visit import Act, Fact, Order
from flow.errors import Refused
from flow.history.log import Log
from flow.history.outbox import DeadLetters
from flow.history.people import People
from flow.main.house import House as Opened
from flow.main.telling import tell
from flow.settings import Settings
from flow.vault import open_vault
from tests.integration.other_system import Receiver, listening
from tests.integration.test_desk import House as Core
from tests.integration.test_desk import open_house
from tests.plans import small_plan

A1, R1, P1 = BedId("4B-A-01"), RequestId("R1"), PatientId("p1")
ASHA, HIS = Actor("asha"), Actor("his", Origin.FEED)


@dataclass
class Road:
    """A hospital, the system it tells, and the engineer's view of what died."""

    core: Core
    opened: Opened
    receiver: Receiver
    dead: DeadLetters
    stack: AsyncExitStack

    async def start(self) -> list["asyncio.Task[None]"]:
        """Begin to tell; the tasks, for whoever wants to kill them."""
        tasks: list[asyncio.Task[None]] = []
        await tell(self.opened, self.stack, lambda work: tasks.append(asyncio.ensure_future(work)))
        self.stack.push_async_callback(stop, tasks)
        return tasks

    async def request(self) -> BedRequest:
        """The patient, known by name, on the waiting list."""
        person = PersonDetails(P1, "Meera Rao", "12345", date(1980, 2, 10), "F")
        await self.opened.people.put([person], self.core.clock.now())
        wanted = BedRequest(R1, P1, self.core.clock.now(), "general")
        await self.core.desk.act(RequestBed(wanted), ASHA)
        return wanted

    async def until(self, notice: Notice) -> BedRequest:
        """The request, once the HIS has said so much; the time in which a tap can be undone has passed."""
        self.core.clock.advance(timedelta(seconds=11))
        async with asyncio.timeout(10):
            while (found := self.core.desk.hospital.requests[R1]).notice is not notice:
                await asyncio.sleep(0.01)
        return found

    async def tells(self, act: Act, hour: float, place: str | None = None) -> None:
        """The feed tells of visit V1."""
        at = self.core.clock.now() + timedelta(hours=hour)
        told = Told(VisitId("V1"), Person(P1), Fact(act, at, Order(at), place))
        await self.core.desk.act(Chart((told,), feed="his"), HIS)


async def stop(tasks: list["asyncio.Task[None]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.fixture
async def road(dsn: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Road]:
    async with AsyncExitStack() as stack:
        receiver = await stack.enter_async_context(listening(Receiver()))
        small = small_plan()
        plan = replace(small, feeds=(replace(small.feeds[0], outbound=receiver.address, sends=("A14", "P03"), charges="hour"),))
        core = await open_house(stack, dsn, redis_url, tmp_path, plan)
        vault = open_vault(tmp_path)
        settings = Settings.from_environ({"BEDFLOW_DATA_DIR": str(tmp_path), "BEDFLOW_UNDO_SECONDS": "10"})
        parts = (People(core.database, vault), core.desk.inbox, core.desk, Log(core.database))
        opened = Opened(settings, "", plan, core.clock, vault, core.database, dsn, redis_url, *parts)  # type: ignore[arg-type]
        yield Road(core, opened, receiver, DeadLetters(core.database, core.clock), stack)  # type: ignore[arg-type]


def fields(message: Message, segment: str, *numbers: int) -> list[str]:
    found = message.first(segment)
    assert found is not None
    return [found.raw(number) for number in numbers]


async def test_the_his_is_told_of_a_promised_bed_and_its_answer_stands_on_the_request(road: Road) -> None:
    await road.start()
    await road.request()
    await road.core.desk.act(AssignBed(R1, A1), ASHA)
    road.core.clock.advance(timedelta(seconds=11))
    await road.receiver.until(1)
    message = road.receiver.heard[0]
    assert (message.type, message.trigger) == ("ADT", "A14")
    assert fields(message, "PID", 3, 5, 7, 8) == ["12345^^^^MR", "Rao^Meera", "19800210", "F"]
    assert fields(message, "PV1", 2, 3, 42) == ["I", "", "4B^A^1"]
    await road.until(Notice.SENT)
    await road.tells(Act.ADMIT, 0, "4B^A^1")
    assert road.core.desk.hospital.requests[R1].notice is Notice.CONFIRMED


async def test_who_is_in_the_house_is_told_of_by_a_pending_transfer(road: Road) -> None:
    await road.start()
    await road.tells(Act.ADMIT, -1, "ICU^I^1")
    await road.request()
    await road.core.desk.act(AssignBed(R1, A1), ASHA)
    await road.until(Notice.SENT)
    message = next(each for each in road.receiver.heard if each.type == "ADT")
    assert message.trigger == "A15"
    assert fields(message, "PV1", 3, 19, 42) == ["ICU^I^1", "V1", "4B^A^1"]


async def test_a_promise_undone_in_time_is_never_told(road: Road) -> None:
    await road.start()
    await road.request()
    done = await road.core.desk.act(AssignBed(R1, A1), ASHA)
    await laid(road)
    await road.core.desk.undo(done.command, ASHA)
    assert await laid(road, "dropped") == 1
    await road.core.desk.act(AssignBed(R1, BedId("4B-A-02")), ASHA)
    await road.until(Notice.SENT)
    assert [fields(message, "PV1", 42) for message in road.receiver.heard] == [["4B^A^2"]]


async def test_the_his_hears_nothing_before_the_ten_seconds_are_over(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adt_feed.outbound.courier.QUIET", 0.05)
    await road.start()
    await road.request()
    await road.core.desk.act(AssignBed(R1, A1), ASHA)
    await laid(road)
    road.core.clock.advance(timedelta(seconds=9.9))
    await asyncio.sleep(0.5)  # the courier has looked ten times
    assert road.receiver.heard == []
    road.core.clock.advance(timedelta(seconds=0.2))
    await road.receiver.until(1)
    assert fields(road.receiver.heard[0], "PV1", 42) == ["4B^A^1"]


async def test_after_an_undo_the_his_hears_nothing_at_all(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adt_feed.outbound.courier.QUIET", 0.05)
    await road.start()
    await road.request()
    done = await road.core.desk.act(AssignBed(R1, A1), ASHA)
    await laid(road)
    await road.core.desk.undo(done.command, ASHA)
    assert await laid(road, "dropped") == 1
    road.core.clock.advance(timedelta(minutes=5))
    await asyncio.sleep(0.5)
    assert road.receiver.heard == []
    assert road.core.desk.hospital.requests[R1].notice is None


async def test_a_held_bed_is_told_once_it_is_promised(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adt_feed.outbound.courier.QUIET", 0.05)
    await road.start()
    await road.request()
    until = road.core.clock.now() + timedelta(minutes=15)
    await road.core.desk.act(AssignBed(R1, A1, until=until, hold=True), ASHA)
    road.core.clock.advance(timedelta(minutes=5))
    await asyncio.sleep(0.5)
    assert road.receiver.heard == []
    await road.core.desk.act(AssignBed(R1, A1), ASHA)
    await road.until(Notice.SENT)
    assert [fields(message, "PV1", 42) for message in road.receiver.heard] == [["4B^A^1"]]


async def laid(road: Road, state: str = "waiting") -> int:
    """How many letters are in the queue in this state, once one is."""
    async with asyncio.timeout(10):
        while True:
            counts = {row["state"]: row["letters"] for row in await road.dead.counts()}
            if counts.get(state):
                return int(counts[state])
            await asyncio.sleep(0.01)


async def test_a_refused_letter_is_shown_and_sent_again_or_dropped(road: Road) -> None:
    road.receiver.code = "AR"
    await road.start()
    await road.request()
    await road.core.desk.act(AssignBed(R1, A1), ASHA)
    await road.until(Notice.REFUSED)
    (letter,) = await dead(road, 1)
    assert (letter["kind"], letter["subject"], letter["code"], letter["reason"]) == ("A14", "R1/4B-A-01", "AR", "the receiver refused it")
    road.receiver.code = "AA"
    await road.dead.resend(letter["id"])
    await road.until(Notice.SENT)
    assert len({message.control_id for message in road.receiver.heard}) == 1
    with pytest.raises(Refused):
        await road.dead.drop(letter["id"])
    states = {row["state"]: row["letters"] for row in await road.dead.counts()}
    assert states.get("dead", 0) == 0


async def dead(road: Road, count: int) -> list[object]:
    async with asyncio.timeout(10):
        while len(rows := await road.dead.page("dead", None, 10)) < count:
            await asyncio.sleep(0.01)
    return rows


async def test_a_kill_between_the_answer_and_its_note_sends_the_same_letter_again(road: Road) -> None:
    await road.request()
    tasks = await road.start()
    await road.core.desk.act(AssignBed(R1, A1), ASHA)
    await road.until(Notice.SENT)
    await stop(tasks)
    async with road.core.database.read() as connection:
        await connection.execute("update outbox set state = 'waiting'")  # as if we had died before the note
    await road.start()
    await road.receiver.until(2)
    assert len({message.control_id for message in road.receiver.heard}) == 1


async def test_what_happened_while_nobody_told_is_told_later_and_once(road: Road) -> None:
    tasks = await road.start()
    await stop(tasks)
    await road.request()
    await road.core.desk.act(AssignBed(R1, A1), ASHA)
    for _ in range(2):
        await stop(await road.start())
    await road.start()
    await road.until(Notice.SENT)
    assert [message.trigger for message in road.receiver.heard] == ["A14"]


async def test_a_stay_is_charged_and_a_corrected_history_credited(road: Road) -> None:
    await road.start()
    await road.request()
    await road.tells(Act.ADMIT, -3, "4B^A^1")
    await road.receiver.until(1)
    charged = road.receiver.heard[0]
    assert (charged.type, charged.trigger) == ("DFT", "P03")
    lines = [(ft1.field(6), ft1.field(7), ft1.field(10), ft1.raw(16)) for ft1 in charged.segments("FT1")]
    assert lines == [("CG", "general", "1", "4B^A^1")] * 3
    assert fields(charged, "PID", 3) == ["12345^^^^MR"]
    await road.tells(Act.TRANSFER, -1, "ICU^I^1")
    await road.receiver.until(2)
    corrected = [(ft1.field(6), ft1.field(7)) for ft1 in road.receiver.heard[1].segments("FT1")]
    assert corrected == [("CR", "general"), ("CG", "icu")]
    ids = [ft1.field(2) for message in road.receiver.heard for ft1 in message.segments("FT1")]
    assert len(set(ids)) == len(ids) == 5


async def test_hours_that_pass_are_charged_though_nothing_happens(road: Road) -> None:
    await road.tells(Act.ADMIT, 0, "4B^A^1")
    await road.start()
    road.core.clock.advance(timedelta(hours=2))
    await road.receiver.until(1)
    assert len(road.receiver.heard[0].segments("FT1")) == 2


async def test_no_name_stands_in_the_queue_unsealed(road: Road) -> None:
    await road.start()
    await road.request()
    await road.core.desk.act(AssignBed(R1, A1), ASHA)
    await road.until(Notice.SENT)
    async with road.core.database.read() as connection:
        rows = await connection.fetch("select * from outbox")
    assert rows and not any(word in repr(dict(row)) for row in rows for word in ("Rao", "Meera", "12345"))


async def test_a_letter_that_cannot_be_written_is_a_dead_one_and_holds_nothing_up(road: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> bytes:
        raise ValueError("a spelling that cannot be written")

    monkeypatch.setattr("adt_feed.outbound.promised.place_of", fails)
    await road.start()
    await road.request()
    await road.core.desk.act(AssignBed(R1, A1), ASHA)
    (letter,) = await dead(road, 1)
    assert (letter["kind"], letter["reason"]) == ("A14", "Bedflow could not write it (ValueError)")
    await road.tells(Act.ADMIT, -1, "4B^A^1")
    await road.receiver.until(1)
    assert road.receiver.heard[0].trigger == "P03"


async def test_a_letter_changed_in_the_store_is_a_dead_one_and_holds_nothing_up(road: Road) -> None:
    await road.request()
    await road.start()
    await road.core.desk.act(AssignBed(R1, A1), ASHA)
    async with asyncio.timeout(10):
        while not await road.dead.counts():
            await asyncio.sleep(0.01)
    async with road.core.database.write() as connection:
        await connection.execute("update outbox set body = '\\x00'")
    await road.until(Notice.REFUSED)
    (letter,) = await dead(road, 1)
    assert "changed in the store" in letter["reason"]
    await road.tells(Act.ADMIT, -1, "4B^A^1")
    await road.receiver.until(1)
    assert [message.trigger for message in road.receiver.heard] == ["P03"]


async def test_a_merged_visit_is_credited_and_the_one_that_stays_charged(road: Road) -> None:
    await road.start()
    await road.tells(Act.ADMIT, -2, "4B^A^1")
    await road.receiver.until(1)
    now = road.core.clock.now()
    await road.core.desk.act(MergeVisits(VisitId("V1"), VisitId("V2"), Person(P1), now, Order(now)), HIS)
    await road.receiver.until(3)
    told = {fields(message, "PV1", 19)[0]: [ft1.field(6) for ft1 in message.segments("FT1")] for message in road.receiver.heard[1:]}
    assert told == {"V1": ["CR", "CR"], "V2": ["CG", "CG"]}
