"""SIGTERM in the middle of a feed of short and long letters: what is in hand is finished, nothing promised is missing, order holds."""

import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.acceptance.house import house
from tests.faults import invariants
from tests.faults.blows import stores_of
from tests.faults.books import Books, read_books
from tests.faults.feeder import Feeder
from tests.faults.stays import HOSPITAL, adt

CONNECTIONS, LETTERS, LONG = 3, 400, 100_000
BEGIN = datetime(2025, 1, 1)  # noqa: DTZ001  # a message's own local time


def letters(connection: int) -> list[bytes]:
    """Of one patient, numbered; every seventh goes by the lane of long letters."""
    notes = ("x" * (LONG if number % 7 == 0 else 10) for number in range(LETTERS))
    visit = f"V{connection}"
    return [
        adt("A08", f"{connection}-{number}", "4B^A^4B-A-01", visit, BEGIN + timedelta(minutes=number), f"\rNTE|1||{note}")
        for number, note in enumerate(notes)
    ]


def numbers(books: Books, connection: int) -> list[int]:
    """The letters of a connection as they lie in the journal, without repeats."""
    lying = [one.control_id.partition("-") for one in sorted(books.journal, key=lambda one: one.id) if one.state != "duplicate"]
    return [int(number) for sender, _, number in lying if sender == str(connection)]


def wait(feeders: list[Feeder], answered: int) -> None:
    deadline = time.monotonic() + 60
    while any(len(feeder.acked) < answered for feeder in feeders):
        assert time.monotonic() < deadline, [len(feeder.acked) for feeder in feeders]
        time.sleep(0.01)


@pytest.mark.slow
def test_a_stop_in_the_middle_loses_nothing(tmp_path: Path) -> None:
    hospital = tmp_path / "hospital.toml"
    hospital.write_text(HOSPITAL)
    with house(tmp_path, hospital, BEDFLOW_LOG_LEVEL="error", loaded=False) as found:
        feeders = [Feeder(found.mllp, letters(number), window=12) for number in range(CONNECTIONS)]
        for feeder in feeders:
            feeder.allowed = LETTERS
            feeder.start()
        wait(feeders, 40)
        assert found.process is not None
        found.process.terminate()
        assert found.process.wait(30) == 0
        for feeder in feeders:
            feeder.hung_up()
        promised = {control: body for feeder in feeders for control, body in feeder.acked.items()}
        assert len(promised) < CONNECTIONS * LETTERS, "the feed was over before it was stopped"
        found.start()
        wait(feeders, LETTERS)
        for feeder in feeders:
            feeder.end()
        found.settled()
        books = read_books(stores_of(found)[0], "small", Path(found.environ["BEDFLOW_DATA_DIR"]))
    everything = {control: body for feeder in feeders for control, body in feeder.acked.items()}
    assert promised.items() <= everything.items()
    assert invariants.lost(everything, books.journal) == []
    assert [numbers(books, number) for number in range(CONNECTIONS)] == [list(range(LETTERS))] * CONNECTIONS
