"""Our tokenizer against hl7apy on messages nobody here wrote: every field both can read must be the same text."""

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.exceptions import HL7apyException
from hl7apy.parser import parse_message

from adt_feed.message import Message

CORPUS = Path(__file__).parents[3] / "shared" / "data" / "hl7" / "messages.jsonl"
SECONDS = 15.0  # hl7apy reads 40 to 100 messages a second
LEAST = 100  # compared messages, however slow the machine

pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of public messages is not beside this clone")


def corpus() -> list[dict[str, Any]]:
    return [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]


def spread(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All rows, in an order in which any beginning of the list is a fair sample."""
    return [rows[(at * 257) % len(rows)] for at in range(len(rows))]


def lines_of(text: str) -> list[str]:
    """The segments as an independent reading sees them."""
    lines = [line.strip(" \t\ufeff\0") for line in re.split(r"\r\n|\r|\n", text)]
    return [line for line in lines if re.match(r"[A-Za-z][A-Za-z0-9]{2}([^A-Za-z0-9]|$)", line)]


def fields_of_oracle(text: str) -> Iterator[tuple[int, str, int, list[str]]]:
    """(segment index, name, field number, repetitions) as hl7apy sees them."""
    parsed = parse_message("\r".join(lines_of(text)), validation_level=VALIDATION_LEVEL.TOLERANT, find_groups=False)
    for at, segment in enumerate(parsed.children):
        found: dict[int, list[str]] = {}
        for field in segment.children:
            if numbered := re.fullmatch(r"\w+_(\d+)", field.name or ""):
                found.setdefault(int(numbered[1]), []).append(field.to_er7())
        for number, repetitions in found.items():
            yield at, segment.name, number, repetitions


def test_every_message_is_read_with_its_type_trigger_and_segments() -> None:
    for row in corpus():
        message = Message.parse(row["text"].encode(row["encoding"]))
        assert (message.type, message.trigger) == (row["type"], row["trigger"].strip()), row["path"]
        assert message.names == [line[:3].upper() for line in lines_of(row["text"])], row["path"]
        assert (message.control_id == "") == ("no_control_id" in row["quirks"]), row["path"]


def trimmed(raw: str, marks: str) -> str:
    """A field without what hl7apy does not write again: separators at its end."""
    return raw.rstrip(marks)


def essence(raw: str, marks: str) -> list[str]:
    r"""What is left when hl7apy's own changes are undone.

    It reads SI and NM as numbers ("0001" -> "1"), strips blanks, leaves out empty components of data types it takes for shorter,
    or pads them, and writes ``\.br\`` as ``\E\.br\E\``.
    """
    parts = re.split("[" + re.escape(marks[0] + marks[3:4]) + "]", raw.replace("\\E\\", "\\"))
    return [part.strip().lstrip("0") for part in parts if part.strip().lstrip("0")]


def test_fields_are_those_hl7apy_reads() -> None:
    compared = equal = alike = 0
    until = time.monotonic() + SECONDS
    for row in spread(corpus()):
        if compared >= LEAST and time.monotonic() > until:
            break
        message = Message.parse(row["text"].encode(row["encoding"]))
        try:
            theirs = list(fields_of_oracle(row["text"]))
        except HL7apyException:
            continue  # 3.5 % of real messages make hl7apy raise
        compared += 1
        marks = message.all[0].raw(2)
        for at, name, number, repetitions in theirs:
            ours = message.all[at]
            assert ours.name == name, row["path"]
            mine = [one.raw for one in ours.repetitions(number)]
            if [trimmed(one, marks) for one in mine] == [trimmed(one, marks) for one in repetitions]:
                equal += 1
                continue
            alike += 1
            assert [essence(one, marks) for one in mine] == [essence(one, marks) for one in repetitions], (row["path"], name, number)
    assert compared >= LEAST
    assert equal > 20 * compared
    assert alike < 0.01 * equal
