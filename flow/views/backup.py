"""How the backup stands, on the administrator's page: what is right about it in figures, and what somebody must do, in amber."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flow.views.times import day_time

NONE = "No backup is configured: what is acknowledged lies on this machine's disk alone. Set BEDFLOW_BACKUP to a folder on another machine."


class FollowedLike(Protocol):
    """What Postgres says of the receiver."""

    @property
    def together(self) -> bool: ...
    @property
    def received(self) -> str: ...
    @property
    def behind(self) -> int | None: ...
    @property
    def heard_at(self) -> datetime | None: ...


class BackupLike(Protocol):
    """How it stands (`flow.backup.look.State`)."""

    @property
    def wrong(self) -> Sequence[str]: ...
    @property
    def copied_at(self) -> datetime | None: ...
    @property
    def followed(self) -> FollowedLike: ...


@dataclass(frozen=True, slots=True)
class BackupPanel:
    """Facts (what, how it is), and what is wrong."""

    facts: tuple[tuple[str, str], ...]
    wrong: tuple[str, ...]


def backup_panel(state: BackupLike | None, zone: str) -> BackupPanel:
    """The panel; None: none is configured."""
    if state is None:
        return BackupPanel((), (NONE,))
    followed = state.followed
    facts = [
        ("Newest whole copy", day_time(state.copied_at.timestamp(), zone) if state.copied_at is not None else "none"),
        ("Commits wait for the backup", "yes" if followed.together else "no"),
    ]
    if followed.behind is not None:
        facts.append(("Changes received until", followed.received))
        facts.append(("Behind", f"{followed.behind} bytes"))
    if followed.heard_at is not None:
        facts.append(("Receiver heard", day_time(followed.heard_at.timestamp(), zone)))
    return BackupPanel(tuple(facts), tuple(state.wrong))
