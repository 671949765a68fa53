"""The housekeeping phone: the next bed, one big button, what comes after. No names: a patient is a waiting time.

flow.web hands in the live records and the phone's language; templates/housekeeping draws it at first paint and at each change.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flow.domain.bed import BedState, CleanKind, OutOfUse, Stage
from flow.domain.ids import BedId
from flow.domain.plan import Plan
from flow.domain.request import BedRequest
from flow.views.cleaning_jobs import CleanLike, Dirty, cleaning_jobs
from flow.views.page import Chrome
from flow.views.words import Words

LETTERS: Mapping[str, str] = {"hi": "हि", "ta": "த", "en": "EN"}
NAMES: Mapping[str, str] = {"hi": "हिन्दी", "ta": "தமிழ்", "en": "English"}
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Language:
    """A button of the language switch."""

    code: str
    letters: str
    name: str
    here: bool


@dataclass(frozen=True, slots=True)
class Job:
    """A bed to clean. `minutes` since it was begun, else since it was asked for; `unblocks` how long a patient has waited for it,
    `why` that as a sentence, or that beds of its kind will be short."""

    bed: BedId
    label: str
    ward: str
    place: str
    seq: int
    stage: Stage
    minutes: int
    isolation: bool
    urgent: bool
    unblocks: str | None
    why: str

    @property
    def begun(self) -> bool:
        """Somebody is at it, so that it can be done."""
        return self.stage in (Stage.IN_PROGRESS, Stage.INSPECTION)


@dataclass(frozen=True, slots=True)
class Problem:
    """A reason why the bed cannot be made ready, as a picture and a word."""

    reason: OutOfUse
    icon: str
    words: str


@dataclass(frozen=True, slots=True)
class PhonePage:
    """`job` is the bed this phone has begun, else the next in the order; `queue` what follows and `more` how many
    after that; `others` how many are being cleaned by others; `speech` what the phone reads out."""

    chrome: Chrome
    words: Words
    languages: tuple[Language, ...]
    job: Job | None
    mine: bool
    queue: tuple[Job, ...]
    more: int
    others: int
    problems: tuple[Problem, ...]
    speech: str


@dataclass(frozen=True, slots=True)
class PinPage:
    """The locked phone; `choose` when it has no PIN yet, `refused` after a wrong one."""

    chrome: Chrome
    words: Words
    languages: tuple[Language, ...]
    choose: bool = False
    refused: bool = False


_PROBLEMS = (
    (OutOfUse.REPAIR, "i-wrench", "Broken"),
    (OutOfUse.INFECTION, "i-shield", "Infection"),
    (OutOfUse.ROOM_CLOSED, "i-lock", "Room closed"),
    (OutOfUse.STAFFING, "i-person-off", "No helper"),
)


def phone_page(
    chrome: Chrome,
    plan: Plan,
    beds: Mapping[BedId, BedState],
    requests: Iterable[BedRequest],
    at: datetime,
    words: Words,
    *,
    order: Sequence[CleanLike] = (),
    actor: str = "",
    ward: str | None = None,
    languages: Iterable[str] = ("hi", "ta", "en"),
) -> PhonePage:
    """The page of one phone. `actor` is the phone's or person's id as events name it, `ward` its zone (None: the whole house);
    `order` is that of the whole house."""
    jobs = cleaning_jobs(plan, beds, requests, order, ward)
    own = [dirty for dirty in jobs if _begun_by(dirty, actor)]
    waiting = [dirty for dirty in jobs if dirty.state.now.stage in (Stage.WAITING, Stage.SUSPENDED)]
    first = own[0] if own else waiting[0] if waiting else None
    rest = [*own[1:], *waiting] if own else waiting[1:]
    job = _job(first, plan, at, words) if first else None
    return PhonePage(
        chrome=replace(chrome, lang=words.lang),
        words=words,
        languages=language_switch(words.lang, languages),
        job=job,
        mine=bool(own),
        queue=tuple(_job(dirty, plan, at, words) for dirty in rest[:SHOWN]),
        more=max(0, len(rest) - SHOWN),
        others=len(jobs) - len(own) - len(waiting),
        problems=tuple(Problem(reason, icon, words.say(said)) for reason, icon, said in _PROBLEMS),
        speech=_speech(job, words),
    )


def language_switch(here: str, languages: Iterable[str]) -> tuple[Language, ...]:
    """The languages to choose from, each in its own letters."""
    return tuple(Language(code, LETTERS.get(code, code.upper()), NAMES.get(code, code), code == here) for code in languages)


def _begun_by(dirty: Dirty, actor: str) -> bool:
    return dirty.state.now.stage is Stage.IN_PROGRESS and dirty.state.now.source == f"person:{actor}"


def _job(dirty: Dirty, plan: Plan, at: datetime, words: Words) -> Job:
    state, bed = dirty.state, plan.beds[dirty.state.id]
    floor = plan.ward[bed.ward].floor
    place = words.say("Ward {ward}", ward=bed.ward) + (f" · {words.say('Floor {floor}', floor=floor)}" if floor else "")
    since = state.now.started_at if state.now.stage is Stage.IN_PROGRESS and state.now.started_at else state.now.since
    waits = dirty.unblocks
    return Job(
        bed=bed.id,
        label=bed.label,
        ward=bed.ward,
        place=place,
        seq=state.seq,
        stage=state.now.stage or Stage.WAITING,
        minutes=max(0, int((at - since).total_seconds() // 60)),
        isolation=state.now.clean is CleanKind.ISOLATION,
        urgent=state.now.clean is CleanKind.STAT or (waits is not None and waits.priority == 1),
        unblocks=words.lasting((at - waits.clock_from).total_seconds()) if waits is not None else None,
        why=_why(dirty, at, words),
    )


PLACES: Mapping[str, str] = {"ed": "ED", "er": "ED", "emergency": "ED", "casualty": "ED", "opd": "OPD", "theatre": "OT", "ot": "OT"}
"""Where a patient may be said to wait, by the first word of what the desk wrote: the rest might be a name."""


def _why(dirty: Dirty, at: datetime, words: Words) -> str:
    """Whom the clean serves, by place and wait alone; empty where nobody will miss the bed."""
    if dirty.unblocks is None:
        return words.say("Such beds will be needed soon") if dirty.value > 0 else ""
    waits = words.lasting((at - dirty.unblocks.clock_from).total_seconds())
    place = PLACES.get(next(iter(dirty.unblocks.origin.casefold().split()), ""))
    return (
        words.say("Patient waiting in {place} {time}", place=place, time=waits)
        if place
        else words.say("Patient waiting {time}", time=waits)
    )


def _speech(job: Job | None, words: Words) -> str:
    if job is None:
        return words.say("No bed to clean")
    said = [words.say("Bed {label}", label=job.label), job.place]
    if job.why:
        said.append(job.why)
    return ". ".join([*said, words.say("Clean done") if job.begun else words.say("Start cleaning")])
