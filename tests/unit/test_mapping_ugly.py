"""Bytes that mean nothing and numbers that are none."""

import pytest

from adt_feed.message import Message
from flow.domain.commands import Chart
from flow.errors import Unreadable
from tests.unit.test_mapping import letter, reading

PV1 = "PV1|1|I|4B^A^1" + "|" * 16


def test_nul_in_a_field_is_dropped() -> None:
    raw = b"MSH|^~\\&|HIS|HOSP|||20260301100005||ADT^A01|77|P|2.5\rEVN|A01|20260301100000\rPID|1||12345^^^HOSP^MR\r"
    found = reading(Message.parse(raw + PV1.encode() + b"V\x00\x007\r"))
    [command] = found.commands
    assert isinstance(command, Chart)
    assert command.told[0].visit == "V7"


def test_a_visit_number_as_long_as_a_page_is_kept_in_the_tray() -> None:
    with pytest.raises(Unreadable, match="5000 characters"):
        reading(letter("A01", PV1 + "9" * 5000))
