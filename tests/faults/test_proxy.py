"""F3: a feed through a line that breaks: whatever the sender was promised lies in the journal, and everything has one effect.

`make faults` sends 20,000 messages, `make test` five hundred. The negative control answers before anything is stored, and must be
found out.
"""

import asyncio
import os
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from adt_feed.limits import Limits
from adt_feed.listener import MllpListener
from adt_feed.sender import MllpClient, Tally, send
from tests.acceptance.house import HouseProcess, house
from tests.faults import invariants
from tests.faults.blows import stores_of
from tests.faults.books import Books, digest, read_books
from tests.faults.invariants import Lying
from tests.faults.proxy import Proxy
from tests.faults.run import lines, report
from tests.faults.stays import HOSPITAL, Ward, control_of
from tests.integration.mllp_port import NOW, Journal

SEED = int(os.environ.get("F3_SEED", random.SystemRandom().randrange(100_000)))
LONG = {"drop-ack": 100, "silence": 20, "cut-ack": 100, "cut-frame": 100, "reset": 60, "black-hole": 20, "refuse": 40, "jitter": 60}
SHORT = {"drop-ack": 5, "silence": 2, "cut-ack": 5, "cut-frame": 5, "reset": 3, "black-hole": 2, "refuse": 3, "jitter": 3}
LOSSY = {"cut-frame": 6, "reset": 6}


@dataclass
class Line:
    """What came of a sending through the proxy."""

    ward: Ward
    asked: Mapping[str, int]
    proxy: Proxy
    acked: dict[str, bytes]
    refused: list[str]
    tally: Tally
    books: Books
    seconds: float

    def findings(self) -> list[str]:
        """What is lost or twice, and where the ward is not what the feed says."""
        books, ward = self.books, self.ward
        found = invariants.lost(self.acked, books.journal)
        found += invariants.doubled(books.journal, books.effects, books.facts)
        found += invariants.two_at_once(books.stays)
        found += [f"I1: {control} was never acknowledged" for control in {*map(control_of, ward.told)} - self.acked.keys()]
        found += [f"I1: {code} for a good message" for code in self.refused]
        if books.lies_in != ward.lies_in or len(books.records["visit"]) != ward.visits:
            found.append("I1: the ward is not as the feed says")
        return found

    def too_easy(self) -> list[str]:
        """Faults that were asked for and did not happen."""
        return [
            f"{kind}: {self.proxy.happened[kind]} of {count}" for kind, count in self.asked.items() if self.proxy.happened[kind] < count
        ]

    def report(self, name: str) -> None:
        """Print the counts."""
        happened = ", ".join(f"{count} {kind}" for kind, count in sorted(self.proxy.happened.items()))
        states = [letter.state for letter in self.books.journal]
        rows = [
            ["messages, connections", f"{len(self.ward.told)}, {self.proxy.connections}"],
            ["faults", f"{self.proxy.happened.total()}: {happened}"],
            ["acknowledged, sent again", f"{self.tally.aa}, {self.tally.resent}"],
            ["in the journal, came again", f"{len(states) - states.count('duplicate')}, {states.count('duplicate')}"],
            ["lost, doubled (I1)", sum(finding.startswith("I1") for finding in self.findings())],
            ["two in one bed (I2)", sum(finding.startswith("I2") for finding in self.findings())],
            ["seconds", round(self.seconds)],
        ]
        report(name, f"F3, seed {self.ward.seed}\n\n" + lines(("what", "count"), rows), seed=self.ward.seed, **self.proxy.happened)


async def sent(found: HouseProcess, messages: int, faults: Mapping[str, int], *, patience: float, eager: bool = False) -> Line:
    """A ward's feed through the proxy; returns when everything kept is handled."""
    ward = Ward(SEED).tell(messages)
    proxy = await Proxy(found.mllp, faults, len(ward.told), random.Random(SEED), eager=eager).start()
    acked: dict[str, bytes] = {}
    refused: list[str] = []

    def heard(message: bytes, code: str) -> None:
        if code == "AA":
            acked[control_of(message)] = digest(message)
        else:
            refused.append(code)

    begun = time.monotonic()
    client = MllpClient("127.0.0.1", proxy.port, window=16, patience=patience, attempts=50)
    tally = await client.send(ward.told, heard)
    await client.close()
    await proxy.stop()
    books = await asyncio.to_thread(_settled, found)
    return Line(ward, faults, proxy, acked, refused, tally, books, time.monotonic() - begun)


def _settled(found: HouseProcess) -> Books:
    found.settled()
    return read_books(stores_of(found)[0], "small", Path(found.environ["BEDFLOW_DATA_DIR"]))


def _hospital(folder: Path) -> Path:
    file = folder / "hospital.toml"
    file.write_text(HOSPITAL)
    return file


@pytest.mark.long
@pytest.mark.timeout(1800)
async def test_twenty_thousand_messages_over_a_line_that_breaks(tmp_path: Path) -> None:
    print(f"seed {SEED}")
    with house(tmp_path, _hospital(tmp_path), BEDFLOW_LOG_LEVEL="error", loaded=False) as found:
        line = await sent(found, 20_000, LONG, patience=1.0)
    line.report("faults-f3")
    assert line.findings() == []
    assert line.too_easy() == []


@pytest.mark.slow
async def test_five_hundred_messages_over_a_line_that_breaks(tmp_path: Path) -> None:
    print(f"seed {SEED}")
    with house(tmp_path, _hospital(tmp_path), BEDFLOW_LOG_LEVEL="error", loaded=False) as found:
        line = await sent(found, 500, SHORT, patience=0.5)
    line.report("faults-f3-short")
    assert line.findings() == []
    assert line.too_easy() == []


async def _lost(*, eager: bool) -> list[str]:
    """What a listener on a broken line lacks of what was acknowledged; its journal is a list."""
    journal = Journal()
    listener = MllpListener("his", journal.keep, Limits(), lambda: NOW)
    dice, told = random.Random(SEED), Ward(SEED).tell(300).told
    proxy = await Proxy(await listener.start("127.0.0.1", 0), LOSSY, len(told), dice, eager=eager).start()
    acked: dict[str, bytes] = {}
    await send(told, "127.0.0.1", proxy.port, patience=0.5, on_ack=lambda message, _: acked.update({control_of(message): digest(message)}))
    await proxy.stop()
    await listener.stop(2)
    assert proxy.happened == LOSSY
    assert len(acked) == len({*told})
    return invariants.lost(acked, [Lying(0, letter.control_id, digest(letter.raw), "received", 0, NOW) for letter in journal.letters])


async def test_answering_before_anything_is_stored_loses_letters() -> None:
    """The negative control, beside the honest one and judged by the same function."""
    assert await _lost(eager=False) == []
    lost = await _lost(eager=True)
    print(f"answered before it was stored: {len(lost)} lost")
    assert lost, "the harness is blind: nothing was found missing"


def test_a_run_with_fewer_faults_than_asked_is_told() -> None:
    """The proxy that had no time for its faults: a run counts what happened, not what was planned."""
    proxy = Proxy(1, {"reset": 3}, 300, random.Random(1))
    proxy.happened["reset"] = 2
    line = Line(Ward(1), {"reset": 3}, proxy, {}, [], Tally(), Books(0, (), {}, (), (), (), {"visit": {}}), 0.0)
    assert line.too_easy() == ["reset: 2 of 3"]
