"""What a display of the load calls untrue: everything that the stream promises it not to do."""

from typing import Any

import pytest

from loadtests.picture import Event, Picture, Untrue, events


def tile(key: str = "bed:A1", seq: int = 5, state: str = "free", **more: Any) -> dict[str, Any]:
    return {"key": key, "seq": seq, "state": state} | more


def frame(name: str, seq: int, *tiles: dict[str, Any]) -> Event:
    return Event(name, f"{seq}-e1", {"seq": seq, "as_of": "2026-11-22T08:00:00+00:00", "tiles": list(tiles)})


BEAT = Event("heartbeat", "", {"as_of": "2026-11-22T08:00:05+00:00"})


def drawn(audience: str = "ward") -> Picture:
    """A display that has seen Seq 9."""
    picture = Picture(audience)
    picture.connects("")
    for event in (frame("snapshot", 7, tile(), tile("bed:A2", 7)), BEAT, frame("tiles", 9, tile("bed:A2", 9, "occupied"))):
        picture.hear(event)
    return picture


def test_a_true_stream_is_believed_and_followed() -> None:
    picture = drawn()
    assert (picture.seq, picture.as_of) == (9, "2026-11-22T08:00:00+00:00")
    picture.connects("9-e1")
    for event in (BEAT, frame("tiles", 12, tile(seq=12, state="occupied")), frame("tiles", 12, tile(seq=12, state="occupied"))):
        picture.hear(event)
    picture.connects("")
    picture.hear(frame("snapshot", 14, tile(seq=12, state="occupied"), tile("bed:A2", 13, "dirty"), tile("place:P1", 14)))
    picture.connects("")
    picture.hear(frame("snapshot", 15, tile(seq=12, state="occupied"), tile("bed:A2", 13, "dirty")))
    assert picture.seq == 15


@pytest.mark.parametrize(
    ("last_id", "event", "why"),
    [
        ("", BEAT, "before the whole picture"),
        ("", frame("tiles", 10, tile(seq=10)), "before the whole picture"),
        ("9-e1", frame("tiles", 8, tile(seq=8)), "Seq went back"),
        ("9-e1", frame("tiles", 10, tile("bed:A2", 8)), "went back from 9 to 8"),
        ("9-e1", frame("tiles", 10, tile(state="occupied")), "was free on the screen"),
        ("", frame("snapshot", 9, tile(), tile("bed:A2", 9, "free")), "was occupied on the screen"),
        ("", frame("snapshot", 12, tile(seq=8, state="dirty"), tile("bed:A2", 9, "occupied")), "as of 8"),
        ("", frame("snapshot", 12, tile("bed:A2", 9, "occupied")), "missing"),
    ],
)
def test_a_broken_promise_is_said(last_id: str, event: Event, why: str) -> None:
    picture = drawn()
    picture.connects(last_id)
    with pytest.raises(Untrue, match=why):
        picture.hear(event)


def test_a_public_screen_reads_nothing_of_a_patient() -> None:
    picture = drawn("public")
    picture.hear(frame("tiles", 10, tile(seq=10, isolation=None, visit=None)))
    with pytest.raises(Untrue, match="tells the public"):
        picture.hear(frame("tiles", 11, tile(seq=11, isolation=False)))


def test_events_are_read_by_their_lines() -> None:
    told = b'retry: 2000\n\nid: 7\nevent: tiles\ndata: {"a": 1}\n\nevent: heartbeat\ndata: {}\n\nid: 8\nevent: tiles\n'
    assert list(events(told.split(b"\n"))) == [Event("tiles", "7", {"a": 1}), Event("heartbeat", "", {})]
