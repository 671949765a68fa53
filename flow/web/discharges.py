"""Which discharges are under way, where their patients lie, and who may move them on: for the pages and the API alike."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from flow.domain.bed import BedState
from flow.domain.discharge import Discharge, Milestone
from flow.domain.discharge_commands import AskInsurer, BeginDischarge, DischargeCommand, MarkMilestone
from flow.domain.ids import VisitId
from flow.domain.roles import May, Role
from flow.web.parts import House
from flow.web.problems import forbidden, unknown
from flow.web.security.principal import Principal

SAY_THE_WAY = frozenset({Role.DOCTOR, Role.NURSE, Role.BILLING, Role.ADMISSIONS})
"""Who knows how a patient pays and where they go."""
OF_A_STEP = frozenset({Role.BILLING, Role.PHARMACY})
"""Who sees of a discharge their own steps and nothing else, and only discharges that wait, or will wait, for one of these."""
STILL_SHOWN = timedelta(hours=1)
"""How long they see one after their last step, so that a wrong tap can be taken back."""


def live_discharges(house: House) -> Mapping[VisitId, Discharge]:
    """The discharges of whichever is ahead: the live picture, or the desk right after a write of this process."""
    desk, live = house.desk.hospital, house.live
    found = live.discharges if live.epoch is not None and live.seq >= desk.seq else desk.discharges
    return {number: discharge for number, discharge in found.items() if discharge.is_live}


def concerned(house: House, principal: Principal, found: Mapping[VisitId, Discharge]) -> dict[VisitId, Discharge]:
    """Those of the discharges that are this reader's to see."""
    now = house.clock.now()
    return {number: each for number, each in found.items() if concerns(house, principal, each, now)}


def concerns(house: House, principal: Principal, discharge: Discharge, now: datetime) -> bool:
    """Whether a discharge is this reader's to see: to those who have one step, while it is to be done, or was done just now. Before there
    is an order only the insurer's is."""
    if principal.role not in OF_A_STEP:
        return True
    own = own_steps(house, principal, discharge)
    left = [step for step in own if step not in discharge.marks or now - discharge.marks[step].at <= STILL_SHOWN]
    return discharge.is_live and bool(left) and (discharge.is_ordered or Milestone.TPA in left)


def own_steps(house: House, principal: Principal, discharge: Discharge) -> tuple[Milestone, ...]:
    """The steps that this reader sees: all, or those that are for them to do."""
    if principal.role not in OF_A_STEP:
        return discharge.steps
    return tuple(step for step in discharge.steps if house.plan.discharge.may_tap(principal.role, step))


def sees_payment(house: House, principal: Principal) -> bool:
    """How a patient pays, and what the insurer says of it, is for these eyes."""
    return principal.role not in OF_A_STEP or house.plan.discharge.may_tap(principal.role, Milestone.TPA)


def beds_of(house: House) -> dict[VisitId, BedState]:
    """The bed or temporary place of every visit that lies in one."""
    states = (house.bed(number) for number in {*house.live.beds, *house.desk.hospital.beds})
    return {state.visit: state for state in states if state is not None and state.visit is not None}


def taps_in(principal: Principal, ward: str | None) -> bool:
    """Whether somebody may move discharges on in a ward; a patient in no bed belongs to nobody's ward."""
    return principal.may(May.DISCHARGE, ward) and (ward is not None or principal.only_ward(May.DISCHARGE) is None)


def check_known(house: House, principal: Principal, number: VisitId, bed: BedState | None) -> None:
    """404 of a patient whom this reader cannot mean: who neither lies in a bed nor is to leave, and for those who have one step and do not
    say how somebody pays, whose discharge is not theirs."""
    found = live_discharges(house).get(number)
    begins = principal.role not in OF_A_STEP or principal.role in SAY_THE_WAY
    known = (bed is not None and begins) or (found is not None and concerns(house, principal, found, house.clock.now()))
    if not known:
        raise unknown("unknown-visit", "There is no such patient here.")


def check_tap(house: House, principal: Principal, command: DischargeCommand, ward: str | None) -> None:
    """403 where this is not the reader's to say; the ward is where the patient lies."""
    rules = house.plan.discharge
    own = taps_in(principal, ward)
    match command:
        case MarkMilestone():
            own = own and rules.may_tap(principal.role, command.step)
        case BeginDischarge():
            own = own and (rules.may_tap(principal.role, Milestone.ORDER) if command.ordered else principal.role in SAY_THE_WAY)
        case AskInsurer():
            own = own and rules.may_tap(principal.role, Milestone.TPA)
        case _:
            own = own and rules.may_tap(principal.role, Milestone.ORDER)
    if not own:
        raise forbidden(f"This step is not for this sign-in ({principal.role}) to say.")
