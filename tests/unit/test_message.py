"""Message: what hospitals send is read as they meant it, whatever the delimiters, line ends, bytes and gaps."""

import string
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adt_feed.message import NULL, Header, Message, parse_timestamp
from flow.errors import Unreadable

A01 = (
    b"MSH|^~\\&|SIM|FAC|RAPP|RFAC|20261121023343||ADT^A01^ADT_A01|MSG1|P|2.5|42||AL|NE||ASCII\r"
    b"EVN|A01|20261121023343\r"
    b"PID|1||246^^^HOSP&1.2.3&ISO^MR~109^^^NHS^NHSNMBR||Doe^Jane^^^Mrs||19730215\r"
    b"PV1|1|I|Renal^R1^B2&x^Sim||||||||||||||||V77|||\r"
)
IST = timezone(timedelta(hours=5, minutes=30))


def pv1(text: bytes, encoding: bytes = b"^~\\&") -> str:
    found = Message.parse(b"MSH|" + encoding + b"|A|B\rPV1|1|" + text).first("PV1")
    assert found is not None
    return found.field(2)


def test_the_fields_of_an_admission() -> None:
    message = Message.parse(A01)
    assert (message.type, message.trigger, message.control_id, message.sender) == ("ADT", "A01", "MSG1", "SIM|FAC")
    assert message.names == ["MSH", "EVN", "PID", "PV1"]
    assert message.sequence == 42
    patient, visit = message.first("PID"), message.first("PV1")
    assert patient is not None and visit is not None
    assert [patient.component(5, c) for c in (1, 2, 5, 6)] == ["Doe", "Jane", "Mrs", ""]
    assert [patient.component(3, 4, sub) for sub in (1, 2, 3, 4)] == ["HOSP", "1.2.3", "ISO", ""]
    assert patient.component(3, 1, rep=1) == "109"
    assert patient.component(3) == "246", "the first again, after another was asked for"
    assert patient.field(3) == "246^^^HOSP&1.2.3&ISO^MR"
    assert patient.raw(3) == "246^^^HOSP&1.2.3&ISO^MR~109^^^NHS^NHSNMBR"
    assert [one.component(5) for one in patient.repetitions(3)] == ["MR", "NHSNMBR"]
    assert [visit.component(3, c) for c in (1, 2, 3, 4, 5)] == ["Renal", "R1", "B2", "Sim", ""]
    assert visit.component(19) == "V77"


def test_out_of_range_is_empty_and_never_an_error() -> None:
    visit = Message.parse(A01).first("PV1")
    assert visit is not None
    assert [visit.field(n) for n in (-1, 0, 99)] == ["", "", ""]
    assert [visit.component(3, c, s, r) for c, s, r in ((0, 1, 0), (-1, 1, 0), (9, 1, 0), (1, 0, 0), (1, 2, 0), (1, 1, 5))] == [""] * 6
    assert visit.repetitions(99) == []
    assert Message.parse(A01).first("ZZZ") is None
    assert Message.parse(A01).segments("ZZZ") == []


def test_msh_is_numbered_as_in_the_standard() -> None:
    header = Message.parse(A01).all[0]
    assert [header.field(n) for n in (1, 2, 3, 10, 12)] == ["|", "^~\\&", "SIM", "MSG1", "2.5"]
    assert (header.component(2), header.component(1), header.component(2, 2)) == ("^~\\&", "|", "")
    assert [one.text for one in header.repetitions(2)] == ["^~\\&"]


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\r\n\r\n"])
def test_every_line_end_reads_the_same(end: bytes) -> None:
    assert Message.parse(A01.replace(b"\r", end)).names == ["MSH", "EVN", "PID", "PV1"]


@pytest.mark.parametrize("before", [b"\xef\xbb\xbf", b"\r\n\n", b"  \t", b"\x00\r"])
def test_what_stands_before_the_header_is_skipped(before: bytes) -> None:
    assert Message.parse(before + A01).control_id == "MSG1"
    assert Message.parse(before + A01.replace(b"ASCII", b"8859/1")).names == ["MSH", "EVN", "PID", "PV1"]


