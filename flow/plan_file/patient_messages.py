"""`[patient_messages]` of a hospital file: what its texts may not hold, and the messages they make."""

from flow.domain.patient_texts import PLACES, PatientMessages, strange_places
from flow.plan_file.problems import Problems
from flow.plan_file.telling_tables import PatientMessagesTable


def check_patient_messages(table: PatientMessagesTable, problems: Problems) -> None:
    """Nothing but the hospital's name and a token's number is filled in."""
    for name, places in PLACES.items():
        for place in strange_places(getattr(table, name) or "", places):
            known = " and ".join(f"{{{each}}}" for each in sorted(places))
            problems.add(
                ("patient_messages", name), f"{{{place}}} cannot be filled in; only {known} can, so that nothing of the patient leaves"
            )


def patient_messages(table: PatientMessagesTable) -> PatientMessages:
    """What the table leaves out stays as it comes."""
    said = {name: text.strip() for name in PLACES if (text := getattr(table, name)) is not None}
    return PatientMessages(**said)
