"""What there is in the house just now, by the name that the API's addresses have for it: beds, visits, requests, numbers, letters."""

import itertools
from collections.abc import Callable, Iterable
from typing import Any

from tests.security.day.house import CLINIC, WARD, House, Refused

AFTER = 150
"""Requests after which is looked again: what was there may have gone."""
STEPS = {
    "tokens": ("arrive", "call", "start", "finish", "skip", "recall", "no-show", "tests", "return"),
    "milestones": ("order", "summary", "pharmacy", "billing", "tpa", "transport"),
    "transports": ("accept", "pick-up", "deliver", "give-back"),
}
"""The words of `{step}`, by a part of the address."""
BODIES = {"bed": "bed", "to": "bed", "with": "bed", "near": "bed", "visit": "visit", "request": "request", "room": "room", "type": "type"}
"""The fields of bodies that name something, by the word of the addresses for it."""
FEATURE = "oxygen"
NEEDS_SEQ = ("POST /api/v1/bed-requests/{request}",)
"""Who changes a request says which version was looked at; elsewhere that may be left out."""
_BEDS, _VISITS, _REQUESTS = f"/beds?ward={WARD}&limit=500", "/visits?status=in_progress&limit=500", "/bed-requests?limit=500"
_PLACES, _CHECKS, _RIDES = f"/wards/{WARD}/temporary-places", "/checks?limit=500", "/transports?limit=500"
_LISTS: dict[str, tuple[str, str, str]] = {
    "bed": (_BEDS, "id", "admissions"),
    "visit": (_VISITS, "number", "admissions"),
    "request": (_REQUESTS, "id", "admissions"),
    "place": (_PLACES, "id", "admissions"),
    "check": (_CHECKS, "id", "admissions"),
    "transport": (_RIDES, "id", "admissions"),
    "token": (f"/opd/clinics/{CLINIC}/queue?limit=500", "id", "admissions"),
    "letter": ("/hl7/letters?limit=50", "id", "admin"),
    "feed": ("/hl7/feeds", "id", "admin"),
    "type": (_BEDS, "type", "admissions"),
}


class Known:
    """Looked up when it is wanted, each in its turn."""

    def __init__(self, house: House) -> None:
        self.house, self.asked, self.found = house, 0, dict[str, list[str]]()
        self.turn = itertools.count()

    def instead_of(self, operation: str, made_up: dict[str, Any]) -> dict[str, Any]:
        """The parameters of an address with what there is; what there is none of stays made up."""
        self.asked += 1
        if self.asked % AFTER == 0:
            self.found.clear()
        return {name: self._one(name, operation) or value for name, value in made_up.items()}

    def in_body(self, operation: str, made_up: dict[str, Any]) -> dict[str, Any]:
        """The fields of a body that name something with what there is, as it stands now."""
        real = {name: self._one(BODIES[name], operation) for name, value in made_up.items() if name in BODIES and isinstance(value, str)}
        named = {name: [FEATURE] for name in ("needs", "wishes") if made_up.get(name)}
        now = {name: value for name, value in made_up.items() if name != "if_seq" or operation in NEEDS_SEQ}
        return now | named | {name: value for name, value in real.items() if value is not None}

    def _one(self, name: str, operation: str) -> str | None:
        values = self._steps(operation) if name == "step" else self._of(name, operation)
        return values[next(self.turn) % len(values)] if values else None

    @staticmethod
    def _steps(operation: str) -> list[str]:
        return [word for part, words in STEPS.items() if f"/{part}/" in operation for word in words]

    def _of(self, name: str, operation: str) -> list[str]:
        if name in ("clinic", "clinics"):
            return [CLINIC]
        if name == "ward":
            return [WARD]
        key = f"room of {'a clinic' if '/opd/' in operation else 'a ward'}" if name == "room" else name
        if key not in self.found:
            self.found[key] = list(self._look(key))
        return self.found[key]

    def _look(self, key: str) -> Iterable[str]:
        looks: dict[str, Callable[[], Iterable[Any]]] = {
            "room of a clinic": lambda: self._clinic()["rooms"],
            "room of a ward": lambda: self.house.get(f"/wards/{WARD}")["rooms"],
            "command": lambda: [row["command"] for row in self.house.get(f"/wards/{WARD}/back-entries")["items"]],
        }
        try:
            found = looks[key]() if key in looks else self._list(key)
            return [str(each) for each in found]
        except Refused:
            return []

    def _list(self, key: str) -> Iterable[Any]:
        if key not in _LISTS:
            return []
        address, name, role = _LISTS[key]
        return [row[name] for row in self.house.get(address, role)["items"]]

    def _clinic(self) -> dict[str, Any]:
        return next(each for each in self.house.get("/opd/clinics")["items"] if each["id"] == CLINIC)