def test_lower_case_indented_and_mixed_lines() -> None:
    message = Message.parse(b"msh|^~\\&|a|b\revn|A02|\n  PID|1\r\n\r\n-- comment --\rZ\xc3\xa9|1\rPV1\r")
    assert message.names == ["MSH", "EVN", "PID", "PV1"]
    assert message.trigger == "A02"


def test_line_separators_of_unicode_do_not_cut_a_segment() -> None:
    message = Message.parse("MSH|^~\\&|A|B\rPID|1||\u2028\x85\x0c|x".encode())
    assert message.names == ["MSH", "PID"]
    assert message.all[1].field(4) == "x"


def test_delimiters_are_those_of_the_header() -> None:
    message = Message.parse(b"MSH*:+!%*A*B***1**ADT:A03*7\rPID*1**1:2%3+4!F!5:!S!!T!!R!!E!\r")
    assert message.trigger == "A03"
    assert message.all[1].component(3, 2, 2) == "3"
    assert message.all[1].component(3, rep=1) == "4*5"
    assert message.all[1].component(3, 2, rep=1) == ":%+!"


def test_delimiters_outside_ascii() -> None:
    message = Message.parse("MSH|^˜\\&|A|B|||1||ADT^A03|7\rPID|1||1^2˜3^4\r".encode())
    assert (message.trigger, message.control_id) == ("A03", "7")
    assert message.all[1].component(3, 2, rep=1) == "4"


def test_a_short_or_missing_encoding_field() -> None:
    assert Message.parse(b"MSH|^|A|B\rPID|1||1^2~3\\F\\").all[1].component(3, 2) == "2~3\\F\\"
    assert Message.parse(b"MSH||A|B\rPID|1||1^2~3").all[1].component(3, 2) == "2"
    assert Message.parse(b"MSH|").names == ["MSH"]


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        (rb"a\F\b\S\c\T\d\R\e\E\f", "a|b^c&d~e\\f"),
        (rb"\X41\\X0D0A\\XC3A9\!", "A\r\n\u00e9!"),
        (rb"a\X00\b\X410042\!", "abAB!"),
        (rb"one\.br\two\.sp2\three", "one\ntwo\n\nthree"),
        (rb"\H\loud\N\ quiet", "loud quiet"),
        (rb"\\server\share\F\x", "\\\\server\\share|x"),
        (rb"50\ 60\Xzz\ \Zq\ \.unknown\ ", "50\\ 60\\Xzz\\ \\Zq\\ \\.unknown\\ "),
        (rb"C:\E\x\E\y", "C:\\x\\y"),
        (rb"\.sp999999999\x", "\n" * 99 + "x"),
    ],
)
def test_escapes_are_undone_and_what_is_none_stays(sent: bytes, meant: str) -> None:
    assert pv1(sent) == meant


def test_an_escaped_separator_does_not_cut() -> None:
    field = Message.parse(b"MSH|^~\\&|A|B\rPID|1||a\\S\\b\\R\\c^d").all[1]
    assert (field.component(3), field.component(3, 2)) == ("a^b~c", "d")


def test_null_is_not_empty() -> None:
    visit = Message.parse(b'MSH|^~\\&|A|B\rPV1|1|""||""^x').all[1]
    assert (visit.field(2), visit.field(3), visit.component(4)) == (NULL, "", NULL)


