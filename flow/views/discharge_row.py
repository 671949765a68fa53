"""One discharge as people see it: its steps, whom it waits for and for how long, the insurer's clock, when the patient will be out.

Made from the live record and the house's rules; the list of the house (`discharges`) and the ward page (`ward_discharge`) show it.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from flow.domain.discharge import Discharge, Insurer, Milestone, Way
from flow.domain.discharge_rules import DischargeRules
from flow.domain.ids import VisitId
from flow.domain.roles import Role
from flow.views.times import moment_words, waited
from flow.views.ward_places import Choice

WAYS: Mapping[Way, str] = {
    Way.CASH: "Cash",
    Way.CASHLESS: "Cashless",
    Way.PMJAY: "PMJAY",
    Way.AGAINST_ADVICE: "Against advice",
    Way.DEATH: "Death",
    Way.MEDICO_LEGAL: "Death, medico-legal",
    Way.ONWARD_0: "Home (pathway 0)",
    Way.ONWARD_1: "Home with support (pathway 1)",
    Way.ONWARD_2: "Bed elsewhere (pathway 2)",
    Way.ONWARD_3: "Care home (pathway 3)",
}

STEPS: Mapping[Milestone, str] = {
    Milestone.ORDER: "Order",
    Milestone.SUMMARY: "Summary",
    Milestone.PHARMACY: "Pharmacy",
    Milestone.BILLING: "Bill",
    Milestone.TPA: "TPA approval",
    Milestone.ONWARD: "Onward care",
    Milestone.CERTIFICATE: "Certificate",
    Milestone.POLICE: "Police",
    Milestone.MORTUARY: "Mortuary",
    Milestone.TRANSPORT: "Transport",
    Milestone.EXIT: "Left",
}

OWNERS: Mapping[Role, str] = {
    Role.DOCTOR: "Doctor",
    Role.NURSE: "Nurse",
    Role.PHARMACY: "Pharmacy",
    Role.BILLING: "Billing",
    Role.ADMISSIONS: "Admissions",
    Role.PORTER: "Porters",
}

INSURERS: Mapping[Insurer, str] = {Insurer.PREAUTH: "Pre-authorisation", Insurer.FINAL: "Insurer, final bill"}
ELSEWHERE: Mapping[Milestone, str] = {Milestone.TPA: "TPA", Milestone.POLICE: "Police", Milestone.ONWARD: "Onward care"}
"""Steps that wait for somebody outside the house, whoever taps them."""

SOON = 2 / 3
"""The share of an aim from which on a step is drawn as nearly late."""


class Delay(StrEnum):
    """How late something is, as a colour and a word."""

    FINE = "fine"
    SOON = "soon"
    LATE = "late"


DELAYS: Mapping[Delay, str] = {Delay.FINE: "in time", Delay.SOON: "nearly late", Delay.LATE: "late"}


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step. `state` is done | open | waiting; `detail` when it was done, or for how long it has been open; `may_tap` offers to say that
    it is done, or, of one that is, that it is not."""

    step: Milestone
    words: str
    state: str
    detail: str
    delay: Delay
    late: str
    may_tap: bool


@dataclass(frozen=True, slots=True)
class Held:
    """What holds the patient up: `owner` is whom it waits for."""

    step: Milestone
    owner: str
    words: str
    lasting: str
    delay: Delay
    late: str


@dataclass(frozen=True, slots=True)
class InsurerClock:
    """The insurer's clock: `0 h 40 left`, or `0 h 20 over`; `until` is when the time is up."""

    words: str
    left: str
    until: str
    delay: Delay


@dataclass(frozen=True, slots=True)
class DischargeShown:
    """A discharge. `delay` is that of the step that is latest, `ready` that nothing is left but to leave; `expected` and `latest` are times
    of day, `overdue`: the first is past, `preauth` when the insurer answered
    the pre-authorisation.
    `ways` are offered to who may say the way, `may_stop` to call it off, `may_ask` the insurer's first clock (`ask`, `answer`)."""

    visit: VisitId
    seq: int
    way: Way
    way_words: str
    assumed: bool
    ordered: bool
    steps: tuple[StepShown, ...]
    held: tuple[Held, ...]
    clock: InsurerClock | None
    expected: str
    latest: str
    overdue: bool
    preauth: str
    delay: Delay
    since: str
    may_stop: bool
    may_ask: str
    ways: tuple[Choice, ...]


def discharge_shown(
    discharge: Discharge,
    rules: DischargeRules,
    at: datetime,
    zone: str,
    may_tap: Callable[[Milestone], bool],
    *,
    may_say: bool = False,
    may_stop: bool = False,
) -> DischargeShown:
    """A discharge at a moment, for somebody who `may_tap` some of its steps, `may_say` which way the patient leaves, `may_stop` it."""
    held = tuple(_held(discharge, step, rules, at) for step in discharge.open)
    clock = insurer_clock(discharge, rules, at, zone)
    delays = [*(each.delay for each in held), *([clock.delay] if clock is not None else [])]
    return DischargeShown(
        visit=discharge.id,
        seq=discharge.seq,
        way=discharge.way,
        way_words=WAYS[discharge.way],
        assumed=discharge.assumed,
        ordered=discharge.is_ordered,
        steps=tuple(_step(discharge, step, rules, at, zone, may_tap) for step in discharge.steps),
        held=tuple(sorted(held, key=lambda each: (-_ORDER.index(each.delay), each.step))),
        clock=clock,
        expected=_moment(discharge.expected, at, zone),
        latest=_moment(discharge.latest, at, zone),
        preauth=_moment(discharge.preauth_at, at, zone),
        overdue=discharge.expected is not None and discharge.expected <= at,
        delay=max(delays, key=_ORDER.index, default=Delay.FINE),
        since=waited(discharge.begun_at.timestamp(), at.timestamp()),
        may_stop=may_stop,
        may_ask=_may_ask(discharge, may_tap),
        ways=tuple(Choice(way, words) for way, words in WAYS.items()) if may_say else (),
    )


