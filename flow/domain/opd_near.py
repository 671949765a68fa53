"""Which outpatients' turn is near, so that those who agreed to it are written to. Pure; the text is `patient_texts`', the number
`flow.history.contacts`'."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flow.domain.hospital import Hospital
from flow.domain.ids import PatientId
from flow.domain.opd import Token
from flow.domain.opd_queue import queue_order
from flow.domain.plan import Plan

KEY = "near/"


def near_tokens(hospital: Hospital, plan: Plan, at: datetime, settled: timedelta) -> Iterator[Token]:
    """Tokens of today that wait and have at most `near` before them; one counts once it can no longer be undone (`settled`), and of what
    was told from paper none: it is late news."""
    today = at.astimezone(ZoneInfo(plan.zone)).date()
    for clinic in plan.clinics:
        order = queue_order((t for t in hospital.tokens.values() if (t.clinic, t.day) == (clinic.id, today)), clinic.queue)
        for token in order:
            if token.paper or token.arrived_at is None or token.arrived_at + settled > at:
                continue
            if _before(token, order) <= plan.opd_telling.near:
                yield token


def _before(token: Token, order: list[Token]) -> int:
    """How many are called before it by the rooms that call it: none of those who wait at home, or for another room."""
    ahead = order[: order.index(token)]
    return sum(each.tele == token.tele and (token.only is None or each.only in (None, token.only)) for each in ahead)


def holder(token: Token) -> PatientId:
    """Under whose name a number is kept for a token: its patient's; of a token that nobody has a name for, its own, for that day."""
    return token.patient if token.patient is not None else PatientId(f"token/{token.id}")


def key_of(token: Token) -> str:
    """One message for each token."""
    return f"{KEY}{token.id}"
