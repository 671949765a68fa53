"""The fields we use, read by us, by python-hl7 and by hl7apy: every difference is explained by a named rule, or the test fails.

Messages are public ones and a sample of the recorded feed; line ends are normalised first, as both libraries want it. A rule is a
known habit of the other library, and its predicate holds for that habit alone.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import hl7
import pytest
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.exceptions import HL7apyException
from hl7apy.parser import parse_message

from adt_feed import names
from adt_feed.er7 import read_er7
from adt_feed.message import Message
from tests.unit.test_message_oracle import lines_of

DATA = Path(__file__).parents[3] / "shared" / "data" / "hl7"

pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the public messages are not beside this clone")

USED: Mapping[str, tuple[int, ...]] = {
    "MSH": (3, 4, 7, 9, 10, 13),
    "EVN": (1, 2, 3, 6),
    "PID": (2, 3, 4, 5, 7, 8, 18),
    "PV1": (2, 3, 6, 10, 11, 19, 42, 43, 44, 45, 50),
    "PV2": (1, 8, 9, 47),
    "MRG": (1, 3, 5, 6),
    "NPU": (1, 2),
    "ZBE": (1, 2, 3, 4, 5, 6),
    "SCH": (1, 2, 11),
    "AIL": (3, 6),
    "AIS": (3, 4),
    "AIG": (3, 8),
    "AIP": (6,),
    "TQ1": (7,),
    "ORC": (1, 2, 3, 5, 9),
    "OBR": (2, 3, 4, 7, 22, 24, 25),
    "OBX": (11,),
    "RXO": (1,),
    "RXE": (2,),
    "RXD": (2, 3),
    "MFE": (1, 4),
    "LOC": (1, 2, 3),
}
COMPONENTS = range(1, 9)


@dataclass(frozen=True)
class Case:
    """One message: ours, and the text both libraries get."""

    path: str
    message: Message

    @property
    def text(self) -> str:
        return "\r".join(segment.line for segment in self.message.all) + "\r"

    @property
    def marks(self) -> str:
        return self.message.all[0].raw(2)

    @property
    def version(self) -> str:
        return self.message.all[0].component(12)


@dataclass(frozen=True)
class Difference:
    """One field, or one of its components, that another library reads otherwise."""

    case: Case
    segment: str
    number: int
    ours: str
    theirs: str


Rules = Mapping[str, Callable[[Difference], bool]]


@cache
def cases() -> tuple[list[Case], list[Case]]:
    """The public messages, and every seventh of the recorded feed."""
    rows = [json.loads(line) for line in (DATA / "messages.jsonl").read_text(encoding="utf-8").splitlines()]
    public = [Case(row["path"], Message.parse(row["text"].encode(row["encoding"]))) for row in rows]
    recorded = [Case(f"feed {at}", Message.parse(raw)) for at, raw in enumerate(read_er7(DATA / "simhospital-feed.er7"))]
    return public, recorded[::7]


def explained(found: Iterator[Difference], rules: Rules) -> Counter[str]:
    """How often each rule explained a difference; fails at what none explains."""
    used: Counter[str] = Counter()
    for one in found:
        rule = next((name for name, holds in rules.items() if holds(one)), None)
        assert rule, f"{one.case.path}: {one.segment}-{one.number} is {one.ours!r} to us and {one.theirs!r} to them"
        used[rule] += 1
    return used


def cut(raw: str, marks: str) -> list[list[list[str]]]:
    """Repetitions, components, sub-components."""
    sub = marks[3:4] or "\uffff"
    return [[component.split(sub) for component in one.split(marks[0])] for one in raw.split(marks[1])]


def rid(parts: list[str]) -> list[str]:
    """Without what is empty at the end."""
    parts = list(parts)
    while parts and not parts[-1]:
        parts.pop()
    return parts


def bare(raw: str, marks: str, *, blanks: bool = False) -> list[list[list[str]]]:
    """Cut, without empty parts at the end of anything; with `blanks`, without blanks around anything as well."""
    trim = str.strip if blanks else str
    found = [[rid([trim(sub) for sub in component]) for component in one] for one in cut(raw, marks)]
    kept: list[list[list[str]]] = []
    for one in found:
        while one and not one[-1]:
            one.pop()
        kept.append(one)
    return kept


def beyond(one: Difference) -> bool:
    """Some repetition has more components than its data type, and but for empty components all is the same."""
    known = names.field_name(names.nearest(one.case.version), one.segment, one.number).components
    mine, other = (bare(raw, one.case.marks, blanks=True) for raw in (one.ours, one.theirs))
    longer = any(len(each) > len(known) > 0 for each in mine)
    return longer and [[part for part in each if part] for each in mine] == [[part for part in each if part] for each in other]


def withdrawn(one: Difference) -> bool:
    """The version has no such field (EVN-1 from 2.7 on), and so it stands under no number."""
    return one.theirs == "" and names.occurs(names.nearest(one.case.version), one.segment, one.number) is None


HL7APY: Rules = {
    "leaves out separators at the end": lambda one: bare(one.ours, one.case.marks) == bare(one.theirs, one.case.marks),
    "strips blanks": lambda one: bare(one.ours, one.case.marks, blanks=True) == bare(one.theirs, one.case.marks, blanks=True),
    "packs components its data type has not": beyond,
    "names no field that its version has withdrawn": withdrawn,
}

RAISES: Mapping[str, Callable[[Case], bool]] = {
    "InvalidName": lambda case: any(
        not name.startswith("Z") and names.occurs(names.nearest(case.version), name, 1) is None for name in case.message.names
    ),
    "InvalidEncodingChars": lambda case: len(case.marks) < 4 or len(set(case.marks)) < len(case.marks),
    "UnsupportedVersion": lambda case: case.version not in names.VERSIONS,
}
"""A segment that its version has not; delimiters missing or named twice; a version without tables."""


def by_hl7apy(case: Case) -> Iterator[Difference]:
    parsed = parse_message(case.text, validation_level=VALIDATION_LEVEL.TOLERANT, find_groups=False)
    for name, numbers in USED.items():
        mine = case.message.segments(name)
        theirs = [segment for segment in parsed.children if segment.name == name]
        assert len(mine) == len(theirs), (case.path, name)
        for own, other in zip(mine, theirs, strict=True):
            for number in numbers:
                said = case.marks[1].join(field.to_er7() for field in other.children if field.name == f"{name}_{number}")
                if said != own.raw(number):
                    yield Difference(case, name, number, own.raw(number), said)


def test_hl7apy_reads_the_same_or_a_rule_says_why_not() -> None:
    public, recorded = cases()
    used: Counter[str] = Counter()
    raised: Counter[str] = Counter()
    sample = public[::3] + recorded[::10]
    for case in sample:
        try:
            used += explained(by_hl7apy(case), HL7APY)
        except HL7apyException as error:
            kind = type(error).__name__
            assert RAISES[kind](case), (case.path, kind, case.message.names)
            raised[kind] += 1
    assert used["strips blanks"] + used["packs components its data type has not"] < 10, used
    assert raised.total() < 0.05 * len(sample)


def undivided(one: Difference) -> bool:
    """It raises where a field is one text and its second component is asked for; that is empty to us."""
    return one.theirs.startswith("IndexError") and one.ours == ""


PYTHON_HL7: Rules = {
    "strips a field of blanks": lambda one: one.ours.strip() == one.theirs and not one.theirs,
    "raises for components of an undivided field": undivided,
}


def by_python_hl7(case: Case) -> Iterator[Difference]:
    parsed = hl7.parse(case.text)
    for name, numbers in USED.items():
        mine = case.message.segments(name)
        theirs = [segment for segment in parsed if str(segment[0]) == name]
        assert len(mine) == len(theirs), (case.path, name)
        for at, (own, other) in enumerate(zip(mine, theirs, strict=True), 1):
            for number in numbers:
                said = str(other[number]) if number < len(other) else ""
                if said != own.raw(number):
                    yield Difference(case, name, number, own.raw(number), said)
                for repetition in range(len(own.repetitions(number))):
                    yield from by_component(case, parsed, name, at, number, repetition)


def by_component(case: Case, parsed: "hl7.Message", name: str, at: int, number: int, repetition: int) -> Iterator[Difference]:
    """The un-escaped values of one repetition, component by component."""
    own = case.message.segments(name)[at - 1]
    for component in COMPONENTS:
        try:
            said = parsed.extract_field(name, at, number, repetition + 1, component, 1) or ""
        except IndexError as error:
            said = f"IndexError {error}"
        ours = own.component(number, component, rep=repetition)
        if ours != said:
            yield Difference(case, name, number, ours, said)


def test_python_hl7_reads_the_same_or_a_rule_says_why_not() -> None:
    public, recorded = cases()
    used: Counter[str] = Counter()
    for case in public + recorded:
        used += explained(by_python_hl7(case), PYTHON_HL7)
    assert used["strips a field of blanks"] < 10
    assert used["raises for components of an undivided field"] > 1000


@pytest.mark.parametrize("rules", [HL7APY, PYTHON_HL7])
@pytest.mark.parametrize(
    ("ours", "theirs"), [("A^B", "A^C"), ("A^^B", "A^B"), ("A~B", "A"), ("A", ""), ("", "A"), ("A&B", "A^B"), ("01", "1")]
)
def test_a_real_difference_is_explained_by_no_rule(rules: Rules, ours: str, theirs: str) -> None:
    case = Case("", Message.parse(b"MSH|^~\\&|A|B|||1||ADT^A01|1|P|2.5\r"))
    with pytest.raises(AssertionError):
        explained(iter([Difference(case, "PV1", 3, ours, theirs)]), rules)


def test_the_text_given_to_both_is_what_came() -> None:
    public, _ = cases()
    for case, line in zip(public, (DATA / "messages.jsonl").read_text(encoding="utf-8").splitlines(), strict=True):
        sent = lines_of(json.loads(line)["text"])
        mine = [part.strip(" \t") for part in case.text.rstrip("\r").split("\r")]
        assert [part[3:] for part in mine] == [part[3:] for part in sent], case.path
