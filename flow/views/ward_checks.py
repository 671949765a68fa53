"""Beds in doubt as a screen asks about them: what lies there? On the ward's page with the names its nurse may read, on the phone without.

flow.web hands in the open checks and the names; templates/ward/_checks.html and templates/housekeeping/_checks.html draw them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flow.domain.check import Check, Doubt, Seen
from flow.domain.ids import BedId, CheckId, VisitId
from flow.domain.plan import Plan
from flow.views.times import minutes
from flow.views.words import Words

PATIENCE = timedelta(minutes=10)
"""So long a nurse has to answer before whoever cleans nearby is asked as well."""
ON_A_PHONE = 2

WHY: Mapping[Doubt, str] = {
    Doubt.TWO_CLAIMS: "Two patients are said to lie here.",
    Doubt.CLEANED_WHILE_OCCUPIED: "Said to be occupied, and to be cleaned.",
    Doubt.VISIT_OVER: "The patient has left, the bed is shown occupied.",
    Doubt.BROUGHT_OUT: "The porter has brought the patient out.",
    Doubt.REPORTED_OTHERWISE: "Another system says otherwise.",
    Doubt.SILENT: "Should have changed hands hours ago.",
}
ANSWERS: tuple[tuple[Seen, str, str], ...] = (
    (Seen.OCCUPIED, "i-bed", "Somebody lies there"),
    (Seen.EMPTY_DIRTY, "i-dirty", "Empty, not clean"),
    (Seen.EMPTY_CLEAN, "i-check", "Empty and clean"),
)
LEFT: tuple[tuple[Seen, str, str], ...] = ((Seen.EMPTY_DIRTY, "i-check", "Has left"), (Seen.OCCUPIED, "i-bed", "Still here"))
"""The answers where a porter has brought the patient out: nobody has to go and look."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One button: what was seen; where two claim the bed, `visit` is who lies there."""

    seen: Seen
    icon: str
    words: str
    visit: str = ""


@dataclass(frozen=True, slots=True)
class CheckCard:
    """One bed in doubt. `minutes` since it was raised, or since the patient was brought out; `mine`: this reader is asked."""

    id: CheckId
    label: str
    why: str
    minutes: str
    mine: bool
    answers: tuple[Answer, ...]
    place: str = ""


@dataclass(frozen=True, slots=True)
class WardChecks:
    """`asked` are those the reader is asked about, `others` the ward's remaining ones; who may not answer sees no buttons. `left` are the
    patients whom a porter has brought out: each who may answer is asked at once whether they have left."""

    asked: tuple[CheckCard, ...] = ()
    others: tuple[CheckCard, ...] = ()
    may_answer: bool = False
    left: tuple[CheckCard, ...] = ()


NO_CHECKS = WardChecks()


def ward_checks(
    checks: Iterable[Check],
    ward: str,
    plan: Plan,
    at: datetime,
    *,
    reader: str = "",
    claims: Mapping[BedId, Sequence[tuple[VisitId, str]]] | None = None,
    may_answer: bool = False,
) -> WardChecks:
    """The open checks of a ward, the oldest first; `reader` is the account that reads, `claims` by bed who is said to lie there, with a
    name or what stands for one."""
    here = sorted((c for c in checks if c.is_live and c.ward == ward and c.bed in plan.beds), key=lambda c: (c.raised_at, c.id))
    out = [check for check in here if may_answer and check.doubt is Doubt.BROUGHT_OUT]
    left = tuple(_card(check, plan, at, Words(), mine=True) for check in out)
    rest = [check for check in here if check not in out]
    cards = [_card(check, plan, at, Words(), (claims or {}).get(check.bed, ()), mine=check.asked == reader) for check in rest]
    asked, others = (tuple(card for card in cards if card.mine is wanted) for wanted in (True, False))
    return WardChecks(asked, others, may_answer, left)


def phone_checks(checks: Iterable[Check], wards: frozenset[str] | None, plan: Plan, at: datetime, words: Words) -> tuple[CheckCard, ...]:
    """What a phone in these wards (None: all) asks: beds about which no nurse is asked, or none has answered for a while. Two at most."""
    here = [c for c in checks if c.is_live and c.bed in plan.beds and (wards is None or c.ward in wards) and is_for_phones(c, at)]
    cards = (_card(check, plan, at, words) for check in sorted(here, key=lambda c: (c.raised_at, c.id)))
    return tuple(cards)[:ON_A_PHONE]


def is_for_phones(check: Check, at: datetime) -> bool:
    """Nobody nearer is going to look. Whose the bed is, and whether a patient has left, only a ward can say."""
    waits = check.asked is None or check.asked_at is None or at - check.asked_at >= PATIENCE
    return waits and check.doubt not in (Doubt.TWO_CLAIMS, Doubt.BROUGHT_OUT)


def answers(doubt: Doubt) -> tuple[tuple[Seen, str, str], ...]:
    """What may be said of a bed in this doubt: what was seen, its picture, its words."""
    return LEFT if doubt is Doubt.BROUGHT_OUT else ANSWERS


def brought_out(checks: Iterable[Check], ward: str | None, plan: Plan, at: datetime) -> tuple[tuple[str, str], ...]:
    """Whom porters have brought out and nobody has said to have left, for whoever asked for the ride: the bed, and how long ago; `ward`
    None: of the whole house."""
    here = [c for c in checks if c.is_live and c.doubt is Doubt.BROUGHT_OUT and c.bed in plan.beds and ward in (None, c.ward)]
    return tuple((plan.bed_name(c.bed), minutes(_since(c).timestamp(), at.timestamp())) for c in sorted(here, key=lambda c: c.raised_at))


def _since(check: Check) -> datetime:
    return check.out_at or check.raised_at


def _card(
    check: Check, plan: Plan, at: datetime, words: Words, claims: Sequence[tuple[VisitId, str]] = (), *, mine: bool = False
) -> CheckCard:
    bed = plan.beds[check.bed]
    floor = plan.ward[bed.ward].floor
    place = words.say("Ward {ward}", ward=bed.ward) + (f" · {words.say('Floor {floor}', floor=floor)}" if floor else "")
    said = [Answer(Seen.OCCUPIED, "i-bed", name, visit) for visit, name in claims] if check.doubt is Doubt.TWO_CLAIMS else []
    plain = [Answer(seen, icon, words.say(each)) for seen, icon, each in answers(check.doubt) if not (said and seen is Seen.OCCUPIED)]
    lasts = words.lasting((at - _since(check)).total_seconds())
    why = check.words if check.words and not words.table else words.say(WHY[check.doubt])
    return CheckCard(check.id, bed.label, why, lasts, mine, (*said, *plain), place)
