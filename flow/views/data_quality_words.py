"""What the page of data quality says of each sign: its name, its rule, what it looks at, and what else it may be."""

from collections.abc import Mapping
from dataclasses import dataclass

from flow.domain.data_quality import FEWEST, Sign

VERSION = 1


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
