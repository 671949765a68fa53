"""A wall display: holds a ward's stream open and measures how old the picture is at each heartbeat."""

import json
import os
import time
from datetime import UTC, datetime

from locust import HttpUser, constant, task

WARDS = ("ICU", "HDU", "4A", "4B", "2A", "1P")
LISTEN_SECONDS = 30


class DisplayUser(HttpUser):  # type: ignore[misc]  # locust ships no types
    """One television."""

    weight = 6
    wait_time = constant(1)

    @task
    def watch(self) -> None:
        """Listen for half a minute, then come back as a browser does."""
        ward = WARDS[id(self) % len(WARDS)]
        headers = {"Authorization": f"Bearer {os.environ['BEARER']}", "Accept": "text/event-stream"}
        until = time.monotonic() + LISTEN_SECONDS
        with self.client.get(
            f"/api/v1/stream?topics=ward:{ward}", headers=headers, stream=True, name="/stream", catch_response=True, timeout=40
        ) as answer:
            for line in answer.iter_lines():
                if line.startswith(b"data: ") and b'"as_of"' in line:
                    self._note(line)
                if time.monotonic() > until:
                    break
            answer.success()

    def _note(self, line: bytes) -> None:
        age = datetime.now(UTC) - datetime.fromisoformat(json.loads(line[6:])["as_of"])
        self.environment.events.request.fire(
            request_type="SSE",
            name="age of the picture",
            response_time=age.total_seconds() * 1000,
            response_length=len(line),
            exception=None,
        )
