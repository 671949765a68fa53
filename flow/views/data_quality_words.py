"""What the page of data quality says of each sign: its name, its rule, what it looks at, and what else it may be."""

from collections.abc import Mapping
from dataclasses import dataclass

from flow.domain.data_quality import FEWEST, Sign
from flow.domain.held_back import FAR_BEYOND, IN_VAIN

VERSION = 2


@dataclass(frozen=True, slots=True)
class About:
    """`of` is what is looked at, `rule` what stands out, `innocent` what else it may be."""

    title: str
    of: str
    rule: str
    innocent: str


ABOUT: Mapping[Sign, About] = {
    Sign.QUICK: About(
        "Cleans under four minutes",
        "cleans done, by when they ended",
        "From the start to the end by the cleaner's own clock, without the pauses, less than four minutes.",
        "The bed may have been clean already, or only its linen was changed; or start and end were both tapped after the work. "
        "Somebody who cleans without the phone in hand makes these, not a bad clean.",
    ),
    Sign.BATCH: About(
        "Told in batches",
        "cleans done, by when the hospital heard",
        "Three or more cleans of one ward that the hospital heard of within the same minute.",
        "A phone that was offline sends all its taps at once; a team of three may finish a bay together.",
    ),
    Sign.ON_THE_HOUR: About(
        "Told on the hour",
        "cleans done, by when the hospital heard",
        "Heard of in the first minute of an hour. By chance one in sixty is (1.7 %).",
        "A round that begins on the hour, or a system that passes its words on by the hour, does the same.",
    ),
    Sign.TOLD_LATE: About(
        "Clean long before anybody knew",
        "cleans done and not inspected, by when they ended",
        "Twenty minutes or more from the end by the cleaner's own clock to the hospital's hearing of it: the bed was off the list.",
        "No network in the basement; a phone whose clock is wrong.",
    ),
    Sign.BLOCKED: About(
        "Out of use over a change of shift",
        "clean empty beds taken out of use, by when",
        "Taken out of use in the last hour of a shift and back in use within the first hour of the next.",
        "A repair that took two hours, or a bed that had no nurse until the next shift came.",
    ),
    Sign.DIRTY: About(
        "Dirty until a shift or a huddle was over",
        "beds cleaned, by when they became dirty",
        f"Dirty for more than {FAR_BEYOND} times the ward's usual time (the median of the period) and more than an hour, and known to be "
        "clean within half an hour after a shift's end or the beginning of a bed huddle. With three of each in a day, one long wait in "
        "eight ends there by chance.",
        "Cleaners who begin with their shift clean first what the shift before left; a huddle asks for beds and gets them. A night with "
        "one cleaner makes long waits by itself.",
    ),
    Sign.PROMISED: About(
        "Promised again and again to nobody who came",
        "promises and holds of a bed, by when they were made",
        f"Promised or held {IN_VAIN} times or more, for ten minutes and longer, and let go each time, without anybody lying in the bed "
        "in between.",
        "An urgent patient takes precedence and gets a better bed; a planned patient calls off; a scarce bed (isolation, intensive care) "
        "is offered to several in turn, as it should be.",
    ),
    Sign.LEFT_LATE: About(
        "Left, and still shown in bed",
        "leavings of a bed, by when the patient left",
        "Half an hour or more from the leaving, as it was entered, to its entry: until then the bed was shown occupied. The row says when "
        "others of the ward were entered with it. What was entered from paper is left out.",
        "The other system passed its letters on late or was away; a patient waited for in the lounge left before the bill was closed.",
    ),
    Sign.SKIPPED: About(
        "Tokens passed over at once",
        "tokens called, by when",
        "Passed over as absent within two minutes of their last call.",
        "The patient had said that they leave, or the clinic calls by name in the hall and taps afterwards.",
    ),
}
NOTE = (
    f"Of wards (or clinics) and shifts, never of persons. Under {FEWEST} looked at nothing is said: a few odd entries are chance. "
    "A high share is a reason to ask how the work is entered there, and no proof of anything; a figure of the KPI page that rests on such "
    "entries is worth as little."
)
