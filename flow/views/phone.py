"""The housekeeping phone: the next bed, one big button, what comes after. No names: a patient is a waiting time.

flow.web hands in the live records and the phone's language; templates/housekeeping draws it at first paint and at each change.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flow.domain.bed import BedState, CleanKind, OutOfUse, Stage
from flow.domain.cleaning_job import End, Step, Why, is_emergency
from flow.domain.ids import BedId, WardId
from flow.domain.plan import Plan
from flow.domain.request import BedRequest
from flow.views.cleaning_jobs import CleanLike, Dirty, cleaning_jobs, daily_due
from flow.views.page import Chrome
from flow.views.ward_checks import CheckCard
from flow.views.words import Tongue, Words

SHOWN = 8
DAILY_SHOWN = 6
PRAISED_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Language:
    """A button of the language switch."""

    code: str
    letters: str
    name: str
    here: bool


@dataclass(frozen=True, slots=True)
class Who:
    """Who holds the phone: `id` as jobs and events name them, `wards` of their zone (None: the whole house), `trained` for isolation
    cleans; `nick` where somebody is on shift with a badge."""

    id: str = ""
    wards: frozenset[WardId] | None = None
    trained: bool = True
    nick: str = ""


@dataclass(frozen=True, slots=True)
class StepShown:
    """A stage of the clean as a picture: done, now, or still to come."""

    key: str
    icon: str
    words: str
    state: str


@dataclass(frozen=True, slots=True)
class Job:
    """A bed to clean. `minutes` since it was begun, else since it was asked for; `unblocks` how long a patient has waited for it,
    `why` that as a sentence, or that beds of its kind will be short; `number` is the job's id, `offered`: it was given to this phone,
    which has not answered yet; `step` what is to be done now of an isolation clean; `note` why it is to be cleaned again."""

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
    number: str = ""
    stat: bool = False
    offered: bool = False
    steps: tuple[StepShown, ...] = ()
    step: StepShown | None = None
    note: str = ""

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
class Daily:
    """An occupied bed that wants its daily clean."""

    bed: BedId
    label: str
    place: str
    asked: bool


@dataclass(frozen=True, slots=True)
class Praise:
    """A clean of this cleaner's got somebody out of the emergency department."""

    number: str
    words: str


@dataclass(frozen=True, slots=True)
class PhonePage:
    """`job` is the bed this phone has begun, else the next in the order; `queue` what follows and `more` how many
    after that; `others` how many are being cleaned by others; `speech` what the phone reads out. `daily` are occupied beds that want their
    daily clean, `daily_left` how many more; `notice` a kind word after a tap that came late; `checks` are beds in doubt nearby."""

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
    who: Who = Who()
    daily: tuple[Daily, ...] = ()
    daily_left: int = 0
    praise: Praise | None = None
    notice: str = ""
    checks: tuple[CheckCard, ...] = ()

    @property
    def every_step(self) -> tuple[StepShown, ...]:
        """Whatever a clean may ask for: the phone draws the card of a bed with them where it has no other."""
        return tuple(StepShown(step, icon, self.words.say(said), "next") for step, (icon, said) in STEPS.items())


