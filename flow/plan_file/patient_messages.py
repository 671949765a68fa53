"""`[patient_messages]` of a hospital file: what its texts may not hold, and the messages they make."""

from flow.domain.patient_texts import PLACES, PatientMessages, strange_places
from flow.locale import languages
from flow.plan_file.lines import Path
from flow.plan_file.problems import Problems
from flow.plan_file.telling_tables import PatientMessagesTable


def check_patient_messages(table: PatientMessagesTable, problems: Problems) -> None:
    """Nothing but the hospital's name and a token's number is filled in, and languages are those there are words of."""
    at: Path = ("patient_messages",)
    texts = [((*at, name), getattr(table, name) or "", places) for name, places in PLACES.items()]
    texts += [((*at, "near_in", lang), text, PLACES["near"]) for lang, text in table.near_in.items()]
    for path, text, places in texts:
        for place in strange_places(text, places):
            known = " and ".join(f"{{{each}}}" for each in sorted(places))
            problems.add(path, f"{{{place}}} cannot be filled in; only {known} can, so that nothing of the patient leaves")
    for lang in table.near_in:
        if lang not in languages():
            problems.add((*at, "near_in"), f"there are no words in {lang!r}; there are {', '.join(languages())}")


def patient_messages(table: PatientMessagesTable) -> PatientMessages:
    """What the table leaves out stays as it comes."""
    said = {name: text.strip() for name in PLACES if (text := getattr(table, name)) is not None}
    return PatientMessages(**said, near_in={lang: text.strip() for lang, text in table.near_in.items()})
