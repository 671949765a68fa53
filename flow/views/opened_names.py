"""Names opened for a reason (break-glass), as whoever opens them sees it: the bar on their pages, with what is left of the time, and the
page that asks why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flow.domain.opening import FEWEST_WORDS, LASTS, MOST_WORDS, REASONS, Opened
from flow.views.page import Chrome, NamesBar
from flow.views.request_form import Option
from flow.views.times import moment_words

WAITING = "waiting"
"""The place of those who wait for a bed and are in no ward yet."""


class WardLike(Protocol):
    """A ward by id and name."""

    @property
    def id(self) -> str: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class NamesPage:
    """Asks why: of which `places`, the one that was looked at chosen; `back` is where one came from."""

    chrome: Chrome
    places: tuple[Option, ...]
    place: str
    back: str
    reasons: tuple[str, ...] = REASONS
    minutes: int = LASTS.seconds // 60
    fewest: int = FEWEST_WORDS
    most: int = MOST_WORDS


def names_bar(opened: Opened | None, usual: str, href: str, here: str, at: datetime, zone: str) -> NamesBar:
    """The bar of somebody who may open names; `usual` says what they are shown without."""
    if opened is None:
        return NamesBar(usual, href, here)
    left = max(0, round((opened.until - at).total_seconds()))
    whose = f"Names of ward {opened.ward} are" if opened.ward else "Names of those who wait for a bed are"
    return NamesBar(f"{whose} open to you", href, here, left, moment_words(opened.until.timestamp(), at.timestamp(), zone))


def places_of(wards: Iterable[WardLike], *, waiting: bool) -> tuple[Option, ...]:
    """Where names can be opened."""
    others = (Option(WAITING, "Patients who wait for a bed"),) if waiting else ()
    return (*(Option(ward.id, f"Ward {ward.id} · {ward.name}") for ward in wards), *others)
