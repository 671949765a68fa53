"""An admissions desk: looks at availability and the waiting list, asks for suggestions, now and then assigns and takes it back."""

import os
from itertools import count
from typing import Any

from locust import HttpUser, between, task

_PATIENTS = count()
ENOUGH = 10
"""Who wait, where nobody but these desks asks for beds."""


class DeskUser(HttpUser):  # type: ignore[misc]  # locust ships no types
    """One person at a desk."""

    weight = 3
    wait_time = between(0.5, 2)

    def on_start(self) -> None:
        """Signed in by token."""
        self.client.headers["Authorization"] = f"Bearer {os.environ['BEARER']}"

        beds = self.client.get("/api/v1/beds?limit=1", name="/beds").json()["items"]
        self.type: str = beds[0]["type"]

    @task(6)
    def availability(self) -> None:
        """The customer's endpoint."""
        self.client.get("/api/v1/beds/availability")

    @task(3)
    def look_for_a_bed(self) -> None:
        """The waiting list, and the best beds for its first."""
        for request in self._waiting()[:1]:
            self.client.get(f"/api/v1/bed-requests/{request['id']}/suggestions?limit=5", name="/bed-requests/[id]/suggestions")

    @task(1)
    def ask_for_a_bed(self) -> None:
        """A patient more on the list, where it is short."""
        if len(self._waiting()) < ENOUGH:
            wanted = {"type": self.type, "patient": f"LOAD-DESK-{os.getpid()}-{next(_PATIENTS)}"}
            self.client.post("/api/v1/bed-requests", json=wanted, name="/bed-requests")

    @task(2)
    def assign_and_release(self) -> None:
        """Promise the best bed and take it back."""
        for request in self._waiting()[-1:]:
            place = f"/api/v1/bed-requests/{request['id']}"
            found = self.client.get(f"{place}/suggestions?limit=1", name="/bed-requests/[id]/suggestions").json()["items"]
            if found:
                self._assign(f"{place}/assignment", found[0]["bed"])

    def _assign(self, place: str, bed: str) -> None:
        if self._said("POST", place, {"bed": bed}):
            self._said("DELETE", place)

    def _said(self, method: str, place: str, body: dict[str, str] | None = None) -> bool:
        """Whether it was done. Somebody faster, or a patient whom the feed puts into the bed meanwhile (409), is no failure."""
        with self.client.request(method, place, json=body, name="/bed-requests/[id]/assignment", catch_response=True) as answer:
            if answer.status_code == 409:
                answer.success()
            return answer.status_code in (200, 201)

    def _waiting(self) -> list[dict[str, Any]]:
        answer = self.client.get("/api/v1/bed-requests?status=waiting&limit=20", name="/bed-requests")
        found: list[dict[str, Any]] = answer.json()["items"] if answer.ok else []
        return found
