"""An interface engine: one MLLP connection, one A08 after another, each answered before the next."""

import os
import socket
import time
from itertools import count

from locust import User, constant_throughput, task

_NUMBERS = count(int(time.time()) * 1000)


class FeedUser(User):  # type: ignore[misc]  # locust ships no types
    """Ten letters a second."""

    weight = 1
    wait_time = constant_throughput(10)

    def on_start(self) -> None:
        """Connect to MLLP (host:port, default 127.0.0.1:2575)."""
        host, _, port = os.environ.get("MLLP", "127.0.0.1:2575").rpartition(":")
        self.socket = socket.create_connection((host, int(port)), timeout=10)

    def on_stop(self) -> None:
        """Hang up."""
        self.socket.close()

    @task
    def letter(self) -> None:
        """Send one and wait for AA."""
        number = next(_NUMBERS)
        now = time.strftime("%Y%m%d%H%M%S")
        begun = time.perf_counter()
        visit = f"LOAD{number % 500}"
        text = "\r".join(
            (
                f"MSH|^~\\&|LOAD|H|BED|H|{now}||ADT^A08|{number}|P|2.5",
                f"EVN|A08|{now}",
                f"PID|1||{visit}^^^H^MR",
                f"PV1|1|I{'|' * 17}{visit}",
            )
        )
        self.socket.sendall(b"\x0b" + text.encode() + b"\x1c\r")
        answer = b""
        while b"\x1c\r" not in answer:
            answer += self.socket.recv(4096)
        wrong = None if b"MSA|AA|" in answer else ValueError("not AA")
        self.environment.events.request.fire(
            request_type="MLLP",
            name="A08 to AA",
            response_time=(time.perf_counter() - begun) * 1000,
            response_length=len(answer),
            exception=wrong,
        )
