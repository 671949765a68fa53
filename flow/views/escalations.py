"""What waits too long, as its readers' roles are told of it; each rule with how often it was acted on; the messages that left.

flow.web hands in the rows; templates/escalations draws them. Beds and wards, counts and minutes: nobody's name.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flow.domain.escalation import MUTE_DAYS, worth_muting
from flow.domain.escalation_rules import SAID, EscalationRule, EscalationRules, Level
from flow.domain.plan import Plan
from flow.domain.roles import Role
from flow.views.near_words import near_words
from flow.views.page import Chrome
from flow.views.times import minutes, when
from flow.views.words import Words


class StandingLike(Protocol):
    """A case that is told of."""

    @property
    def id(self) -> int: ...
    @property
    def rule(self) -> str: ...
    @property
    def ward(self) -> str: ...
    @property
    def words(self) -> str: ...
    @property
    def due_at(self) -> datetime: ...
    @property
    def level(self) -> int: ...


class RateLike(Protocol):
    """How often a rule was acted on."""

    @property
    def raised(self) -> int: ...
    @property
    def acted(self) -> int: ...


class MuteLike(Protocol):
    """A rule that nobody hears of."""

    @property
    def muted_at(self) -> datetime: ...
    @property
    def muted_by(self) -> str: ...


class PostedLike(Protocol):
    """A message."""

    @property
    def id(self) -> int: ...
    @property
    def addressee(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def made_at(self) -> datetime: ...
    @property
    def sending_at(self) -> datetime | None: ...
    @property
    def sent_at(self) -> datetime | None: ...
    @property
    def given_up(self) -> str | None: ...
    @property
    def tries(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose screen it is: their role, the one ward they are held to, and whether every level is theirs."""

    role: Role
    ward: str | None = None
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Bell:
    """What the bar shows."""

    count: int


@dataclass(frozen=True, slots=True)
class Waits:
    """One thing that waits; `past` its aim so long; `level` of `levels`."""

    id: int
    words: str
    what: str
    past: str
    level: int
    levels: int
    critical: bool


@dataclass(frozen=True, slots=True)
class Bundle:
    """What waits in a ward (empty: of no ward)."""

    ward: str
    name: str
    rows: tuple[Waits, ...]


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule: `levels` in words, `rate` of the last fortnight, `propose`: it is hardly ever acted on; `muted` since when and by whom."""

    id: str
    words: str
    aim: str
    levels: tuple[str, ...]
    critical: bool
    rate: str
    propose: bool
    muted: str


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message that left, or is to leave."""

    id: int
    to: str
    text: str
    at: str
    state: str
    bad: bool


@dataclass(frozen=True, slots=True)
class EscalationsPage:
    """`rules` and `messages` are for whoever may mute; `sends`: addresses are set, so that messages leave the house. `patient_texts` are
    what patients are written, where there is a gateway to them (`writes_patients`)."""

    chrome: Chrome
    bundles: tuple[Bundle, ...]
    count: int
    quiet: str
    rules: tuple[RuleRow, ...]
    messages: tuple[MessageRow, ...]
    sends: bool
    patient_texts: tuple[str, ...] = ()
    writes_patients: bool = False


def bell_of(rules: EscalationRules, standing: Iterable[StandingLike], reader: Reader) -> Bell:
    """How much waits too long in this reader's eyes."""
    return Bell(sum(_theirs(rules, each, reader) for each in standing))


def _theirs(rules: EscalationRules, each: StandingLike, reader: Reader) -> bool:
    rule = rules.rule.get(each.rule)
    if rule is None or (reader.ward is not None and each.ward != reader.ward):
        return False
    return reader.everything or rule.reaches(reader.role, each.level)


def escalations_page(
    chrome: Chrome,
    plan: Plan,
    standing: Iterable[StandingLike],
    reader: Reader,
    at: datetime,
    *,
    rates: Mapping[str, RateLike],
    mutes: Mapping[str, MuteLike],
    messages: Iterable[PostedLike] = (),
    sends: bool = False,
    writes_patients: bool = False,
    spoken: Iterable[Words] = (Words(),),
) -> EscalationsPage:
    """The page of one reader; `spoken` are the languages in which outpatients are written to."""
    rules = plan.escalations
    theirs = [each for each in standing if _theirs(rules, each, reader)]
    names: dict[str, str] = {ward.id: f"{ward.id} · {ward.name}" for ward in plan.wards}
    order = [ward for ward in ("", *names) if any(each.ward == ward for each in theirs)]
    bundles = tuple(
        Bundle(ward, names.get(ward, "Hospital"), tuple(_waits(rules.rule[each.rule], each, at) for each in theirs if each.ward == ward))
        for ward in order
    )
    return EscalationsPage(
        chrome,
        bundles,
        len(theirs),
        f"{rules.quiet_from:%H:%M} – {rules.quiet_until:%H:%M}",
        tuple(_rule(rule, plan, rates.get(rule.id), mutes.get(rule.id), at) for rule in rules.rules) if reader.everything else (),
        tuple(_message(each, plan, at) for each in messages),
        sends,
        _patient_texts(plan, spoken) if reader.everything else (),
        writes_patients,
    )


def _patient_texts(plan: Plan, spoken: Iterable[Words]) -> tuple[str, ...]:
    """As they are sent; a token's number stands for all of them."""
    texts = plan.patient_messages
    number = f"{plan.clinics[0].prefix}-042" if plan.clinics else ""
    near = [near_words(texts, words, plan.name, number) for words in spoken] if number and texts.near else []
    return tuple(dict.fromkeys(filter(None, (texts.text(plan.name), *near))))


def _waits(rule: EscalationRule, each: StandingLike, at: datetime) -> Waits:
    past = minutes(each.due_at.timestamp(), at.timestamp())
    return Waits(each.id, each.words, SAID[rule.what][0], past, each.level, len(rule.levels), rule.critical)


def _rule(rule: EscalationRule, plan: Plan, rate: RateLike | None, mute: MuteLike | None, at: datetime) -> RuleRow:
    raised, acted = (rate.raised, rate.acted) if rate is not None else (0, 0)
    return RuleRow(
        rule.id,
        SAID[rule.what][1],
        f"{rule.aim} min" if rule.aim else "its own aim",
        tuple(
            f"{f'+{level.after} min: ' if level.after else ''}{', '.join(level.to)}{' + message' if level.message else ''}"
            for level in rule.levels
        ),
        rule.critical,
        f"{acted} of {raised} in {MUTE_DAYS} days" if raised else "–",
        mute is None and worth_muting(raised, acted),
        f"since {when(mute.muted_at, at, plan.zone)} by {mute.muted_by}" if mute is not None else "",
    )


def _level(level: Level) -> str:
    """`+15 min: supervisor + message`."""
    after = f"+{level.after} min: " if level.after else ""
    return f"{after}{', '.join(level.to)}{' + message' if level.message else ''}"


def _message(each: PostedLike, plan: Plan, at: datetime) -> MessageRow:
    if each.given_up is not None:
        state = f"not sent: {each.given_up}"
    elif each.sent_at is not None:
        state = f"sent {when(each.sent_at, at, plan.zone)}"
    else:
        state = "is being sent" if each.sending_at is not None else f"waits{f', tried {each.tries} times' if each.tries else ''}"
    return MessageRow(each.id, each.addressee, each.text, when(each.made_at, at, plan.zone), state, each.given_up is not None)
