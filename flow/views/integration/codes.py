"""The codes of the tray and of warnings in words, and what can be done about each."""

from collections.abc import Mapping

CODES: Mapping[str, str] = {
    "unknown-place": "place not known",
    "unknown-code": "status code not known",
    "unknown-clinic": "clinic not known",
    "unknown-bed": "bed not known",
    "no-visit": "no visit number",
    "no-patient": "no patient number",
    "no-prior": "merge without prior number",
    "no-bed": "no bed named",
    "no-place": "no place named",
    "no-order": "no order number",
    "no-appointment": "no appointment number",
    "no-time": "no time told",
    "no-movement": "movement not numbered",
    "not-mapped": "kind of message not read",
    "other-patient": "visit of another patient",
    "swap-incomplete": "swap names one patient",
    "review": "wants a look",
    "unreadable": "not readable as HL7",
    "no-msh": "no header",
    "poison": "Bedflow failed on it",
}
ADVICE: Mapping[str, str] = {
    "unknown-place": "Map the place to a bed in the tray; its letters then go in by themselves.",
    "unknown-code": "Say in the tray what the code means; its letters then go in by themselves.",
    "unknown-clinic": "Say in the tray which clinic is meant; its letters then go in by themselves.",
    "no-visit": "The sender must name the visit (PV1-19); or turn the feed's switch for where the visit number stands, then replay.",
    "not-mapped": "Nothing is read from this kind of message yet. Replay after an update that reads it.",
    "other-patient": "Merge or move the patients first, then replay.",
    "review": "Look at the letter, settle it by hand; nothing else happens.",
    "unreadable": "Ask the sender; the bytes are kept as they came.",
    "poison": "A fault of Bedflow. Replay after an update.",
}
WARNINGS: Mapping[str, str] = {
    "unknown-place": "a place that means no bed yet",
    "control-id-reused": "its control id came before with another body",
    "late": "came late, history was corrected",
}


def code_words(code: str) -> str:
    """A code of the tray in words."""
    return CODES.get(code, code.replace("-", " ") or "no reason given")


def advice(code: str) -> str:
    """What to do about a code."""
    return ADVICE.get(code, "Look at a letter, correct what is wrong, replay.")


def warning_words(code: str) -> str:
    """A warning in words."""
    return WARNINGS.get(code, code.replace("-", " "))
