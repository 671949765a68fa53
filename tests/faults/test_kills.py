"""Long fault runs (`make faults`): the server is killed and Redis flushed again and again while a feed is sent.

Every acknowledged control id is in the journal with its body, each has one effect, no bed holds two, and the picture is rebuilt.
The seed is printed; the same seed makes the same pauses.
"""

import json
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
import redis

from tests.acceptance.house import ROOT, HouseProcess, house
from tests.acceptance.test_road import HOSPITAL, adt
from tests.keeper import keeper

KILLS, FLUSHES, STAYS = 12, 6, 4000
SEED = random.SystemRandom().randrange(10_000)


def letters() -> list[bytes]:
    """Stays one after the other in six beds: in, moved, out; two in a hundred are told twice."""
    dice, told = random.Random(SEED), []
    for n in range(STAYS):
        bed, other = (1 + (n + k) % 6 for k in (0, 3))
        hour = f"{2025 + n // 4000}{1 + n // 400 % 12:02d}{1 + n // 24 % 16:02d}{n % 24:02d}"
        stay = [
            adt("A01", f"{n}a", f"4B^A^4B-A-0{bed}", f"V{n}", f"{hour}0000"),
            adt("A02", f"{n}b", f"4B^A^4B-A-0{other}", f"V{n}", f"{hour}1000"),
            adt("A03", f"{n}c", "", f"V{n}", f"{hour}2000"),
        ]
        told += stay + ([dice.choice(stay)] if dice.random() < 0.06 else [])
    return told


def flush(found: HouseProcess) -> None:
    """Empty Redis, as an operator's slip would."""
    note = json.loads((Path(found.environ["BEDFLOW_DATA_DIR"]) / "stores.json").read_text())
    with redis.from_url(keeper(note["redis_url"])) as client:
        client.flushall()


@pytest.mark.long
@pytest.mark.timeout(600)
def test_kills_and_flushes_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    print(f"seed {SEED}")
    dice = random.Random(SEED)
    hospital, feed = tmp_path / "hospital.toml", tmp_path / "feed.er7"
    hospital.write_text(HOSPITAL)
    told = letters()
    feed.write_bytes(b"\n".join(letter.rstrip(b"\r") for letter in told))
    with house(tmp_path, hospital, loaded=False) as found:
        found.token("admin")
        found.token("admissions")
        words = [sys.executable, "-m", "flow", "hl7", "send", str(feed), "--window", "2"]
        with subprocess.Popen(words, cwd=ROOT, env=found.environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as sending:
            done = 0
            for number in range(KILLS + FLUSHES):
                time.sleep(dice.uniform(0.05, 0.4))
                if sending.poll() is not None:
                    break
                if number % 3 == 2:
                    flush(found)
                else:
                    found.kill()
                    found.start()
                done += 1
            answered, _ = sending.communicate(timeout=300)
        assert f"{len(told)} messages, {len(told)} answered" in answered
        assert done >= 8, "the feed was sent before it was disturbed"
        check(found, told)


def check(found: HouseProcess, told: list[bytes]) -> None:
    found.settled()
    kept = Counter(x["control_id"] for x in found.every("/api/v1/hl7/letters", "admin") if x["state"] == "handled")
    assert kept == Counter({letter.split(b"|")[9].decode() for letter in told}), "each letter once, none lost"
    visits = found.every("/api/v1/visits")
    assert len(visits) == STAYS
    assert {visit["status"] for visit in visits} == {"finished"}
    assert {len(visit["movements"]) for visit in visits} == {2}
    beds = {bed["id"]: bed["status"] for bed in found.every("/api/v1/beds")}
    assert set(beds.values()) == {"cleaning"}


def test_the_harness_notices_a_lost_letter() -> None:
    """The negative control: a feed short of one letter is not taken for whole."""
    told = letters()
    whole = Counter({letter.split(b"|")[9].decode() for letter in told})
    lacking = Counter({letter.split(b"|")[9].decode() for letter in told if b"|7b|" not in letter})
    assert whole != lacking
