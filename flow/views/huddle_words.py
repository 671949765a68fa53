"""What the huddle sheet says: its actions as sentences, how each was counted, what its figures mean."""

from collections.abc import Mapping

from flow.domain.bed import OutOfUse
from flow.domain.discharge import Milestone
from flow.domain.discharge_rules import DischargeRules
from flow.domain.huddle import Action, Basis, Deed, Sheet
from flow.views.discharge_row import STEPS, owner_of
from flow.views.forecast_words import calibrating

REASONS: Mapping[str, str] = {
    OutOfUse.REPAIR: "repair",
    OutOfUse.STAFFING: "want of staff",
    OutOfUse.INFECTION: "infection control",
    OutOfUse.ROOM_CLOSED: "a closed room",
}
PAGES: Mapping[Deed, str] = {
    Deed.CLEAN: "/supervisor",
    Deed.INSPECT: "/supervisor",
    Deed.STEP: "/discharges",
    Deed.LEND: "/admissions",
    Deed.DELAY: "/admissions",
}
"""Where an action is done; beds out of use on their ward's page."""
BASES: Mapping[Basis, str] = {
    Basis.FORECAST: "Leavings and comings as the forecast expects them.",
    Basis.KNOWN: "There is no forecast yet: only what is known by name is counted; who comes unannounced, and who "
    "leaves without an order, is left out.",
}
COUNTED: Mapping[Deed, str] = {
    Deed.CLEAN: "Dirty beds whose clean nobody has begun; begun now, each is ready in {clean} minutes, the house's aim.",
    Deed.INSPECT: "Clean beds that wait for the supervisor's look.",
    Deed.STEP: "Patients who are to leave and whose bed would be ready too late as it stands. With this one step done now, half of such "
    "patients are out in time for the bed to be turned ({turn} minutes, the house's aim). Who waits for several steps counts with the "
    "first that alone is enough.",
    Deed.RETURN: "Beds out of use whose end is past, or comes before the hour.",
    Deed.STAFF: "Beds out of use for want of staff, but those that come back before the hour.",
    Deed.LEND: "Free beds promised to planned patients who come after the hour.",
    Deed.DELAY: "Planned patients of priority 3 and 4 who are due before the hour. Each put off is a bed needed less; nothing is freed.",
}
_SHORT = (
    "Beds missing at the hour if nobody does anything: who waits, is planned and is expected, less beds free, being cleaned and expected "
    "to be left. Added up over specialties: a bed over in one helps no other. The range holds in eight of ten cases "
    "where the forecast does; while that is calibrating, the range is left as it is, as the forecast's wider bands count occupied beds and "
    "not beds short."
)
_LEAVE = (
    "Expected to leave early enough for the bed to be turned before the hour. By the forecast; without one those with a discharge order, "
    "nine of ten, or a half where only half of such patients are out by then."
)
_BESIDES = "Expected to come whom nobody has announced, by the forecast; as many as wait already are taken off, being the first of them."
DEFINITIONS: tuple[tuple[str, str, str], ...] = (
    ("short", "Short", _SHORT),
    ("free", "Free", "Wards' beds that stand available, promised or not; not those kept for somebody who comes after the hour."),
    ("cleaning", "Being cleaned", "Beds whose clean is under way. Dirty beds that nobody has begun are left to the actions."),
    ("leaving", "Leave", _LEAVE),
    ("waiting", "Wait", "Patients who need a bed now and lie in none of a ward, promised one or not."),
    ("planned", "Planned", "Patients whom plans announce before the hour; of ten nine come."),
    ("besides", "Come besides", _BESIDES),
    ("freed", "Stood free", "Of an action's beds, those that stood free at some time before the hour, whoever did it."),
)
DEFINITIONS_VERSION = 2


def sentence(action: Action, rules: DischargeRules) -> str:
    """What is to be done: `Pharmacy: 4 patients who may leave wait for it.`"""
    count = action.count
    match action.deed:
        case Deed.CLEAN:
            return f"Clean {_beds(count, 'dirty bed')} that {_waits(count)} for somebody to begin."
        case Deed.INSPECT:
            return f"Look at {_beds(count, 'cleaned bed')} that {_waits(count)} for the supervisor."
        case Deed.STEP:
            step = Milestone(action.cause)
            if step is Milestone.ORDER:
                return f"Order ({owner_of(step, rules)}): {_beds(count, 'patient')} made ready to leave, and no order yet."
            who = "1 patient who is to leave waits" if count == 1 else f"{count} patients who are to leave wait"
            return f"{STEPS[step]} ({owner_of(step, rules)}): {who} for it."
        case Deed.RETURN:
            return f"Bring back {_beds(count, 'bed')} out of use for {REASONS[action.cause]}, due by then."
        case Deed.STAFF:
            return f"Find staff for {_beds(count, 'bed')} closed for want of it."
        case Deed.LEND:
            return f"Lend {_beds(count, 'free bed')} kept for patients who come later."
        case Deed.DELAY:
            return f"Put off {'1 planned admission' if count == 1 else f'{count} planned admissions'}."


def counted(deed: Deed, sheet: Sheet) -> str:
    """How an action's beds were counted."""
    return COUNTED[deed].format(clean=sheet.clean_minutes, turn=sheet.turn_minutes)


def range_words(sheet: Sheet) -> str:
    """How often the range holds, as far as anybody knows."""
    doubt = calibrating(sheet.judged) if sheet.basis is Basis.FORECAST else ""
    return f" · {doubt}; this range is not widened" if doubt else " in eight of ten cases"


def page_of(action: Action) -> str:
    """Where it is done."""
    return PAGES.get(action.deed) or (f"/wards/{action.wards[0][0]}" if action.wards else "/")


def _beds(count: int, words: str) -> str:
    return f"1 {words}" if count == 1 else f"{count} {words}s"


def _waits(count: int) -> str:
    return "waits" if count == 1 else "wait"