@pytest.mark.parametrize(
    ("declared", "raw", "name", "codec"),
    [
        ("ASCII", "Zo\u00eb".encode(), "Zo\u00eb", "utf-8"),
        ("ASCII", "Zo\u00eb".encode("latin-1"), "Zo\u00eb", "latin-1"),
        ("", "Zo\u00eb".encode(), "Zo\u00eb", "utf-8"),
        ("8859/1", "Zo\u00eb".encode("latin-1"), "Zo\u00eb", "iso8859-1"),
        ("8859/15", "\u20ac".encode("iso8859-15"), "\u20ac", "iso8859-15"),
        ("UNICODE UTF-8", "\u0928".encode(), "\u0928", "utf-8"),
        ("UNICODE UTF-8", b"\xff", "\u00ff", "latin-1"),
        ("CP1252", b"\x80", "\u20ac", "cp1252"),
        ("windows-1251", "\u0416".encode("cp1251"), "\u0416", "cp1251"),
        ("CP1252", b"\x81", "\x81", "latin-1"),
        ("GB 18030-2000", "\u4e2d".encode("gb18030"), "\u4e2d", "gb18030"),
        ("8859/1~ASCII", b"\xe9", "\u00e9", "iso8859-1"),
        ("rot13", "Zo\u00eb".encode(), "Zo\u00eb", "utf-8"),
        ("UTF-7", b"+AGE-", "+AGE-", "utf-8"),
        ("\x00\xff nonsense", b"\xe9", "\u00e9", "latin-1"),
    ],
)
def test_the_charset_is_the_declared_one_where_it_fits(declared: str, raw: bytes, name: str, codec: str) -> None:
    head = b"MSH|^~\\&|A|B|||1||ADT^A08|7|P|2.5||||||" + declared.encode("latin-1")
    message = Message.parse(head + b"\rPID|1||" + raw)
    assert (message.all[1].field(3), message.charset) == (name, codec)


def test_the_feeds_charset_counts_where_the_message_declares_none() -> None:
    assert Message.parse(b"MSH|^~\\&|A|B\rPID|1||\x80", "CP1252").all[1].field(3) == "\u20ac"


def test_trigger_from_the_event_segment_where_the_header_has_none() -> None:
    assert Message.parse(b"MSH|^~\\&|A|B|||1||ADT|7\rEVN|A05").trigger == "A05"
    assert Message.parse(b"MSH|^~\\&|A|B|||1||ADT^A01|7\rEVN|A05").trigger == "A01"
    assert Message.parse(b"MSH|^~\\&|A|B|||1||ADT|7\r").trigger == ""


def test_two_patients_are_two_groups() -> None:
    swap = b"MSH|^~\\&|A|B|||1||ADT^A17|7\rEVN|A17\rPID|1\rPD1|1\rPV1|1\rPID|2\rPV1|2"
    assert [[one.name for one in group] for group in Message.parse(swap).groups()] == [["PID", "PD1", "PV1"], ["PID", "PV1"]]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n",
        b"PID|1",
        b"MSH",
        b"MSHA^~\\&|",
        b"MSH ^~\\&|",
        b"\x00\xff\x80",
        b"MSH\x01",
        b"MSH|PID|1||SECRET",
        b"GET / HTTP/1.1\r\n",
    ],
)
def test_what_has_no_header_is_unreadable(raw: bytes) -> None:
    with pytest.raises(Unreadable):
        Message.parse(raw)
    with pytest.raises(Unreadable):
        Header.read(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"MSH|^~\\&|A|B\rPID|1||12345^^^MRN||DOE^JANE||19730215|F",
        b"MSH|^~\\&|A|B|||2026PID|1||12345^^^MRN||DOE^JANE||19730215|F",
        b"MSH|^~\\&|A|PID|1||12345^^^MRN||DOE^JANE|SMITH^ANN|19730215|F",
        b"MSH|^~\\&|A|B|C|D|PID|1||12345^^^MRN||DOE^JANE||19730215|F",
        b"MSH|^~\\&|A|B|PID|1|||ADT|DOE^JANE||19730215|F",
        b"MSH|^~\\&|A|BPID|1||123||DOE^JANE|SMITH^ANN|19730215|F",
    ],
)
def test_a_cut_header_gives_no_control_id_of_another_segment(raw: bytes) -> None:
    assert Header.read(raw).control_id_bytes == b""


