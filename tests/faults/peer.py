"""Another system's MLLP port in a fault run: keeps every letter it is told, in order, and answers AA."""

import socket
import socketserver
import threading


class Peer:
    """`heard` are (control id, message) as they came; repeats stand in it as often as they came."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.port = 0
        peer = self

        class Hears(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                peer.hear(self.request)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Hears, bind_and_activate=False)
        self._server.daemon_threads = True

    def open(self, port: int) -> "Peer":
        """Listen."""
        self.port = port
        self._server.server_address = ("127.0.0.1", port)
        self._server.allow_reuse_address = True
        self._server.server_bind()
        self._server.server_activate()
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def hear(self, connection: socket.socket) -> None:
        """One connection, until it is lost."""
        held = b""
        try:
            while data := connection.recv(65536):
                *frames, held = (held + data).split(b"\x1c\r")
                for frame in frames:
                    text = frame.lstrip(b"\x0b").decode()
                    control = text.split("|")[9]
                    self.heard.append((control, text))
                    connection.sendall(f"\x0bMSH|^~\\&|X|X|||20260101||ACK|{control}|P|2.5\rMSA|AA|{control}\r\x1c\r".encode())
        except OSError:
            return

    @property
    def differing(self) -> list[str]:
        """Control ids that came twice with different words: a receiver could not know the repeat."""
        first: dict[str, str] = {}
        return [control for control, text in self.heard if first.setdefault(control, text) != text]

    @property
    def last_word(self) -> dict[str, str]:
        """The newest status told of each place (NPU-2 by NPU-1)."""
        told = {}
        for _, text in self.heard:
            for line in text.split("\r"):
                if line.startswith("NPU|"):
                    _, place, status = line.split("|")[:3]
                    told[place.split("^")[2]] = status
        return told
