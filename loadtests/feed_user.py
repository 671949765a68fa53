"""An interface engine: one MLLP connection, one letter after another, each answered before the next.

Against a hospital with patients of its own it sends updates about visits that nobody knows, which are kept and change no bed. With
`STAYS=1` (an empty hospital: the soak) it has a share of the beds, and patients who come, are told of, and leave a bed to be cleaned.
"""

import os
import socket
import time
from itertools import count

from locust import HttpUser, constant_throughput, task

from loadtests.letters import stays, unknown

_FEEDS = count()
FEEDS = 4
"""Shares that the beds are cut into."""


class FeedUser(HttpUser):  # type: ignore[misc]  # locust ships no types
    """Ten letters a second."""

    weight = 1
    wait_time = constant_throughput(10)

    def on_start(self) -> None:
        """Connect to MLLP (host:port, default 127.0.0.1:2575)."""
        host, _, port = os.environ.get("MLLP", "127.0.0.1:2575").rpartition(":")
        self.socket = socket.create_connection((host, int(port)), timeout=10)
        self.letters = stays(self._share()) if os.environ.get("STAYS") else unknown()

    def _share(self) -> list[str]:
        headers = {"Authorization": f"Bearer {os.environ['BEARER']}"}
        beds = self.client.get("/api/v1/beds?limit=1000", headers=headers, name="/beds").json()["items"]
        return [bed["id"] for bed in beds][next(_FEEDS) % FEEDS :: FEEDS]

    def on_stop(self) -> None:
        """Hang up."""
        self.socket.close()

    @task
    def send(self) -> None:
        """Send one and wait for AA."""
        framed = next(self.letters)
        begun = time.perf_counter()
        self.socket.sendall(framed)
        answer = b""
        while b"\x1c\r" not in answer:
            answer += self.socket.recv(4096)
        self.environment.events.request.fire(
            request_type="MLLP",
            name="letter to AA",
            response_time=(time.perf_counter() - begun) * 1000,
            response_length=len(answer),
            exception=None if b"MSA|AA|" in answer else ValueError("not AA"),
        )
