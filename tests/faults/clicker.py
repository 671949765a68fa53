"""A person at a screen during a fault run: taps, and taps again with the same Idempotency-Key until there is an answer."""

import json
import random
import threading
import time
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.faults.invariants import Click
from tests.faults.stays import CLICKED


class Clicker(threading.Thread):
    """Blocks and returns beds, asks for beds and promises them. Taps while `may` is set; `quiet` is set while it does not."""

    def __init__(self, origin: str, token: str, seed: int) -> None:
        super().__init__(daemon=True)
        self.origin = origin
        self.token = token
        self.clicks: list[Click] = []
        self.may = threading.Event()
        self.quiet = threading.Event()
        self.quiet.set()
        self._dice = random.Random(seed)
        self._open: tuple[Click, str, dict[str, object]] | None = None
        self._asked: list[str] = []
        self._ending = False

    def run(self) -> None:
        """Until `end`."""
        while not self._ending:
            if not self.may.is_set():
                self.quiet.set()
                time.sleep(0.01)
                continue
            self.quiet.clear()
            self._tap()
            time.sleep(0.01)

    def end(self) -> None:
        """Stop and wait."""
        self._ending = True
        self.join()

    def rest(self) -> None:
        """Tap no more, and wait for the answer of the tap under way."""
        self.may.clear()
        self.quiet.wait(25)

    def _tap(self) -> None:
        click, path, body = self._open or self._something()
        self._open = (click, path, body)
        status, told = self._ask(click.key, path, body)
        click.answers.append(status)
        if status == 0 or status >= 500:
            time.sleep(0.03)
            return
        self._open = None
        if status == 201 and path.endswith("bed-requests"):
            self._asked.append(told["id"])

    def _something(self) -> tuple[Click, str, dict[str, object]]:
        click = Click(f"k{len(self.clicks)}-{self._dice.randrange(1 << 30)}", [])
        self.clicks.append(click)
        bed, step = self._dice.choice(CLICKED), self._dice.random()
        if step < 0.5:
            status = self._dice.choice(("available", "maintenance"))
            return click, f"/api/v1/beds/{bed}/status", {"status": status, "reason": "repair" if status == "maintenance" else None}
        if self._asked and step < 0.75:
            return click, f"/api/v1/bed-requests/{self._asked.pop(0)}/assignment", {"bed": bed, "override_reason": "a fault run"}
        return click, "/api/v1/bed-requests", {"type": "general", "patient": f"MRN{len(self.clicks)}"}

    def _ask(self, key: str, path: str, body: dict[str, object]) -> tuple[int, dict[str, str]]:
        """Status and body; status 0 where no answer came."""
        sent = {"authorization": f"Bearer {self.token}", "content-type": "application/json", "idempotency-key": key}
        request = Request(f"{self.origin}{path}", data=json.dumps(body).encode(), method="POST", headers=sent)
        try:
            with urlopen(request, timeout=8) as answer:
                return answer.status, json.loads(answer.read())
        except HTTPError as error:
            error.close()
            return error.code, {}
        except (OSError, HTTPException, ValueError):
            return 0, {}
