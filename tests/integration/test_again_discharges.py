"""I7 with discharges: taps, letters, results, the clock's work and restarts between them, decided again, give the same hospital."""

import random
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from flow.desk import Actor
from flow.domain.cause import Origin
from flow.domain.discharge import WAYS, Milestone, Way
from flow.domain.discharge_commands import AskInsurer, BeginDischarge, CallOffDischarge, ExpectAnew, LearnPace, MarkMilestone
from flow.domain.discharge_pace import Took
from flow.domain.feed_commands import ChangeFeed
from flow.domain.ids import FeedId, VisitId
from tests.faults.stays import BEDS, adt
from tests.integration.test_again import Lived, unborn

CLOCK = Actor("discharges", Origin.SYSTEM)
DAY = datetime(2026, 11, 20)  # noqa: DTZ001  # a message's own local time
STAYS = 10


@pytest.fixture
async def leaving(dsn: str, tmp_path: Path) -> AsyncIterator[Lived]:
    async with unborn(dsn, tmp_path) as found:
        await found.open()
        for number in range(STAYS):
            await found.hear([adt("A01", f"a{number}", f"4B^A^{BEDS[number]}", f"D{number}", DAY + timedelta(minutes=number))])
        yield found


def order(kind: str, control: str, visit: str, at: datetime, detail: str) -> bytes:
    when = f"{at:%Y%m%d%H%M%S}"
    header = f"MSH|^~\\&|HIS|H|BED|H|{when}||{kind}|{control}|P|2.5"
    return f"{header}\rPID|1||M{visit}^^^H^MR||CANARY^{visit}||19700101|F\rPV1|1|I|{'|' * 16}{visit}\r{detail}\r".encode()


async def something(lived: Lived, dice: random.Random, number: int) -> None:
    """A tap, a letter, or time that passes."""
    stay = f"D{dice.randrange(STAYS)}"
    visit, at, bed = VisitId(stay), DAY + timedelta(minutes=60 + number), f"4B^A^{BEDS[int(stay[1:])]}"
    known = lived.desk.hospital.discharges.get(visit)
    match dice.randrange(11):
        case 0:
            await lived.act(BeginDischarge(visit, dice.choice(list(Way))))
        case 1 | 2:
            await lived.act(MarkMilestone(visit, dice.choice(WAYS[known.way] if known else list(Milestone)), done=dice.random() < 0.9))
        case 3:
            await lived.hear([adt("A16", f"s{number}", bed, stay, at)])
        case 4:
            await lived.hear([adt(dice.choice(["A25", "A08"]), f"s{number}", bed, stay, at)])
        case 5:
            await lived.hear([adt(dice.choice(["A03", "A13", "A13"]), f"s{number}", bed, stay, at)])
        case 6:
            home = "ORC|NW|P" + dice.choice("234") + "|" * 27 + dice.choice("OI") + "\r"
            detail = dice.choice(
                [
                    home + "RXE||X",
                    home + "RXD|1|X",
                    "ORC|RE|S1\rOBR|1|S1||18842-5|||||||||||||||||||||F",
                    "ORC|NW|P1\rRXE||X",
                    "ORC|RE|P1\rRXD|1|X",
                ]
            )
            kind = {"O": "ORU^R01", "E": "RDE^O11", "D": "RDS^O13"}["O" if "OBR" in detail else detail.split("RX")[1][0]]
            await lived.hear([order(kind, f"o{number}", stay, at, detail)])
        case 7:
            await lived.act(dice.choice([AskInsurer(visit), AskInsurer(visit, answered=True), CallOffDischarge(visit)]))
        case 8:
            words = dice.choice(["|SELF", "|STAR", "|WHO", '|""', "|" * 17 + "07", "|" * 17 + "5", "|" * 17 + '""'])
            letter = adt(dice.choice(["A08", "A16", "A03"]), f"s{number}", bed, stay, at, words)
            died = b"F" + b"|" * 22 + dice.choice([b"Y", b"N", b"N"])
            await lived.hear([letter.replace(b"F\rPV1", died + b"\rPV1") if dice.random() < 0.3 else letter])
        case 9:
            await lived.act(ChangeFeed(FeedId("his"), payers={"STAR": dice.choice(["cashless", "pmjay"])}, dispositions={"5": "onward_1"}))
        case _:
            await lived.act(dice.choice([ExpectAnew(), LearnPace({Milestone.SUMMARY: Took(dice.randrange(9, 99), 120)})]), CLOCK)


@pytest.mark.parametrize("seed", [1, 2])
async def test_the_journal_gives_the_same_discharges(leaving: Lived, seed: int) -> None:
    dice = random.Random(seed)
    led = False
    for number in range(160):
        await something(leaving, dice, number)
        led = led or any(each.by_feed for each in leaving.desk.hospital.discharges.values())
        if number % 25 == 24:
            leaving.clock.advance(timedelta(hours=5))
            await leaving.open()
    hospital = leaving.desk.hospital
    assert len({each.way for each in hospital.discharges.values()}) > 2 and hospital.paces
    assert led, "the feed chose a way"
    for bed in hospital.beds.values():
        known = hospital.discharges.get(bed.visit) if bed.visit is not None else None
        assert bed.insurer_due is None or (known is not None and known.insurer is not None)
        assert bed.latest_free_at is None or (known is not None and known.is_live)
    verdict = await leaving.decided_again()
    assert verdict.differences == []
    assert verdict.surprises == []
    assert verdict.commands > 40 and verdict.letters > 60
