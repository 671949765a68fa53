"""The phone's deck: the card of each bed it may deal while it has no network, before the clean is begun and after.

Of the same view as the page (views/phone.py), so that what the phone guesses is drawn as the server would draw it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flow.domain.bed import Stage
from flow.views.phone import Job, PhonePage, speech_of


@dataclass(frozen=True, slots=True)
class Dealt:
    """The two pictures of one bed."""

    job: Job
    waiting: PhonePage
    begun: PhonePage

    @property
    def pictures(self) -> tuple[tuple[str, PhonePage], ...]:
        """Both, by what the phone calls them."""
        return (("waiting", self.waiting), ("begun", self.begun))


def deal(view: PhonePage) -> Iterator[Dealt]:
    """The card of the job on the screen and of those behind it."""
    for job in (view.job, *view.queue):
        if job is not None:
            resting = replace(job, stage=Stage.SUSPENDED if job.begun else job.stage)
            yield Dealt(job, _with(view, resting), _with(view, replace(job, stage=Stage.IN_PROGRESS, minutes=0)))


def nothing_left(view: PhonePage) -> PhonePage:
    """The card once no bed is left."""
    return replace(view, job=None, mine=False, speech=speech_of(None, view.words))


def _with(view: PhonePage, job: Job) -> PhonePage:
    return replace(view, job=job, mine=job.begun, speech=speech_of(job, view.words))
