"""Bed changes told to another system over real MLLP: what is sent, what is not, and that an outage loses nothing."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from adt_feed.message import Message
from adt_feed.outbound import Courier, mllp
from adt_feed.outbound.bed_reports import BedReports, bed_report
from flow.domain.bed import BedStatus, CleanKind, OutOfUse, Stage
from flow.domain.cause import Origin
from flow.domain.commands import Chart, Person, SetBedStatus, Told
from flow.domain.ids import PatientId, VisitId
from flow.domain.outgoing import Batch, Waiting
from flow.domain.visit import Act, Fact, Order
from flow.errors import Unavailable
from tests.integration.other_system import A1, A2, FEED, PLAN, T0, Log, Receiver, following, listening, no_pause


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with listening(Receiver()) as found:
        yield found


async def told_all(log: Log) -> None:
    async with asyncio.timeout(10):
        while log.saved != log.hospital.seq or await log.next():
            await asyncio.sleep(0)


def admit(bed: str, visit: str = "V1") -> Chart:
    return Chart((Told(VisitId(visit), Person(PatientId(visit)), Fact(Act.ADMIT, T0, Order(T0), bed)),))


async def test_a_bed_changed_here_is_told_in_the_feeds_own_words(receiver: Receiver) -> None:
    log = Log()
    async with following(log, receiver.address) as outbound:
        log.does(SetBedStatus(A1, BedStatus.MAINTENANCE, reason=OutOfUse.REPAIR))
        outbound.wake()
        assert await receiver.until(1) == [("4B^A^1", "C")]
        log.does(SetBedStatus(A1, BedStatus.CLEANING, clean=CleanKind.ISOLATION))
        outbound.wake()
        await receiver.until(2)
        log.does(SetBedStatus(A1, BedStatus.AVAILABLE))
        log.does(admit("4B^A^2"))
        outbound.wake()
        assert (await receiver.until(4))[1:] == [("4B^A^1", "K"), ("4B^A^1", "U"), ("4B^A^2", "O")]
    first = receiver.heard[0]
    assert (first.type, first.trigger, first.sender) == ("ADT", "A20", "BEDFLOW|test")
    assert len({message.control_id for message in receiver.heard}) == 4


async def test_stages_and_promises_are_not_told(receiver: Receiver) -> None:
    log = Log()
    async with following(log, receiver.address) as outbound:
        log.does(SetBedStatus(A1, BedStatus.CLEANING))
        log.does(SetBedStatus(A1, BedStatus.CLEANING, stage=Stage.IN_PROGRESS))
        outbound.wake()
        assert await receiver.until(1) == [("4B^A^1", "H")]
        log.does(SetBedStatus(A1, BedStatus.CLEANING, stage=Stage.INSPECTION))
        log.does(SetBedStatus(A2, BedStatus.MAINTENANCE, reason=OutOfUse.REPAIR))
        outbound.wake()
        assert await receiver.until(2) == [("4B^A^1", "H"), ("4B^A^2", "C")]


async def test_the_feed_hears_no_echo_but_of_the_others(receiver: Receiver) -> None:
    log = Log()
    async with following(log, receiver.address) as outbound:
        log.does(admit("4B^A^1"), Origin.FEED, "his")
        log.does(admit("4B^A^2", "V2"), Origin.FEED, "lab")
        outbound.wake()
        assert await receiver.until(1) == [("4B^A^2", "O")]


async def test_an_outage_and_a_lost_answer_lose_nothing() -> None:
    log = Log()
    async with listening(Receiver(deaf=2)) as receiver, following(log, receiver.address) as outbound:
        log.does(SetBedStatus(A1, BedStatus.CLEANING))
        outbound.wake()
        assert await receiver.until(1) == [("4B^A^1", "H")]
        assert receiver.deaf == 0


async def test_after_a_restart_it_goes_on_where_it_was(receiver: Receiver) -> None:
    log = Log()
    async with following(log, receiver.address) as outbound:
        log.does(SetBedStatus(A1, BedStatus.CLEANING))
        outbound.wake()
        await receiver.until(1)
        await told_all(log)
    log.does(SetBedStatus(A2, BedStatus.CLEANING))
    log.does(SetBedStatus(A2, BedStatus.CLEANING, stage=Stage.IN_PROGRESS))
    async with following(log, receiver.address):
        assert (await receiver.until(2))[1:] == [("4B^A^2", "H")]


async def test_what_was_heard_and_not_noted_is_told_again_under_the_same_id(receiver: Receiver) -> None:
    """As after a kill between the answer and its note."""
    log = Log()
    async with following(log, receiver.address) as outbound:
        log.does(SetBedStatus(A1, BedStatus.CLEANING))
        await outbound.tell(log.entries[-1:])
        log.outages = 1
        assert await receiver.until(2) == [("4B^A^1", "H")] * 2
        await told_all(log)
    assert len({message.control_id for message in receiver.heard}) == 1


async def test_entries_told_twice_are_laid_down_once(receiver: Receiver) -> None:
    log = Log()
    log.does(SetBedStatus(A1, BedStatus.CLEANING))
    for _ in range(2):
        log.saved = log.hospital.seq - 1
        async with following(log, receiver.address):
            await told_all(log)
    assert await receiver.until(1) == [("4B^A^1", "H")]


async def test_an_outage_of_our_own_store_loses_nothing(receiver: Receiver) -> None:
    log = Log()
    async with following(log, receiver.address) as outbound:
        log.outages = 2
        log.does(SetBedStatus(A1, BedStatus.CLEANING))
        outbound.wake()
        await receiver.until(1)
        await told_all(log)
        log.does(SetBedStatus(A1, BedStatus.AVAILABLE))
        outbound.wake()
        await told_all(log)
        assert ("4B^A^1", "U") in await receiver.until(2)
    assert log.outages == 0


async def test_a_new_feed_is_not_told_of_the_past(receiver: Receiver) -> None:
    log = Log()
    log.does(SetBedStatus(A1, BedStatus.CLEANING))
    async with following(log, receiver.address) as outbound:
        log.does(SetBedStatus(A2, BedStatus.CLEANING))
        outbound.wake()
        assert await receiver.until(1) == [("4B^A^2", "H")]


@pytest.mark.parametrize(("code", "tries", "why"), [("AE", 5, "failed on it"), ("AR", 1, "refused it"), ("??", 1, "not be understood")])
async def test_a_letter_that_is_refused_dies_visibly_and_the_next_go_on(code: str, tries: int, why: str) -> None:
    log, said = Log(), []

    async def answers(body: bytes) -> str:
        said.append(Message.parse(body).control_id)
        return code if said[-1] == said[0] else "AA"

    ends: list[tuple[int, bool]] = []

    async def on_end(waiting: Waiting, accepted: bool) -> None:
        ends.append((waiting.id, accepted))

    log.does(SetBedStatus(A1, BedStatus.CLEANING))
    log.does(SetBedStatus(A2, BedStatus.CLEANING))
    reports, _ = BedReports(PLAN).of(FEED, log.entries[-2:])
    await log.post(Batch(reports))
    running = asyncio.create_task(Courier("his", log, answers, on_end, pause=no_pause).run())
    async with asyncio.timeout(10):
        while len(ends) < 2:
            await asyncio.sleep(0)
        while await log.next():
            await asyncio.sleep(0)
    running.cancel()
    assert said.count(said[0]) == tries
    assert (ends, log.states[1]) == ([(0, False), (1, True)], "sent")
    assert log.states[0].startswith("dead") and why in log.states[0]


async def test_the_pause_doubles_while_the_receiver_is_away() -> None:
    log, pauses = Log(), []

    async def away(_: bytes) -> str:
        if len(pauses) < 9:
            raise Unavailable("away")
        return "AA"

    async def note(seconds: float) -> None:
        pauses.append(seconds)

    log.does(SetBedStatus(A1, BedStatus.CLEANING))
    reports, _ = BedReports(PLAN).of(FEED, log.entries[-1:])
    await log.post(Batch(reports))
    running = asyncio.create_task(Courier("his", log, away, pause=note).run())
    async with asyncio.timeout(10):
        while await log.next():
            await asyncio.sleep(0)
    running.cancel()
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]


async def test_nobody_there_is_unavailable() -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    async with mllp(f"127.0.0.1:{port}", patience=2.0) as send:
        with pytest.raises(Unavailable):
            await send(b"MSH|^~\\&|A||||||ADT^A20|1|P|2.5\r")


def test_a_site_may_have_its_own_spelling_and_codes() -> None:
    log = Log()
    log.does(SetBedStatus(A1, BedStatus.CLEANING))
    own = replace(FEED, places={"WARD4B^1": A1}, statuses={"DIRTY": "H"})
    message = Message.parse(bed_report(own, PLAN, log.entries[-1]))
    npu, event = message.first("NPU"), message.first("EVN")
    assert npu is not None and event is not None
    assert (npu.field(1), npu.field(2)) == ("WARD4B^1", "DIRTY")
    assert event.field(6) == "20260301100900+0530"
    assert bed_report(own, PLAN, log.entries[-1]) == bed_report(own, PLAN, log.entries[-1])
