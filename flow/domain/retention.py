"""How long what is kept. Pure."""

from enum import StrEnum


class Gone(StrEnum):
    """Why a letter's text is no longer there: its time was over, or the person it spoke of was erased."""

    RETAINED_OUT = "retained-out"
    ERASED = "erased"
