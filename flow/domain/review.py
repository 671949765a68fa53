"""What the clock has to do about beds in doubt: whom to ask where, what to raise, what to withdraw. Pure.

`flow.main.verifying` carries it out every few seconds; `flow.domain.decide.checks` decides each command anew.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from flow.domain.check import Check, Doubt
from flow.domain.check_commands import AskCheck, RaiseCheck, WithdrawCheck
from flow.domain.check_rules import CheckRules
from flow.domain.doubts import doubts
from flow.domain.hospital import Hospital
from flow.domain.ids import CheckId, WardId

_GRAVEST = (Doubt.TWO_CLAIMS, Doubt.CLEANED_WHILE_OCCUPIED, Doubt.VISIT_OVER, Doubt.BROUGHT_OUT, Doubt.REPORTED_OTHERWISE, Doubt.SILENT)
"""Two patients for one bed first, silence last."""


def review(hospital: Hospital, at: datetime, rules: CheckRules) -> Iterator[RaiseCheck | WithdrawCheck]:
    """Raise a check for each bed in doubt that has none, withdraw those whose bed is in doubt no longer."""
    doubted = {each.bed: each for each in doubts(hospital, at, rules)}
    standing = {check.bed: check for check in hospital.checks.values() if check.is_live}
    for bed, check in sorted(standing.items()):
        if bed not in doubted:
            yield WithdrawCheck(check.id)
    for bed, each in doubted.items():
        if bed not in standing:
            number = CheckId(f"{bed}@{hospital.beds[bed].seq}-{at:%Y%m%d%H%M%S}")
            yield RaiseCheck(number, bed, each.doubt, each.words, each.visit, each.out_at)


def whom_to_ask(
    hospital: Hospital, at: datetime, rules: CheckRules, nurses: Mapping[WardId, Sequence[str]], asked: Mapping[str, int]
) -> Iterator[AskCheck]:
    """Ask a nurse of the ward about each open check that nobody at work has been asked about: the gravest and oldest first, of the nurses
    the one who was asked least in this shift, and nobody `a_shift` times already. Nobody at the handover. Whether somebody who was brought
    out has left is no errand: the ward's page asks it of each of its nurses."""
    if rules.is_handover(at, hospital.plan.zone):
        return
    since, counts = rules.shift_began(at, hospital.plan.zone), dict(asked)
    for check in sorted(hospital.checks.values(), key=_grave):
        here = nurses.get(check.ward, ())
        if not check.is_live or check.asked in here or check.doubt is Doubt.BROUGHT_OUT:
            continue
        able = [nurse for nurse in here if counts.get(nurse, 0) < rules.a_shift]
        if able:
            nurse = min(able, key=lambda each: (counts.get(each, 0), each))
            counts[nurse] = counts.get(nurse, 0) + 1
            yield AskCheck(check.id, nurse, since, rules.a_shift)


def _grave(check: Check) -> tuple[int, datetime, str]:
    return _GRAVEST.index(check.doubt), check.raised_at, check.id
