"""The simulator's stage is opened event for event as the log is: its taps name the version of a bed that they saw, and a stage that
counts otherwise has every clean refused as stale."""

from datetime import UTC, datetime

from adt_feed.simulator.history import Stage
from flow.domain.hospital import Hospital, evolve
from flow.domain.ids import PatientId
from flow.history.log import new_beds, new_rules
from tests.plans import small_plan

AT = datetime(2026, 11, 21, tzinfo=UTC)


def test_the_stage_counts_as_the_log_does() -> None:
    plan = small_plan()
    log = Hospital(plan)
    for event in [*new_beds(log, AT), *new_rules(log, AT)]:
        evolve(log, log.seq + 1, event)
    stage = Stage(plan, AT, PatientId).hospital
    assert stage.seq == log.seq
    assert {bed: state.seq for bed, state in stage.beds.items()} == {bed: state.seq for bed, state in log.beds.items()}
    assert stage.told_rules == log.told_rules
