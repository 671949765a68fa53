"""What the load sends."""

from itertools import islice

from adt_feed.message import Message
from loadtests.letters import TOLD, stays, unknown


def _told(framed: bytes) -> tuple[str, str, str]:
    """Trigger, bed, visit."""
    assert framed[:1] == b"\x0b" and framed[-2:] == b"\x1c\r"
    message = Message.parse(framed[1:-2])
    lines = {line[:3]: line.split("|") for line in framed[1:-2].decode().split("\r")}
    return message.trigger, lines["PV1"][3], lines["PV1"][19]


def test_a_stay_fills_a_bed_and_empties_it() -> None:
    told = [_told(framed) for framed in islice(stays(["B1", "B2"]), 60)]
    for bed in ("B1", "B2"):
        mine = [(kind, visit) for kind, where, visit in told if where == bed]
        assert mine[0] == ("A01", f"L{bed}-0")
        second = [kind for kind, visit in mine if visit == f"L{bed}-1"]
        assert second == ["A01", *["A08"] * TOLD, "A03"]
    assert len({visit for _, _, visit in told}) > 4


def test_updates_of_nobody_change_no_bed() -> None:
    assert {_told(framed)[:2] for framed in islice(unknown(), 10)} == {("A08", "")}