def test_a_strange_but_whole_header_keeps_its_control_id() -> None:
    assert Header.read(b"MSH|^~\\&|A|RAPID|||1|||7 x|P|2.3").control_id_bytes == b"7 x"
    assert Header.read(b"MSH|^~\\&|A|B|||1||ACK|\xff\x00|P").control_id_bytes == b"\xff\x00"
    assert Header.read(b"MSH|^~\\&|A|B|||1||ACK|a\x00b|P").control_id == "ab"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026", datetime(2026, 1, 1, tzinfo=IST)),
        ("202611", datetime(2026, 11, 1, tzinfo=IST)),
        ("20261121", datetime(2026, 11, 21, tzinfo=IST)),
        ("2026112104", datetime(2026, 11, 21, 4, tzinfo=IST)),
        ("202611210417", datetime(2026, 11, 21, 4, 17, tzinfo=IST)),
        ("20261121041723", datetime(2026, 11, 21, 4, 17, 23, tzinfo=IST)),
        ("20261121041723.5", datetime(2026, 11, 21, 4, 17, 23, 500_000, tzinfo=IST)),
        ("20261121041723.12345", datetime(2026, 11, 21, 4, 17, 23, 123_450, tzinfo=IST)),
        ("20261121041723250", datetime(2026, 11, 21, 4, 17, 23, 250_000, tzinfo=IST)),
        ("202611210417+0000", datetime(2026, 11, 21, 4, 17, tzinfo=UTC)),
        ("20261121041723-0330", datetime(2026, 11, 21, 4, 17, 23, tzinfo=timezone(-timedelta(hours=3, minutes=30)))),
        (" 20261121Z ", datetime(2026, 11, 21, tzinfo=UTC)),
    ],
)
def test_times_of_every_precision(text: str, moment: datetime) -> None:
    assert parse_timestamp(text, IST) == moment


@pytest.mark.parametrize(
    "text",
    ["", NULL, "2026-11-21", "20261", "20261301", "20260230", "2026112124", "202611210460", "something wrong here", "00010101", "99991231",
     "20261121+9900", "20261121+0560", "\u0662\u0660\u0662\u0666", "2" * 10_000],
)  # fmt: skip
def test_what_is_no_time_is_none(text: str) -> None:
    assert parse_timestamp(text, IST) is None


@given(st.binary(max_size=200))
def test_any_bytes_behind_a_header_are_read(tail: bytes) -> None:
    message = Message.parse(b"MSH|^" + tail)
    for segment in message.all:
        for n in range(len(segment) + 2):
            segment.field(n)
            for one in segment.repetitions(n):
                one.component(2, 2)
    assert message.names[0] == "MSH"
    assert isinstance(message.trigger + message.type + message.control_id + message.sender, str)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_unreadable(raw: bytes) -> None:
    try:
        found = Message.parse(raw).names[0]
    except Unreadable as problem:
        found = problem.code
    assert found in ("MSH", "no-msh")


MARKS = st.permutations([char for char in string.punctuation if char not in ".-+"]).map(lambda chars: "".join(chars[:5]))
WORDS = st.lists(st.text(st.sampled_from(string.ascii_lowercase + " .-"), max_size=5), min_size=1, max_size=4)


@given(MARKS, st.lists(WORDS, min_size=1, max_size=4))
def test_what_is_put_together_comes_apart(marks: str, repetitions: list[list[str]]) -> None:
    field, component, repetition, escape, sub = list(marks)
    body = repetition.join(component.join(words) for words in repetitions)
    message = Message.parse(f"MSH{field}{component}{repetition}{escape}{sub}{field}A\rZZZ{field}x{field}{body}".encode())
    found = message.all[1]
    for rep, words in enumerate(repetitions):
        assert [found.component(2, c + 1, rep=rep) for c in range(len(words))] == words