@dataclass(frozen=True, slots=True)
class PinPage:
    """The locked phone; `choose` when there is no PIN yet, `refused` after a wrong one; `nick` is whoever is on shift with it, `badges`:
    the house has them, so that a shift may begin with one."""

    chrome: Chrome
    words: Words
    languages: tuple[Language, ...]
    choose: bool = False
    refused: bool = False
    nick: str = ""
    badges: bool = False


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
    who: Who = Who(),
    ward: str | None = None,
    languages: Iterable[Tongue] = (),
    notice: str = "",
) -> PhonePage:
    """The page of one phone. `who` holds it, `ward` is the phone's own (None: the whole house); `order` is that of the whole house."""
    jobs = [dirty for dirty in cleaning_jobs(plan, beds, requests, order, ward) if _in_zone(dirty, plan, who)]
    own = sorted((dirty for dirty in jobs if _is_own(dirty, who)), key=lambda dirty: (_rank(dirty), not dirty.stat))
    open_to_all = [dirty for dirty in jobs if dirty not in own and _is_free(dirty, who)]
    chosen = [*own, *open_to_all]
    shown = [_job(dirty, plan, at, words, who) for dirty in chosen[: SHOWN + 1]]
    job = shown[0] if shown else None
    daily = [state for state in daily_due(plan, beds, at, who.wards) if ward in (None, plan.beds[state.id].ward)]
    return PhonePage(
        chrome=replace(chrome, lang=words.lang),
        words=words,
        languages=language_switch(words.lang, languages),
        job=job,
        mine=bool(own) and own[0].state.now.stage is not Stage.WAITING,
        queue=tuple(shown[1:]),
        more=max(0, len(chosen) - 1 - SHOWN),
        others=sum(_is_anothers(dirty, who) for dirty in jobs),
        problems=tuple(Problem(reason, icon, words.say(said)) for reason, icon, said in _PROBLEMS),
        speech=speech_of(job, words),
        who=who,
        daily=tuple(_daily(state, plan, words) for state in daily[:DAILY_SHOWN]),
        daily_left=max(0, len(daily) - DAILY_SHOWN),
        praise=_praise(beds, plan, at, words, who),
        notice=notice,
    )


def language_switch(here: str, languages: Iterable[Tongue]) -> tuple[Language, ...]:
    """The languages to choose from, each in its own letters."""
    return tuple(Language(tongue, tongue.letters, tongue.name, tongue == here) for tongue in languages)


def _in_zone(dirty: Dirty, plan: Plan, who: Who) -> bool:
    return who.wards is None or plan.beds[dirty.state.id].ward in who.wards


def _is_own(dirty: Dirty, who: Who) -> bool:
    """Begun by whoever holds the phone, or given to them; a bed whose problem is being looked at waits for that."""
    now = dirty.state.now
    if dirty.job.problem is not None or now.stage is Stage.INSPECTION:
        return False
    return dirty.job.cleaner == who.id or (now.stage is Stage.IN_PROGRESS and now.source == f"person:{who.id}")


def _rank(dirty: Dirty) -> int:
    return (Stage.IN_PROGRESS, Stage.SUSPENDED, Stage.WAITING).index(dirty.state.now.stage or Stage.WAITING)


def _is_free(dirty: Dirty, who: Who) -> bool:
    """Anybody may begin it who is trained for it."""
    now = dirty.state.now
    if now.stage not in (Stage.WAITING, Stage.SUSPENDED) or dirty.job.cleaner is not None or dirty.job.problem is not None:
        return False
    return who.trained or now.clean is not CleanKind.ISOLATION


def _is_anothers(dirty: Dirty, who: Who) -> bool:
    """Somebody else is at it, or has said yes to it."""
    job, stage = dirty.job, dirty.state.now.stage
    return job.cleaner != who.id and not _is_own(dirty, who) and (stage is Stage.IN_PROGRESS or job.cleaner is not None)


def _place(bed: BedId, plan: Plan, words: Words) -> str:
    found = plan.beds[bed]
    floor = plan.ward[found.ward].floor
    return words.say("Ward {ward}", ward=found.ward) + (f" · {words.say('Floor {floor}', floor=floor)}" if floor else "")


