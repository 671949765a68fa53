"""Escalations: what waits too long is told, first to those who can do it, then to those above them, until it is done.

Pure: `cases` finds what is past its aim, `take_round` compares it with what was told already and says what to tell now.
`flow.main.escalating` keeps the state in Postgres; screens read it there, messages leave from there. Texts hold counts, wards and
minutes, and nobody's name.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flow.domain.bed import BedState, BedStatus, Stage
from flow.domain.cleaning_job import CleanJob
from flow.domain.escalation_rules import EscalationRule, EscalationRules, Watched
from flow.domain.hospital import Hospital
from flow.domain.transport import TransportStatus

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Case:
    """Something past its aim: `subject` tells it from any other of its rule (a job's, a request's id), `words` say what it is (`4B A2`),
    `due_at` is when its aim had passed."""

    rule: str
    subject: str
    ward: str
    words: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """A case that is told of: on screens up to `level` (1 is the first), by message up to `noted`; `told_at` is when that last rose."""

    id: int
    rule: str
    subject: str
    ward: str
    due_at: datetime
    level: int
    noted: int
    told_at: datetime


@dataclass(frozen=True, slots=True)
class Note:
    """One message to those of a role about one ward (empty: of no ward): everything new there in one."""

    role: str
    ward: str
    text: str


@dataclass(frozen=True, slots=True)
class Round:
    """What one look leads to: cases told of for the first time with their levels, told ones whose levels rose, told ones that are over
    (and whether that came soon after they were told: acted on; None where nobody can say), and the messages."""

    raised: tuple[tuple[Case, int, int], ...] = ()
    risen: tuple[tuple[int, int, int], ...] = ()
    over: tuple[tuple[int, bool | None], ...] = ()
    notes: tuple[Note, ...] = ()


def cases(hospital: Hospital, rules: EscalationRules, at: datetime) -> list[Case]:
    """Everything that is past the aim of a rule now."""
    return [case for rule in rules.rules for case in _FIND[rule.what](hospital, rule) if case.due_at <= at]


def _open_jobs(hospital: Hospital) -> Iterator[tuple[BedState, CleanJob]]:
    for bed in hospital.beds.values():
        if (
            bed.status is BedStatus.CLEANING
            and bed.job is not None
            and bed.job.is_open
            and bed.job.problem is None
            and bed.id in hospital.plan.beds
        ):
            yield bed, bed.job


def _cleans(hospital: Hospital, rule: EscalationRule, *, stat: bool) -> Iterator[Case]:
    for bed, job in _open_jobs(hospital):
        if job.stat is stat and job.started_at is None and job.cleaned_at is None:
            yield _of_bed(hospital, rule, bed, job, job.asked_at)


def _unanswered(hospital: Hospital, rule: EscalationRule) -> Iterator[Case]:
    for bed, job in _open_jobs(hospital):
        waits = bed.now.stage is Stage.WAITING and job.acknowledged_at is None
        if waits and job.escalated_at is not None:
            yield _of_bed(hospital, rule, bed, job, job.escalated_at)


def _of_bed(hospital: Hospital, rule: EscalationRule, bed: BedState, job: CleanJob, since: datetime) -> Case:
    found = hospital.plan.beds[bed.id]
    return Case(rule.id, job.id, found.ward, hospital.plan.bed_name(bed.id), since + rule.aim * _MINUTE)


def _requests(hospital: Hospital, rule: EscalationRule) -> Iterator[Case]:
    for request in hospital.requests.values():
        if request.is_unplaced:
            due = hospital.plan.requests.due_at(request) + rule.aim * _MINUTE
            yield Case(rule.id, request.id, request.asked_by or "", f"P{request.priority} {request.type}", due)


def _transports(hospital: Hospital, rule: EscalationRule) -> Iterator[Case]:
    for job in hospital.transports.values():
        if job.status is TransportStatus.REQUESTED:
            yield Case(rule.id, job.id, job.ward, f"{job.origin} → {job.to}", job.requested_at + rule.aim * _MINUTE)


def _discharges(hospital: Hospital, rule: EscalationRule) -> Iterator[Case]:
    """The insurer is late: its clock on the bed has run out."""
    for bed in hospital.beds.values():
        if bed.insurer_due is not None and bed.id in hospital.plan.beds:
            ward = hospital.plan.beds[bed.id].ward
            yield Case(rule.id, f"{bed.visit}", ward, hospital.plan.bed_name(bed.id), bed.insurer_due + rule.aim * _MINUTE)


def _scores(hospital: Hospital, rule: EscalationRule) -> Iterator[Case]:
    """One a rise: the moment of its alarm tells it from the next."""
    for bed in hospital.beds.values():
        alarm = bed.acuity.alarm_since if bed.acuity is not None else None
        if alarm is not None and bed.visit is not None and bed.id in hospital.plan.beds:
            subject = f"{bed.visit}/{int(alarm.timestamp())}"
            yield Case(rule.id, subject, hospital.plan.beds[bed.id].ward, hospital.plan.bed_name(bed.id), alarm + rule.aim * _MINUTE)


_FIND: Mapping[Watched, Callable[[Hospital, EscalationRule], Iterator[Case]]] = {
    Watched.CLEAN: lambda hospital, rule: _cleans(hospital, rule, stat=False),
    Watched.STAT: lambda hospital, rule: _cleans(hospital, rule, stat=True),
    Watched.UNANSWERED: _unanswered,
    Watched.REQUEST: _requests,
    Watched.TRANSPORT: _transports,
    Watched.INSURER: _discharges,
    Watched.SCORE: _scores,
}


def take_round(
    rules: EscalationRules,
    found: Iterable[Case],
    told: Iterable[Told],
    muted: Mapping[str, datetime],
    noted_at: Mapping[str, datetime],
    at: datetime,
    *,
    quiet: bool,
) -> Round:
    """Compare what is past its aim with what was told. `muted` are rules that nobody wants to hear of, `noted_at` when each ward's last
    message was made, `quiet`: it is night, and only screens of the first level and what is critical are told."""
    now = {(case.rule, case.subject): case for case in found if case.rule not in muted}
    known = {(each.rule, each.subject): each for each in told}
    levels = {key: _levels(rules.rule[case.rule], case.due_at, at, quiet=quiet) for key, case in now.items()}
    pending = {key: _unsaid(rules.rule[key[0]], known.get(key), levels[key]) for key in now}
    wards = _loud(rules, now, pending, noted_at, at)
    said = {key: levels[key][1] if now[key].ward in wards or not pending[key] else _noted(known.get(key)) for key in now}
    return Round(
        tuple((case, levels[key][0], said[key]) for key, case in now.items() if key not in known),
        tuple((each.id, levels[key][0], said[key]) for key, each in known.items() if key in now and _rose(each, levels[key][0], said[key])),
        tuple((each.id, _acted(rules, each, muted, at)) for key, each in known.items() if key not in now),
        tuple(_notes(rules, [(now[key], pending[key]) for key in now if now[key].ward in wards], at)),
    )


def _levels(rule: EscalationRule, due: datetime, at: datetime, *, quiet: bool) -> tuple[int, int]:
    """Up to which level it is to stand on screens, and up to which it is to be told by message."""
    reached = sum(due + level.after * _MINUTE <= at for level in rule.levels)
    return (reached, reached) if rule.critical or not quiet else (min(reached, 1), 0)


def _noted(known: Told | None) -> int:
    return known.noted if known is not None else 0


def _unsaid(rule: EscalationRule, known: Told | None, levels: tuple[int, int]) -> tuple[str, ...]:
    """The roles that a message is still owed to."""
    new = rule.levels[_noted(known) : levels[1]]
    return tuple(sorted({role for level in new if level.message for role in level.to}))


def _loud(
    rules: EscalationRules,
    now: Mapping[tuple[str, str], Case],
    pending: Mapping[tuple[str, str], tuple[str, ...]],
    noted_at: Mapping[str, datetime],
    at: datetime,
) -> set[str]:
    """The wards that get a message now: something is owed, and it is critical or the last message is some minutes old."""
    owed: dict[str, bool] = {}
    for key, roles in pending.items():
        if roles:
            ward = now[key].ward
            owed[ward] = owed.get(ward, False) or rules.rule[key[0]].critical
    pause = rules.bundle_minutes * _MINUTE
    return {ward for ward, critical in owed.items() if critical or ward not in noted_at or noted_at[ward] + pause <= at}


def _rose(known: Told, level: int, noted: int) -> bool:
    return level > known.level or noted > known.noted


def _acted(rules: EscalationRules, known: Told, muted: Mapping[str, datetime], at: datetime) -> bool | None:
    rule = rules.rule.get(known.rule)
    return None if rule is None or known.rule in muted else at - known.told_at <= rule.acted_minutes * _MINUTE


def _notes(rules: EscalationRules, owed: Iterable[tuple[Case, tuple[str, ...]]], at: datetime) -> Iterator[Note]:
    bundles: dict[tuple[str, str], list[Case]] = {}
    for case, roles in owed:
        for role in roles:
            bundles.setdefault((role, case.ward), []).append(case)
    for (role, ward), found in sorted(bundles.items()):
        yield Note(role, ward, text_of(rules, ward, found, at))


def text_of(rules: EscalationRules, ward: str, found: Iterable[Case], at: datetime) -> str:
    """`Ward 4B: 3 beds wait to be cleaned (longest 42 min past the aim); 1 porter is waited for (…)`."""
    by_rule: dict[str, list[Case]] = {}
    for case in found:
        by_rule.setdefault(case.rule, []).append(case)
    parts = [_part(rules.rule[name], each, at) for name, each in by_rule.items()]
    return f"{f'Ward {ward}' if ward else 'Hospital'}: {'; '.join(parts)}"


def _part(rule: EscalationRule, found: list[Case], at: datetime) -> str:
    longest = max(int((at - case.due_at).total_seconds() // 60) for case in found)
    return f"{rule.said(len(found))} (longest {longest} min past the aim)"


MUTE_DAYS, MUTE_RAISED, MUTE_SHARE = 14, 20, 0.10


def worth_muting(raised: int, acted: int) -> bool:
    """A rule that is hardly ever acted on teaches people to look away: under a tenth of at least twenty in a fortnight."""
    return raised >= MUTE_RAISED and acted < MUTE_SHARE * raised