def of_steps(shown: DischargeShown, steps: Collection[Milestone], *, payment: bool) -> DischargeShown:
    """The same for somebody who sees some steps and nothing else; `payment`: and how it is paid."""
    held = tuple(each for each in shown.held if each.step in steps)
    clock = shown.clock if payment else None
    delays = [*(each.delay for each in held), *([clock.delay] if clock is not None else [])]
    return replace(
        shown,
        way_words=shown.way_words if payment else "",
        assumed=shown.assumed and payment,
        steps=tuple(each for each in shown.steps if each.step in steps),
        held=held,
        clock=clock,
        preauth=shown.preauth if payment else "",
        delay=max(delays, key=_ORDER.index, default=Delay.FINE),
    )


_ORDER = (Delay.FINE, Delay.SOON, Delay.LATE)


def _may_ask(discharge: Discharge, may_tap: Callable[[Milestone], bool]) -> str:
    if not may_tap(Milestone.TPA) or discharge.way is not Way.CASHLESS or Milestone.BILLING in discharge.marks:
        return ""
    if discharge.preauth_asked_at is None:
        return "ask"
    return "answer" if discharge.preauth_at is None else ""


def _step(
    discharge: Discharge, step: Milestone, rules: DischargeRules, at: datetime, zone: str, may_tap: Callable[[Milestone], bool]
) -> StepShown:
    mark = discharge.marks.get(step)
    if mark is not None:
        undoable = may_tap(step) and step not in (Milestone.ORDER, Milestone.EXIT)
        return StepShown(step, STEPS[step], "done", moment_words(mark.at.timestamp(), at.timestamp(), zone), Delay.FINE, "", undoable)
    delay = delay_of(discharge, step, rules, at)
    is_open = step in discharge.open
    detail = _lasting(discharge, step, at) if is_open else ""
    blocked = step is Milestone.TPA and Milestone.BILLING in discharge.left
    tap = may_tap(step) and not blocked and (discharge.is_ordered or step is Milestone.ORDER)
    return StepShown(step, STEPS[step], "open" if is_open else "waiting", detail, delay, DELAYS[delay], tap)


def _held(discharge: Discharge, step: Milestone, rules: DischargeRules, at: datetime) -> Held:
    delay = delay_of(discharge, step, rules, at)
    words = "Leaving" if step is Milestone.EXIT else STEPS[step]
    return Held(step, owner_of(step, rules), words, _lasting(discharge, step, at), delay, DELAYS[delay])


def owner_of(step: Milestone, rules: DischargeRules) -> str:
    """Whom a step waits for."""
    owners = rules.owners.get(step, ())
    return ELSEWHERE.get(step) or (OWNERS.get(owners[0], owners[0]) if owners else "Nurse")


def delay_of(discharge: Discharge, step: Milestone, rules: DischargeRules, at: datetime) -> Delay:
    """How late a step is: by its aim, the insurer's answer by the insurer's clock."""
    since = discharge.open_since(step)
    if since is None:
        return Delay.FINE
    awaited = discharge.insurer
    final = step is Milestone.TPA and awaited is not None and awaited[0] is Insurer.FINAL
    aim = rules.minutes(Insurer.FINAL) if final else rules.aims[step]
    return _delay((at - since) / timedelta(minutes=aim))


def _delay(share: float) -> Delay:
    return Delay.LATE if share >= 1 else Delay.SOON if share >= SOON else Delay.FINE


def insurer_clock(discharge: Discharge, rules: DischargeRules, at: datetime, zone: str) -> InsurerClock | None:
    """The clock that runs for the insurer; None while nothing is awaited."""
    awaited = discharge.insurer
    if awaited is None:
        return None
    aim = timedelta(minutes=rules.minutes(awaited[0]))
    due = awaited[1] + aim
    over = at >= due
    lasting = waited(due.timestamp(), at.timestamp()) if over else waited(at.timestamp(), due.timestamp())
    left = f"{lasting} {'over' if over else 'left'}"
    return InsurerClock(INSURERS[awaited[0]], left, moment_words(due.timestamp(), at.timestamp(), zone), _delay((at - awaited[1]) / aim))


def _lasting(discharge: Discharge, step: Milestone, at: datetime) -> str:
    since = discharge.open_since(step)
    return waited(since.timestamp(), at.timestamp()) if since is not None else ""


def _moment(when: datetime | None, at: datetime, zone: str) -> str:
    return moment_words(when.timestamp(), at.timestamp(), zone) if when is not None else ""
