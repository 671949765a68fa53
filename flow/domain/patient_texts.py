"""The texts that patients are written, `[patient_messages]` of the hospital file.

They know the hospital's name and an outpatient's number: neither who it is for, nor ward, clinic, bed or illness stand in them, since a
telephone lies about. A text that the house has not written in a language is the catalogue's there (flow.views.near_words).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

PLACES = {"ready": frozenset({"hospital"}), "near": frozenset({"hospital", "token"})}
"""What may stand in braces in each text."""
_PLACE = re.compile(r"{([^{}]*)}")


@dataclass(frozen=True, slots=True)
class PatientMessages:
    """`ready` when a bed is, with `{hospital}` where its name goes; `near` when an outpatient's turn is, with `{token}` besides; empty:
    patients are written nothing of it. `near_in` is the latter in other languages, by their codes."""

    ready: str = "{hospital}: your bed is ready. Please come to the admissions desk."
    near: str = "{hospital}: token {token}, your turn is near. Please come to the waiting hall."
    near_in: Mapping[str, str] = field(default_factory=dict)

    def text(self, hospital: str) -> str:
        """As it is sent."""
        return self.ready.replace("{hospital}", hospital)


def strange_places(text: str, places: frozenset[str] = PLACES["ready"]) -> list[str]:
    """What stands in braces and is no place of ours: a name, a ward, whatever must not leave the house."""
    return sorted(set(_PLACE.findall(text)) - places)
