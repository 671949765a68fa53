"""What may not wait for ever and who hears of it, `[[escalations]]` and `[escalating]` of the hospital file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from functools import cached_property
from zoneinfo import ZoneInfo

from flow.domain.roles import Role


class Watched(StrEnum):
    """What is watched. `request_waiting` counts from the aim of its priority, `insurer_late` from the end of the insurer's clock,
    `clean_unanswered` from when every cleaner was asked, `score_high` from when it was told, until somebody has seen it; the others from
    when it was asked for."""

    CLEAN = "clean_waiting"
    STAT = "stat_waiting"
    UNANSWERED = "clean_unanswered"
    REQUEST = "request_waiting"
    TRANSPORT = "transport_waiting"
    INSURER = "insurer_late"
    SCORE = "score_high"


SAID: Mapping[Watched, tuple[str, str]] = {
    Watched.CLEAN: ("bed waits to be cleaned", "beds wait to be cleaned"),
    Watched.STAT: ("urgent clean waits", "urgent cleans wait"),
    Watched.UNANSWERED: ("clean has no answer from any cleaner", "cleans have no answer from any cleaner"),
    Watched.REQUEST: ("patient waits for a bed", "patients wait for a bed"),
    Watched.TRANSPORT: ("porter is waited for", "porters are waited for"),
    Watched.INSURER: ("insurer is late with an answer", "insurers are late with an answer"),
    Watched.SCORE: ("score has turned high and nobody has seen it", "scores have turned high and nobody has seen them"),
}


@dataclass(frozen=True, slots=True)
class Level:
    """From `after` minutes past the aim on the screens of these roles, and to them by message where `message` says so."""

    after: int
    to: tuple[Role, ...]
    message: bool = False


@dataclass(frozen=True, slots=True)
class EscalationRule:
    """`aim` minutes may pass; `critical` goes through at night and is not held for a bundle; done within `acted_minutes` of being told
    counts as acted on."""

    id: str
    what: Watched
    aim: int
    levels: tuple[Level, ...]
    critical: bool = False
    acted_minutes: int = 15

    def said(self, count: int) -> str:
        """`3 beds wait to be cleaned`."""
        return f"{count} {SAID[self.what][count != 1]}"

    def reaches(self, role: Role, level: int) -> bool:
        """Whether a role's screens tell of it at this level."""
        return any(role in each.to for each in self.levels[:level])


_S, _M, _N, _A, _D = Role.SUPERVISOR, Role.MANAGER, Role.NURSE, Role.ADMISSIONS, Role.DOCTOR

DEFAULTS = (
    EscalationRule("clean-waiting", Watched.CLEAN, 30, (Level(0, (_S, _N)), Level(15, (_S,), True), Level(45, (_M,), True))),
    EscalationRule("stat-waiting", Watched.STAT, 10, (Level(0, (_S, _N), True), Level(10, (_M,), True)), critical=True),
    EscalationRule("clean-unanswered", Watched.UNANSWERED, 0, (Level(0, (_S,), True),)),
    EscalationRule("bed-request", Watched.REQUEST, 0, (Level(0, (_A,)), Level(30, (_A, _M)), Level(60, (_M,), True)), acted_minutes=30),
    EscalationRule("transport-waiting", Watched.TRANSPORT, 10, (Level(0, (_N, _A)), Level(15, (_A, _S), True))),
    EscalationRule("insurer-late", Watched.INSURER, 0, (Level(0, (_A, Role.BILLING)), Level(30, (_M,), True)), acted_minutes=60),
    EscalationRule("score-high", Watched.SCORE, 0, (Level(0, (_N, _D)), Level(10, (_N, _D), True), Level(30, (_M,), True)), critical=True),
)
"""For a house whose file names none."""


@dataclass(frozen=True)
class EscalationRules:
    """`quiet_from` to `quiet_until`: only first-level screens and what is critical. Messages to one ward are `bundle_minutes` apart."""

    rules: tuple[EscalationRule, ...] = DEFAULTS
    quiet_from: time = time(22)
    quiet_until: time = time(6)
    bundle_minutes: int = 10

    @cached_property
    def rule(self) -> Mapping[str, EscalationRule]:
        """Every rule by id."""
        return {rule.id: rule for rule in self.rules}

    def is_quiet(self, at: datetime, zone: str) -> bool:
        """Whether it is night in the house; equal times mean never."""
        now = at.astimezone(ZoneInfo(zone)).time()
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= now < self.quiet_until
        return now >= self.quiet_from or now < self.quiet_until
