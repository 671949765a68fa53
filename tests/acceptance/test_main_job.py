"""The main job on real input: learn a hospital from a recorded feed, serve it, send the feed over MLLP, kill -9 twice on the way.

The census is compared with a replay that knows nothing of the product; the replay must differ when one discharge is dropped.
"""

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.acceptance.house import FEED, ROOT, HouseProcess, house
from tests.acceptance.independent_census import read, replay

pytestmark = [
    pytest.mark.skipif(not FEED.exists(), reason="the recorded feed is not on this machine"),
    pytest.mark.timeout(300),
]


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hospital file drafted from the feed by the command line."""
    file = tmp_path_factory.mktemp("learnt") / "hospital.toml"
    subprocess.run([sys.executable, "-m", "flow", "hospital", "learn", str(FEED), "-o", str(file)], cwd=ROOT, check=True)
    return file


def check_end(found: HouseProcess) -> None:
    """Everything the issue asks of the end."""
    messages = read(FEED)
    counts = found.settled()
    assert counts["handled"] + counts.get("parked", 0) == len(messages) == 3485
    kept = Counter(letter["control_id"] for letter in found.every("/api/v1/hl7/letters", "admin") if letter["state"] != "duplicate")
    assert kept == Counter(message.control_id for message in messages)
    visits = found.every("/api/v1/visits")
    in_beds = {visit["number"]: visit["bed"] for visit in visits if visit["bed"]}
    assert len(set(in_beds.values())) == len(in_beds), "a bed with two visits"
    beds = {bed["id"]: bed for bed in found.every("/api/v1/beds")}
    assert {bed["visit"]: key for key, bed in beds.items() if bed["status"] == "occupied"} == in_beds
    census = replay(messages)
    places = {alias: key for key, bed in beds.items() for alias in bed["aliases"]}
    assert in_beds == {visit: places[place] for visit, place in census.open.items()}
    named = {visit["number"]: visit["status"] for visit in visits if not visit["number"].startswith("planned-")}
    assert named == {visit: status for visit, status in census.status.items() if visit in named}


def test_every_message_is_answered_kept_and_understood(tmp_path: Path, hospital: Path) -> None:
    with house(tmp_path, hospital, loaded=False) as found:
        sent = found.run("hl7", "send", str(FEED))
        assert "3485 messages, 3485 answered" in sent.stdout
        check_end(found)


def test_killed_twice_in_the_middle_it_ends_the_same(tmp_path: Path, hospital: Path) -> None:
    """The sender goes on by itself: what was not answered it sends again, what was kept twice is known as a duplicate."""
    with house(tmp_path, hospital, loaded=False) as found:
        found.token("admin")
        found.token("admissions")
        words = [sys.executable, "-m", "flow", "hl7", "send", str(FEED), "--window", "4"]
        with subprocess.Popen(words, cwd=ROOT, env=found.environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as sending:
            for share in (0.1, 0.4):  # what the journal shows is behind what was answered
                wait_for_letters(found, int(3485 * share))
                found.kill()
                assert sending.poll() is None, "the sending was over before the kill"
                found.start()
            answered, _ = sending.communicate(timeout=180)
        assert "3485 answered" in answered
        check_end(found)
        assert found.run("rebuild", "--from-journal", "--check").stdout.startswith("equal, ")


def wait_for_letters(found: HouseProcess, least: int) -> None:
    """Until the journal holds so many letters."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        newest = found.get("/api/v1/hl7/letters?limit=1", "admin")["items"]
        if newest and newest[0]["id"] >= least:
            return
        time.sleep(0.005)
    raise AssertionError("the journal does not grow")


def test_the_independent_census_notices_a_lost_discharge() -> None:
    """Every A03 that ended a stay is missed when it is left out, or the comparison above would prove nothing."""
    messages = read(FEED)
    whole = replay(messages)
    discharges = [(index, message.facts[0].visit) for index, message in enumerate(messages) if message.trigger == "A03"]
    times = Counter(visit for _, visit in discharges)
    ended = [(index, visit) for index, visit in discharges if times[visit] == 1 and whole.status[visit] == "finished"]
    assert len(ended) > 100
    for index, visit in ended[::10]:
        lacking = replay(messages[:index] + messages[index + 1 :])
        assert lacking.status.get(visit) != "finished"
        assert lacking != whole
