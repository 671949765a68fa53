"""The message that an outpatient's turn is near, in a reader's language: as the house wrote it there, else as the catalogue has it, else as
the house wrote it at all."""

from flow.domain.patient_texts import PatientMessages
from flow.views.words import Words


def near_words(texts: PatientMessages, words: Words, hospital: str, token: str) -> str:
    """As it is sent; `token` is its number."""
    said = texts.near_in.get(words.lang) or words.say(texts.near)
    return said.replace("{hospital}", hospital).replace("{token}", token)
