"""`[discharge]` of the hospital file as the house's rules of discharges: what the table leaves out stays as it comes."""

from flow.domain.discharge import Milestone, Way
from flow.domain.discharge_rules import AIMS, CODES, OWNERS, DischargeRules
from flow.domain.roles import Role
from flow.plan_file.schema import DischargeTable


def discharge_rules(table: DischargeTable) -> DischargeRules:
    """The rules that the table amounts to."""
    usual = DischargeRules()
    owners = {Milestone(step): tuple(Role(owner) for owner in owners) for step, owners in table.owners.items()}
    return DischargeRules(
        aims={**AIMS, **{Milestone(step): minutes for step, minutes in table.aims.items()}},
        owners={**OWNERS, **owners},
        codes={code: Milestone(step) for code, step in table.codes.items()} if table.codes is not None else CODES,
        way=Way(table.way) if table.way is not None else usual.way,
        preauth_minutes=table.preauth_minutes or usual.preauth_minutes,
        final_minutes=table.final_minutes or usual.final_minutes,
    )
