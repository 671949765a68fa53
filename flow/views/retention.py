"""How long what is kept, what is over, what went, and what is held: the page of administrators and auditors, and `bedflow retention`.

flow.web and flow.cli hand in what lies there (`flow.history.retention`, `legal_holds`); templates/admin/retention.html draws it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from flow.keeps import Keeps
from flow.views.page import Chrome

COUNTED: Mapping[str, str] = {
    "letters": "texts of letters",
    "letters held": "texts of letters held",
    "outgoing": "texts of letters to other systems",
    "entries": "entries of the log",
    "records": "records that were over",
    "traces": "entries of the trail",
    "persons": "persons",
    "openings": "openings of names",
    "doctors": "doctors of visits that were over",
}
"""What a run counts."""


class DueLike(Protocol):
    """Of one kind."""

    @property
    def count(self) -> int: ...
    @property
    def oldest(self) -> datetime | None: ...


class RunLike(Protocol):
    """A run as it was written down."""

    @property
    def ended_at(self) -> datetime: ...
    @property
    def by(self) -> str: ...
    @property
    def gone(self) -> Mapping[str, int]: ...
    @property
    def kept(self) -> Sequence[str]: ...


class HoldLike(Protocol):
    """A legal hold."""

    @property
    def id(self) -> int: ...
    @property
    def patient(self) -> str | None: ...
    @property
    def from_at(self) -> datetime | None: ...
    @property
    def to_at(self) -> datetime | None: ...
    @property
    def reason(self) -> str: ...
    @property
    def asked_by(self) -> str: ...
    @property
    def set_by(self) -> str: ...
    @property
    def set_at(self) -> datetime: ...
    @property
    def lifted_by(self) -> str | None: ...
    @property
    def lifted_at(self) -> datetime | None: ...
    @property
    def lifted_reason(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A kind: how long it is kept, by which setting, from when on, the oldest there is, and how many are over."""

    what: str
    span: str
    setting: str
    since: str
    oldest: str
    over: int


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run: when, by whom, what went; `left` is what it had to leave, and why."""

    at: str
    by: str
    gone: str
    left: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A hold; `patient` by the beginning of the pseudonym. `lifted` is empty while it is in force."""

    id: int
    what: str
    reason: str
    asked_by: str
    set_words: str
    lifted: str


@dataclass(frozen=True, slots=True)
class RetentionPage:
    """`begins` says from when on single movements are kept, where older ones have gone."""

    chrome: Chrome
    rows: tuple[KeptRow, ...]
    begins: str
    runs: tuple[RunRow, ...]
    holds: tuple[HoldRow, ...]
    may_write: bool
    wrong: str = ""

    @property
    def in_force(self) -> int:
        """How many holds stand."""
        return sum(not hold.lifted for hold in self.holds)


def kept_rows(keeps: Keeps, due: Mapping[str, DueLike], now: datetime, zone: str) -> tuple[KeptRow, ...]:
    """The kinds that have a setting."""
    kinds = (
        ("letters", "Text of HL7 letters", keeps.letters, "BEDFLOW_KEEP_LETTERS"),
        ("outgoing", "Text of letters to other systems", keeps.letters, "BEDFLOW_KEEP_LETTERS"),
        ("entries", "Single movements, and who moved", keeps.history, "BEDFLOW_KEEP_HISTORY"),
        ("traces", "Audit trail", keeps.trail, "BEDFLOW_KEEP_AUDIT"),
        ("openings", "Openings of names, once reviewed", keeps.openings, "BEDFLOW_KEEP_OPENINGS"),
        ("doctors", "Which doctors a visit that is over had named", keeps.doctors, "BEDFLOW_KEEP_DOCTORS"),
    )
    return tuple(
        KeptRow(what, str(span), setting, _day(span.before(now), zone), _day(due[kind].oldest, zone), due[kind].count)
        for kind, what, span, setting in kinds
    )


def run_row(run: RunLike, zone: str) -> RunRow:
    """A run in words."""
    gone = ", ".join(f"{count} {COUNTED.get(what, what)}" for what, count in run.gone.items() if count)
    return RunRow(_moment(run.ended_at, zone), run.by, gone or "nothing was over", tuple(run.kept))


def hold_row(hold: HoldLike, zone: str) -> HoldRow:
    """A hold in words."""
    lifted = ""
    if hold.lifted_at is not None:
        lifted = f"lifted by {hold.lifted_by} on {_day(hold.lifted_at, zone)}: {hold.lifted_reason}"
    words = f"{hold.set_by}, {_moment(hold.set_at, zone)}"
    return HoldRow(hold.id, _held(hold, zone), hold.reason, hold.asked_by, words, lifted)


def _held(hold: HoldLike, zone: str) -> str:
    if hold.patient is not None:
        return f"patient {hold.patient[:8]}"
    until = f"until {_day(hold.to_at, zone)}" if hold.to_at is not None else "on"
    return f"whole house, from {_day(hold.from_at, zone)} {until}"


def begins_words(log_at: datetime | None, zone: str) -> str:
    """From when on single movements are kept."""
    if log_at is None:
        return "Every movement since the first bed was opened is kept."
    return f"Single movements are kept from {_day(log_at, zone)} on; of the time before, what days were added up to."


def retention_page(
    chrome: Chrome,
    rows: tuple[KeptRow, ...],
    log_at: datetime | None,
    runs: Iterable[RunLike],
    holds: Iterable[HoldLike],
    *,
    zone: str,
    may_write: bool,
) -> RetentionPage:
    """The page."""
    runs_shown, holds_shown = tuple(run_row(run, zone) for run in runs), tuple(hold_row(hold, zone) for hold in holds)
    return RetentionPage(chrome, rows, begins_words(log_at, zone), runs_shown, holds_shown, may_write)


def _day(at: datetime | None, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%d %b %Y}" if at is not None else "–"


def _moment(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%d %b %Y %H:%M}"
