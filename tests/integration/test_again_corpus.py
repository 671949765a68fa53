"""I7 on messages nobody here wrote: every public message, twice and out of order, decided again gives the same hospital."""

import json
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adt_feed.learn import learn
from adt_feed.message import Message
from flow.clock import FixedClock
from flow.domain.plan import Plan
from flow.errors import Unreadable
from flow.history.inbox import Inbox
from flow.history.migrate import migrate
from flow.history.people import People
from flow.history.pool import Database
from flow.plan_file import parse_plan
from flow.vault import open_vault
from tests.integration.test_again import Lived

CORPUS = Path(__file__).parents[3] / "shared" / "data" / "hl7" / "messages.jsonl"


def _public() -> list[bytes]:
    return [json.loads(line)["text"].encode() for line in CORPUS.read_text(encoding="utf-8").splitlines()]


def _hospital(letters: list[bytes]) -> Plan:
    """A hospital with the beds that the messages name."""
    messages = []
    for letter in letters:
        try:
            messages.append(Message.parse(letter))
        except Unreadable:
            continue
    return parse_plan(learn(messages, "Corpus", "UTC"), "corpus.toml")


@pytest.mark.skipif(not CORPUS.exists(), reason="the public messages are not on this machine")
async def test_the_public_messages_decided_again_give_the_same_hospital(dsn: str, tmp_path: Path) -> None:
    letters, dice = _public(), random.Random(11)
    plan = _hospital(letters)
    database = await Database.connect(dsn, plan.id)
    await migrate(database)
    vault, clock = open_vault(tmp_path), FixedClock(datetime(2026, 11, 21, tzinfo=UTC))
    lived = Lived(database, Inbox(database, vault), People(database, vault), clock, dice, plan)
    await lived.open()
    told = letters + dice.sample(letters, len(letters))
    for start in range(0, len(told), 100):
        await lived.hear(told[start : start + 100])
        await lived.open()
    verdict = await lived.decided_again()
    async with database.read() as connection:
        poison = await connection.fetchval("select count(*) from letter where code = 'poison'")
    await database.close()
    assert poison == 0
    assert verdict.differences == []
    assert verdict.surprises == []
    assert verdict.letters + verdict.parked == len({bytes(letter) for letter in letters})
    assert verdict.letters > 200, "most of the rest names no visit, no patient, or a trade of its own"
