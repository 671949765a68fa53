"""How the house deals with discharges, `[discharge]` of its file: aims and owners of the steps, the insurer's two clocks, and what orders
and results of the feed do."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flow.domain.discharge import Insurer, Milestone, Way
from flow.domain.roles import Role

_M = Milestone

AIMS: Mapping[Milestone, int] = {
    _M.ORDER: 60,
    _M.SUMMARY: 60,
    _M.PHARMACY: 45,
    _M.BILLING: 60,
    _M.TPA: 180,
    _M.ONWARD: 240,
    _M.CERTIFICATE: 60,
    _M.POLICE: 240,
    _M.MORTUARY: 90,
    _M.TRANSPORT: 30,
    _M.EXIT: 30,
}

OWNERS: Mapping[Milestone, tuple[Role, ...]] = {
    _M.ORDER: (Role.DOCTOR, Role.NURSE),
    _M.SUMMARY: (Role.DOCTOR, Role.NURSE),
    _M.PHARMACY: (Role.PHARMACY, Role.NURSE),
    _M.BILLING: (Role.BILLING, Role.ADMISSIONS),
    _M.TPA: (Role.BILLING, Role.ADMISSIONS),
    _M.ONWARD: (Role.NURSE, Role.DOCTOR, Role.ADMISSIONS),
    _M.CERTIFICATE: (Role.DOCTOR, Role.NURSE),
    _M.POLICE: (Role.NURSE, Role.DOCTOR, Role.ADMISSIONS),
    _M.MORTUARY: (Role.NURSE, Role.ADMISSIONS),
    _M.TRANSPORT: (Role.NURSE, Role.PORTER),
    _M.EXIT: (Role.NURSE, Role.ADMISSIONS),
}

CODES: Mapping[str, Milestone] = {"18842-5": _M.SUMMARY, "28655-9": _M.SUMMARY, "69730-0": _M.SUMMARY}
"""LOINC: discharge summary, physician's discharge summary, instructions."""


@dataclass(frozen=True, slots=True)
class DischargeRules:
    """`aims` are minutes from when a step could be done, `owners` who may tap it, the one it waits for first. `preauth_minutes` and
    `final_minutes` are the insurer's (IRDAI, master circular on health insurance of 2024: one hour, three hours). `way` is taken until
    somebody says another; `codes`: what a final result of such a code does (ORU, ORM)."""

    aims: Mapping[Milestone, int] = field(default_factory=lambda: AIMS)
    owners: Mapping[Milestone, tuple[Role, ...]] = field(default_factory=lambda: OWNERS)
    codes: Mapping[str, Milestone] = field(default_factory=lambda: CODES)
    way: Way = Way.CASH
    preauth_minutes: int = 60
    final_minutes: int = 180

    def minutes(self, insurer: Insurer) -> int:
        """How long the insurer may take."""
        return self.preauth_minutes if insurer is Insurer.PREAUTH else self.final_minutes

    def may_tap(self, role: Role, step: Milestone) -> bool:
        """Whether the step is this role's; the exit is nobody's tap: the patient's leaving says it."""
        return step is not Milestone.EXIT and role in self.owners.get(step, ())
