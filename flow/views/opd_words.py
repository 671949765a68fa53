"""What a clinic's page says in words: the order of calling as the house wrote it down, whose turn a token takes, how long people wait."""

from flow.domain.opd import Group, RoomState
from flow.domain.opd_queue import QueuePolicy
from flow.domain.opd_waits import Waits
from flow.views.times import clock_time

GROUPS = {
    Group.ORDINARY: "Usual",
    Group.FOLLOW_UP: "Follow-up",
    Group.ELDERLY: "Elderly",
    Group.PREGNANT: "Pregnant",
    Group.EMERGENCY: "Emergency",
}
"""In the order of the list from which reception chooses."""


def policy_words(policy: QueuePolicy) -> tuple[str, ...]:
    """The policy, a sentence each."""
    again, calls = _some(policy.follow_ups_before, "follow-up"), _some(policy.absent_after, "call")
    back, returned = _some(policy.back_places, "other"), _some(policy.return_places, "other")
    return (
        "Emergencies are called first.",
        f"Before the next ordinary number: at most {policy.priority_before} elderly (from {policy.elderly_years}) or pregnant and {again}.",
        f"Who does not come is called again after {back}; {calls} in vain: absent.",
        f"Who is back from tests is called after {returned}; who is sent to another room, by number.",
    )


def wait_words(waits: Waits) -> str:
    """`Half are called within 25 min, nine of ten within 60 min`, empty before anybody has come."""
    if not waits.called + waits.waiting + waits.left:
        return ""
    half = "not half have been called" if waits.p50 is None else f"half called within {waits.p50} min"
    most = "not nine of ten yet" if waits.p90 is None else f"nine of ten within {waits.p90} min"
    return f"{half.capitalize()}, {most} ({waits.waiting} still waiting, counted in)"


def session_words(state: RoomState | None, at: float, zone: str) -> str:
    """`Dr Iyer until 13:00`, else who comes next (`Dr Das from 14:00`), else nothing."""
    for session in state.sessions if state is not None else ():
        begins, ends = session.begins.timestamp(), session.ends.timestamp()
        if begins <= at < ends:
            return f"{session.doctor} until {clock_time(ends, zone)}"
        if at < begins < at + 86_400:
            return f"{session.doctor} from {clock_time(begins, zone)}"
    return ""


def _some(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
