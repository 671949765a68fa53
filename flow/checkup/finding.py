"""One answer of a checkup."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, what was found, and what to do where that is weak; `do` is empty where all is well."""

    about: str
    found: str
    do: str = ""

    @property
    def weak(self) -> bool:
        """Somebody should do something."""
        return bool(self.do)
