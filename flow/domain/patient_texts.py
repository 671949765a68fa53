"""The texts that patients are written, `[patient_messages]` of the hospital file.

They know the hospital's name alone: neither who it is for, nor ward, bed or illness stand in them, since a telephone lies about.
"""

import re
from dataclasses import dataclass

PLACES = frozenset({"hospital"})
_PLACE = re.compile(r"{([^{}]*)}")


@dataclass(frozen=True, slots=True)
class PatientMessages:
    """`ready` with `{hospital}` where its name goes; empty: patients are written nothing."""

    ready: str = "{hospital}: your bed is ready. Please come to the admissions desk."

    def text(self, hospital: str) -> str:
        """As it is sent."""
        return self.ready.replace("{hospital}", hospital)


def strange_places(text: str) -> list[str]:
    """What stands in braces and is no place of ours: a name, a ward, whatever must not leave the house."""
    return sorted(set(_PLACE.findall(text)) - PLACES)
