"""A made-up feed with a known end: stays in the beds of one small ward, two messages in a hundred told twice.

The maker moves its own patients about as it writes, so that what the hospital must look like at the end is known without it.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.hospital_file import hospital_file

BEDS = tuple(f"4B-A-{number:02d}" for number in range(1, 13))
CLICKED = tuple(f"4B-B-{number:02d}" for number in range(1, 7))
REPEATED = 0.02
_EACH = round(1 / REPEATED)
"""Of so many messages one is told twice: which, is left to chance; how many, is not."""

HOSPITAL = hospital_file({"4B": {"A": 12, "B": 6}})


def adt(trigger: str, control: str, place: str, visit: str, at: datetime, extra: str = "") -> bytes:
    """One message about one visit."""
    when = at.strftime("%Y%m%d%H%M%S")
    lines = (
        f"MSH|^~\\&|HIS|H|BED|H|{when}||ADT^{trigger}|{control}|P|2.5",
        f"EVN|{trigger}|{when}",
        f"PID|1||M{visit}^^^H^MR||CANARY^{visit}||19700101|F",
        f"PV1|1|I|{place}||||||||||||||||{visit}{extra}",
    )
    return "\r".join(lines).encode() + b"\r"


@dataclass
class Ward:
    """The ward as the feed has it. `told` are the messages so far; `lies_in` is who lies where after the last of them."""

    seed: int
    told: list[bytes] = field(default_factory=list)
    lies_in: dict[str, str] = field(default_factory=dict)
    finished: int = 0
    _at: datetime = datetime(2025, 1, 1)  # noqa: DTZ001  # a message's own local time
    _visits: int = 0
    _messages: int = 0

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)
        self._again = self._dice.randrange(1, _EACH)

    def tell(self, count: int) -> "Ward":
        """So many more messages."""
        aim = len(self.told) + count
        while len(self.told) < aim:
            self._one()
            if self._again <= len(self.told) < aim:
                self.told.append(self._dice.choice(self.told[-20:]))
                self._again = _EACH * (self._again // _EACH + 1) + self._dice.randrange(1, _EACH)
        return self

    def _one(self) -> None:
        free = [bed for bed in BEDS if bed not in self.lies_in]
        taken = list(self.lies_in)
        step = self._dice.random()
        if free and (not taken or step < 0.32):
            self._visits += 1
            bed = self._dice.choice(free)
            self._say("A01", bed, f"V{self._visits}")
            self.lies_in[bed] = f"V{self._visits}"
        elif free and step < 0.58:
            old, new = self._dice.choice(taken), self._dice.choice(free)
            self._say("A02", new, self.lies_in[old])
            self.lies_in[new] = self.lies_in.pop(old)
        elif step < 0.75:
            bed = self._dice.choice(taken)
            self._say("A08", bed, self.lies_in[bed])
        else:
            bed = self._dice.choice(taken)
            self._say("A03", bed, self.lies_in.pop(bed))
            self.finished += 1

    def _say(self, trigger: str, bed: str, visit: str) -> None:
        self._messages += 1
        self._at += timedelta(minutes=1)
        self.told.append(adt(trigger, f"m{self._messages}", f"4B^A^{bed}", visit, self._at))

    @property
    def visits(self) -> int:
        """How many were admitted."""
        return self._visits


def control_of(letter: bytes) -> str:
    """MSH-10."""
    return letter.split(b"|", 10)[9].decode()
