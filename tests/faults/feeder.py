"""The sender of a fault run: a HIS that sends in order, asks again until it is answered, and remembers what it was promised."""

import socket
import threading
import time
from collections import deque
from collections.abc import Sequence

from tests.faults.books import digest
from tests.faults.stays import control_of


class Feeder(threading.Thread):
    """Sends the first `allowed` of the letters; `acked` is the digest of every body for which an AA was read, by control id."""

    def __init__(self, port: int, letters: Sequence[bytes], window: int = 6) -> None:
        super().__init__(daemon=True)
        self.port = port
        self.letters = letters
        self.window = window
        self.allowed = 0
        self.acked: dict[str, bytes] = {}
        self.answered = 0
        self.refused: list[bytes] = []
        self.reconnects = 0
        self.connected = threading.Event()
        self._next = 0
        self._owed: deque[bytes] = deque()
        self._ending = False

    def run(self) -> None:
        """Until `end`."""
        while not self._ending:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
                    self.reconnects += 1
                    self.connected.set()
                    self._talk(connection)
            except OSError:
                pass
            self.connected.clear()
            time.sleep(0.02)

    def end(self) -> None:
        """Stop and wait."""
        self._ending = True
        self.join()

    def hold(self) -> None:
        """Send nothing new for now; what is owed is asked again."""
        self.allowed = self._next

    @property
    def done(self) -> bool:
        """Everything allowed was sent and answered."""
        return self._next >= min(self.allowed, len(self.letters)) and not self._owed

    def hung_up(self, within: float = 10) -> None:
        """Wait until the dead server's last answers are read."""
        deadline = time.monotonic() + within
        while self.connected.is_set() and time.monotonic() < deadline:
            time.sleep(0.005)
        assert not self.connected.is_set(), "the feed still hears a server that is dead"

    def _talk(self, connection: socket.socket) -> None:
        """Ask again for what is owed, then go on. Raises OSError, or returns, when the connection is over."""
        connection.settimeout(0.02)
        connection.sendall(b"".join(b"\x0b" + letter + b"\x1c\r" for letter in self._owed))
        held = b""
        while not self._ending:
            self._send_more(connection)
            try:
                heard = connection.recv(65536)
            except TimeoutError:
                continue
            if not heard:
                return
            *frames, held = (held + heard).split(b"\x1c\r")
            for frame in frames:
                self._hear(frame)

    def _send_more(self, connection: socket.socket) -> None:
        while len(self._owed) < self.window and self._next < min(self.allowed, len(self.letters)):
            letter = self.letters[self._next]
            self._next += 1
            self._owed.append(letter)
            connection.sendall(b"\x0b" + letter + b"\x1c\r")

    def _hear(self, frame: bytes) -> None:
        code, _, control = frame.partition(b"MSA|")[2].split(b"\r")[0].partition(b"|")
        asked = next((letter for letter in self._owed if control_of(letter).encode() == control.split(b"|")[0]), None)
        if asked is None or code != b"AA":
            self.refused.append(frame)
            return
        self._owed.remove(asked)
        self.answered += 1
        self.acked[control_of(asked)] = digest(asked)
