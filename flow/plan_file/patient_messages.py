"""`[patient_messages]` of a hospital file: what its texts may not hold, and the messages they make."""

from flow.domain.patient_texts import PatientMessages, strange_places
from flow.plan_file.problems import Problems
from flow.plan_file.telling_tables import PatientMessagesTable


def check_patient_messages(table: PatientMessagesTable, problems: Problems) -> None:
    """Nothing but the hospital's name is filled in."""
    for place in strange_places(table.ready or ""):
        problems.add(
            ("patient_messages", "ready"), f"{{{place}}} cannot be filled in; only {{hospital}} can, so that nothing of the patient leaves"
        )


def patient_messages(table: PatientMessagesTable) -> PatientMessages:
    """What the table leaves out stays as it comes."""
    return PatientMessages() if table.ready is None else PatientMessages(table.ready.strip())
