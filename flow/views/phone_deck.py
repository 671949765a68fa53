"""The phone's deck: the cards of each bed it may deal while it has no network, before the clean is begun, after, and after each step.

Of the same view as the page (views/phone.py), so that what the phone guesses is drawn as the server would draw it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flow.domain.bed import Stage
from flow.views.phone import Job, PhonePage, speech_of


@dataclass(frozen=True, slots=True)
class Dealt:
    """The pictures of one bed, by what the phone calls them: `waiting`, `coming` (its holder has said so), `begun`, and `step:KEY` after
    a step of an isolation clean."""

    job: Job
    pictures: tuple[tuple[str, PhonePage], ...]


def deal(view: PhonePage) -> Iterator[Dealt]:
    """The cards of the job on the screen and of those behind it."""
    for job in (view.job, *view.queue):
        if job is not None:
            yield Dealt(job, tuple((name, _with(view, drawn)) for name, drawn in _pictures(job)))


def nothing_left(view: PhonePage) -> PhonePage:
    """The card once no bed is left."""
    return replace(view, job=None, mine=False, speech=speech_of(None, view.words))


def _pictures(job: Job) -> Iterator[tuple[str, Job]]:
    resting = replace(job, stage=Stage.SUSPENDED if job.begun else job.stage, step=None)
    taken = replace(resting, offered=False)
    done = sum(step.state == "done" for step in job.steps)
    yield "waiting", resting
    if job.offered:
        yield "coming", taken
    yield "begun", _begun(taken, done)
    for place in range(done, len(job.steps)):
        yield f"step:{job.steps[place].key}", _begun(taken, place + 1)


def _begun(job: Job, done: int) -> Job:
    """Begun, with so many of its steps done."""
    states = ["done"] * done + ["now"] + ["next"] * len(job.steps)
    steps = tuple(replace(step, state=state) for step, state in zip(job.steps, states, strict=False))
    return replace(job, stage=Stage.IN_PROGRESS, minutes=0, steps=steps, step=steps[done] if done < len(steps) else None)


def _with(view: PhonePage, job: Job) -> PhonePage:
    return replace(view, job=job, mine=job.begun, speech=speech_of(job, view.words))
