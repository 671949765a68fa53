"""Every public message: read, answered, explained, and handled or parked with a reason that is true by an independent reading.

The reason is judged on the text itself, cut with `str.split`, not on what our own reading made of it.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from adt_feed.acks import ack, wants_ack
from adt_feed.explain import explain
from adt_feed.header import Header
from adt_feed.learn import learn
from adt_feed.mapping import Reading, read
from adt_feed.message import Message
from flow.domain.cause import Cause, Origin
from flow.domain.decide import decide
from flow.domain.events import Event, Kind
from flow.domain.hospital import Hospital, evolve, opened
from flow.domain.ids import PatientId
from flow.domain.plan import Plan
from flow.errors import Refused, Unreadable
from flow.plan_file import parse_plan

FILE = Path(__file__).parents[3] / "shared" / "data" / "hl7" / "messages.jsonl"
NOW = datetime(2026, 11, 21, tzinfo=UTC)

pytestmark = pytest.mark.skipif(not FILE.exists(), reason="the corpus of public messages is not beside this clone")

ADT = {f"A{number:02}" for number in range(1, 63)} - {"A19", "A46", "A48", "A56", "A57", "A58", "A59"}
"""What the specification lists; the rest are queries, withdrawn, or reserved."""

SIU = {"S12", "S13", "S14", "S15", "S16", "S17", "S26"}
CLINICAL = {"ORM", "OMG", "ORU", "RDE", "RDS"}


@dataclass(frozen=True)
class Public:
    """One message of the corpus, and its segments as an independent reading sees them."""

    path: str
    type: str
    trigger: str
    text: str
    raw: bytes

    @property
    def kind(self) -> str:
        return f"{self.type}^{self.trigger}"

    @property
    def separator(self) -> str:
        return self.text.lstrip("\ufeff \r\n")[3]

    def lines(self, name: str) -> list[list[str]]:
        """The fields of each segment of a name, the name as field 0."""
        lines = [line.strip(" \t\ufeff\0") for line in re.split(r"\r\n|\r|\n", self.text)]
        return [line.split(self.separator) for line in lines if line[:3].upper() == name]

    def says(self, line: list[str], *numbers: int) -> bool:
        """Whether one of the fields says anything in its first component."""
        component = self.text.lstrip("\ufeff \r\n")[4]
        fields = [line[number] for number in numbers if number < len(line)]
        return any(part.split(component)[0].strip() not in ("", '""') for field in fields for part in field.split("~"))


@cache
def corpus() -> list[Public]:
    rows = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
    return [Public(x["path"], x["type"], x["trigger"].strip(), x["text"], x["text"].encode(x["encoding"])) for x in rows]


@cache
def plan() -> Plan:
    return parse_plan(learn([Message.parse(one.raw) for one in corpus()], "Public"), "learnt.toml")


def reading(one: Public) -> Reading | Unreadable:
    try:
        return read(Message.parse(one.raw), plan().feeds[0], lambda mrn, authority: PatientId(f"{authority}/{mrn}"), NOW, plan().bed_at)
    except Unreadable as problem:
        return problem


def nobody(one: Public) -> bool:
    pids = one.lines("PID")
    return not pids or any(not one.says(pid, 3, 2, 4) for pid in pids)


def nothing_given_up(one: Public) -> bool:
    mrgs = one.lines("MRG")
    return not mrgs or any(not one.says(mrg, *PRIOR.get(one.trigger, (1,))) for mrg in mrgs)


PRIOR: Mapping[str, tuple[int, ...]] = {
    "A35": (3,),
    "A41": (3,),
    "A44": (3,),
    "A49": (3,),
    "A42": (5,),
    "A45": (5,),
    "A50": (5,),
    "A51": (6,),
}
"""Where MRG names what is given up; elsewhere in MRG-1."""

TRUE: Mapping[str, Callable[[Public], bool]] = {
    "no-patient": nobody,
    "no-prior": nothing_given_up,
    "no-bed": lambda one: not one.lines("NPU") or any(not one.says(npu, 1) for npu in one.lines("NPU")),
    "swap-incomplete": lambda one: len(one.lines("PID")) != 2 or len(one.lines("PV1")) != 2,
    "review": lambda one: one.kind == "ADT^A29",
    "no-movement": lambda one: one.trigger == "Z99" and not any(one.says(zbe, 1) for zbe in one.lines("ZBE")),
    "no-visit": lambda one: (
        not any(one.says(pv1, 19, 50) for pv1 in one.lines("PV1")) and not any(one.says(pid, 18) for pid in one.lines("PID"))
    ),
    "no-order": lambda one: not any(one.says(line, 2, 3) for name in ("ORC", "OBR") for line in one.lines(name)),
    "no-appointment": lambda one: not any(one.says(sch, 1, 2) for sch in one.lines("SCH")),
    "no-place": lambda one: not any(one.says(mfe, 4) for mfe in one.lines("MFE")) and not any(one.says(loc, 1) for loc in one.lines("LOC")),
    "not-mapped": lambda one: not listed(one),
}
"""When a reason is true."""


LATER: Mapping[str, set[str]] = {
    "ADT": {"unknown-place", "unknown-code", "other-patient", "no-visit"},
    "SIU": {"unknown-clinic", "no-time"},
    **{kind: {"no-visit"} for kind in sorted(CLINICAL)},
}
"""What only the hospital can know: a bed or a code it has not, a clinic (this one has none), a visit it was not told of."""


def listed(one: Public) -> bool:
    """Whether the specification says what the message means."""
    return (
        (one.type == "ADT" and one.trigger in ADT)
        or (one.type == "SIU" and one.trigger in SIU)
        or one.type in CLINICAL
        or one.kind == "MFN^M05"
    )


def test_every_message_is_answered_by_its_header_alone() -> None:
    for one in corpus():
        header = Header.read(one.raw)
        code = wants_ack(header, ok=bool(header.control_id))
        if code is None:
            continue
        answer = ack(header, code, now=NOW)
        msh, msa = (line.split(header.separator) for line in answer.rstrip(b"\r").split(b"\r"))
        assert (msh[0], msa[0], msa[1]) == (b"MSH", b"MSA", code.encode()), one.path
        sent = one.lines("MSH")[0]
        assert b"".join(msa[2:3]) == (sent[9].encode("utf-8") if len(sent) > 9 else b""), one.path


def test_every_message_is_explained_with_its_type_and_segments() -> None:
    for one in corpus():
        found = explain(one.raw)
        assert (found.problem, found.type, found.trigger) == ("", one.type, one.trigger), one.path
        names = Counter(segment.name for segment in found.segments)
        assert names["PID"] == len(one.lines("PID")), one.path
        assert all(field.sensitive for segment in found.segments if segment.name == "PID" for field in segment.fields)


def test_every_message_is_handled_or_parked_with_a_true_reason(capsys: pytest.CaptureFixture[str]) -> None:
    fates: Counter[tuple[str, str]] = Counter()
    for one in corpus():
        found = reading(one)
        fates[one.kind, found.code if isinstance(found, Unreadable) else "mapped"] += 1
        if isinstance(found, Unreadable):
            assert TRUE[found.code](one), (one.path, one.kind, found.code)
        else:
            assert found.commands or found.people, one.path
    with capsys.disabled():
        print("\n" + table(fates))
    assert sum(fates.values()) == len(corpus())


def test_the_hospital_takes_every_command_or_says_why_not() -> None:
    """One after the other into one hospital, as a desk would: a fault of ours would be any other exception."""
    hospital = Hospital(plan())
    parked: Counter[tuple[str, str]] = Counter()
    for event in (Event(Kind.BED_OPENED, bed, NOW) for bed in opened(plan(), NOW)):
        evolve(hospital, hospital.seq + 1, event)
    for one in corpus():
        found = reading(one)
        for command in () if isinstance(found, Unreadable) else found.commands:
            try:
                events = decide(hospital, command, Cause(Origin.FEED, plan().feeds[0].id, NOW))
            except (Unreadable, Refused) as problem:
                parked[one.type, problem.code] += 1
                continue
            for event in events:
                evolve(hospital, hospital.seq + 1, event)
    for kind, code in parked:
        assert code in LATER.get(kind, set()), parked
    held = Counter(visit.bed for visit in hospital.visits.values() if visit.bed)
    assert held
    assert set(held.values()) == {1}


def table(fates: Counter[tuple[str, str]]) -> str:
    """Counts by trigger and fate."""
    kinds: dict[str, list[str]] = {}
    for (kind, fate), count in sorted(fates.items()):
        kinds.setdefault(kind, []).append(f"{fate} {count}")
    totals = Counter[str]()
    for (_, fate), count in fates.items():
        totals[fate] += count
    rows = [f"  {kind:8} {', '.join(said)}" for kind, said in kinds.items()]
    return "\n".join([*rows, "  all      " + ", ".join(f"{fate} {count}" for fate, count in totals.most_common())])
