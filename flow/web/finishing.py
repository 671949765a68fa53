"""Who may say by a bed's status alone that it is clean: not past the steps of an isolation clean, and not past the supervisor's look."""

from flow.domain.bed import BedState, BedStatus
from flow.domain.roles import May
from flow.errors import Refused
from flow.web.security.principal import Principal


def check_finish(principal: Principal, state: BedState, to: BedStatus) -> None:
    """Refused where the job asks for more than a status; a supervisor may in any case."""
    job = state.job
    finishes = state.status is BedStatus.CLEANING and to is BedStatus.AVAILABLE
    if not finishes or job is None or not job.is_open or principal.may(May.SUPERVISE):
        return
    if job.next_step is not None:
        raise Refused(f"Steps are left: {', '.join(job.steps[job.step :])}. Do them as a cleaning job.", code="steps-left")
    if job.inspect and not job.stat:
        raise Refused(f"A supervisor looks at this clean of bed {state.id} first; finish it as a cleaning job.", code="not-inspected")
