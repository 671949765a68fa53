"""The words of the replay's page: which of the two readings of a minute each thing on it belongs to, and by what something was learnt."""

from flow.domain.cause import Cause, Origin

DEFINITIONS: tuple[tuple[str, str], ...] = (
    (
        "As known then",
        """What every screen of the house showed at that minute: the record as it had been written down by then, with whatever was late,
        wrong or missing in it.""",
    ),
    (
        "As corrected since",
        """What is known of that minute today. Who lay in a bed goes by the times that letters and clicks give for coming and leaving,
        however late they came; a cancelled or undone one counts as if it had never been. A stay decides what a bed was; of two in one bed
        the one that began first.""",
    ),
    (
        "Free, cleaning, out of use",
        """As corrected since, each word about a bed counts from the time it names and replaces what was believed of that time and after it.
        A bed that was shown as occupied and in which nobody lay wanted cleaning after the one who had left; where nobody ever came it was
        what it had been before.""",
    ),
    (
        "What is never corrected",
        """The plan of the ward is that of the day. Promises and holds are not drawn: they were made or not, and nothing said later
        unmakes them.""",
    ),
    (
        "Corrections",
        """Stretches of a minute or more in which a bed was shown otherwise than is known today, with the letter or the command from which
        on it was known as it is now. A letter is always some seconds on its way: what was put right within a minute is not listed.""",
    ),
)


def how_told(cause: Cause | None) -> str:
    """By which letter or command something was learnt; who clicked is not told."""
    if cause is None:
        return "–"
    number = (
        f"letter {cause.letter}" if cause.letter is not None else f"command {cause.command}" if cause.command is not None else "the log"
    )
    match cause.origin:
        case Origin.FEED:
            return f"{number} of {cause.actor}"
        case Origin.PAPER:
            return f"entered from paper, {number}"
        case Origin.SYSTEM:
            return f"by the clock, {number}"
        case _:
            return f"a click, {number}"
