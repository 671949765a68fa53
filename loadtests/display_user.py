"""A wall display: let in by a pairing code, held to its ward and class; listens, says what it shows, comes back, and measures how old the
picture is at each heartbeat. A stream that breaks a promise (`loadtests.picture`) is a failure."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

from locust import HttpUser, constant, task

from loadtests.paired import let_in, opened
from loadtests.picture import Event, Picture, Untrue, events

_DISPLAYS = count()
CLASSES = ("public", "ward")
LISTEN_SECONDS = 30
RELOADED = 3
"""Every so many times a display comes back as a page that was loaded again, else as one whose network was gone."""


class DisplayUser(HttpUser):  # type: ignore[misc]  # locust ships no types
    """One television."""

    weight = 6
    wait_time = constant(1)

    def on_start(self) -> None:
        """Show a code, be let in, draw the page."""
        number, admins = next(_DISPLAYS), os.environ["ADMIN"].split(",")
        self.audience, admin = CLASSES[number % 2], admins[number % len(admins)]
        wards = self._wards(admin)
        self.address = let_in(self.client, admin, number, self.audience, wards[number // 2 % len(wards)])
        self.picture, self.came = Picture(self.audience), 0

    def _wards(self, admin: str) -> list[str]:
        beds = self.client.get("/api/v1/beds?limit=1000", headers={"Authorization": f"Bearer {admin}"}, name="/beds").json()["items"]
        return sorted({bed["ward"] for bed in beds})

    @task
    def watch(self) -> None:
        """Listen for half a minute, then come back as a browser does."""
        seen = self.picture.last_id
        if self.came % RELOADED == 0:
            self.page, seen = opened(self.client, self.address), ""
        self.came += 1
        self.picture.connects(seen)
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": seen} if seen else {})
        with self.client.get(self.page.stream, headers=headers, stream=True, name="/stream", catch_response=True, timeout=40) as answer:
            try:
                self._listen(events(answer.iter_lines()))
                answer.success()
            except (Untrue, ValueError, KeyError) as error:
                answer.failure(f"{type(error).__name__}: {error}")
        self._tell()

    def _listen(self, told: Iterator[Event]) -> None:
        until = time.monotonic() + LISTEN_SECONDS
        for event in told:
            self.picture.hear(event)
            if event.name == "heartbeat":
                self._note(event.data["as_of"])
            if time.monotonic() > until:
                break

    def _tell(self) -> None:
        """Say what is shown, as a display's script does."""
        if self.picture.seq is None:
            return
        as_of = datetime.fromisoformat(self.picture.as_of).timestamp()
        age = max(0.0, time.time() - as_of)
        word = {"seq": self.picture.seq, "as_of": as_of, "age": age, "oldest": age, "lang": "en", "light": 0}
        query = self.page.stream.partition("?")[2]
        self.client.post(f"/displays/shown?{query}", data=word, headers={"x-csrf-token": self.page.csrf}, name="/displays/shown")

    def _note(self, as_of: str) -> None:
        age = datetime.now(UTC) - datetime.fromisoformat(as_of)
        self.environment.events.request.fire(
            request_type="SSE",
            name="age of the picture",
            response_time=age.total_seconds() * 1000,
            response_length=0,
            exception=None,
        )
