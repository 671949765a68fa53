"""The house's rules by which letters and clicks are decided, as the log tells them: an entry stands wherever the hospital file, or a newer
release, changed them. So whatever is decided again is judged by the rules of its own day, and comes out as it did."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from flow.domain.cleaning_job import Step
from flow.domain.discharge import Insurer, Milestone, Way
from flow.domain.opd_queue import QueuePolicy
from flow.domain.plan import Plan


@dataclass(frozen=True, slots=True)
class HouseRules:
    """`from_plans`: a planned stay without a bed asks for one; `ends_with_stay`: a request made by hand is over when the visit ends to
    which it belongs; `expire_hours`: after which a request that nobody touched lapses; `clean_jobs`: a bed in cleaning has a job, of an
    isolation clean with these `isolation_steps`, and so many of a hundred are inspected; `discharges`: an announced leaving
    (A16) begins a discharge, by `way` until somebody says another, and results of `codes` do its steps; an insurer has
    `insurer_minutes` for each answer; `plan_ends_hold`: a plan of the HIS that names a held bed makes the hold a promise;
    `withdraws_moves`: a move for another's sake is withdrawn as soon as it may not be carried out or helps nobody; `heeds_wards`: what a
    ward saw is set against what the feed tells next; `late_paper`: nobody is called out for what a clinic enters from paper, and a slip
    of the pen there is asked about; `score_codes` are the observations read as an early-warning score, `score_medium` and
    `score_high` the least scores of these levels, and one that turns high waits for somebody who has seen it (`tells_scores`);
    `feed_tells_way`: who pays, a death and which medicines are to take home are read from the feed; a bed is out of use for
    `closed_days` at most (None: as long as somebody says); `queue`: in which order outpatient clinics call (None: strictly by
    urgency and number, and whoever was left over from the day before first); `books_groups`: an appointment
    says whose turn its patient takes, and whether they wait at home; `walk_ins`: an outpatient's registration (A04) gives a token, which
    ends with the visit and comes with a session that is entered (`walk_ins_follow`);
    `ends_pauses`: a doctor's notice ends when somebody is called into the room, and is for later that day."""

    id: str = "requests"
    from_plans: bool = False
    ends_with_stay: bool = False
    expire_hours: int = 72
    clean_jobs: bool = False
    isolation_steps: tuple[Step, ...] = ()
    inspect_percent: int = 0
    discharges: bool = False
    way: Way = Way.CASH
    codes: Mapping[str, Milestone] = field(default_factory=dict)
    insurer_minutes: Mapping[Insurer, int] = field(default_factory=dict)
    plan_ends_hold: bool = False
    withdraws_moves: bool = False
    heeds_wards: bool = False
    late_paper: bool = False
    score_codes: tuple[str, ...] = ()
    score_medium: int = 5
    score_high: int = 7
    tells_scores: bool = False
    feed_tells_way: bool = False
    closed_days: int | None = None
    queue: QueuePolicy | None = None
    books_groups: bool = False
    walk_ins: bool = False
    walk_ins_follow: bool = False
    ends_pauses: bool = False
    seq: int = 0

    def insurer_takes(self, insurer: Insurer) -> timedelta:
        """How long the insurer may take."""
        return timedelta(minutes=self.insurer_minutes.get(insurer, 60))


BEFORE = HouseRules()
"""What held before the log told of rules at all."""


def rules_of(plan: Plan) -> HouseRules:
    """What this release does by this hospital file."""
    return HouseRules(
        from_plans=plan.requests.from_plans,
        ends_with_stay=True,
        expire_hours=plan.requests.expire_hours,
        clean_jobs=True,
        isolation_steps=plan.cleaning.isolation_steps,
        inspect_percent=plan.cleaning.inspect_percent,
        discharges=True,
        way=plan.discharge.way,
        codes=plan.discharge.codes,
        insurer_minutes={insurer: plan.discharge.minutes(insurer) for insurer in Insurer},
        plan_ends_hold=True,
        withdraws_moves=True,
        heeds_wards=True,
        late_paper=True,
        score_codes=plan.station.codes,
        score_medium=plan.station.medium,
        score_high=plan.station.high,
        tells_scores=True,
        feed_tells_way=True,
        closed_days=plan.station.closed_days,
        queue=plan.queue,
        books_groups=True,
        walk_ins=True,
        walk_ins_follow=True,
        ends_pauses=True,
    )
