"""The house's rules by which letters and clicks are decided, as the log tells them: an entry stands wherever the hospital file, or a newer
release, changed them. So whatever is decided again is judged by the rules of its own day, and comes out as it did."""

from dataclasses import dataclass

from flow.domain.plan import Plan


@dataclass(frozen=True, slots=True)
class HouseRules:
    """`from_plans`: a planned stay without a bed asks for one; `ends_with_stay`: a request made by hand is over when the visit ends to
    which it belongs; `expire_hours`: after which a request that nobody touched lapses; `plan_ends_hold`: a plan of the HIS that names a
    held bed makes the hold a promise; `withdraws_moves`: a move for another's sake is withdrawn as soon as it may not be carried out or
    helps nobody."""

    id: str = "requests"
    from_plans: bool = False
    ends_with_stay: bool = False
    expire_hours: int = 72
    plan_ends_hold: bool = False
    withdraws_moves: bool = False
    seq: int = 0


BEFORE = HouseRules()
"""What held before the log told of rules at all."""


def rules_of(plan: Plan) -> HouseRules:
    """What this release does by this hospital file."""
    return HouseRules(
        from_plans=plan.requests.from_plans,
        ends_with_stay=True,
        expire_hours=plan.requests.expire_hours,
        plan_ends_hold=True,
        withdraws_moves=True,
    )
