"""A message that goes by mail: whatever a name in it holds, its head is ours."""

import asyncio
import socketserver
from collections.abc import Iterator
from email import message_from_bytes, policy
from threading import Thread
from typing import Any

import pytest

from flow.main.notifying import Outcome, by_apprise


class _Post(socketserver.StreamRequestHandler):
    """As much of SMTP (RFC 5321) as it takes to be handed a letter."""

    def handle(self) -> None:
        """Take letters until the sender leaves."""
        server: Any = self.server
        self.wfile.write(b"220 post\r\n")
        for line in self.rfile:
            word = line[:4].upper().strip()
            if word == b"RCPT":
                server.envelope.append(line.decode().strip())
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                server.letters.append(b"".join(iter(self.rfile.readline, b".\r\n")))
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 yes\r\n")
            if word == b"QUIT":
                return


@pytest.fixture
def post() -> Iterator[Any]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Post) as server:
        found: Any = server
        found.envelope, found.letters, found.daemon_threads = [], [], True
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\x0b"])
async def test_a_name_with_a_newline_adds_nothing_to_a_mails_head(post: Any, end: str) -> None:
    text = f"Asha{end}Bcc: thief@evil.example{end}Subject: other{end}{end}Rao: bed 4B-A-01 is ready.{end}.{end}RCPT TO:<thief@evil.example>"
    address = f"mailto://127.0.0.1:{post.server_address[1]}/?from=bedflow@city.example&to=ward@city.example&mode=insecure"
    assert await asyncio.to_thread(by_apprise, (address,), text) is Outcome.SENT
    (letter,) = post.letters
    assert post.envelope == ["RCPT TO:<ward@city.example>"] or [each[:27] for each in post.envelope] == ["rcpt TO:<ward@city.example>"]
    head = message_from_bytes(letter, policy=policy.default)
    assert (head.get_all("Subject"), head.get_all("Bcc"), head.get_all("To")) == (["Bedflow"], None, ["ward@city.example"])
    assert "evil" not in str(head.items())
