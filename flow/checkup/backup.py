"""The backup by what Postgres and its folder say of it together: whether it is followed, not only laid out."""

from flow.backup.look import State
from flow.checkup.finding import Finding


def followed(state: State) -> Finding:
    """A copy of yesterday is no backup of today's letters."""
    well = [line for line in state.lines if line not in state.wrong]
    do = (
        "See backup.* in the log of `bedflow serve`, which runs the receiver; `bedflow backup` takes a copy by hand." if state.wrong else ""
    )
    return Finding("Backup, followed", " ".join((*state.wrong, *well)), do)
