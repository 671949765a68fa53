"""Which discharges are under way, where their patients lie, and who may move them on: for the pages and the API alike."""

from collections.abc import Mapping

from flow.domain.bed import BedState
from flow.domain.discharge import Discharge, Milestone
from flow.domain.discharge_commands import AskInsurer, BeginDischarge, DischargeCommand, MarkMilestone
from flow.domain.ids import VisitId
from flow.domain.roles import May, Role
from flow.web.parts import House
from flow.web.problems import forbidden
from flow.web.security.principal import Principal

SAY_THE_WAY = frozenset({Role.DOCTOR, Role.NURSE, Role.BILLING, Role.ADMISSIONS})
"""Who knows how a patient pays and where they go."""


def live_discharges(house: House) -> Mapping[VisitId, Discharge]:
    """The discharges of whichever is ahead: the live picture, or the desk right after a write of this process."""
    desk, live = house.desk.hospital, house.live
    found = live.discharges if live.epoch is not None and live.seq >= desk.seq else desk.discharges
    return {number: discharge for number, discharge in found.items() if discharge.is_live}


def beds_of(house: House) -> dict[VisitId, BedState]:
    """The bed or temporary place of every visit that lies in one."""
    states = (house.bed(number) for number in {*house.live.beds, *house.desk.hospital.beds})
    return {state.visit: state for state in states if state is not None and state.visit is not None}


def taps_in(principal: Principal, ward: str | None) -> bool:
    """Whether somebody may move discharges on in a ward; a patient in no bed belongs to nobody's ward."""
    return principal.may(May.DISCHARGE, ward) and (ward is not None or principal.only_ward(May.DISCHARGE) is None)


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
