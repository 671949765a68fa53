"""What the command centre says, as patterns: of its level and the rule that fired, and of what holds the house up. Catalogues are keyed by
them; where one thing and many are said differently, each has its own."""

from enum import StrEnum

from flow.domain.alert_rules import usual_rules


class Said(StrEnum):
    """Sentences and their parts."""

    OCCUPIED = "{value} % of staffed beds occupied"
    WITHOUT = "{value} without a ward's bed"
    DIRTY_BED = "{value} bed dirty for too long"
    DIRTY_BEDS = "{value} beds dirty for too long"
    EXPECTED = "{value} % of staffed beds expected to be occupied in eight hours"
    KEPT = "Its rule holds no more; it is kept until it has not held for {minutes} minutes."
    SINCE = "since {time}"
    SINCE_BEFORE = "since {time}, before it {level}"
    REACHED = "{what} (from {threshold})"
    NOT_REACHED = "No threshold is reached."
    AND = "{one} and {other}"
    OR = "{one} or {other}"
    COMMA = "{one}, {other}"
    DOT = "{one} · {other}"
    ABOVE = "{level} from {what}"
    SOME_OF = "{reached} of: {what}"
    AT = "{place} {count}"
    ONE_OVERDUE = "{count} patient waits for a bed past the aim, the longest, P{priority} {type}, for {age}."
    OVERDUE = "{count} patients wait for a bed past the aim, the longest, P{priority} {type}, for {age}."
    ONE_SHORT = "Bed type {type}: {count} waits, {supply}."
    SHORT = "Bed type {type}: {count} wait, {supply}."
    NONE_FREE = "none is free"
    FREE = "{count} free"
    IN_CLEANING = "{count} in cleaning"
    TO_LEAVE = "{count} to leave"
    ONE_DIRTY = "{count} bed waits to be cleaned past the aim{promised}; {bed} is {age} late."
    DIRTY = "{count} beds wait to be cleaned past the aim{promised}; {bed} is {age} late."
    PROMISED = ", {count} of them promised"
    ONE_UNANSWERED = "No cleaner has answered for {count} bed: {beds}."
    UNANSWERED = "No cleaner has answered for {count} beds: {beds}."
    ONE_LEAVING_LATE = "{count} patient was to be out by now; {bed} is {age} late."
    LEAVING_LATE = "{count} patients were to be out by now; {bed} is {age} late."
    ONE_INSURER = "{count} patient to leave: the insurer is late with its answer."
    INSURERS = "{count} patients to leave: the insurer is late with its answer."
    ONE_NOT_COME = "{count} bed stands ready and promised, and nobody has come for an hour."
    NOT_COME = "{count} beds stand ready and promised, and nobody has come for an hour."
    ONE_BACK_LATE = "{count} bed was to be back in use by now: {beds}."
    BACK_LATE = "{count} beds were to be back in use by now: {beds}."


JOINTS = frozenset({Said.COMMA, Said.DOT, Said.AT})
"""The same in every language."""
TYPES = ("general", "private", "semi private", "paediatric", "maternity", "emergency", "isolation")
"""Of beds, as hospital files call them; what is abbreviated (ICU, HDU) is a name, and any other type stays as the file has it."""
TERMS = ("urgent", "promised", "elsewhere", "planned", *TYPES)
USUAL = tuple(words for level in usual_rules(1).levels for words in (level.name, level.do) if words)
"""The levels that come with Bedflow; a hospital's own are said in its own words."""
HOUSE_SAYS = (*(said.value for said in Said if said not in JOINTS), *TERMS, *USUAL)
"""All that a screen must be able to say of the house in its language."""
