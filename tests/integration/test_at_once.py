"""Letters at once: what comes alone is kept and handled by one statement, which fails where things are not as supposed; nothing is lost."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from flow.desk import Actor, Desk
from flow.desk.desk import FEW
from flow.domain.cleaning_commands import Tap, TapClean
from flow.domain.ids import BedId
from flow.errors import Refused, Unavailable
from flow.history.inbox import LONG
from flow.history.pool import Connection, NotStored, Overtaken
from tests.benchmarks.group import counted
from tests.integration.feed_house import Came, stay
from tests.integration.test_at_hand import handled, here, letters, there
from tests.integration.test_desk import admit

__all__ = ["here", "there"]
A1, A2, A3 = "4B^A^1", "4B^A^2", "4B^A^3"


async def come(desk: Desk, *came: Came) -> bool:
    """As the listener hands letters over; whether they were handled at once."""
    if await desk.handle(came):
        return True
    await desk.inbox.keep(came)
    while await desk.take_letters():
        pass
    return False


async def occupied(desk: Desk) -> dict[str, str]:
    """Each open stay that Postgres has: bed to visit, the same as in memory and in the records."""
    async with desk.database.read() as connection:
        stays = await connection.fetch("select bed, holder from occupancy where kind = 'occupied' and to_at is null and seq_to is null")
        beds = await connection.fetch("select entity_id as bed, body ->> 'visit' as holder from record where entity = 'bed'")
        head = await connection.fetchval("select seq from head")
    found = {row["bed"]: row["holder"] for row in stays}
    assert {row["bed"]: row["holder"] for row in beds if row["holder"]} == found
    assert {bed: state.visit for bed, state in desk.hospital.beds.items() if state.visit} == found
    assert desk.hospital.seq == head
    return found


async def test_a_letter_that_comes_alone_is_kept_and_handled_by_one_statement(here: Desk, there: Desk) -> None:
    assert not await come(there, stay(1, A1)), "it has written nothing yet"
    assert await come(there, stay(4, A3))
    assert not await come(here, stay(5, A3, "A08", visit="V4", mrn="CANARYMRN4", minute=3)), "another process wrote"
    here._supposes_from = 0.0
    told: list[int] = []
    here.on_commit(lambda: told.append(len(here.committed)))
    with counted() as asked:
        assert await come(here, stay(2, A2))
    assert [("update head" in text, "insert into letter" in text, "mailbag" in text) for text in asked] == [(True, True, False)]
    assert told and told[0] > 0, "and the screens are told"
    assert await come(here, stay(3, A1, "A03", visit="V1", mrn="CANARYMRN1", minute=5))
    assert await letters(here) == handled(1, 4, 5, 2, 3)
    assert await occupied(here) == {"4B-A-02": "V2", "4B-A-03": "V4"}


async def test_what_changes_no_stay_writes_none(here: Desk) -> None:
    await come(here, stay(1, A1))
    with counted() as asked:
        assert await come(here, stay(2, A1, "A08", visit="V1", mrn="CANARYMRN1", minute=5))
    assert ["occupancy" in text or "bed_interval" in text for text in asked] == [False]
    assert await occupied(here) == {"4B-A-01": "V1"}


async def test_letters_are_numbered_without_a_gap_in_the_order_of_arrival(here: Desk) -> None:
    await come(here, stay(1, A1))
    await come(here, stay(2, A2), stay(3, A3))
    await come(here, *(stay(number, A2, "A08", visit="V2", mrn="CANARYMRN2") for number in range(4, 5 + FEW)))
    await come(here, stay(5 + FEW, A1, "A08", visit="V1", mrn="CANARYMRN1"))
    async with here.database.read() as connection:
        found = await connection.fetch("select id, control_id from letter order by id")
    assert [(row["id"], row["control_id"]) for row in found] == [(n, f"C{n}") for n in range(1, 6 + FEW)]


async def test_after_a_click_letters_go_at_once(here: Desk) -> None:
    running = asyncio.create_task(here.run())
    await here.act(admit("V9", "4B-A-03"), Actor("nurse"))
    assert await here.handle([stay(1, A1)])
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert await occupied(here) == {"4B-A-01": "V1", "4B-A-03": "V9"}


async def test_a_repeat_is_kept_first_and_leads_to_nothing(here: Desk) -> None:
    await come(here, stay(1, A1))
    assert await come(here, stay(2, A2))
    seq = here.hospital.seq
    assert not await come(here, stay(2, A2))
    assert here.hospital.seq == seq
    assert await letters(here) == [*handled(1, 2), ("C2", "duplicate")]


async def test_two_equal_letters_that_come_together_lead_to_one_stay(here: Desk) -> None:
    await come(here, stay(1, A1))
    assert await come(here, stay(2, A2), stay(2, A2))
    assert await letters(here) == [*handled(1), ("C2", "handled"), ("C2", "duplicate")]


async def test_a_control_id_that_came_before_with_another_body_is_warned_of(here: Desk) -> None:
    await come(here, stay(1, A1))
    other = stay(2, A2)
    again = Came(other.raw.replace(b"|C2|", b"|C1|"), "C1", other.trigger, other.received_at)
    assert not await come(here, again)
    async with here.database.read() as connection:
        assert await connection.fetchval("select warnings from letter order by id desc limit 1") == ["control-id-reused"]
    assert await occupied(here) == {"4B-A-01": "V1", "4B-A-02": "V2"}


async def test_a_letter_that_comes_alone_is_not_compared_with_each_that_came_before(here: Desk) -> None:
    """By a plan that was made while there were no letters, as in a house that has just begun."""

    async def compared(connection: Connection) -> int:
        looked = "select coalesce(idx_tup_fetch, 0) + coalesce(seq_tup_read, 0) from pg_stat_xact_user_tables where relname = 'letter'"
        before: int = await connection.fetchval(looked)
        number = await connection.fetchval("select coalesce(pg_sequence_last_value('letter_id_seq'), 0) + 1")
        await connection.fetchval("select as_supposed($1, $2, $3, $4, '{}', '{}')", here.plan.id, [number], [b"new"], ["new"])
        after: int = await connection.fetchval(looked)
        return after - before

    async with here.database.held() as connection:
        assert await compared(connection) == 0
        await come(here, *(stay(1 + n, A1, "A08", visit="V1", mrn="CANARYMRN1", minute=n % 60) for n in range(400)))
        assert await compared(connection) < 10


async def test_what_was_decided_on_a_wrong_guess_is_taken_back(here: Desk, there: Desk) -> None:
    """The visit was over and out of mind: an admission by its number is decided anew with what stands of it."""
    await come(here, stay(1, A1), stay(2, A1, "A03", visit="V1", mrn="CANARYMRN1", minute=5), stay(3, A2))
    here.hospital.forget(here.clock.now() + timedelta(days=1))
    assert "V1" not in here.hospital.visits
    loaded = here.hospital
    admitted = stay(4, A1, visit="V1", mrn="CANARYMRN1", minute=-5)
    assert not await come(here, admitted)
    assert here.hospital is loaded, "it was not read anew"
    assert {fact.act for fact in here.hospital.visits["V1"].facts} >= {"admit", "discharge"}, "nothing of what stood was lost"
    assert await occupied(here) == {"4B-A-02": "V3"}
    assert await letters(here) == handled(1, 2, 3, 4)


async def test_a_visit_that_was_told_of_long_ago_is_asked_for(here: Desk) -> None:
    await come(here, stay(1, A1), stay(2, A1, "A03", visit="V1", mrn="CANARYMRN1", minute=5), stay(3, A2))
    here.hospital.forget(here.clock.now() + timedelta(days=1))
    with counted() as asked:
        assert await come(here, stay(4, A1, "A08", visit="V1", mrn="CANARYMRN1", minute=9))
    assert len(asked) == 2, "looked up, written"
    assert {fact.act for fact in here.hospital.visits["V1"].facts} >= {"admit", "discharge", "amend"}


async def test_nothing_overtakes_what_another_process_kept_or_wrote(here: Desk, there: Desk) -> None:
    await come(here, stay(1, A1))
    await there.inbox.keep([stay(2, A2)])
    assert not await come(here, stay(3, A2, "A03", visit="V2", mrn="CANARYMRN2", minute=5)), "another letter waits"
    assert await letters(here) == handled(1, 2, 3)
    here._supposes_from = 0.0
    await come(there, stay(4, A3))
    assert not await come(here, stay(5, A2, minute=9)), "another process wrote"
    assert await letters(here) == handled(1, 2, 3, 4, 5)
    assert await occupied(here) == {"4B-A-01": "V1", "4B-A-03": "V4", "4B-A-02": "V5"}


async def test_after_a_wrong_guess_letters_are_kept_first_for_a_while(here: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flow.desk.desk.SUPPOSE_AGAIN", 0.2)
    await come(here, stay(1, A1))
    assert not await come(here, stay(1, A1))
    assert not await come(here, stay(2, A2)), "repeats do not come alone"
    await asyncio.sleep(0.25)
    assert await come(here, stay(3, A3))


@pytest.mark.parametrize(
    "came", [[stay(n, A2, "A08", visit="V1") for n in range(2, 3 + FEW)], [Came(b"x" * (LONG + 1), "C2", "", stay(1, A1).received_at)]]
)
async def test_many_and_long_letters_are_kept_first(here: Desk, came: Sequence[Came]) -> None:
    await come(here, stay(1, A1))
    assert not await come(here, *came)
    assert len(await letters(here)) == 1 + len(came)


async def test_a_letter_nobody_can_read_is_kept_at_once_and_parked(here: Desk) -> None:
    await come(here, stay(1, A1))
    spoilt = Came(b"PID|no header", "", "", stay(2, A1).received_at, problem="no MSH")
    nowhere = stay(3, "9Z^Z^9")
    assert await come(here, spoilt, nowhere, stay(4, A2))
    found = dict(await letters(here))
    assert (found[""], found["C4"]) == ("parked", "handled")
    assert await occupied(here) == {"4B-A-01": "V1", "4B-A-02": "V4"}


@pytest.mark.parametrize("error", [NotStored("a constraint"), Overtaken("another")])
async def test_what_postgres_refuses_is_kept_and_nothing_of_it_is_shown(
    here: Desk, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    await come(here, stay(1, A1))
    before, beds = here.hospital.seq, dict(here.hospital.beds)

    async def refused(*_: object, **__: object) -> None:
        raise error

    with monkeypatch.context() as patched:
        patched.setattr("flow.history.group.carry_out", refused)
        assert not await here.handle([stay(2, A2)])
    assert (here.hospital.seq, here.hospital.beds, list(here.committed)) == (before, beds, [])
    assert not await come(here, stay(2, A2)), "for a while"
    assert await occupied(here) == {"4B-A-01": "V1", "4B-A-02": "V2"}


async def test_while_postgres_is_away_nothing_is_acknowledged(here: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await come(here, stay(1, A1))

    async def away(*_: object, **__: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr("flow.history.group.carry_out", away)
        with pytest.raises(Unavailable):
            await here.handle([stay(2, A2)])
    assert not list(here.committed)
    assert not await come(here, stay(2, A2)), "what was decided may have been stored: it is looked up"
    assert await letters(here) == handled(1, 2)
    assert await occupied(here) == {"4B-A-01": "V1", "4B-A-02": "V2"}


async def test_letters_and_clicks_at_once_come_one_after_the_other(here: Desk) -> None:
    """Several feeds hand letters over while clicks come: everything is decided, and what stands is what the log tells."""
    await come(here, stay(1, A1))
    running = asyncio.create_task(here.run())

    async def feed(first: int) -> None:
        for number in range(first, first + 20):
            letter = stay(number, A1 if first == 100 else A2, "A08", visit=f"V{first}", mrn=f"CANARYMRN{first}", minute=number)
            if not await here.handle([letter]):
                await here.inbox.keep([letter])
                here.wake()
            await asyncio.sleep(0)

    async def click() -> None:
        for _ in range(20):
            with pytest.raises(Refused):
                await here.act(TapClean(BedId("4B-A-01"), Tap.DONE, "c1"), Actor("nurse"))

    await asyncio.gather(feed(100), feed(200), click())
    async with asyncio.timeout(10):
        while {state for _, state in await letters(here)} != {"handled"}:
            await asyncio.sleep(0.02)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert len(await letters(here)) == 41
    await occupied(here)
