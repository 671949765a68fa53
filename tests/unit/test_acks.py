"""Acks: who asked is answered in their own delimiters, under their own control id, and never with a patient's data."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adt_feed.acks import ack, wants_ack
from adt_feed.header import Header
from adt_feed.message import Message

NOW = datetime(2026, 11, 21, 4, 17, 23, 45, tzinfo=UTC)


def header(raw: bytes) -> Header:
    return Header.read(raw)


def test_the_whole_answer() -> None:
    sent = header(b"MSH|^~\\&|SIM|FAC|BED|HOSP|20261121||ADT^A01^ADT_A01|MSG1|T|2.5.1|42|||||8859/1\r")
    assert ack(sent, "AA", now=NOW) == (
        b"MSH|^~\\&|BED|HOSP|SIM|FAC|20261121041723||ACK^A01|20261121041723000045|T|2.5.1||||||8859/1\rMSA|AA|MSG1||42\r"
    )


def test_nothing_stands_behind_the_last_field() -> None:
    assert ack(header(b"MSH|^~\\&|A|B|C|D|1||ADT^A01|7|P|2.3"), "AA", now=NOW).endswith(b"|P|2.3\rMSA|AA|7\r")


@pytest.mark.parametrize("control_id", [b"7", b" 7 ", b"a^b&c~d\\e", b"\xff\xfe", "नमस्ते".encode(), b"x" * 250])
def test_the_control_id_goes_back_byte_for_byte(control_id: bytes) -> None:
    answer = ack(header(b"MSH|^~\\&|A|B|C|D|1||ADT^A01|" + control_id + b"|P|2.3"), "AA", now=NOW)
    assert answer.split(b"\r")[1] == b"MSA|AA|" + control_id


def test_the_delimiters_are_the_senders() -> None:
    answer = ack(header(b"MSH*:+!%*A*B*C*D*1**ADT:A03*7*P*2.5"), "AE", "no 1+1: * told", now=NOW)
    assert answer.startswith(b"MSH*:+!%*C*D*A*B*20261121041723**ACK:A03*")
    assert answer.endswith(b"\rMSA*AE*7*no 1 1    told\r")
    assert Message.parse(answer).all[1].field(2) == "7"


def test_delimiters_outside_ascii_are_echoed() -> None:
    answer = ack(header("MSH|¤~\\&|A|B|C|D|1||ADT¤A03|7|P|2.5".encode()), "AA", now=NOW)
    assert Message.parse(answer).trigger == "A03"


def test_without_a_header_the_answer_stands_in_the_usual_delimiters() -> None:
    assert ack(None, "AR", "this is no HL7", now=NOW) == (
        b"MSH|^~\\&|||||20261121041723||ACK|20261121041723000045|P|2.5\rMSA|AR||this is no HL7\r"
    )


@pytest.mark.parametrize(
    "raw",
    [
        b"MSH|^~\\&|A|B\rPID|1||SECRET^^^MRN||SECRET^SECRET||19730215|F",
        b"MSH|^~\\&|A|PID|1||SECRET^^^MRN||SECRET^SECRET|SECRET^SECRET|1973|F|SECRET|SECRET",
        b"MSH|^~\\&|A|B|C|D|PID|1||SECRET^^^MRN||SECRET^SECRET|SECRET|19730215|F|||||SECRET",
        b"MSH|^~\\&|A|B|C|D|2026PID|1||SECRET^^^MRN||SECRET^SECRET|SECRET|SECRET",
        b"MSH|^~\\&|A|BPID|1||SECRET||SECRET^SECRET|SECRET^SECRET|SECRET|SECRET",
    ],
)
def test_a_cut_header_leaks_nothing_of_the_patient(raw: bytes) -> None:
    sent = header(raw)
    assert sent.control_id == ""
    assert b"SECRET" not in ack(sent, "AE", "no control id (MSH-10)", now=NOW)


@pytest.mark.parametrize(
    ("raw", "control_id"),
    [
        (b"MSH|^~\\&|A|B|C|D|2026||ADT^A01PID|1||2SECRET^^^MRN||SECRET^SECRET", b""),
        (b"MSH|^~\\&|A|B|C|D|2026||ADT^A01|7PID|1||SECRET^^^MRN||SECRET^SECRET||SECRET|F|SECRET", b"7PID"),
        (b"MSH|^~\\&|A|B|C|D|2026||ADT^A01|7|PID|1|SECRET|SECRET^^^MRN||SECRET^SECRET|SECRET|SECRET", b"7"),
        (b"MSH|^~\\&|A|B|C|D|2026||ADT^A01|7|TPID|1|SECRET|SECRET^^^MRN|SECRET|SECRET^SECRET|SECRET", b"7"),
        (b"MSH|^~\\&|A|B|C|D|2026||ADT^A01|7|P|2.5||||PID|1|SECRET|SECRET^^^MRN|SECRET|SECRET^SECRET", b"7"),
        (b"MSH|^~\\&|A|B|C|D|2026||ADT^A01|7|P|2.5PID|SECRET|SECRET|SECRET^^^MRN|SECRET|SECRET^SECRET", b"7"),
    ],
)
def test_a_header_cut_at_its_end_leaks_nothing_and_is_answered(raw: bytes, control_id: bytes) -> None:
    sent = header(raw)
    assert wants_ack(sent, ok=True) == "AA"
    answer = ack(sent, "AA", now=NOW)
    assert answer.split(b"\r")[1] == (b"MSA|AA|" + control_id).rstrip(b"|")
    assert b"SECRET" not in answer


@pytest.mark.parametrize("version", [b"2.5", b"2", b"2.3.1^AUS&&ISO^AS4700.2&&L", b" 2.9.1 "])
def test_a_version_of_any_kind_lets_the_sequence_count(version: bytes) -> None:
    sent = header(b"MSH|^~\\&|A|B|C|D|2026||ADT^A01|7|P|" + version + b"|42")
    assert ack(sent, "AA", now=NOW).endswith(b"\rMSA|AA|7||42\r")


@pytest.mark.parametrize(
    ("accept", "application", "good", "bad"),
    [
        ("", "", "AA", "AE"),
        ("AL", "", "CA", "CE"),
        ("AL", "NE", "CA", "CE"),
        ("AL", "AL", "CA", "CE"),
        ("NE", "AL", "AA", "AE"),
        ("NE", "NE", None, None),
        ("ER", "", None, "CE"),
        ("ER", "AL", "AA", "CE"),
        ("SU", "NE", "CA", None),
        ("NE", "SU", "AA", None),
        ("NE", "ER", None, "AE"),
        ("", "AL", "AA", "AE"),
        ("", "NE", None, None),
        ("al", " ne ", "CA", "CE"),
        ('""', '""', "AA", "AE"),
        ("Y", "", "AA", "AE"),
    ],
)
def test_who_is_answered(accept: str, application: str, good: str | None, bad: str | None) -> None:
    sent = header(f"MSH|^~\\&|A|B|C|D|1||ADT^A01|7|P|2.5|||{accept}|{application}".encode())
    assert (wants_ack(sent, ok=True), wants_ack(sent, ok=False)) == (good, bad)


def test_no_header_is_rejected() -> None:
    assert wants_ack(None, ok=False) == "AR"


@given(st.binary(max_size=120))
def test_any_header_can_be_answered(tail: bytes) -> None:
    answer = ack(header(b"MSH|^~\\&|" + tail), "AE", "why", now=NOW)
    assert len(answer.split(b"\r")) == 3
    assert answer.split(b"\r")[1].startswith(b"MSA|AE|")
