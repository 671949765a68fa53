"""Signing in by the hospital's own provider: the page that goes on to it by itself, and what is said after somebody came back."""

from dataclasses import dataclass

from flow.views.page import Chrome


@dataclass(frozen=True, slots=True)
class Onward:
    """`there` is where it goes on to, `name` who that is."""

    chrome: Chrome
    there: str
    name: str


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence; `good`: it went well."""

    chrome: Chrome
    words: str
    good: bool
