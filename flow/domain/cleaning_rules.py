"""How a house cleans: its zones and shifts, the steps of an isolation clean, what is inspected, and by when things should be done.

`[cleaning]` of the hospital file; what it leaves out stays as it stands here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from hashlib import blake2b
from zoneinfo import ZoneInfo

from flow.domain.cleaning_job import Step
from flow.domain.ids import WardId

ISOLATION_STEPS = (Step.LINEN, Step.WASH, Step.DISINFECT)
_DAY = timedelta(days=1)
DEFINITIONS_VERSION = 1
DEFINITIONS: Mapping[str, str] = {
    "Response": "From the moment a bed became dirty, or was asked or found to be, to the first start of its clean.",
    "Clean": "From the first start to the last word that it is clean, by the phone's own clock; pauses and cleans done again are in it.",
    "Turn": "From the moment a bed became dirty, or was asked or found to be, to the bed being ready and everybody knowing.",
    "Got a patient out of ED": "Cleans after which somebody from the emergency department lay in the bed within six hours.",
}
"""Of jobs that were done; those a patient overtook, a block ended or an undo took back count in none. Environmental services' own terms."""


@dataclass(frozen=True, slots=True)
class Zone:
    """Wards that one team cleans."""

    id: str
    name: str
    wards: frozenset[WardId]


@dataclass(frozen=True, slots=True)
class Shift:
    """Hours of the day in the hospital's zone; `until` before `begins` means past midnight."""

    id: str
    name: str
    begins: time
    until: time

    def covers(self, at: time) -> bool:
        """Whether the hour lies in the shift."""
        if self.begins <= self.until:
            return self.begins <= at < self.until
        return at >= self.begins or at < self.until


@dataclass(frozen=True, slots=True)
class CleaningRules:
    """`aims` are minutes: asked to started, started to clean, asked to ready, and asked to started for a STAT job (published aims of
    environmental services). `daily_at`: from this hour on every occupied bed wants its daily clean. `inspect_percent`: how many of a
    hundred cleans a supervisor looks at. `answer_minutes`: how long an offered job waits for its cleaner's word."""

    zones: tuple[Zone, ...] = ()
    shifts: tuple[Shift, ...] = ()
    isolation_steps: tuple[Step, ...] = ISOLATION_STEPS
    inspect_percent: int = 0
    daily_at: time | None = time(8)
    answer_minutes: int = 3
    response_aim: int = 30
    clean_aim: int = 30
    turn_aim: int = 60
    stat_aim: int = 10
    zone: dict[str, Zone] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "zone", {zone.id: zone for zone in self.zones})

    def wards_of(self, zone: str | None) -> frozenset[WardId] | None:
        """The wards of a zone; None: all of them (no zone, or one that the file no longer names)."""
        found = self.zone.get(zone or "")
        return found.wards if found is not None else None

    def at_work(self, shift: str | None, at: datetime, zone: str) -> bool:
        """Whether the hour lies in a shift; whoever has none works at any hour."""
        found = next((each for each in self.shifts if each.id == shift), None)
        return found is None or found.covers(at.astimezone(ZoneInfo(zone)).time())

    def daily_since(self, at: datetime, zone: str) -> datetime | None:
        """From when the daily clean that is due now counts; None where the house has none."""
        if self.daily_at is None:
            return None
        local = at.astimezone(ZoneInfo(zone))
        today = local.replace(hour=self.daily_at.hour, minute=self.daily_at.minute, second=0, microsecond=0)
        return today if today <= local else today - _DAY


def is_sampled(job: str, percent: int) -> bool:
    """Whether a job is among those that a supervisor looks at: by its id alone, so that every process and every replay says the same."""
    return int.from_bytes(blake2b(job.encode(), digest_size=4).digest(), "big") % 100 < percent
