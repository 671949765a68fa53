"""What a feed says of how a stay is paid for and how it ends, as words of the feed's own; the feed's tables say which way of leaving
that is. What no table names is never guessed: it waits on the integration page for its meaning (`flow.views.integration.tray`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from flow.domain.discharge import Way

USUAL = "usual"
"""Of a disposition: the patient leaves as most do, and the payer says which way."""
PAYERS = (Way.CASH, Way.CASHLESS, Way.PMJAY)
"""What a payer can mean."""
ENDS = frozenset({Way.DEATH, Way.MEDICO_LEGAL, Way.AGAINST_ADVICE})
"""What overrules the payer, and whatever was chosen before it was known."""
OF_THE_DEAD = frozenset({Way.DEATH, Way.MEDICO_LEGAL})
DISPOSITIONS = (USUAL, *(way for way in Way if way not in PAYERS))
"""What a disposition can mean."""

TABLE_0112: Mapping[str, str] = {
    **dict.fromkeys(("01", "02", "03", "04", "05", "06", "08", "09", "30"), USUAL),
    "07": Way.AGAINST_ADVICE,
    **dict.fromkeys(("20", "40", "41", "42"), Way.DEATH),
}
"""Discharge disposition (HL7 2.9, PV1-36, suggested values); 10 to 19, 21 to 29 and 31 to 39 are each state's own, so the feed's table
says what they mean."""


@dataclass(frozen=True, slots=True)
class WayTold:
    """Words of one message, or of all of a visit. None: nothing was said; empty: it was deleted. `payers` are those of PV1-20, IN1 and
    IN2, the first the most telling; `disposition` is PV1-36, `died` PID-30."""

    payers: tuple[str, ...] | None = None
    disposition: str | None = None
    died: bool | None = None

    def then(self, later: "WayTold") -> "WayTold":
        """With what was said later; an empty field changes nothing (HL7.md rule 5)."""
        return replace(
            self,
            payers=self.payers if later.payers is None else later.payers,
            disposition=self.disposition if later.disposition is None else later.disposition,
            died=self.died if later.died is None else later.died,
        )


class Tables(Protocol):
    """The feed's words: `flow.domain.plan.Feed`."""

    @property
    def payers(self) -> Mapping[str, str]: ...
    @property
    def dispositions(self) -> Mapping[str, str]: ...


def way_of(told: WayTold | None, feed: Tables) -> Way | None:
    """The way of leaving that was told; None where nothing was said, or nothing that the feed's tables know."""
    if told is None:
        return None
    end = disposition_of(told, feed)
    if told.died and end not in OF_THE_DEAD:
        return Way.DEATH
    return payer_of(told, feed) if end in (None, USUAL) else Way(end)


def payer_of(told: WayTold, feed: Tables) -> Way | None:
    """The first of the payer's words that the feed's table knows."""
    known = {word.upper(): meaning for word, meaning in feed.payers.items()}
    return next((Way(known[word.upper()]) for word in told.payers or () if word.upper() in known), None)


def disposition_of(told: WayTold, feed: Tables) -> str | None:
    """What the disposition means: by the feed's own table, else by HL7's."""
    said = (told.disposition or "").upper()
    return {word.upper(): meaning for word, meaning in feed.dispositions.items()}.get(said) or TABLE_0112.get(said)


def unknown_words(told: WayTold, feed: Tables) -> list[tuple[str, str]]:
    """The words without a meaning, as (table, word): of the payer's the most telling alone."""
    found = []
    if told.payers and payer_of(told, feed) is None:
        found.append(("payers", told.payers[0]))
    if told.disposition and disposition_of(told, feed) is None:
        found.append(("dispositions", told.disposition))
    return found
