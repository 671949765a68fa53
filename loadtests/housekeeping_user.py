"""A cleaner: looks for the next bed, takes it, cleans it, says so. Somebody faster is no failure."""

import os
from typing import Any

from locust import HttpUser, between, task

JOBS = "/api/v1/cleaning-jobs"
FASTER = (404, 409)
"""The bed was taken, cleaned or given to somebody meanwhile."""


class HousekeepingUser(HttpUser):  # type: ignore[misc]  # locust ships no types
    """One phone."""

    weight = 2
    wait_time = between(1, 3)

    def on_start(self) -> None:
        """Signed in by a token of housekeeping."""
        self.client.headers["Authorization"] = f"Bearer {os.environ['CLEANER']}"
        self.under_way: dict[str, Any] | None = None

    @task(3)
    def look(self) -> None:
        """The order of cleaning."""
        self._jobs()

    @task(2)
    def clean(self) -> None:
        """Finish what was begun, else begin the most valuable that nobody has."""
        if self.under_way is not None:
            job, self.under_way = self.under_way, None
            self._tap(job, "finish")
            return
        free = [job for job in self._jobs() if job["stage"] == "waiting" and job["clean"] != "isolation"]
        if free and self._tap(free[0], "start"):
            self.under_way = free[0]

    def _jobs(self) -> list[dict[str, Any]]:
        answer = self.client.get(f"{JOBS}?limit=50", name="/cleaning-jobs")
        found: list[dict[str, Any]] = answer.json()["items"] if answer.ok else []
        return found

    def _tap(self, job: dict[str, Any], word: str) -> bool:
        name = f"/cleaning-jobs/[bed]/{word}"
        with self.client.post(f"{JOBS}/{job['id']}/{word}", json={"job": job["job"]}, name=name, catch_response=True) as answer:
            if answer.status_code in FASTER:
                answer.success()
            return bool(answer.ok)