def _job(dirty: Dirty, plan: Plan, at: datetime, words: Words, who: Who) -> Job:
    state, bed, job = dirty.state, plan.beds[dirty.state.id], dirty.job
    steps = _steps(dirty, words)
    since = state.now.started_at if state.now.stage is Stage.IN_PROGRESS and state.now.started_at else state.now.since
    waits = dirty.awaited(at)
    return Job(
        bed=bed.id,
        label=bed.label,
        ward=bed.ward,
        place=_place(bed.id, plan, words),
        seq=state.seq,
        stage=state.now.stage or Stage.WAITING,
        minutes=max(0, int((at - since).total_seconds() // 60)),
        isolation=state.now.clean is CleanKind.ISOLATION,
        urgent=job.stat or state.now.clean is CleanKind.STAT or (waits is not None and waits.priority == 1),
        unblocks=words.lasting((at - waits.clock_from).total_seconds()) if waits is not None else None,
        why=_why(dirty, at, words),
        number=job.id,
        stat=job.stat or state.now.clean is CleanKind.STAT,
        offered=job.is_offered and job.cleaner == who.id,
        steps=steps,
        step=next((step for step in steps if step.state == "now"), None),
        note=words.say("To be cleaned again") if job.failed else words.say("Found dirty") if job.why is Why.FOUND_DIRTY else "",
    )


STEPS: Mapping[Step, tuple[str, str]] = {
    Step.LINEN: ("i-dirty", "Linen and waste out"),
    Step.WASH: ("i-broom", "Wash all surfaces"),
    Step.DISINFECT: ("i-shield", "Disinfect, let it act"),
    Step.CURTAINS: ("i-swap", "Change the curtains"),
    Step.AIR: ("i-clock", "Air the room"),
}


def _steps(dirty: Dirty, words: Words) -> tuple[StepShown, ...]:
    """The stages of an isolation clean; the one to do now once it is begun."""
    job, begun = dirty.job, dirty.state.now.stage is Stage.IN_PROGRESS
    states = ("done" if n < job.step else "now" if n == job.step and begun else "next" for n in range(len(job.steps)))
    return tuple(StepShown(step, STEPS[step][0], words.say(STEPS[step][1]), state) for step, state in zip(job.steps, states, strict=True))


def _daily(state: BedState, plan: Plan, words: Words) -> Daily:
    asked = state.daily_asked_at is not None and (state.daily_at is None or state.daily_at < state.daily_asked_at)
    return Daily(state.id, plan.beds[state.id].label, _place(state.id, plan, words), asked)


def _praise(beds: Mapping[BedId, BedState], plan: Plan, at: datetime, words: Words, who: Who) -> Praise | None:
    """The newest clean of this cleaner's that got somebody out of the emergency department within the hour."""
    done = [(state.id, state.job) for state in beds.values() if state.job is not None and state.job.cleaner == who.id]
    freed = [(job.freed_at, bed, job) for bed, job in done if job.freed == "ed" and job.freed_at is not None and job.end is End.DONE]
    recent = [each for each in freed if at - each[0] <= PRAISED_FOR and each[1] in plan.beds]
    if not recent:
        return None
    _, bed, job = max(recent, key=lambda each: each[0])
    return Praise(job.id, words.say("Your clean of {label} got a patient out of ED", label=plan.beds[bed].label))


PLACES: Mapping[str, str] = {"opd": "OPD", "theatre": "OT", "ot": "OT"}
"""Where a patient may be said to wait, by the first word of what the desk wrote: the rest might be a name."""


def _why(dirty: Dirty, at: datetime, words: Words) -> str:
    """Whom the clean serves, by place and wait alone; empty where nobody will miss the bed."""
    waiting = dirty.awaited(at)
    if waiting is None:
        return words.say("Such beds will be needed soon") if dirty.value > 0 or dirty.unblocks is not None else ""
    waits = words.lasting((at - waiting.clock_from).total_seconds())
    origin = waiting.origin
    place = "ED" if is_emergency(origin) else PLACES.get(next(iter(origin.casefold().split()), ""))
    return (
        words.say("Patient waiting in {place} {time}", place=place, time=waits)
        if place
        else words.say("Patient waiting {time}", time=waits)
    )


def speech_of(job: Job | None, words: Words) -> str:
    if job is None:
        return words.say("No bed to clean")
    said = [words.say("Bed {label}", label=job.label), job.place]
    if job.why:
        said.append(job.why)
    todo = job.step.words if job.step else words.say("Clean done") if job.begun else words.say("Start cleaning")
    return ". ".join([*said, words.say("I am coming") if job.offered and not job.begun else todo])
