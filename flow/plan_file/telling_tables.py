"""The tables of porters and of what is told when it waits too long: `[transport]`, `[[escalations]]`, `[escalating]`."""

from datetime import time
from typing import Annotated, Literal

import msgspec

from flow.plan_file.words import Minutes, Table, Text


class TransportTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[transport]`: see `flow.domain.transport_rules.TransportRules`, which has what is left out here."""

    places: Annotated[list[Text], msgspec.Meta(min_length=1, max_length=60)] | None = None
    exits: Annotated[list[Text], msgspec.Meta(max_length=20)] = []
    accept_aim: Minutes | None = None
    pick_up_aim: Minutes | None = None
    deliver_aim: Minutes | None = None


Heard = Literal["supervisor", "manager", "nurse", "admissions", "doctor", "billing", "pharmacy"]


class LevelTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[[escalations.levels]]`."""

    after: Annotated[int, msgspec.Meta(ge=0, le=100_000)]
    to: Annotated[list[Heard], msgspec.Meta(min_length=1)]
    message: bool = False


class EscalationTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[[escalations]]`: see `flow.domain.escalation_rules.EscalationRule`."""

    id: Text
    what: Literal["clean_waiting", "stat_waiting", "clean_unanswered", "request_waiting", "transport_waiting", "insurer_late", "score_high"]
    aim: Annotated[int, msgspec.Meta(ge=0, le=100_000)]
    levels: Annotated[list[LevelTable], msgspec.Meta(min_length=1, max_length=9)]
    critical: bool = False
    acted_minutes: Minutes = 15


class PatientMessagesTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[patient_messages]`: see `flow.domain.patient_texts.PatientMessages`."""

    ready: Annotated[str, msgspec.Meta(max_length=300)] | None = None
    near: Annotated[str, msgspec.Meta(max_length=300)] | None = None
    near_in: dict[str, Annotated[str, msgspec.Meta(min_length=1, max_length=300)]] = {}


class EscalatingTable(Table, forbid_unknown_fields=True, kw_only=True):
    """`[escalating]`: see `flow.domain.escalation_rules.EscalationRules`."""

    quiet_from: time | None = None
    quiet_until: time | None = None
    bundle_minutes: Annotated[int, msgspec.Meta(ge=0, le=600)] | None = None
